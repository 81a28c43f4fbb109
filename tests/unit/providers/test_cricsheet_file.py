"""The shape of a match file: what it must have, and what it may leave out."""

import msgspec
import pytest

from scorewire.providers.cricsheet_file import Delivery, Innings, Match, Replacement


def test_a_ball_needs_little() -> None:
    ball = msgspec.json.decode(b'{"batter":"A","bowler":"Z","runs":{}}', type=Delivery)
    assert (ball.runs.total, ball.extras.wides, ball.wickets, ball.review) == (0, 0, [], None)


@pytest.mark.parametrize("missing", ["batter", "bowler", "runs"])
def test_but_not_less(missing: str) -> None:
    whole = {"batter": "A", "bowler": "Z", "runs": {"batter": 1}}
    del whole[missing]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(whole, Delivery)


def test_in_is_no_name_in_python() -> None:
    assert msgspec.json.decode(b'{"in":"X","out":"Y"}', type=Replacement).into == "X"


def test_a_balls_fault_does_not_cost_the_innings() -> None:
    body = b'{"team":"A","overs":[{"over":0},{"over":"nought"}]}'
    assert len(msgspec.json.decode(body, type=Innings).overs) == 2


def test_a_match_is_known_by_its_version() -> None:
    body = b'{"meta":{"data_version":"1.1.0"},"info":{"teams":["A","B"]}}'
    assert msgspec.json.decode(body, type=Match).meta.revision == 1
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body.replace(b'"data_version":"1.1.0"', b""), type=Match)

"""A book through a checkpoint is the same book, at every row and ever after."""

import msgspec
import pytest

from scorewire.games import checkpoint
from scorewire.games.frame import score_state
from scorewire.model.provider_event import SideScore
from scorewire.sports import SPORTS

from .conftest import Referee


def played() -> Referee:
    referee = Referee().kick_off()
    for n in range(2, 80):
        referee.claim("GOAL", team="home" if n % 3 else "away", period=1, event=f"g{n}", sequence=n)
    referee.claim("GOAL_CANCELLED", team="home", period=1, event="c", sequence=80)
    referee.claim("", action="retract", event="g5", revision=999)
    return referee


def test_the_state_is_the_same_and_stays_so() -> None:
    referee = played()
    copy = checkpoint.read(checkpoint.write(referee.desk.book), SPORTS)
    assert score_state(copy, "epoch", None) == referee.desk.shown
    (row,) = referee.claim("", action="retract", event="c", revision=1000).rows
    copy.apply(row)
    assert score_state(copy, "epoch", None) == referee.desk.shown


def test_a_score_check_and_a_correction_after_the_end_are_kept() -> None:
    referee = Referee().kick_off()
    referee.claim("GOAL", team="home", period=1, event="g1", sequence=2)
    referee.claim("CORNER", team="home", period=1, sequence=3, score=SideScore(home=2, away=0))
    assert referee.desk.shown.under_check
    copy = checkpoint.read(checkpoint.write(referee.desk.book), SPORTS)
    assert score_state(copy, "epoch", None) == referee.desk.shown
    referee.claim("GAME_FINAL", period=2, sequence=4)
    referee.claim("GOAL", team="home", period=1, event="late", sequence=2)
    assert referee.desk.shown.status == "corrected"
    copy = checkpoint.read(checkpoint.write(referee.desk.book), SPORTS)
    assert score_state(copy, "epoch", None) == referee.desk.shown
    assert copy.corrected_seq == referee.desk.book.corrected_seq > 0


def test_a_checkpoint_holds_plays_and_no_state_of_a_sport() -> None:
    image = msgspec.json.decode(checkpoint.write(played().desk.book))
    assert image["version"] == 1
    assert {"declared", "plays", "recent", "seq"} <= set(image)
    assert not {"state", "board", "score"} & set(image)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"version": 2}', b"\xff"])
def test_what_is_no_checkpoint_says_so(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        checkpoint.read(body, SPORTS)

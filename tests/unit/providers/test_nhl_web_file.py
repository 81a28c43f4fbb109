"""The shape of a play-by-play: what it must have, and what it may leave out."""

import msgspec
import pytest

from scorewire.providers.nhl_web_file import GAME, PLAY


def test_a_play_needs_little() -> None:
    play = PLAY.decode(b'{"eventId":1,"sortOrder":2,"typeDescKey":"hit","periodDescriptor":{"number":1}}')
    assert (play.details.event_owner_team_id, play.situation_code) == (0, "")


@pytest.mark.parametrize("missing", ["eventId", "sortOrder", "typeDescKey", "periodDescriptor"])
def test_but_not_less(missing: str) -> None:
    whole = {"eventId": 1, "sortOrder": 2, "typeDescKey": "hit", "periodDescriptor": {"number": 1}}
    with pytest.raises(msgspec.ValidationError):
        PLAY.decode(msgspec.json.encode({key: value for key, value in whole.items() if key != missing}))


def test_a_game_has_two_teams_and_a_place_in_the_schedule() -> None:
    body = b'{"id":1,"homeTeam":{"id":2},"awayTeam":{"id":3},"gameScheduleState":"OK","plays":[]}'
    assert GAME.decode(body).home_team.id == 2
    with pytest.raises(msgspec.ValidationError):
        GAME.decode(body.replace(b'"homeTeam":{"id":2},', b""))

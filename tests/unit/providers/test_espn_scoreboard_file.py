"""What of ESPN's scoreboard is read, and how."""

import msgspec
import pytest

from scorewire.providers.espn_scoreboard_file import EVENT, SCOREBOARD


def test_names_of_the_payload_are_camel_case() -> None:
    event = EVENT.decode(
        b'{"id":"1","uid":"s:20~l:28~e:1","date":"2022-09-17T17:10Z","competitions":[{"competitors":'
        b'[{"homeAway":"home","score":"3","team":{"id":"5","displayName":"Guardians"}}],"details":'
        b'[{"clock":{"displayValue":"45\'+2\'"},"scoringPlay":true,"athletesInvolved":[{"id":"9"}]}]}],'
        b'"status":{"displayClock":"0:48","period":4,"type":{"name":"STATUS_IN_PROGRESS","state":"in"}}}'
    )
    (competition,) = event.competitions
    (play,) = competition.details
    (side,) = competition.competitors
    assert (side.home_away, side.team.display_name, side.score) == ("home", "Guardians", "3")
    assert (play.scoring_play, play.clock.display_value, play.athletes_involved[0].id) == (
        True,
        "45'+2'",
        "9",
    )
    assert event.status is not None
    assert (event.status.display_clock, event.status.type.state) == ("0:48", "in")


@pytest.mark.parametrize("body", [b"{}", b'{"events": {}}', b'{"events": [], "leagues": [{}]}'])
def test_a_scoreboard_has_events_and_leagues_have_ids(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        SCOREBOARD.decode(body)

"""SportsML: its quirks on actions made here, and a real summary to the result that it states."""

from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.sportsml import decode, recognise
from unit.providers import recorded
from unit.providers.folded import fold_one

ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><sports-event>
<event-metadata key="vendevent:E1" event-status="speventstatus:{status}"/>
<team id="h"><team-metadata key="t:H" alignment="home"><name>Home</name></team-metadata>
<team-stats score="{score}"><sub-score period-value="1" score="0"/></team-stats></team>
<team id="a"><team-metadata key="t:A" alignment="away"><name>Away</name></team-metadata>
<team-stats score="0"/><player id="P1"><player-metadata><name>One</name></player-metadata></player></team>
<actions>{actions}</actions></sports-event></newsItem>"""


def item(*actions: str, status: str = "mid-event", score: str = "1") -> bytes:
    return ITEM.format(actions="".join(actions), status=status, score=score).encode()


def action(kind: str, text: str = "", participants: str = "", number: int = 1) -> str:
    return (
        f'<action class="spactionclass:{kind}" id="a.{number}" sequence-number="{number}" period-value="1"'
        f' minutes-elapsed="46" team-idref="a" {text}>{participants}</action>'
    )


def told(*actions: str) -> list[ProviderEvent]:
    return list(decode(item(*actions)).events[1:-1])


def test_goals() -> None:
    scorer = '<participant idref="P1" role="spsocrole:scorer"/>'
    (goal,) = told(action("score", 'score-attempt-type="spsocscore:penalty"', scorer))
    assert (goal.type, goal.team, goal.clock, goal.detail) == ("GOAL", "away", "45+1:00", {"penalty": True})
    assert goal.player is not None
    assert goal.player.name == "One"
    (own,) = told(action("score", 'score-attempt-type="spsocscore:own-goal"'))
    assert (own.team, own.detail) == ("away", {"own_goal": True})


def test_other_actions() -> None:
    change = '<participant idref="P1" role="soc:sub-off"/><participant idref="P2" role="soc:sub-on"/>'
    types = [
        one.type
        for one in told(
            action("penalty", 'penalty-level="spsocpenaltylevel:red-card"', number=1),
            action("substitution", "", change, number=2),
            action("play", 'type="spsocaction:video-review"', number=3),
            action("juggling", number=4),
        )
    ]
    assert types == ["RED_CARD", "SUBSTITUTION", "VAR_STARTED", "VAR_ENDED"]
    assert decode(item(action("juggling"))).skipped == {"unknown_action": 1}


def test_a_summary_of_a_game_that_goes_on_ends_nothing() -> None:
    assert [one.type for one in decode(item()).events] == ["PERIOD_START", "PERIOD_END"]
    ended = decode(item(status="post-event", score="1")).events[-2:]
    assert [(one.type, one.score and one.score.home) for one in ended] == [("GAME_END", 1), ("GAME_FINAL", 1)]
    game = fold_one(decode(item(status="post-event", score="1")))
    assert game.state.under_check


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<sports-event/>", b"{}"])
def test_other_bytes_are_refused(body: bytes) -> None:
    assert not recognise(body, "")
    with pytest.raises(FeedError):
        decode(body)


@pytest.mark.data
def test_aston_villa_against_west_bromwich(shared_data: Path) -> None:
    found = recorded.recording(shared_data, "soccer/iptc_sportsml/soccer-match-03.xml")
    assert (found.format.name, found.decode().skipped) == ("sportsml", {})
    game = fold_one(found.decode())
    assert (game.score, game.lines) == ((2, 2), {"1": (1, 1), "2": (1, 1)})
    assert (game.state.status, game.state.under_check, game.refused) == ("final", False, [])
    goals = [
        (one.player.name, one.clock) for one in found.decode().events if one.type == "GOAL" and one.player
    ]
    assert goals == [
        ("Anwar El Ghazi", "09:00"),
        ("Matheus Pereira", "23:00"),
        ("Tyrone Mings", "47:00"),
        ("Keinan Davis", "90+2:00"),
    ]

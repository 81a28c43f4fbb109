"""DFL event XML: its quirks on entries made here, and the excerpt of a real match to its result."""

from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.providers.dfl_sportec import decode, recognise
from scorewire.providers.format import UNDATED
from unit.providers import recorded
from unit.providers.folded import fold_one

KICK_OFF = (
    '<Event MatchId="M" EventId="1" EventTime="2020-06-05T20:30:00.000+02:00">'
    '<KickOff GameSection="firstHalf" TeamLeft="H" TeamRight="A"/></Event>'
)
WHISTLE = (
    '<Event MatchId="M" EventId="9" EventTime="2020-06-05T22:20:00.000+02:00">'
    '<FinalWhistle GameSection="secondHalf" FinalResult="{}"/></Event>'
)


def file(*entries: str, status: str = "postmatch") -> bytes:
    return f'<PutDataRequest DataStatus="{status}">{KICK_OFF}{"".join(entries)}</PutDataRequest>'.encode()


def entry(what: str, at: str = "20:40:30", match: str = "M", number: str = "5") -> str:
    return f'<Event MatchId="{match}" EventId="{number}" EventTime="2020-06-05T{at}+02:00">{what}</Event>'


GOAL = '<ShotAtGoal Team="A" Player="p"><SuccessfulShot Assist="q" CurrentResult="0:1"/></ShotAtGoal>'


def test_the_clock_runs_from_the_kick_off_and_entries_may_be_unsorted() -> None:
    late, early = entry(GOAL, "21:17:10", number="7"), entry('<CornerKick Team="H"/>', number="6")
    events = decode(file(late, early)).events
    assert [(one.type, one.clock) for one in events] == [
        ("PERIOD_START", "00:00"),
        ("CORNER", "10:30"),
        ("GOAL", "45+2:10"),
    ]


def test_a_penalty_and_a_corner_that_is_shot_at_once() -> None:
    penalty = entry(f'<Penalty Team="A">{GOAL}</Penalty>')
    awarded, goal = decode(file(penalty)).events[1:]
    assert (awarded.type, awarded.event, goal.type, goal.event) == ("PENALTY_AWARDED", "5", "GOAL", "5-shot")
    assert goal.detail == {"penalty": True, "assist": "q", "assist_id": "q"}
    corner = entry('<CornerKick Team="A"><ShotAtGoal Team="A"><SavedShot/></ShotAtGoal></CornerKick>')
    assert [one.type for one in decode(file(corner)).events[1:]] == ["CORNER", "SHOT"]


def test_what_is_said_of_another_match_and_what_is_unknown_is_counted() -> None:
    odd = entry(GOAL, match="N"), entry("<Juggling/>"), entry("<KickOff/>"), entry("")
    assert decode(file(*odd)).skipped == {
        "another_match": 1,
        "unknown_type": 1,
        "restart": 1,
        "empty_event": 1,
    }


@pytest.mark.parametrize(
    ("status", "result", "ends"),
    [
        ("postmatch", "0:1", ["PERIOD_END", "GAME_END", "GAME_FINAL"]),
        ("postmatch", "2:2", ["PERIOD_END", "SCORE_SET", "GAME_END", "GAME_FINAL"]),
        ("live", "2:2", ["PERIOD_END"]),
    ],
)
def test_the_whistle_of_a_finished_match_has_the_last_word(status: str, result: str, ends: list[str]) -> None:
    body = file(entry(GOAL), WHISTLE.format(result), status=status)
    assert [one.type for one in decode(body).events[2:]] == ends


def test_without_a_companion_the_left_side_is_home() -> None:
    decoded = decode(file(entry(GOAL)))
    assert decoded.declaration is not None
    assert (decoded.declaration.home.id, decoded.declaration.away.id) == ("H", "A")
    assert decoded.declaration.start != UNDATED
    assert decoded.events[-1].team == "away"


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<PutDataRequest/>", b"[]"])
def test_other_bytes_are_refused(body: bytes) -> None:
    assert not recognise(body, "")
    with pytest.raises(FeedError):
        decode(body)


@pytest.mark.data
def test_freiburg_against_moenchengladbach(shared_data: Path) -> None:
    """The excerpt holds an own goal at 3-3 from elsewhere: under check until the whistle's 1-0."""
    found = recorded.recording(shared_data, "soccer/dfl_sportec/003BN1_events_excerpt.xml")
    assert found.format.name == "dfl_sportec"
    decoded = found.decode()
    assert decoded.skipped == {"restart": 1}
    assert decoded.declaration is not None
    assert decoded.declaration.home.name == "Sport-Club Freiburg"
    game = fold_one(decoded)
    assert (game.score, game.lines) == ((1, 0), {"1": (0, 0), "2": (1, 0)})
    assert (game.state.status, game.state.under_check, game.refused) == ("final", False, [])
    told = [one.type for one in game.desk.book.recent]
    assert told.index("SCORE_CHECK_STARTED") < told.index("SCORE_SET") < told.index("SCORE_CHECK_ENDED")
    scorer = next(one for one in decoded.events if one.type == "GOAL" and not one.detail.get("own_goal"))
    assert scorer.player is not None
    assert (scorer.player.name, scorer.clock) == ("N. Petersen", "57:58")
    assert [one.player.name for one in decoded.events if one.type == "GOAL_DISALLOWED" and one.player] == [
        "F. Neuhaus"
    ]


def test_a_team_of_another_match_is_neither_side() -> None:
    corners = [entry(f'<CornerKick Team="{team}"/>', number=team) for team in ("H", "A", "X")]
    assert [one.team for one in decode(file(*corners)).events[1:]] == ["away", "home", None]
    stray = entry(GOAL.replace('Team="A"', 'Team="X"'), number="8")
    events = decode(file(*corners, stray, WHISTLE.format("0:0"))).events
    assert "SCORE_SET" not in [one.type for one in events], "a goal of nobody is in no tally"


def test_a_shoot_out_awards_no_penalties_and_its_result_is_no_score() -> None:
    kick_off = '<KickOff GameSection="penaltyShootout"/>'
    kick = (
        '<Penalty Team="A"><ShotAtGoal Team="A"><SuccessfulShot CurrentResult="0:1"/></ShotAtGoal></Penalty>'
    )
    whistle = '<FinalWhistle GameSection="penaltyShootout" FinalResult="0:1"/>'
    entries = [
        entry(kick_off, "22:40:00", number="80"),
        entry(kick, "22:41:00", number="81"),
        entry(whistle, "22:50:00", number="82"),
    ]
    events = decode(file(*entries)).events
    assert [one.type for one in events[1:]] == [
        "PERIOD_START",
        "SHOOTOUT_GOAL",
        "PERIOD_END",
        "GAME_END",
        "GAME_FINAL",
    ]
    assert all(one.score is None for one in events)

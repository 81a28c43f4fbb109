"""What single plays make, by their statistics and by their sentences."""

from typing import Any

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers.nfl_gamecenter import decode
from scorewire.providers.nfl_gamecenter_plays import clock, situation, snake, spot
from unit.providers.nfl_made import AWAY, entry, file, said, stat


def told(*entries: dict[str, Any], **frame: Any) -> list[ProviderEvent]:
    """What entries make, without the edges of the quarter."""
    edges = {"PRE_GAME", "PERIOD_START"}
    return [one for one in decode(file(*entries, **frame)).events if one.type not in edges]


def brief(events: list[ProviderEvent]) -> list[tuple[str, str, str | None]]:
    return [(one.event, one.type, one.team) for one in events]


@pytest.mark.parametrize(
    ("text", "expected"), [("00:51", "0:51"), (":51", "0:51"), ("15:00", "15:00"), ("", None), ("x", None)]
)
def test_clocks(text: str, expected: str | None) -> None:
    assert clock(text) == expected
    assert clock(None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("KC 35", "KC 35"), ("50", "50"), ("JAC 4", "JAX 4"), ("KC 51", None), ("", None), ("end zone", None)],
)
def test_spots(text: str, expected: str | None) -> None:
    assert spot(text) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("NO", 1, 10, "NO 20"), {"down": 1, "togo": 10, "at": "NO 20", "possession": "home"}),
        (
            ("KC", 3, 2, "NO 20"),
            {"down": 3, "togo": 2, "at": "NO 20", "possession": "away", "red_zone": True},
        ),
        (("KC", 1, 10, "50"), {"down": 1, "togo": 10, "at": "50", "possession": "away"}),
        (("KC", 1, None, "50"), {"down": 1, "at": "50", "possession": "away"}),
        (("KC", 0, 0, "KC 35"), {}),
        (("KC", 5, 0, "KC 35"), {}),
        (("SF", 1, 10, "SF 35"), {}),
        (("KC", 1, 10, ""), {}),
        ((None, None, None, None), {}),
    ],
)
def test_the_situation_before_a_snap(given: tuple[Any, ...], expected: dict[str, Any]) -> None:
    assert situation({"NO": "home", "KC": "away"}, *given) == expected


def test_words_as_names() -> None:
    assert snake("Illegal Block (Above the Waist)") == "illegal_block_above_the_waist"


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (entry("A run.", stat(10, yards=8)), ("RUSH", "home", {"yards": 8})),
        (
            entry("A.Pass ran ob at KC 4.", stat(10, yards=8)),
            ("RUSH", "home", {"yards": 8, "out_of_bounds": True}),
        ),
        (entry("A.Pass kneels to NO 4.", stat(10, yards=-1)), ("KNEEL", "home", {"yards": -1})),
        (
            entry("A pass.", stat(15, yards=5), stat(21, name="B.End", yards=5)),
            ("PASS", "home", {"yards": 5, "to": "B.End", "to_id": "nfl-00-B.End"}),
        ),
        (entry("A pass incomplete.", stat(14)), ("PASS_INCOMPLETE", "home", {})),
        (entry("A.Pass spiked the ball.", stat(14)), ("SPIKE", "home", {})),
        (
            entry("A sack.", stat(20, yards=-7), stat(83, AWAY, "D.Rush")),
            ("SACK", "home", {"yards": -7, "by": "D.Rush", "by_id": "nfl-00-D.Rush"}),
        ),
        (
            entry("A shared sack.", stat(20, yards=-7), stat(84, AWAY, "D.Rush"), stat(84, AWAY, "E.Rush")),
            (
                "SACK",
                "home",
                {
                    "yards": -7,
                    "by": "D.Rush",
                    "by_id": "nfl-00-D.Rush",
                    "by2": "E.Rush",
                    "by2_id": "nfl-00-E.Rush",
                },
            ),
        ),
        (
            entry("A pick.", stat(19), stat(25, AWAY, "C.Safe", 32)),
            ("INTERCEPTION", "away", {"yards": 32, "passer": "A.Pass", "passer_id": "nfl-00-A.Pass"}),
        ),
        (entry("A punt.", stat(29, yards=40)), ("PUNT", "home", {"yards": 40})),
        (
            entry("A punt brought back.", stat(29, yards=40), stat(33, AWAY, "C.Safe", 9)),
            (
                "PUNT",
                "home",
                {"yards": 40, "returner": "C.Safe", "returner_id": "nfl-00-C.Safe", "return_yards": 9},
            ),
        ),
        (
            entry("A kick.", stat(43, yards=0), stat(410, yards=69), down=0),
            ("KICKOFF", "home", {"yards": 69}),
        ),
        (entry("Good.", stat(70, yards=40)), ("FIELD_GOAL", "home", {"yards": 40})),
        (entry("No good.", stat(69, yards=40)), ("FIELD_GOAL_MISS", "home", {"yards": 40})),
        (
            entry("BLOCKED.", stat(71, yards=40)),
            ("FIELD_GOAL_MISS", "home", {"yards": 40, "kind": "blocked"}),
        ),
        (entry("Good.", stat(72), down=0), ("EXTRA_POINT", "home", {})),
        (entry("No good.", stat(73), down=0), ("EXTRA_POINT_MISS", "home", {})),
        (entry("Run in.", stat(75), down=0), ("TWO_POINT", "home", {"kind": "rush"})),
        (entry("Thrown in.", stat(77), stat(104, name="F.Wide")), ("TWO_POINT", "home", {"kind": "pass"})),
        (entry("Not in.", stat(78), stat(105, name="F.Wide")), ("TWO_POINT_MISS", "home", {})),
        (
            entry("A run.", stat(11, yards=9)),
            ("TOUCHDOWN", "home", {"yards": 9, "kind": "rush"}),
        ),
        (
            entry("A pass.", stat(16, yards=9), stat(22, name="B.End", yards=9)),
            (
                "TOUCHDOWN",
                "home",
                {"yards": 9, "kind": "pass", "passer": "A.Pass", "passer_id": "nfl-00-A.Pass"},
            ),
        ),
        (entry("A.Pass punts 40 yards."), ("PUNT", "home", {})),
        (entry("A.Pass for 4 yards, TOUCHDOWN."), ("PLAY", "home", {})),
    ],
)
def test_one_play(play: dict[str, Any], expected: tuple[str, str, dict[str, Any]]) -> None:
    (event,) = told(play)
    assert (event.event, event.period, event.clock, event.text) == ("36", 1, "12:23", play["desc"])
    assert (event.type, event.team, event.detail) == expected


def test_who_catches_a_try_is_its_player() -> None:
    (event,) = told(entry("Thrown in.", stat(77), stat(104, name="F.Wide")))
    assert event.player is not None
    assert event.player.name == "F.Wide"


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (
            entry("A return.", stat(41), stat(46, AWAY, "C.Safe", 99), down=0),
            [("36", "KICKOFF", "home"), ("36-td", "TOUCHDOWN", "away")],
        ),
        (
            entry("A pick six.", stat(19), stat(26, AWAY, "C.Safe", 32)),
            [("36", "INTERCEPTION", "away"), ("36-td", "TOUCHDOWN", "away")],
        ),
        (
            entry("A scoop.", stat(10), stat(53), stat(106), stat(60, AWAY, "C.Safe")),
            [("36", "RUSH", "home"), ("36-td", "TOUCHDOWN", "away"), ("36-fumble", "FUMBLE", "home")],
        ),
        (
            entry("Caught behind the line.", stat(20), stat(89, AWAY, "D.Rush")),
            [("36", "SACK", "home"), ("36-safety", "SAFETY", "away")],
        ),
        (
            entry("A foul in the end zone.", stat(14), note="SAF"),
            [("36", "PASS_INCOMPLETE", "home"), ("36-safety", "SAFETY", "away")],
        ),
        (
            entry("Brought back.", stat(78), stat(404, AWAY, "C.Safe"), down=0),
            [("36", "TWO_POINT_MISS", "home"), ("36-return", "DEFENSIVE_TWO_POINT", "away")],
        ),
        (
            entry("Chased back.", stat(78), stat(100, AWAY, ""), down=0),
            [("36", "TWO_POINT_MISS", "home"), ("36-onepoint", "ONE_POINT_SAFETY", "away")],
        ),
        (
            entry("Stopped.", stat(10), stat(9, name=""), down=4),
            [("36", "RUSH", "home"), ("36-downs", "TURNOVER_ON_DOWNS", "home")],
        ),
        (
            entry("A pick.", stat(19), stat(25, AWAY, "C.Safe"), stat(9, name=""), down=4),
            [("36", "INTERCEPTION", "away")],
        ),
        (
            entry("Twice.", stat(10), stat(53), stat(53, AWAY, "C.Safe")),
            [("36", "RUSH", "home"), ("36-fumble", "FUMBLE", "home"), ("36-fumble-2", "FUMBLE", "away")],
        ),
        (
            entry("Once.", stat(10), stat(53), stat(54)),
            [("36", "RUSH", "home"), ("36-fumble", "FUMBLE", "home")],
        ),
    ],
)
def test_what_came_of_a_play(play: dict[str, Any], expected: list[Any]) -> None:
    assert brief(told(play)) == expected


HOLDING = " PENALTY on NO-B.Line, Offensive Holding, 10 yards, enforced at NO 40 - No Play."


@pytest.mark.parametrize(
    ("desc", "expected"),
    [
        (
            "(8:55) A.Back right end for 8 yards.",
            [("36", "RUSH", "home"), ("36-nullified", "PLAY_NULLIFIED", None)],
        ),
        (
            "A.Pass pass INTERCEPTED by B.Safe.",
            [("36", "INTERCEPTION", "away"), ("36-nullified", "PLAY_NULLIFIED", None)],
        ),
        (
            "A.Foot 43 yard field goal is GOOD, NULLIFIED by Penalty.",
            [("36", "FIELD_GOAL", "home"), ("36-nullified", "SCORE_CANCELLED", None)],
        ),
        (
            "A.Back for 22 yards, TOUCHDOWN NULLIFIED by Penalty.",
            [("36", "TOUCHDOWN", "home"), ("36-nullified", "TOUCHDOWN_CANCELLED", None)],
        ),
        ("(6:48) (Shotgun)", []),
    ],
)
def test_what_a_penalty_took_back(desc: str, expected: list[Any]) -> None:
    events = told(entry(desc + HOLDING, stat(93, name="B.Line", yards=10)), entry("Next.", stat(10), down=2))
    assert brief(events)[:-1] == [*expected, ("36-penalty", "PENALTY", "home")]
    assert events[-2].detail == {
        "kind": "offensive_holding",
        "decision": "accepted",
        "yards": 10,
        "no_play": True,
        "down": 2,
        "togo": 10,
        "at": "NO 40",
        "possession": "home",
    }
    assert events[-2].player is not None
    assert events[-2].player.id == "nfl-00-B.Line"
    for one in events:
        if one.event == "36-nullified":
            assert one.detail == {"event": "36", "reason": "penalty"}


def test_a_touchdown_that_a_review_took_away() -> None:
    desc = (
        "(3:21) A.Pass pass deep middle to E.Back for 12 yards, TOUCHDOWN. The Replay Official challenged the"
        " fumble ruling, and the play was REVERSED. A.Pass pass incomplete deep middle."
    )
    events = told(entry(desc, stat(14), stat(115, name="E.Back")))
    assert brief(events) == [
        ("36", "TOUCHDOWN", "home"),
        ("36-review", "REVIEW_STARTED", None),
        ("36-cancelled", "TOUCHDOWN_CANCELLED", None),
        ("36-reviewed", "REVIEW_ENDED", None),
        ("36-final", "PASS_INCOMPLETE", "home"),
    ]
    assert events[0].player is not None
    assert (events[0].player.id, events[0].detail) == ("nfl-00-E.Back", {"kind": "pass", "yards": 12})
    assert events[2].detail == {"event": "36", "reason": "review"}
    assert events[3].detail == {"decision": "reversed"}


def test_a_review_that_gave_a_touchdown_is_that_touchdown() -> None:
    desc = (
        "A.Pass pass incomplete. New Orleans challenged the pass completion ruling, and the play was"
        " REVERSED. A.Pass pass to B.End for 9 yards, TOUCHDOWN."
    )
    events = told(entry(desc, stat(16, yards=9), stat(22, name="B.End", yards=9)))
    assert brief(events) == [
        ("36", "TOUCHDOWN", "home"),
        ("36-review", "REVIEW_STARTED", "home"),
        ("36-reviewed", "REVIEW_ENDED", "home"),
    ]


def test_a_challenge_that_was_lost_costs_a_timeout() -> None:
    desc = "A run. Kansas City challenged the first down ruling, and the play was Upheld. (Timeout #2.)"
    events = told(entry(desc, stat(10), note="TIMEOUT"))
    assert brief(events)[1:] == [
        ("36-review", "REVIEW_STARTED", "away"),
        ("36-reviewed", "REVIEW_ENDED", "away"),
        ("36-timeout", "TIMEOUT", "away"),
    ]
    assert events[-1].detail == {"number": 2}


def test_penalties_and_injuries_beside_a_play() -> None:
    desc = (
        "A run. KC-G.Line was injured during the play. Penalty on KC-A.Line, Holding, declined."
        " PENALTY on SF-X.Odd, Holding, 5 yards, enforced at NO 4."
        " PENALTY on NO-B.Line, Clipping, 15 yards, enforced at NO 9."
    )
    decoded = decode(file(entry(desc, stat(10))))
    events = [one for one in decoded.events if one.event.startswith("36-")]
    assert brief(events) == [
        ("36-penalty", "PENALTY", "away"),
        ("36-penalty-3", "PENALTY", "home"),
        ("36-injury", "INJURY", "away"),
    ]
    assert events[0].detail == {"kind": "holding", "decision": "declined"}
    assert events[2].player is not None
    assert events[2].player.id == "nfl-kc-g.line"
    assert decoded.skipped == {"unknown_team": 1}


@pytest.mark.parametrize(
    ("one", "kind", "team", "detail"),
    [
        (said("Timeout #2 by KC at 00:52.", note="TIMEOUT", time="00:52"), "TIMEOUT", "away", {"number": 2}),
        (said("Timeout at 09:47.", note="Timeout", time="09:47"), "TIMEOUT", None, {"kind": "official"}),
        (said("Two-Minute Warning", time="02:00"), "TWO_MINUTE_WARNING", None, {}),
    ],
)
def test_entries_between_plays(
    one: dict[str, Any], kind: str, team: str | None, detail: dict[str, Any]
) -> None:
    (event,) = told(one)
    assert (event.event, event.type, event.team, event.detail) == ("36", kind, team, detail)
    assert event.clock is not None


def test_a_name_that_was_met_before_has_its_number() -> None:
    hurt = entry("A run. NO-A.Pass was injured during the play.", stat(10, name="H.Back"))
    before = told(hurt)[-1].player
    after = told(entry("A pass.", stat(15)), hurt)[-1].player
    assert before is not None
    assert after is not None
    assert (before.id, after.id) == ("nfl-no-a.pass", "nfl-00-A.Pass")

"""American football, rule by rule: quarters, points, the situation, time-outs, what is refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports.american_football import AMERICAN_FOOTBALL
from scorewire.sports.american_football_events import EVENTS, OPEN_PLAY
from unit.sports import plays
from unit.sports.plays import any_claim, claim, flaws, misshapen

START = claim("PERIOD_START", period=1)
AT = {"period": 1, "clock": "9:47"}


def board(*claims: Any, **options: Any) -> Any:
    return plays.board(AMERICAN_FOOTBALL, *claims, **options)


def fold(*claims: Any, **options: Any) -> Any:
    return plays.fold(AMERICAN_FOOTBALL, *claims, **options)


def periods(last: int, first: int = 1) -> list[Any]:
    """Periods `first` to `last`, each begun and ended."""
    return [
        claim(kind, period=number)
        for number in range(first, last + 1)
        for kind in ("PERIOD_START", "PERIOD_END")
    ]


def test_the_game_from_start_to_final() -> None:
    claims = [*periods(4), *periods(5, 5), claim("GAME_FINAL")]
    shown = [board(*claims[: index + 1]) for index in range(len(claims))]
    assert [one.period for one in shown] == [
        *["Q1", "Q1 END", "Q2", "HT", "Q3", "Q3 END", "Q4", "Q4 END", "OT", "OT END", "OT END"]
    ]
    assert [one.status for one in shown] == [*["live", "break"] * 4, "live", "ended", "final"]
    assert list(shown[-1].linescore) == ["1", "2", "3", "4", "5"]


def test_points_by_side_and_period() -> None:
    shown = board(
        START,
        claim("TOUCHDOWN", "home", period=1),
        claim("EXTRA_POINT", "home", period=1),
        claim("FIELD_GOAL", "away", period=1),
        claim("TOUCHDOWN", "away", period=2),
        claim("TWO_POINT", "away", period=2),
        claim("SAFETY", "home", period=3),
        claim("TOUCHDOWN", "home", period=4),
        claim("DEFENSIVE_TWO_POINT", "away", period=4),
        claim("ONE_POINT_SAFETY", "away", period=4),
        claim("FIELD_GOAL_MISS", "home", period=4),
        claim("FIELD_GOAL", "home", period=4, confirmation="cancelled"),
    )
    assert (shown.home, shown.away) == (15, 14)
    assert shown.linescore == {
        "1": {"home": 7, "away": 3},
        "2": {"home": 0, "away": 8},
        "3": {"home": 2, "away": 0},
        "4": {"home": 6, "away": 3},
    }


def test_regulation_ends_with_a_side_ahead_and_goes_on_when_level() -> None:
    third = claim("FIELD_GOAL", "home", period=3)
    ahead = fold(*periods(3), third, *periods(4, 4))
    assert (ahead.course.status, ahead.decided) == ("ended", True)
    # A field goal as time expires may come after the end of the period.
    late = claim("FIELD_GOAL", "away", period=4, clock="0:00")
    assert plays.rule(AMERICAN_FOOTBALL, ahead, late) is None
    level = AMERICAN_FOOTBALL.evolve(ahead, late, 1)
    assert (level.course.status, level.decided) == ("break", False)
    again = AMERICAN_FOOTBALL.evolve(level, claim("SAFETY", "home", period=4), 1)
    assert (again.course.status, again.tally.home) == ("ended", 5)


def test_an_end_that_a_provider_said_takes_no_more_points() -> None:
    state = fold(*periods(3), claim("FIELD_GOAL", "home", period=3), *periods(4, 4), claim("GAME_END"))
    assert not state.decided
    assert plays.rule(AMERICAN_FOOTBALL, state, claim("FIELD_GOAL", "away", period=4)) == "game_ended"
    assert plays.rule(AMERICAN_FOOTBALL, state, claim("FIELD_GOAL", "away", period=5)) is None


def test_what_the_laws_have_ended_can_go_on() -> None:
    ended = [*periods(3), claim("FIELD_GOAL", "home", period=3), *periods(4, 4)]
    resumed = fold(*ended, claim("GAME_RESUMED"))
    assert (resumed.course.status, resumed.decided) == ("live", False)
    assert fold(*ended, claim("PERIOD_START", period=5)).course.status == "live"
    assert board(*ended, claim("PERIOD_END", period=4)).status == "ended"


SNAP = {"down": 3, "togo": 2, "at": "NO 25", "possession": "home"}
SITUATED = claim("RUSH", "home", **AT, detail=SNAP)


@pytest.mark.parametrize(
    ("claims", "detail"),
    [
        ((), SNAP),
        ((claim("TIMEOUT"),), SNAP),
        ((claim("FUMBLE", "home"),), SNAP),
        ((claim("RUSH", "home"),), {"possession": "home"}),
        (
            (claim("PASS", "home", detail={"down": 1, "togo": 8, "at": "KC 8", "red_zone": True}),),
            {"down": 1, "togo": 8, "at": "KC 8", "red_zone": True, "possession": "home"},
        ),
        (
            (claim("PUNT", "home", detail={"at": "50", "possession": "away"}),),
            {"at": "50", "possession": "away"},
        ),
        ((claim("SITUATION", detail={**SNAP, "down": 4}),), {**SNAP, "down": 4}),
        ((claim("TOUCHDOWN", "home"),), {"try": "home"}),
        ((claim("TOUCHDOWN", "home"), claim("EXTRA_POINT", "home")), {}),
        ((claim("TOUCHDOWN", "home"), claim("TWO_POINT_MISS", "home")), {}),
        ((claim("TOUCHDOWN", "home"), claim("KICKOFF", "home")), {}),
        ((claim("FIELD_GOAL", "home"),), {}),
        ((claim("PERIOD_END", period=1), claim("PERIOD_START", period=2)), SNAP),
        ((claim("PERIOD_END", period=2),), {}),
        ((claim("RUSH", "away", period=3),), {}),
        ((claim("GAME_END"),), {}),
        ((claim("GAME_END"), claim("SITUATION", detail=SNAP)), {}),
    ],
)
def test_the_situation_is_shown_while_it_is_true(claims: tuple[Any, ...], detail: dict[str, Any]) -> None:
    assert board(START, SITUATED, *claims).detail == detail


def test_a_situation_told_again_is_the_same_object() -> None:
    state = fold(START, SITUATED)
    again = AMERICAN_FOOTBALL.evolve(state, claim("SITUATION", detail=SNAP), 9_000)
    assert again is state


@pytest.mark.parametrize(
    ("one", "running"),
    [
        (claim("RUSH", "home", **AT), True),
        (claim("RUSH", "home", **AT, detail={"out_of_bounds": True}), False),
        (claim("PASS", "home", **AT), True),
        (claim("PASS_INCOMPLETE", "home", **AT), False),
        (claim("SPIKE", "home", **AT), False),
        (claim("KNEEL", "home", **AT), True),
        (claim("PUNT", "home", **AT), False),
        (claim("INTERCEPTION", "away", **AT), False),
        (claim("TOUCHDOWN", "home", **AT), False),
        (claim("TWO_MINUTE_WARNING", **AT), False),
        (claim("FUMBLE", "home", **AT), False),
        (claim("CLOCK_START", **AT), True),
        (claim("CLOCK_SET", **AT, detail={"running": True}), True),
        (claim("CLOCK_SET", **AT), False),
    ],
)
def test_what_runs_the_clock(one: Any, running: bool) -> None:
    clock = board(START, one).clock
    assert (clock.display, clock.running) == ("9:47", running)


def test_where_running_out_of_bounds_stops_nothing() -> None:
    one = claim("RUSH", "home", **AT, detail={"out_of_bounds": True})
    assert board(START, one, rules={"clock_stops_out_of_bounds": False}).clock.running


def test_the_clock_at_the_edges_of_a_period() -> None:
    assert board(START).clock.display == "15:00"
    assert not board(START).clock.running
    ended = board(START, claim("RUSH", "home", **AT), claim("PERIOD_END", period=1))
    assert (ended.clock.display, ended.clock.running) == ("0:00", False)
    assert board(claim("PERIOD_START", period=5)).clock.display == "10:00"
    early = claim("PENALTY", "home", period=2, clock="15:00")
    assert board(START, claim("PERIOD_END", period=1), early).clock.display == "0:00"
    assert not board(START, claim("RUSH", "home", period=1, clock="0:00")).clock.running


def test_college_overtime_has_no_clock() -> None:
    rules = {"overtime": "alternating"}
    shown = board(*periods(4), claim("PERIOD_START", period=5), claim("RUSH", "home", period=5), rules=rules)
    assert (shown.clock, shown.period) == (None, "OT")
    assert board(claim("PERIOD_START", period=5), claim("CLOCK_START"), rules=rules).clock is None
    assert board(*periods(5), rules=rules).clock is None


def test_a_clock_can_be_started_before_any_period() -> None:
    assert board(claim("CLOCK_START")).clock.display == "15:00"
    assert board(claim("CLOCK_STOP")).clock is None


def test_interrupted_and_resumed() -> None:
    stopped = [START, claim("RUSH", "home", **AT), claim("GAME_INTERRUPTED")]
    assert not board(*stopped).clock.running
    assert not board(*stopped, claim("GAME_RESUMED")).clock.running
    assert board(*stopped, claim("GAME_RESUMED", detail={"running": True})).clock.running
    suspended = board(START, claim("GAME_SUSPENDED", clock="5:58"))
    assert (suspended.status, suspended.clock.display) == ("suspended", "5:58")
    resumed = board(START, claim("GAME_SUSPENDED", clock="5:58"), claim("GAME_RESUMED"))
    assert (resumed.status, resumed.period, resumed.clock.display) == ("live", "Q1", "5:58")


@pytest.mark.parametrize(
    ("rules", "claims", "left"),
    [
        ({}, [], None),
        ({}, [claim("TIMEOUT")], None),
        ({}, [claim("TIMEOUT", "home")], {"home": 2, "away": 3}),
        ({}, [claim("TIMEOUT", "home", detail={"number": 2})], {"home": 1, "away": 3}),
        ({}, [claim("TIMEOUT", "home", detail={"left": 0})], {"home": 0, "away": 3}),
        ({}, [claim("TIMEOUT", "home")] * 5, {"home": 0, "away": 3}),
        ({"timeouts": 0}, [claim("TIMEOUT", "home")], None),
        ({}, [claim("TIMEOUT", "home"), claim("PERIOD_START", period=2)], {"home": 2, "away": 3}),
        ({}, [claim("TIMEOUT", "home"), claim("PERIOD_START", period=3)], None),
        ({}, [claim("PERIOD_START", period=5), claim("TIMEOUT", "away")], {"home": 2, "away": 1}),
    ],
)
def test_timeouts_left(rules: dict[str, Any], claims: list[Any], left: dict[str, int] | None) -> None:
    assert board(START, *claims, rules=rules).detail.get("timeouts") == left


def test_turnovers_and_penalties_are_counted() -> None:
    shown = board(
        START,
        claim("INTERCEPTION", "away"),
        claim("FUMBLE", "home", detail={"lost": True}),
        claim("FUMBLE", "home", detail={"lost": False}),
        claim("PENALTY", "away"),
        claim("PENALTY", "away", detail={"decision": "accepted"}),
        claim("PENALTY", "away", detail={"decision": "declined"}),
        claim("PENALTY", "home", detail={"decision": "offsetting"}),
    )
    assert shown.detail == {"turnovers": {"home": 2}, "penalties": {"away": 2}}


@pytest.mark.parametrize("closing", ["REVIEW_ENDED", "TOUCHDOWN_CANCELLED", "SCORE_CANCELLED", "GAME_END"])
def test_a_review_is_open_until_it_is_answered(closing: str) -> None:
    started = claim("REVIEW_STARTED", detail={"subject": "fumble"})
    assert board(START, started).detail == {"review": "fumble"}
    assert board(START, started, claim(closing, "home")).detail == {}
    assert board(START, claim("REVIEW_STARTED")).detail == {"review": "play"}


def test_tentative_points_are_flagged() -> None:
    shown = board(START, claim("TOUCHDOWN", "away", confirmation="tentative"))
    assert shown.detail == {"tentative": {"away": 6}, "try": "away"}


@pytest.mark.parametrize(
    ("rules", "claims", "score"),
    [
        ({}, [], (0, 2)),
        ({"forfeit_points": 1}, [], (0, 1)),
        ({}, [claim("TOUCHDOWN", "home")], (0, 2)),
        ({}, [claim("TOUCHDOWN", "away")], (0, 6)),
    ],
)
def test_a_forfeit_stands_as_played_where_the_other_side_leads(
    rules: dict[str, Any], claims: list[Any], score: tuple[int, int]
) -> None:
    shown = board(START, *claims, claim("GAME_FORFEITED", "home"), rules=rules)
    assert (shown.status, shown.home, shown.away) == ("forfeited", *score)


def test_a_score_can_be_stated() -> None:
    shown = board(*periods(4), claim("SCORE_SET", detail={"home": 7, "away": 3, "lines": "0-3 7-0 0-0 0-0"}))
    assert (shown.home, shown.away, shown.status) == (7, 3, "ended")
    assert shown.linescore["2"] == {"home": 7, "away": 0}


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    shown = board(START, claim("PERIOD_END", period=1), claim(kind, "home", period=2, clock="11:38"))
    assert (shown.status, shown.period, shown.clock.display) == ("live", "Q2", "11:38")


@pytest.mark.parametrize("kind", ["PENALTY", "TIMEOUT", "INJURY", "REVIEW_STARTED", "EJECTION", "SITUATION"])
def test_what_may_happen_in_a_break_does_not_end_it(kind: str) -> None:
    assert board(START, claim("PERIOD_END", period=1), claim(kind, "home", period=2)).status == "break"


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("RUSH", "home", period=1, clock="15:00"), {}, None),
        (claim("RUSH", "home", period=1, clock="15:01"), {}, "clock_outside_period"),
        (claim("RUSH", "home", period=5, clock="10:01"), {}, "clock_outside_period"),
        (claim("RUSH", "home", clock="15:01"), {}, "clock_outside_period"),
        (claim("RUSH", "home", clock="12+3"), {}, "unreadable_clock"),
        (claim("RUSH", "home", period=6), {}, "period_out_of_range"),
        (claim("RUSH", "home", period=5), {"overtime": "none"}, "period_out_of_range"),
        (claim("RUSH", "home", period=9), {"overtime_periods": 0}, None),
        (claim("RUSH", "home", detail={"down": 5}), {}, "wrong_detail"),
        (claim("RUSH", "home", detail={"down": 0}), {}, "wrong_detail"),
        (claim("RUSH", "home", detail={"togo": "goal"}), {}, "wrong_detail"),
        (claim("RUSH", "home", detail={"at": "somewhere"}), {}, "wrong_detail"),
        (claim("RUSH", "home", detail={"at": "50", "togo": 0, "down": 1}), {}, None),
        (claim("RUSH"), {}, "team_missing"),
        (claim("PENALTY", "home", detail={"decision": "maybe"}), {}, "wrong_detail"),
        (claim("REVIEW_ENDED", detail={"decision": "reversed"}), {}, None),
        (claim("TOUCHDOWN_CANCELLED"), {}, "target_missing"),
        (claim("TOUCHDOWN", "home", period=7), {"overtime": "alternating"}, "only_two_point_tries"),
        (claim("ONE_POINT_SAFETY", "home", period=7), {"overtime": "alternating"}, None),
        (claim("TOUCHDOWN", "home", period=6), {"overtime": "alternating"}, None),
        (claim("TWO_POINT", "home", period=7), {"overtime": "alternating"}, None),
        (claim("RUSH", period=9, clock="50:00", action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: Any, rules: dict[str, Any], rule: str | None) -> None:
    assert misshapen(AMERICAN_FOOTBALL, one, rules) == rule


EJECTED = claim("EJECTION", "home", player="p1")


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("RUSH", "home"), "game_not_started"),
        ((), claim("RUSH", "home", period=1), None),
        ((START, claim("GAME_FINAL")), claim("RUSH", "home", period=1), "game_over"),
        ((START, claim("GAME_FINAL")), claim("TOUCHDOWN_CANCELLED", "home"), None),
        ((START, claim("GAME_FINAL")), claim("SCORE_SET", detail={"home": 1, "away": 0}), None),
        ((START, EJECTED), claim("EJECTION", "home", player="p1"), "player_already_ejected"),
        ((START, EJECTED), claim("EJECTION", "home", player="p2"), None),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)
def test_refused_by_the_state(claims: tuple[Any, ...], one: Any, rule: str | None) -> None:
    assert plays.rule(AMERICAN_FOOTBALL, fold(*claims), one) == rule


def test_points_that_name_no_period_are_refused_where_only_tries_are_played() -> None:
    state = fold(claim("PERIOD_START", period=7), rules={"overtime": "alternating"})
    assert plays.rule(AMERICAN_FOOTBALL, state, claim("FIELD_GOAL", "home")) == "only_two_point_tries"


def test_what_does_not_concern_the_board_is_not_lost() -> None:
    state = fold(START)
    for kind in ("NO_SUCH_TYPE", "GAME_RESUMED", "COIN_TOSS", "FEED_LOST"):
        assert AMERICAN_FOOTBALL.evolve(state, claim(kind), 1) is state


WHOLE = [
    claim("PRE_GAME"),
    START,
    claim("KICKOFF", "home", period=1, clock="15:00"),
    claim("TOUCHDOWN", "away", period=1, clock="9:47"),
    claim("EXTRA_POINT", "away", period=1, clock="9:41"),
    claim("PERIOD_END", period=1),
    *periods(3, 2),
    claim("PERIOD_START", period=4),
    claim("GAME_SUSPENDED"),
    claim("GAME_RESUMED"),
    claim("EJECTION", "home", period=4, player="p1"),
    claim("TOUCHDOWN", "home", period=4, clock="0:02"),
    claim("EXTRA_POINT", "home", period=4, clock="0:00"),
    claim("PERIOD_END", period=4),
    claim("PERIOD_START", period=5),
    claim("FIELD_GOAL", "home", period=5),
    claim("INTERCEPTION", "home", period=5),
    claim("TOUCHDOWN_CANCELLED", "home"),
    claim("GAME_END"),
    claim("GAME_FINAL"),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(AMERICAN_FOOTBALL, WHOLE, heard)


@given(st.lists(any_claim(AMERICAN_FOOTBALL), max_size=30), st.sampled_from(["both", "alternating"]))
def test_evolve_is_total_and_the_board_can_be_patched(claims: list[Any], overtime: str) -> None:
    state = AMERICAN_FOOTBALL.begin({"overtime": overtime})
    for one in claims:
        state = AMERICAN_FOOTBALL.evolve(state, one, 7)
        shown = AMERICAN_FOOTBALL.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


@given(st.lists(any_claim(AMERICAN_FOOTBALL), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_sum_of_the_points_of_what_was_accepted(claims: list[Any]) -> None:
    state, points = AMERICAN_FOOTBALL.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if AMERICAN_FOOTBALL.check({}, one) or AMERICAN_FOOTBALL.decide(state, one):
            continue
        state = AMERICAN_FOOTBALL.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled":
            continue
        if one.type == "SCORE_SET":
            points = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type in EVENTS:
            points[one.team or "home"] += EVENTS[one.type].points
    tally = state.tally
    assert (tally.home, tally.away) == (points["home"], points["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in tally.linescore.values()) == points[side]

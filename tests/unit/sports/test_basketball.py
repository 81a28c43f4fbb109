"""Basketball, rule by rule: periods, the clock that counts down, points, fouls, what is refused."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.providers import nba_cdn
from scorewire.sports.basketball import BASKETBALL, CLOCK_AFTER, EVENTS, OPEN_PLAY
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

START = claim("PERIOD_START", period=1)
FIRST = (START, claim("PERIOD_END", period=1))


def periods(last: int) -> list:
    """Periods 1 to `last`, each begun and ended."""
    return [
        claim(kind, period=number) for number in range(1, last + 1) for kind in ("PERIOD_START", "PERIOD_END")
    ]


@pytest.mark.parametrize(
    ("rules", "labels"),
    [
        (
            {},
            ["Q1", "Q1 END", "Q2", "HT", "Q3", "Q3 END", "Q4", "Q4 END", "OT1", "OT1 END", "OT2", "OT2 END"],
        ),
        ({"periods": 2, "period_minutes": 20}, ["H1", "HT", "H2", "H2 END", "OT1", "OT1 END"]),
    ],
)
def test_labels(rules: dict, labels: list[str]) -> None:
    claims = periods(len(labels) // 2)
    shown = [board(BASKETBALL, *claims[: i + 1], rules=rules) for i in range(len(labels))]
    assert [one.period for one in shown] == labels
    assert [one.status for one in shown] == ["live", "break"] * (len(labels) // 2)
    assert board(BASKETBALL).period == ""


@pytest.mark.parametrize(
    ("rules", "period", "display"),
    [({}, 1, "12:00"), ({}, 5, "5:00"), ({"period_minutes": 10}, 4, "10:00"), ({"periods": 2}, 3, "5:00")],
)
def test_a_period_starts_with_a_full_clock(rules: dict, period: int, display: str) -> None:
    clock = board(BASKETBALL, claim("PERIOD_START", period=period), rules=rules).clock
    assert (clock.display, clock.running, clock.at) == (display, True, 1_000)


def test_a_period_ends_with_an_empty_clock() -> None:
    clock = board(
        BASKETBALL, START, claim("FG2", "home", clock="0:01.2"), claim("PERIOD_END", period=1)
    ).clock
    assert (clock.display, clock.seconds, clock.running) == ("0:00", 0, False)


def test_the_game_from_start_to_final() -> None:
    shown = board(BASKETBALL, *periods(4), claim("GAME_END"), claim("GAME_FINAL"))
    assert (shown.status, shown.period, shown.clock.display) == ("final", "Q4 END", "0:00")
    assert list(shown.linescore) == ["1", "2", "3", "4"]


AT = {"period": 1, "clock": "11:38"}


@pytest.mark.parametrize(
    ("claims", "display", "running"),
    [
        ((claim("FG2", "home", **AT),), "11:38", True),
        ((claim("FG2_MISS", "home", **AT),), "11:38", True),
        ((claim("FOUL", "home", **AT),), "11:38", False),
        ((claim("TIMEOUT", "home", **AT),), "11:38", False),
        ((claim("VIOLATION", **AT),), "11:38", False),
        ((claim("FOUL", "home", **AT), claim("FT", "away", **AT)), "11:38", False),
        ((claim("FOUL", "home", **AT), claim("TURNOVER", "home", **AT)), "11:38", False),
        ((claim("FOUL", "home", **AT), claim("SUBSTITUTION", "home", **AT)), "11:38", False),
        ((claim("FOUL", "home", **AT), claim("TURNOVER", "away", period=1, clock="11:20")), "11:20", True),
        ((claim("FOUL", "home", **AT), claim("REBOUND", "away", **AT)), "11:38", True),
        (
            (claim("FOUL", "home", **AT), claim("REBOUND", "away", **AT, detail={"kind": "deadball"})),
            "11:38",
            False,
        ),
        ((claim("FG2_MISS", "home", **AT), claim("STEAL", "away", period=1)), "11:38", True),
        ((claim("CLOCK_STOP", clock="11:38"),), "11:38", False),
        ((claim("CLOCK_STOP", clock="11:38"), claim("CLOCK_START")), "11:38", True),
        ((claim("CLOCK_STOP", clock="11:38"), claim("CLOCK_SET", clock="11:40")), "11:40", False),
        ((claim("CLOCK_SET", clock="11:40", detail={"running": False}),), "11:40", False),
        ((claim("FG2", "home", period=1, clock="0:45.3"),), "45.3", False),
        ((claim("FG2", "home", period=1, clock="0:45"),), "0:45", False),
        ((claim("FG2", "home", period=1, clock="1:01"),), "1:01", True),
        ((claim("FG2", "home", period=1, clock="1:00"),), "1:00", False),
        ((claim("FG2_MISS", "home", period=1, clock="0:00.0"),), "0:00", False),
        ((claim("FG2", "home", period=2),), "12:00", True),
        ((claim("FOUL", "home", period=2, clock="12:00"),), "12:00", True),
        ((claim("GAME_INTERRUPTED", clock="8:00"),), "8:00", False),
        ((claim("GAME_INTERRUPTED"), claim("FG2_MISS", "home", **AT)), "11:38", False),
        ((claim("GAME_INTERRUPTED"), claim("GAME_RESUMED")), "12:00", False),
    ],
)
def test_what_sets_and_runs_the_clock(claims: tuple, display: str, running: bool) -> None:
    clock = board(BASKETBALL, START, *claims).clock
    assert (clock.display, clock.running) == (display, running)


@pytest.mark.parametrize(
    ("period", "clock", "running"), [(3, "1:30", True), (4, "1:30", False), (5, "1:30", False)]
)
def test_late_in_the_last_period_a_basket_stops_the_clock(period: int, clock: str, running: bool) -> None:
    shown = board(BASKETBALL, claim("PERIOD_START", period=period), claim("FG3", "home", clock=clock))
    assert shown.clock.running is running


def test_every_word_on_the_clock_is_about_an_event() -> None:
    assert set(CLOCK_AFTER) <= set(EVENTS)


def test_a_restated_clock_is_the_same_object() -> None:
    shot = fold(BASKETBALL, START, claim("FG2", "home", **AT))
    assist = BASKETBALL.evolve(shot, claim("ASSIST", "home", **AT), 9_000)
    assert assist.clock is shot.clock


def test_plays_of_another_period_or_after_the_end_leave_the_clock() -> None:
    assert board(BASKETBALL, *FIRST, claim("ASSIST", "home", period=1, clock="0:03")).clock.display == "0:00"
    early = claim("FOUL", "home", period=2, clock="12:00", detail={"kind": "technical"})
    assert board(BASKETBALL, *FIRST, early).clock.display == "0:00"
    assert board(BASKETBALL, claim("FOUL", "home", clock="12:00")).clock is None


def test_a_clock_can_be_started_before_any_period() -> None:
    assert board(BASKETBALL, claim("CLOCK_START")).clock.display == "12:00"
    assert board(BASKETBALL, claim("CLOCK_STOP")).clock is None


def test_points_by_side_and_period() -> None:
    shown = board(
        BASKETBALL,
        START,
        claim("FG2", "home", period=1),
        claim("FG3", "away", period=1),
        claim("FT", "away", period=1),
        claim("FT_MISS", "away", period=1),
        claim("FG3", "home", period=5),
        claim("FG3", "home", confirmation="cancelled"),
    )
    assert (shown.home, shown.away) == (5, 4)
    assert shown.linescore == {"1": {"home": 2, "away": 4}, "5": {"home": 3, "away": 0}}


def test_a_three_that_becomes_a_two_is_an_amendment_and_needs_nothing_here() -> None:
    before = [START, claim("FG3", "home", event="s1"), claim("FT", "home")]
    after = [START, claim("FG2", "home", event="s1", revision=2), claim("FT", "home")]
    assert board(BASKETBALL, *before).home == 4
    assert board(BASKETBALL, *after).home == 3


def test_tentative_points_are_flagged() -> None:
    assert board(BASKETBALL, START, claim("FG3", "home", confirmation="tentative")).detail == {
        "tentative": {"home": 3}
    }


def fouls(side: str, number: int, **fields: object) -> list:
    return [claim("FOUL", side, **fields) for _ in range(number)]


@pytest.mark.parametrize(
    ("rules", "claims", "detail"),
    [
        ({}, [START, *fouls("home", 4)], {"fouls": {"home": 4}}),
        ({}, [START, *fouls("home", 5)], {"fouls": {"home": 5}, "bonus": {"away": True}}),
        ({}, [START, *fouls("home", 5), claim("PERIOD_START", period=2)], {}),
        (
            {},
            [START, *fouls("home", 2, detail={"kind": "offensive"}), *fouls("away", 1)],
            {"fouls": {"away": 1}},
        ),
        ({}, [START, *fouls("home", 1, detail={"kind": "shooting"})], {"fouls": {"home": 1}}),
        (
            {"every_foul_counts": True},
            [START, *fouls("home", 1, detail={"kind": "technical"})],
            {"fouls": {"home": 1}},
        ),
        ({"bonus_fouls": 0}, [START, *fouls("home", 9)], {"fouls": {"home": 9}}),
        ({"bonus_fouls": 7}, [START, *fouls("home", 6)], {"fouls": {"home": 6}}),
        (
            {"timeouts": 0},
            [claim("PERIOD_START", period=5), *fouls("away", 4)],
            {"fouls": {"away": 4}, "bonus": {"home": True}},
        ),
        (
            {"timeouts": 0, "overtime_carries_fouls": True},
            [
                claim("PERIOD_START", period=4),
                *fouls("away", 4),
                claim("PERIOD_START", period=5),
                *fouls("away", 1),
            ],
            {"fouls": {"away": 5}, "bonus": {"home": True}},
        ),
        (
            {"every_foul_counts": True},
            [
                *FIRST,
                *fouls("home", 1, period=2, detail={"kind": "technical"}),
                claim("PERIOD_START", period=2),
            ],
            {"fouls": {"home": 1}},
        ),
        ({}, [START, *fouls("home", 2), claim("PERIOD_START", period=2), *fouls("home", 1, period=1)], {}),
    ],
)
def test_team_fouls_and_bonus(rules: dict, claims: list, detail: dict) -> None:
    assert board(BASKETBALL, *claims, rules=rules).detail == detail


@pytest.mark.parametrize(
    ("rules", "claims", "left"),
    [
        ({}, [START], None),
        ({}, [START, claim("TIMEOUT")], None),
        ({}, [START, claim("TIMEOUT", "home")], {"home": 6, "away": 7}),
        ({}, [START, claim("TIMEOUT", "home", detail={"left": 3})], {"home": 3, "away": 7}),
        ({"timeouts": 1}, [START, *[claim("TIMEOUT", "home")] * 3], {"home": 0, "away": 1}),
        ({"timeouts": 0}, [START, claim("TIMEOUT", "home")], None),
        ({}, [START, claim("TIMEOUT", "home"), claim("PERIOD_START", period=5)], {"home": 2, "away": 2}),
        ({}, [claim("PERIOD_START", period=5), claim("TIMEOUT", "away")], {"home": 2, "away": 1}),
    ],
)
def test_timeouts_left(rules: dict, claims: list, left: dict | None) -> None:
    assert board(BASKETBALL, *claims, rules=rules).detail.get("timeouts") == left


def test_an_overtime_that_a_play_implied_gives_its_timeouts_once() -> None:
    claims = [*periods(4), claim("FG2", "home", period=5), claim("TIMEOUT", "home", period=5)]
    shown = board(BASKETBALL, *claims, claim("PERIOD_START", period=5))
    assert shown.detail["timeouts"] == {"home": 1, "away": 2}


def test_possession_is_shown_where_a_provider_says_so() -> None:
    shown = board(BASKETBALL, START, claim("REBOUND", "home", detail={"possession": "home"}))
    assert shown.detail == {"possession": "home"}
    assert board(BASKETBALL, START, claim("REBOUND", "home", detail={"possession": "nobody"})).detail == {}


@pytest.mark.parametrize("closing", ["REVIEW_ENDED", "BASKET_CANCELLED", "GAME_END"])
def test_a_review_is_open_until_it_is_answered(closing: str) -> None:
    started = claim("REVIEW_STARTED", detail={"subject": "three_pointer"})
    assert board(BASKETBALL, START, started).detail == {"review": "three_pointer"}
    assert board(BASKETBALL, START, started, claim(closing, "home")).detail == {}
    assert board(BASKETBALL, START, claim("REVIEW_STARTED")).detail == {"review": "play"}


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    state = fold(BASKETBALL, *FIRST, claim(kind, "home", period=2, clock="11:38"))
    shown = BASKETBALL.board(state)
    assert (shown.status, shown.period, shown.clock.display) == ("live", "Q2", "11:38")
    late = claim("PERIOD_START", period=2)
    assert plays.rule(BASKETBALL, state, late) is None
    assert BASKETBALL.board(BASKETBALL.evolve(state, late, 9)).clock.display == "11:38"


@pytest.mark.parametrize(
    "kind", ["FOUL", "FT", "FT_MISS", "SUBSTITUTION", "TIMEOUT", "EJECTION", "REVIEW_STARTED"]
)
def test_what_is_stamped_before_its_start_does_not_end_the_break(kind: str) -> None:
    state = fold(BASKETBALL, *FIRST)
    early = claim(kind, "home", period=2, clock="12:00", detail={"kind": "technical"})
    assert plays.rule(BASKETBALL, state, early) is None
    state = BASKETBALL.evolve(state, early, 9)
    assert BASKETBALL.board(state).status == "break"
    assert plays.rule(BASKETBALL, state, claim("PERIOD_START", period=2)) is None


def test_a_technical_free_throw_counts_in_the_period_that_it_names() -> None:
    shown = board(BASKETBALL, *FIRST, claim("FT", "home", period=2, clock="12:00"))
    assert shown.linescore == {"1": {"home": 0, "away": 0}, "2": {"home": 1, "away": 0}}


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("FG2", "home", period=1, clock="12:00"), {}, None),
        (claim("FG2", "home", period=1, clock="12:01"), {}, "clock_outside_period"),
        (claim("FG2", "home", period=5, clock="5:01"), {}, "clock_outside_period"),
        (claim("FG2", "home", period=5, clock="5:00"), {}, None),
        (claim("FG2", "home", clock="12:00"), {}, None),
        (claim("FG2", "home", clock="12:01"), {}, "clock_outside_period"),
        (claim("FG2", "home", period=1, clock="20:00"), {"periods": 2, "period_minutes": 20}, None),
        (claim("FG2", "home", period=1, clock="11+2"), {}, "unreadable_clock"),
        (claim("FG2", "home", period=99, clock="1:00"), {}, None),
        (claim("TIMEOUT", "home", detail={"left": "2"}), {}, "wrong_detail"),
        (claim("FG2", period=1), {}, "team_missing"),
        (claim("FG2", period=1, clock="50:00", action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: object, rules: dict, rule: str | None) -> None:
    assert misshapen(BASKETBALL, one, rules) == rule


END = (*periods(4), claim("GAME_END"))


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("FG2", "home"), "game_not_started"),
        ((), claim("FG2", "home", period=1), None),
        ((), claim("FT", "home", period=1), None),
        (END, claim("FT", "home", period=4), "game_ended"),
        (END, claim("FG2", "home", period=5), None),
        (END, claim("FOUL", "home", period=4), None),
        (END, claim("PERIOD_START", period=5), None),
        ((*END, claim("GAME_FINAL")), claim("FOUL", "home", period=4), "game_over"),
        ((*END, claim("GAME_FINAL")), claim("PERIOD_START", period=5), "illegal_transition"),
        ((*END, claim("GAME_FINAL")), claim("BASKET_CANCELLED", "home"), None),
        ((*END, claim("GAME_FINAL")), claim("FG2", "home", action="retract"), None),
        (
            (START, claim("EJECTION", "home", player="p1")),
            claim("EJECTION", "home", player="p1"),
            "player_already_ejected",
        ),
        ((START, claim("EJECTION", "home", player="p1")), claim("EJECTION", "home", player="p2"), None),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)
def test_refused_by_the_state(claims: tuple, one: object, rule: str | None) -> None:
    assert plays.rule(BASKETBALL, fold(BASKETBALL, *claims), one) == rule


def test_a_forfeit_is_twenty_nil_whatever_was_played() -> None:
    shown = board(BASKETBALL, START, claim("FG3", "home"), claim("GAME_FORFEITED", "home"))
    assert (shown.status, shown.home, shown.away) == ("forfeited", 0, 20)
    assert shown.linescore == {"1": {"home": 3, "away": 0}}
    again = board(BASKETBALL, claim("GAME_FORFEITED", "home"), claim("GAME_FORFEITED", "away"))
    assert (again.home, again.away) == (20, 0)


def test_what_does_not_concern_the_board_is_not_lost() -> None:
    state = fold(BASKETBALL, START)
    assert BASKETBALL.evolve(state, claim("NO_SUCH_TYPE"), 1) is state
    assert BASKETBALL.evolve(state, claim("GAME_RESUMED"), 1) is state


@pytest.mark.data
def test_a_real_game_is_accepted_whole_and_gives_its_result(shared_data) -> None:
    body = gzip.decompress(
        (shared_data / "basketball/nba_cdn_live/0022000001_playbyplay.json.gz").read_bytes()
    )
    box = gzip.decompress((shared_data / "basketball/nba_cdn_live/0022000001_boxscore.json.gz").read_bytes())
    state = BASKETBALL.begin({})
    for one in nba_cdn.decode(body, "0022000001", {"boxscore": box}).events:
        assert misshapen(BASKETBALL, one) is None
        assert plays.rule(BASKETBALL, state, one) is None
        state = BASKETBALL.evolve(state, one, 1)
    shown = BASKETBALL.board(state)
    assert {shown.home, shown.away} == {99, 125}
    assert shown.status in {"ended", "final"}


WHOLE = [
    *periods(1),
    claim("FT", "home", period=2),
    claim("PERIOD_START", period=2),
    claim("FG3", "home", period=2),
    claim("REBOUND", "away", period=2),
    claim("PERIOD_END", period=2),
    claim("GAME_DELAYED"),
    claim("GAME_RESUMED"),
    *periods(4)[4:],
    claim("FG2", "away", period=5),
    claim("PERIOD_START", period=5),
    claim("EJECTION", "home", period=5, player="p1"),
    claim("PERIOD_END", period=5),
    claim("GAME_END"),
    claim("BASKET_CANCELLED", "home"),
    claim("GAME_FINAL"),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(BASKETBALL, WHOLE, heard)


@given(st.lists(any_claim(BASKETBALL), max_size=30))
def test_evolve_is_total_and_the_board_can_be_patched(claims: list) -> None:
    state = BASKETBALL.begin({})
    for one in claims:
        state = BASKETBALL.evolve(state, one, 7)
        shown = BASKETBALL.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


@given(st.lists(any_claim(BASKETBALL), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_sum_of_the_points_of_what_was_accepted(claims: list) -> None:
    state, points = BASKETBALL.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if BASKETBALL.check({}, one) or BASKETBALL.decide(state, one):
            continue
        state = BASKETBALL.evolve(state, one, 7)
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
    if tally.imposed is None:
        assert (BASKETBALL.board(state).home, BASKETBALL.board(state).away) == (
            points["home"],
            points["away"],
        )

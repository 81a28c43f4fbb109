"""Who is short: penalties one after the other, set off against each other, ended by goals."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scorewire.sports.ice_hockey import ICE_HOCKEY
from scorewire.sports.ice_hockey_penalties import (
    Penalties,
    ended,
    given,
    next_end,
    released,
    seconds_of,
    served,
    short,
    show,
)
from scorewire.sports.ice_hockey_rules import read
from unit.sports.plays import board, claim, fold

MINOR, DOUBLE, MAJOR = 120, 240, 300


def box(*given_: tuple[str, int, int]) -> Penalties:
    """(side, at, seconds), served up to the last."""
    penalties: Penalties = ()
    now = 0
    for side, at, seconds in given_:
        penalties = given(served(penalties, at - now), side, at=at, seconds=seconds)  # type: ignore[arg-type]
        now = at
    return penalties


def men_short(penalties: Penalties) -> tuple[int, int]:
    return short(penalties, "home"), short(penalties, "away")


@pytest.mark.parametrize(
    ("detail", "seconds"),
    [
        ({"kind": "minor"}, 120),
        ({"kind": "double_minor"}, 240),
        ({"kind": "match", "minutes": 10}, 300),
        ({"kind": "misconduct", "minutes": 10}, 0),
        ({"minutes": 4}, 240),
        ({"minutes": 5}, 300),
        ({"minutes": 10}, 0),
        ({"minutes": 7}, 0),
        ({"minutes": True}, 0),
        ({}, 120),
    ],
)
def test_how_long_a_penalty_is(detail: dict, seconds: int) -> None:
    assert seconds_of(detail) == seconds


@pytest.mark.parametrize(
    ("penalties", "expected"),
    [
        ([("home", 10, MINOR)], (1, 0)),
        ([("home", 10, MINOR), ("away", 10, MINOR)], (1, 1)),
        ([("home", 10, MINOR), ("away", 10, MINOR), ("home", 10, MINOR)], (1, 0)),
        ([("home", 10, MINOR), ("away", 10, MINOR), ("home", 10, MINOR), ("away", 10, MINOR)], (0, 0)),
        ([("home", 5, MINOR), ("home", 10, MINOR), ("away", 10, MINOR)], (1, 0)),
        ([("home", 5, MINOR), ("away", 9, MINOR)], (1, 1)),
        ([("home", 10, MAJOR), ("away", 10, MAJOR)], (0, 0)),
        ([("home", 10, MAJOR), ("away", 10, MAJOR), ("home", 10, MINOR)], (1, 0)),
        ([("home", 10, DOUBLE), ("away", 10, MINOR)], (1, 0)),
        ([("home", 10, MAJOR), ("away", 10, MINOR)], (1, 1)),
        ([("home", 10, 0)], (0, 0)),
        ([("home", 10, MINOR), ("home", 20, MINOR), ("home", 30, MINOR)], (2, 0)),
    ],
)
def test_who_is_short(penalties: list, expected: tuple[int, int]) -> None:
    assert men_short(box(*penalties)) == expected


def test_half_of_a_double_minor_cancels_out() -> None:
    assert next_end(box(("home", 10, DOUBLE), ("away", 10, MINOR)), "home") == 120


def test_a_third_waits_for_the_first() -> None:
    penalties = box(("home", 0, MINOR), ("home", 10, MINOR), ("home", 20, MINOR))
    assert men_short(served(penalties, 99)) == (2, 0)
    assert men_short(served(penalties, 100)) == (2, 0)
    assert men_short(served(penalties, 110)) == (1, 0)
    assert next_end(served(penalties, 110), "home") == 110
    assert served(penalties, 300) == ()


def test_no_time_is_no_change() -> None:
    penalties = box(("home", 0, MINOR))
    assert served(penalties, 0) is penalties
    assert served((), 5) == ()


def test_a_goal_against_the_shorter_side_ends_the_minor_that_would_end_first() -> None:
    penalties = box(("home", 0, MINOR), ("home", 30, MINOR))
    assert next_end(released(penalties, "home"), "home") == 120
    assert released(penalties, "away") is penalties


def test_a_goal_at_even_numbers_ends_nothing() -> None:
    penalties = box(("home", 0, MINOR), ("away", 20, MINOR))
    assert released(penalties, "home") is penalties


def test_a_goal_ends_one_part_of_a_double_minor() -> None:
    penalties = served(box(("home", 0, DOUBLE)), 50)
    once = released(penalties, "home")
    assert next_end(once, "home") == 120
    assert released(once, "home") == ()


def test_a_goal_ends_the_minor_and_not_the_major() -> None:
    penalties = released(box(("home", 0, MAJOR), ("home", 10, MINOR)), "home")
    assert next_end(penalties, "home") == 290
    assert released(penalties, "home") is penalties


def test_a_feed_may_end_the_oldest() -> None:
    penalties = box(("home", 0, MINOR), ("home", 10, MAJOR))
    assert next_end(ended(penalties, "home"), "home") == 300
    assert ended(penalties, "away") == penalties


@drawn(
    st.lists(
        st.tuples(
            st.sampled_from(["home", "away"]),
            st.integers(0, 400),
            st.sampled_from([0, MINOR, DOUBLE, MAJOR]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_comes_it_all_ends(steps: list) -> None:
    penalties: Penalties = ()
    now = 0
    for side, later, seconds, goal in steps:
        penalties = given(served(penalties, later), side, at=now + later, seconds=seconds)
        now += later
        if goal:
            penalties = released(penalties, side)
        assert all(0 <= one.left <= one.seconds for one in penalties)
        assert all(0 <= number <= 2 for number in men_short(penalties))
    assert served(penalties, len(steps) * MAJOR) == ()


@pytest.mark.parametrize(
    ("period", "played", "power_play"),
    [
        (1, 1190, {"team": "away", "until": "18:10", "period": 2}),
        (2, 1310, {"team": "away", "until": "16:10"}),
        (3, 3590, {"team": "away", "until": "0:00"}),
        (4, 3600, {"team": "away", "until": "3:00"}),
        (4, 3890, {"team": "away", "until": "0:00"}),
    ],
)
def test_a_power_play_may_end_in_the_next_period_but_an_overtime_may_never_come(
    period: int, played: int, power_play: dict
) -> None:
    shown = show(read({}), period, {}, box(("home", 0, MINOR)), played)
    assert shown["power_play"] == power_play


START = claim("PERIOD_START", period=1)
FULL = {"overtime": "full"}


def minor(side: str, clock: str, period: int = 1, **detail: object) -> object:
    return claim("PENALTY", side, period=period, clock=clock, detail={"kind": "minor", **detail})


def shown_strength(*claims: object, rules: dict | None = None) -> tuple:
    detail = board(ICE_HOCKEY, START, *claims, rules=rules or {}).detail
    return detail.get("skaters"), detail.get("power_play")


class TestPowerPlay:
    def test_a_minor_leaves_its_side_short_for_two_minutes(self) -> None:
        power = {"team": "away", "until": "8:00"}
        assert shown_strength(minor("home", "10:00")) == ("4v5", power)
        assert shown_strength(minor("home", "10:00"), claim("HIT", "home", period=1, clock="8:01")) == (
            "4v5",
            power,
        )
        assert shown_strength(minor("home", "10:00"), claim("HIT", "home", period=1, clock="8:00")) == (
            None,
            None,
        )

    def test_a_play_on_the_power_play_changes_nothing_in_the_detail(self) -> None:
        state = fold(ICE_HOCKEY, START, minor("home", "10:00"))
        after = ICE_HOCKEY.evolve(state, claim("HIT", "home", period=1, clock="9:00"), 1)
        assert after.detail is state.detail

    def test_a_goal_on_it_ends_a_minor(self) -> None:
        goal = claim("GOAL", "away", period=1, clock="9:00", detail={"strength": "pp"})
        assert shown_strength(minor("home", "10:00"), goal) == (None, None)

    def test_a_goal_of_the_shorter_side_does_not(self) -> None:
        goal = claim("GOAL", "home", period=1, clock="9:00", detail={"strength": "sh"})
        assert shown_strength(minor("home", "10:00"), goal)[0] == "4v5"

    def test_a_penalty_shot_does_not(self) -> None:
        goal = claim("GOAL", "away", period=1, clock="9:00", detail={"strength": "ps"})
        assert shown_strength(minor("home", "10:00"), goal)[0] == "4v5"

    def test_a_major_outlasts_goals(self) -> None:
        goal = claim("GOAL", "away", period=1, clock="9:00")
        major = claim("PENALTY", "home", period=1, clock="10:00", detail={"kind": "major"})
        assert shown_strength(major, goal) == ("4v5", {"team": "away", "until": "5:00"})

    def test_without_the_goal_that_had_ended_it_it_runs_on(self) -> None:
        penalty, shot = minor("home", "10:00"), claim("SHOT", "away", period=1, clock="8:30")
        assert shown_strength(penalty, claim("GOAL", "away", period=1, clock="9:00"), shot)[0] is None
        assert shown_strength(penalty, shot)[0] == "4v5"

    def test_it_may_end_in_the_next_period(self) -> None:
        late = minor("away", "0:30")
        assert shown_strength(late)[1] == {"team": "home", "until": "18:30", "period": 2}
        end = claim("PERIOD_END", period=1)
        assert shown_strength(late, end)[1] == {"team": "home", "until": "18:30", "period": 2}
        again = claim("PERIOD_START", period=2)
        assert shown_strength(late, end, again)[1] == {"team": "home", "until": "18:30"}
        assert shown_strength(late, end, again, claim("SHOT", "home", period=2, clock="18:30"))[1] is None

    def test_with_a_clock_that_counts_up(self) -> None:
        assert shown_strength(minor("away", "10:00"), rules={"clock_up": True})[1] == {
            "team": "home",
            "until": "12:00",
        }

    def test_one_that_is_told_late_has_run_since_its_own_clock(self) -> None:
        moved = claim("SHOT", "home", period=1, clock="9:30")
        assert shown_strength(moved, minor("home", "10:00"))[1] == {"team": "away", "until": "8:00"}
        over = claim("SHOT", "home", period=1, clock="7:30")
        assert shown_strength(over, minor("home", "10:00"))[1] is None

    def test_two_are_five_against_three(self) -> None:
        assert shown_strength(minor("away", "10:00"), minor("away", "9:30")) == (
            "5v3",
            {"team": "home", "until": "8:00"},
        )

    def test_one_each_is_four_against_four(self) -> None:
        assert shown_strength(minor("away", "10:00"), minor("home", "10:00")) == ("4v4", None)

    @pytest.mark.parametrize("kind", ["misconduct", "game_misconduct", "penalty_shot"])
    def test_what_leaves_nobody_short(self, kind: str) -> None:
        one = claim("PENALTY", "home", period=1, clock="10:00", detail={"kind": kind})
        assert shown_strength(one) == (None, None)

    def test_a_feed_may_say_that_it_is_over(self) -> None:
        assert shown_strength(
            minor("away", "10:00"), claim("PENALTY_ENDED", "away", period=1, clock="9:00")
        ) == (None, None)

    def test_without_any_clock_nobody_knows_how_long(self) -> None:
        assert shown_strength(claim("PENALTY", "home", detail={"kind": "minor"})) == (None, None)
        moved = claim("SHOT", "home", period=1, clock="10:00")
        assert shown_strength(moved, claim("PENALTY", "home"))[1] == {"team": "away", "until": "8:00"}

    def test_in_a_short_overtime_the_other_side_has_one_more(self) -> None:
        claims = [claim("PERIOD_START", period=4)]
        assert shown_strength(*claims)[0] == "3v3"
        assert shown_strength(*claims, minor("away", "4:00", 4)) == ("4v3", {"team": "home", "until": "2:00"})
        both = [minor("away", "4:00", 4), minor("away", "3:50", 4)]
        assert shown_strength(*claims, *both)[0] == "5v3"
        full = shown_strength(*claims, minor("away", "4:00", 4), rules=FULL)
        assert full[0] == "5v4"

    def test_after_the_end_there_is_none(self) -> None:
        assert shown_strength(minor("home", "1:00"), claim("GAME_END")) == (None, None)


class TestGoalkeeper:
    PULLED = claim("GOALIE_PULLED", "home", period=1, clock="1:30")

    def test_a_skater_more_and_an_empty_net(self) -> None:
        detail = board(ICE_HOCKEY, START, self.PULLED).detail
        assert detail == {"empty_net": {"home": True}, "skaters": "6v5"}
        short = board(ICE_HOCKEY, START, minor("away", "2:00"), self.PULLED).detail
        assert short["skaters"] == "6v4"

    @pytest.mark.parametrize("kind", ["GOALIE_RETURNED", "GOALIE_CHANGED"])
    def test_is_back(self, kind: str) -> None:
        assert board(ICE_HOCKEY, START, self.PULLED, claim(kind, "home")).detail.get("empty_net") is None
        both = (self.PULLED, claim("GOALIE_PULLED", "away"), claim("GOALIE_RETURNED", "home"))
        assert board(ICE_HOCKEY, START, *both).detail["empty_net"] == {"away": True}

    def test_is_back_for_the_next_period(self) -> None:
        claims = (START, self.PULLED, claim("PERIOD_END", period=1), claim("PERIOD_START", period=2))
        assert board(ICE_HOCKEY, *claims).detail == {}

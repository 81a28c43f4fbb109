"""Who is short: penalties one after the other, set off against each other, ended by goals."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scorewire.sports.ice_hockey_penalties import (
    Penalties,
    ended,
    given,
    next_end,
    released,
    seconds_of,
    served,
    short,
)

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

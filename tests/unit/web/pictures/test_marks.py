from itertools import combinations

from scorewire.model.provider_event import Side
from scorewire.web.pictures.marks import Outcome, key, mark, mark_class, run, swatch

SIDES: tuple[Side, Side] = ("home", "away")
OUTCOMES: tuple[Outcome, ...] = ("goal", "saved", "missed", "blocked")


def test_no_two_marks_differ_by_colour_alone() -> None:
    """saved and missed have one outline: one is full, the other hollow."""
    marks = [(mark(side, outcome, 9, 9), outcome == "missed") for side in SIDES for outcome in OUTCOMES]
    assert all(one != other for one, other in combinations(marks, 2))


def test_where_goals_are_many_they_are_as_large_as_misses() -> None:
    assert len(mark("home", "goal", 0, 0, rare=False)) < len(mark("home", "goal", 0, 0))


def test_signs_part_numbers() -> None:
    assert run("l", 4.5, -4.5, 0, 9) == "l4.5-4.5 0 9"


def test_a_legend_shows_the_mark_without_a_side() -> None:
    assert mark_class("away", "goal") == "m away goal"
    shown = key("home", "goal", "Goal")
    assert "Goal" in shown
    assert "home" not in shown
    assert 'aria-hidden="true"' in shown
    assert swatch("home", "x") != swatch("away", "x").replace("away", "home")

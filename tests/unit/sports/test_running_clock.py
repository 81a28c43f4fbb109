"""The clock of soccer and rugby union; what their plays make of it is in their own tests."""

import pytest

from scorewire.model.score_state import GameClock
from scorewire.sports import rugby_union_rules, running_clock, soccer
from scorewire.sports.lifecycle import Course
from unit.sports.plays import claim

MATCH = soccer.begin({}).rules
FIRST, SECOND, KICKS = Course("live", 1), Course("live", 2), Course("live", 5)
RUNS = GameClock(display="22:41", seconds=1361, running=True, at=7)
STANDS = GameClock(display="22:41", seconds=1361, running=False)


@pytest.mark.parametrize(
    ("held", "period", "display"),
    [
        (MATCH, 1, "0:00"),
        (MATCH, 2, "45:00"),
        (MATCH, 4, "105:00"),
        (rugby_union_rules.rules_of({}), 5, "100:00"),
    ],
)
def test_a_period_starts_at_its_own_time(held: running_clock.Timed, period: int, display: str) -> None:
    clock = running_clock.at_start(held, period, None, 9)
    assert clock is not None
    assert (clock.display, clock.running, clock.at) == (display, True, 9)


def test_kicks_have_no_clock() -> None:
    assert running_clock.at_start(MATCH, 5, RUNS, 9) == STANDS
    assert running_clock.at_end(MATCH, KICKS, RUNS, claim("PERIOD_END")) == STANDS
    assert (
        running_clock.after(MATCH, KICKS, STANDS, claim("SHOOTOUT_GOAL", "home", clock="121:00"), 9) is STANDS
    )


@pytest.mark.parametrize(
    ("said", "held", "display"),
    [(None, RUNS, "45:00"), ("45+2:10", RUNS, "45+2:10"), ("30:00", RUNS, "30:00"), (None, None, "45:00")],
)
def test_a_period_ends_where_it_is_said_else_not_before_its_time(
    said: str | None, held: GameClock | None, display: str
) -> None:
    clock = running_clock.at_end(MATCH, FIRST, held, claim("PERIOD_END", clock=said))
    assert clock is not None
    assert (clock.display, clock.running) == (display, False)


@pytest.mark.parametrize(
    ("course", "held", "one", "display", "running"),
    [
        (FIRST, RUNS, claim("GOAL", "home", clock="23:05"), "23:05", True),
        (FIRST, RUNS, claim("GOAL", "home", clock="24"), "22:41", True),
        (FIRST, STANDS, claim("GOAL", "home", clock="24"), "24:00", False),
        (SECOND, RUNS, claim("YELLOW_CARD", "home", period=1, clock="44:00"), "22:41", True),
        (Course("break", 1, True), STANDS, claim("YELLOW_CARD", "home", clock="44:00"), "22:41", False),
        (FIRST, RUNS, claim("CLOCK_STOP", clock="24"), "24:00", False),
        (FIRST, STANDS, claim("CLOCK_START"), "22:41", True),
        (SECOND, None, claim("CLOCK_START"), "45:00", True),
        (FIRST, RUNS, claim("CLOCK_SET", clock="20:00"), "20:00", True),
        (FIRST, RUNS, claim("CLOCK_SET", clock="20:00", detail={"running": False}), "20:00", False),
    ],
)
def test_what_a_play_makes_of_it(
    course: Course, held: GameClock | None, one: object, display: str, running: bool
) -> None:
    clock = running_clock.after(MATCH, course, held, one, 9)
    assert clock is not None
    assert (clock.display, clock.running) == (display, running)

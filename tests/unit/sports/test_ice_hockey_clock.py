"""Seconds played, by a clock that counts down or up; the rest of the clock is in test_ice_hockey.py."""

import pytest

from scorewire.sports.ice_hockey import EVENTS
from scorewire.sports.ice_hockey_clock import RUNS, STANDS, at_end, at_start, played_by
from scorewire.sports.ice_hockey_rules import read
from scorewire.sports.lifecycle import Course
from unit.sports.plays import claim


@pytest.mark.parametrize(
    ("rules", "course", "clock", "period", "played"),
    [
        ({}, 1, "16:16", 1, 224),
        ({}, 2, "20:00", 2, 1200),
        ({}, 3, "0:00", None, 3600),
        ({}, 1, "0:45.3", 1, 1154),
        ({"clock_up": True}, 2, "4:41", 2, 1481),
        ({}, 2, "16:16", 1, 7),
        ({}, 0, "16:16", 1, 7),
        ({}, 5, "0:00", 5, 7),
        ({}, 1, None, 1, 7),
        ({}, 1, "noon", 1, 7),
        ({}, 1, "999", 1, 7),
        ({}, 1, "20:00", 1, 7),
    ],
)
def test_seconds_played(rules: dict, course: int, clock: str | None, period: int | None, played: int) -> None:
    one = claim("SHOT", "home", clock=clock, period=period)
    assert played_by(read(rules), Course("live", course), one, 7) == played


def test_every_word_on_the_clock_is_about_an_event() -> None:
    assert set(EVENTS) >= RUNS | STANDS
    assert not RUNS & STANDS


def test_the_shootout_starts_and_ends_no_clock() -> None:
    held = read({})
    running = at_start(held, 4, None, 1)
    stood = at_start(held, 5, running, 2)
    assert (stood.display, stood.running) == ("5:00", False)
    assert at_end(held, 5, stood, 3) is stood

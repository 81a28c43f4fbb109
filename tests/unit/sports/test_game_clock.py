"""A clock is set, never ticks, and is the same object while it shows and does the same."""

import pytest
from msgspec import UNSET

from scorewire.model.score_state import GameClock
from scorewire.sports.game_clock import down, set_to, started, stopped, up


@pytest.mark.parametrize(
    ("ms", "end_s", "display", "seconds"),
    [
        (0, 2700, "0:00", 0),
        (1_361_000, 2700, "22:41", 1361),
        (1_361_999, 2700, "22:41", 1361),
        (2_700_000, 2700, "45:00", 2700),
        (2_830_000, 2700, "45+2:10", 2830),
        (2_701_000, 2700, "45+0:01", 2701),
        (2_830_000, 5400, "47:10", 2830),
        (7_260_000, 7200, "120+1:00", 7260),
    ],
)
def test_up(ms: int, end_s: int, display: str, seconds: int) -> None:
    assert up(ms, end_s) == (display, seconds)


@pytest.mark.parametrize(
    ("ms", "tenths", "display", "seconds"),
    [
        (720_000, False, "12:00", 720),
        (698_400, True, "11:38", 698),
        (60_000, True, "1:00", 60),
        (59_900, True, "59.9", 59),
        (45_300, True, "45.3", 45),
        (45_000, False, "0:45", 45),
        (300, True, "0.3", 0),
        (0, True, "0:00", 0),
    ],
)
def test_down(ms: int, tenths: bool, display: str, seconds: int) -> None:
    assert down(ms, tenths=tenths) == (display, seconds)


def test_only_a_running_clock_says_since_when() -> None:
    assert set_to(None, "1:00", 60, running=True, at=7) == GameClock(
        display="1:00", seconds=60, running=True, at=7
    )
    assert set_to(None, "1:00", 60, running=False, at=7).at is UNSET


def test_a_clock_that_is_restated_stays_the_same_object() -> None:
    held = set_to(None, "1:00", 60, running=True, at=7)
    assert set_to(held, "1:00", 60, running=True, at=9) is held
    assert set_to(held, "1:00", 60, running=False, at=9) is not held
    assert set_to(held, "0:59", 59, running=True, at=9).at == 9


def test_stopping_and_starting_keep_the_reading() -> None:
    held = set_to(None, "1:00", 60, running=True, at=7)
    standing = stopped(held)
    assert standing == GameClock(display="1:00", seconds=60, running=False)
    assert stopped(standing) is standing
    assert started(standing, 9) == GameClock(display="1:00", seconds=60, running=True, at=9)
    assert started(held, 9) is held
    assert stopped(None) is None
    assert started(None, 9) is None

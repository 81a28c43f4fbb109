"""The clock that counts up and runs past the end of its periods: soccer and rugby union.

A period's start sets it and its end stops it; what comes between sets it only if it says so plainly. A bare
minute (`67`) is too coarse to set a clock that runs, and a play of another period sets nothing. The last of a
game's periods, the kicks that decide it, have no clock.
"""

from typing import Final, Protocol

from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import GameClock
from scorewire.sports.game_clock import set_to, started, stopped, up
from scorewire.sports.lifecycle import Course
from scorewire.sports.machine import clock_ms

CLOCK_EVENTS: Final = frozenset({"CLOCK_START", "CLOCK_STOP", "CLOCK_SET"})
"""They rule, wherever the game stands."""


class Timed(Protocol):
    """The rules of a competition, as far as the clock goes: both indexed by the period, the kicks last."""

    @property
    def starts_s(self) -> tuple[int, ...]:
        """What the clock shows when a period begins."""
        ...

    @property
    def ends_s(self) -> tuple[int, ...]:
        """What it shows at the period's regular end."""
        ...


def at_start(held: Timed, period: int, clock: GameClock | None, at: int) -> GameClock | None:
    """The clock when a period begins, announced or implied."""
    if period >= _kicks(held):
        return stopped(clock)
    return set_to(clock, *up(held.starts_s[period] * 1000, held.ends_s[period]), running=True, at=at)


def at_end(held: Timed, course: Course, clock: GameClock | None, claim: ProviderEvent) -> GameClock | None:
    """The clock after a period: where the claim says, else not before the period's regular end."""
    period = course.period
    if not 0 < period < _kicks(held):
        return stopped(clock)
    reading = clock_ms(claim.clock) if claim.clock is not None else None
    if reading is None:
        reading = max(held.ends_s[period], clock.seconds if clock is not None else 0) * 1000
    return set_to(clock, *up(reading, held.ends_s[period]), running=False, at=0)


def after(
    held: Timed, course: Course, clock: GameClock | None, claim: ProviderEvent, at: int
) -> GameClock | None:
    """The clock after a play that may set it."""
    period = min(course.period, _kicks(held))
    explicit = claim.type in CLOCK_EVENTS
    if clock is None and claim.clock is None and claim.type == "CLOCK_START":
        clock = set_to(None, *up(held.starts_s[period] * 1000, held.ends_s[period]), running=False, at=at)
    running = clock is not None and clock.running
    if explicit:
        running = _runs(claim, running)
    reading = clock_ms(claim.clock) if claim.clock is not None else None
    if reading is not None and (explicit or _may_set(held, course, claim, running)):
        end_s = held.ends_s[min(claim.period or period, _kicks(held))] or reading // 1000
        return set_to(clock, *up(reading, end_s), running=running, at=at)
    return started(clock, at) if running else stopped(clock)


def _kicks(held: Timed) -> int:
    """The number of the period that has no clock."""
    return len(held.ends_s) - 1


def _runs(claim: ProviderEvent, running: bool) -> bool:
    if claim.type == "CLOCK_SET":
        said = claim.detail.get("running")
        return said if isinstance(said, bool) else running
    return claim.type == "CLOCK_START"


def _may_set(held: Timed, course: Course, claim: ProviderEvent, running: bool) -> bool:
    if course.closed or not 0 < course.period < _kicks(held):
        return False
    if claim.period is not None and claim.period != course.period:
        return False  # a card of the first half that is shown in the second
    return not running or (claim.clock is not None and ":" in claim.clock)

"""The clock of ice hockey: counts down, stands at every whistle, and tells how long was played.

Source: NHL Rules 2024-25, 77 (game and intermission timing).
"""

from scorewire.model.provider_event import ProviderEvent
from scorewire.model.score_state import GameClock
from scorewire.sports.game_clock import down, set_to, stopped
from scorewire.sports.ice_hockey_rules import Rules
from scorewire.sports.lifecycle import Course
from scorewire.sports.machine import clock_ms

RUNS = frozenset({"FACEOFF", "CLOCK_START"})
STANDS = frozenset(
    {
        "GOAL",
        "STOPPAGE",
        "PENALTY",
        "PENALTY_SHOT",
        "PENALTY_SHOT_MISSED",
        "TIMEOUT",
        "CHALLENGE",
        "REVIEW_STARTED",
        "REVIEW_ENDED",
        "CLOCK_STOP",
    }
)
"""What the clock does after a play; what is in neither leaves it as it was."""


def at_start(held: Rules, period: int, clock: GameClock | None, at: int) -> GameClock | None:
    """The clock when a period begins, announced or implied."""
    if period == held.shootout:
        return stopped(clock)
    whole = 0 if held.clock_up else held.length_s(period)
    return set_to(clock, *down(whole * 1000, tenths=False), running=True, at=at)


def at_end(held: Rules, period: int, clock: GameClock | None, at: int) -> GameClock | None:
    """The clock after a period that was played out."""
    if period == held.shootout:
        return stopped(clock)
    whole = held.length_s(period) if held.clock_up else 0
    return set_to(clock, *down(whole * 1000, tenths=False), running=False, at=at)


def played_by(held: Rules, course: Course, claim: ProviderEvent, played: int) -> int:
    """Seconds played by the claim's clock, if it tells; time never runs back."""
    period = course.period
    if claim.clock is None or not period or period == held.shootout or claim.period not in {None, period}:
        return played
    reading = clock_ms(claim.clock)
    if reading is None:
        return played
    length = held.length_s(period)
    gone = reading // 1000 if held.clock_up else length + (-reading // 1000)
    return max(played, held.start_s(period) + min(max(gone, 0), length))


_CLOCK_EVENTS = frozenset({"CLOCK_START", "CLOCK_STOP", "CLOCK_SET"})


def after(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, at: int
) -> GameClock | None:
    """The clock after a play; one of another period, or after the end of this one, leaves it alone."""
    kind, text = claim.type, claim.clock
    ruling = kind in _CLOCK_EVENTS
    if not ruling and (
        course.closed
        or not course.period
        or claim.period not in {None, course.period}
        or course.period == held.shootout
    ):
        return clock
    reading = clock_ms(text) if text is not None else None
    if reading is not None and text is not None:
        shown = down(reading, tenths="." in text)
    elif clock is not None:
        shown = clock.display, clock.seconds
    elif kind == "CLOCK_START":
        shown = down((0 if held.clock_up else held.length_s(course.period)) * 1000, tenths=False)
    else:
        return None
    running = (course.status == "live" or ruling) and _runs(held, course, clock, claim, shown)
    return set_to(clock, *shown, running=running, at=at)


def _runs(
    held: Rules, course: Course, clock: GameClock | None, claim: ProviderEvent, shown: tuple[str, int]
) -> bool:
    """Whether the clock runs after a play that finds it at `shown`."""
    kind, (display, seconds) = claim.type, shown
    empty = seconds >= held.length_s(course.period) if held.clock_up else display in {"0:00", "0.0"}
    if kind in STANDS or empty:
        return False
    if kind in RUNS:
        return True
    was_running = clock is not None and clock.running
    if kind == "CLOCK_SET":
        said = claim.detail.get("running")
        return said if isinstance(said, bool) else was_running
    # A clock that shows another time than before has run.
    return was_running or clock is None or clock.display != display

"""The game's clock as boards show it: set by plays, never ticking.

A running clock says since when (`at`), so that a reader can count on; a standing one does not. A clock
that a play restates stays the same object, so that follow-ups of one moment (shot, assist) cost no bytes.
Nothing here extrapolates: the same plays give the same clock at any speed of delivery.
"""

from msgspec import UNSET

from scorewire.model.score_state import GameClock


def set_to(held: GameClock | None, display: str, seconds: int, *, running: bool, at: int) -> GameClock:
    """The clock showing `display`; `held` itself if it shows and does the same already."""
    if held is not None and held.seconds == seconds and held.running == running and held.display == display:
        return held
    return GameClock(display=display, seconds=seconds, running=running, at=at if running else UNSET)


def stopped(held: GameClock | None) -> GameClock | None:
    """The clock standing where it was last set."""
    if held is None or not held.running:
        return held
    return GameClock(display=held.display, seconds=held.seconds, running=False)


def started(held: GameClock | None, at: int) -> GameClock | None:
    """The clock running on from where it was last set."""
    if held is None or held.running:
        return held
    return GameClock(display=held.display, seconds=held.seconds, running=True, at=at)


def up(milliseconds: int, end_s: int) -> tuple[str, int]:
    """Display and seconds of a clock that counts up: `22:41`, or `45+2:10` past the period's end."""
    seconds = milliseconds // 1000
    if seconds <= end_s:
        return f"{seconds // 60}:{seconds % 60:02}", seconds
    past = seconds - end_s
    return f"{end_s // 60}+{past // 60}:{past % 60:02}", seconds


def down(milliseconds: int, *, tenths: bool) -> tuple[str, int]:
    """Display and seconds of a clock that counts down: `11:38`; under a minute `45.3`, or `0:45`.

    Args:
        tenths: whether the source gave a fraction; one that did not is not made to look as if it had.
    """
    seconds = milliseconds // 1000
    if tenths and 0 < milliseconds < 60_000:
        return f"{seconds}.{milliseconds % 1000 // 100}", seconds
    return f"{seconds // 60}:{seconds % 60:02}", seconds

"""How rough the world is. Probabilities are per message unless they say otherwise; times in ms."""

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """One world. The defaults are rougher than any real feed, so that few seeds find much."""

    games: int = 2
    plays: int = 60
    fans: int = 8
    ring_frames: int = 16
    """Small, so that fans fall out of it."""
    checkpoint_rows: int = 10
    pace_ms: int = 200
    """Mean time between two messages of a provider."""
    delay_ms: int = 40
    """Usual longest delay of a message."""
    reorder_p: float = 0.2
    """Delayed by up to reorder_ms, within which order must be restored."""
    reorder_ms: int = 400
    late_p: float = 0.03
    """Delayed by up to late_ms: it misses its place and must still find it."""
    late_ms: int = 8_000
    duplicate_p: float = 0.2
    correct_p: float = 0.15
    """A play is amended, retracted, cancelled or asserted again later."""
    tentative_p: float = 0.1
    """A play is told as tentative first."""
    backup_p: float = 0.5
    """A game has a second provider. See backup.py."""
    lag_ms: int = 1_500
    """The second provider's longest lag behind the first."""
    lie_p: float = 0.05
    """It leaves a play out or invents one, where it is the one that errs."""
    rename_p: float = 0.1
    """It takes a play back and tells it again under another name, where it is one that does."""
    failover_ms: int = 2_000
    steady_ms: int = 5_000
    crash_p: float = 0.02
    """The node dies after a message: before it decided, before it wrote, or before it told."""
    drop_p: float = 0.02
    """A fan's connection is cut, for each frame that it gets."""
    sleep_ms: int = 6_000
    """Longest absence of a fan."""

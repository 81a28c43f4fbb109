"""The only file that reads a clock; everything else is given `now`."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where a shell gets its time from."""

    def now_ms(self) -> int:
        """Wall time, integer milliseconds since the epoch, UTC: for what is stored or sent."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never step back: for waiting and measuring. Never stored, never sent."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        """See `Clock.now_ms`."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """See `Clock.monotonic_s`."""
        return time.monotonic()

"""When fans come back: each at a time of its own, and those of a node that stops told one after the other."""

import asyncio
import random
from collections.abc import Sequence
from typing import Protocol

from scorewire.fanout.audience import FanLike
from scorewire.fanout.frames import ByeReason

RETRY_MS = (1000, 5000)
DRAIN_STEP_S = 0.05


class SayBye(Protocol):
    """`Hub.say_bye`."""

    def __call__(self, fan: FanLike, reason: ByeReason, retry_ms: int | None, /) -> None:
        """Tell a fan to come back after `retry_ms`, and close it."""
        ...


def any_retry_ms(rng: random.Random) -> int:
    """A random time to reconnect after."""
    low, high = RETRY_MS
    return low + int(rng.random() * (high - low + 1))


async def say_goodbye(fans: Sequence[FanLike], say_bye: SayBye, over_s: float, rng: random.Random) -> int:
    """Tell every fan that has not left, spread evenly over `over_s`; each comes back at its own time.

    Returns how many were told.

    Cancellation: those who were not told yet stay; they see the connection close.
    """
    low, high = RETRY_MS
    times = range(low, high + 1)
    retries = rng.sample(times, len(fans)) if len(fans) <= len(times) else None
    told = 0
    steps = max(1, round(over_s / DRAIN_STEP_S))
    for step in range(steps):
        for at in range(len(fans) * step // steps, len(fans) * (step + 1) // steps):
            if fans[at].slot >= 0:
                say_bye(fans[at], "drain", None if retries is None else retries[at])
                told += 1
        if len(fans):
            await asyncio.sleep(DRAIN_STEP_S)
    return told

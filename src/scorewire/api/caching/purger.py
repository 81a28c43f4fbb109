"""Tells one cache what has changed, beside everything else.

Policy of its queue: nobody waits for it. It is bounded; what does not fit is dropped, and what a cache cannot
be told is given up: its answers then end by their time (docs/caching.md).

    told(updates)   from whoever shows them; never waits, never raises
    run()           one task for each cache, so that one that is away holds up no other
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from scorewire.api.caching.coalescing import Coalescing
from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.model.surrogate_keys import KEYS_BYTES_MAX, touched
from scorewire.model.update import Update

Purge = Callable[[Sequence[str]], Awaitable[None]]
"""Has a cache forget what carries one of these keys, at most KEYS_BYTES_MAX in all; raises BackendError."""

KEYS_MAX: Final = 20_000
"""Keys that wait: as many games as are live at once, some 200 bytes each."""
TRIES: Final = 3
"""For one batch; its answers have ended by then."""
AGAIN_S: Final = (0.1, 0.5)
"""Before the second and the third try."""


_log = structlog.get_logger("scorewire.api")


class Purger:
    """See the module.

    Args:
        purge: the cache.
        name: of the cache, for the log; no secret.
        interval_s: shortest time between two purges of a key.

    Attributes:
        sent: keys that a cache was told.
        failed: keys that it could not be told.
        coalescing: counts of keys that joined others, or found no room.
    """

    def __init__(
        self, *, purge: Purge, name: str, interval_s: float, clock: Clock, keys_max: int = KEYS_MAX
    ) -> None:
        self._purge = purge
        self._name = name
        self._clock = clock
        self.coalescing = Coalescing(interval_s=interval_s, keys_max=keys_max)
        self._more = asyncio.Event()
        self._away = False
        self.sent = 0
        self.failed = 0

    def told(self, updates: Sequence[Update]) -> None:
        """These are shown now: whoever asks from here on is answered with them."""
        now_s = self._clock.monotonic_s()
        for update in updates:
            self.coalescing.offer(touched(update), now_s)
        self._more.set()

    async def run(self) -> None:
        """Purge until cancelled.

        Cancellation: what waits is forgotten.
        """
        while True:
            now_s = self._clock.monotonic_s()
            keys = self.coalescing.take(now_s, KEYS_BYTES_MAX)
            if keys:
                await self._carry(keys)
                continue
            self._more.clear()
            due_s = self.coalescing.due_s()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), None if due_s is None else due_s - now_s)

    async def _carry(self, keys: Sequence[str]) -> None:
        for wait_s in (*AGAIN_S, None):
            try:
                await self._purge(keys)
            except BackendError as error:
                if wait_s is None or self._away or not error.retryable:
                    self._give_up(keys, error)
                    # One that is away is asked again at the pace of the last try, not at that of goals.
                    await asyncio.sleep(AGAIN_S[-1])
                    return
                await asyncio.sleep(wait_s)
            else:
                self.sent += len(keys)
                if self._away:
                    _log.warning("a cache is purged again", cache=self._name)
                    self._away = False
                return

    def _give_up(self, keys: Sequence[str], error: BackendError) -> None:
        self.failed += len(keys)
        if not self._away:
            _log.warning(
                "a cache cannot be purged; its answers end by time", cache=self._name, detail=str(error)
            )
            self._away = True

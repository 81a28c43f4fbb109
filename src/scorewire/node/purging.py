"""The caches in front that are told what has changed: by whoever decides games, one purger for each."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final
from urllib.parse import urlsplit

from scorewire.api.caching.purger import Purger
from scorewire.clock import Clock
from scorewire.config import Cdn
from scorewire.errors import ConfigError
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node.outward import Spawn

TOKEN_CHARACTERS_MIN: Final = 16


class Purging:
    """Purgers as the configuration names them; without one it does nothing."""

    def __init__(self, cdn: Cdn, *, clock: Clock) -> None:
        self._cdn = cdn
        self._clock = clock
        self._purgers: list[Purger] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Make them; nothing is connected before the first purge.

        Raises:
            ConfigError: a cache has no address, or there is no token for them.
        """
        cdn = self._cdn
        for outcome, count in (
            ("sent", lambda: sum(one.sent for one in self._purgers)),
            ("failed", lambda: sum(one.failed for one in self._purgers)),
            ("coalesced", lambda: sum(one.coalescing.coalesced for one in self._purgers)),
            ("dropped", lambda: sum(one.coalescing.dropped for one in self._purgers)),
        ):
            metrics.read("scorewire_cdn_purges_total", count, outcome=outcome)
        if not cdn.purge_urls:
            return
        token = cdn.purge_token
        if len(token) < TOKEN_CHARACTERS_MIN or not (token.isascii() and token.isprintable()):
            needed = f"needs {TOKEN_CHARACTERS_MIN} plain characters or more for cdn.purge_urls"
            raise ConfigError("cdn.purge_token", needed)
        # The client takes a while to import, which only those pay who purge.
        from scorewire.api.caching.varnish import VarnishXkey

        for url in cdn.purge_urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ConfigError("cdn.purge_urls", f"{url!r} is no address such as http://10.0.0.7:80/")
            cache = await stack.enter_async_context(VarnishXkey(url=url, token=token))
            interval_s = cdn.purge_interval_ms / 1000
            self._purgers.append(
                Purger(purge=cache.purge, name=parts.netloc, interval_s=interval_s, clock=self._clock)
            )

    def told(self, updates: Sequence[Update]) -> None:
        """These are shown now; never waits."""
        for one in self._purgers:
            one.told(updates)

    def start(self, spawn: Spawn) -> None:
        """Begin to purge."""
        self._tasks = [
            spawn(one.run(), f"cdn-purger-{number}") for number, one in enumerate(self._purgers, 1)
        ]

    def stop(self) -> None:
        """Forget what waits: its answers end by time."""
        for task in self._tasks:
            task.cancel()

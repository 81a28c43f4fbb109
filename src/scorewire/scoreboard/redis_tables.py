"""Hears on Redis which leagues' tables have changed: the channel `tables`, each message the id of a league.

    told by redis_standings.py ── PUBLISH tables epl ──► every process that shows tables ──► reads the journal

One channel for all leagues: some bytes for each goal cost less than following each league would.
Pub/sub may lose messages, so versions are compared every COMPARE_S, and whenever the subscription holds anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.scoreboard.redis_listening import Listening, Spawn
from scorewire.scoreboard.redis_servers import Servers, told_to_end
from scorewire.scoreboard.redis_wire import TABLES

COMPARE_S: Final = 2.0
"""What a lost message would have told is found by then."""

_log = structlog.get_logger("scorewire.redis")


class RedisTables:
    """See the module; start `run` in a task.

    Args:
        told: given leagues whose tables have changed.
        compare: finds what was not told; may raise BackendError.
    """

    def __init__(
        self,
        *,
        servers: Servers,
        spawn: Spawn,
        told: Callable[[Sequence[str]], None],
        compare: Callable[[], Awaitable[None]],
        compare_s: float = COMPARE_S,
    ) -> None:
        self._spawn = spawn
        self._told = told
        self._compare = compare
        self._compare_s = compare_s
        self._soon = asyncio.Event()
        self._listening = Listening(servers=servers, spawn=spawn, heard=self._hear, confirmed=self._confirm)

    async def run(self) -> None:
        """Listen and compare, for ever.

        Cancellation: the subscription is let go.
        """
        listening = self._spawn(self._listening.run(), "redis tables listening")
        wanting = self._spawn(self._want(), "redis tables")
        try:
            while not told_to_end():
                try:
                    await self._compare()
                except BackendError as error:
                    _log.warning("tables cannot be compared", detail=str(error))
                try:
                    await asyncio.wait_for(self._soon.wait(), self._compare_s)
                except TimeoutError:
                    continue
                self._soon.clear()
        finally:
            listening.cancel()
            wanting.cancel()

    async def _want(self) -> None:
        while not told_to_end():
            try:
                await self._listening.want(TABLES)
            except BackendError as error:
                _log.warning("tables are not heard of yet", detail=str(error))
            else:
                return

    def _hear(self, _channel: str, data: bytes) -> None:
        self._told([data.decode(errors="replace")])

    def _confirm(self, _channel: str) -> None:
        self._soon.set()

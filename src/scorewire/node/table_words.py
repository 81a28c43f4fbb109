"""The tables that fans of a process are shown, and how it hears that one has changed.

kept here            tabling.py ──┐
kept elsewhere    Redis: `tables` ┴─► told ──► the hub, edges ──► newest ──► the journal
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.journal.competitions import Competitions
from scorewire.node.outward import Spawn
from scorewire.node.roles import reads_redis, roles_of
from scorewire.scoreboard.tables import Marks, Table, Tables

if TYPE_CHECKING:
    from scorewire.scoreboard.redis_tables import RedisTables


class TableWords:
    """See the module.

    Attributes:
        tables: to show from.
    """

    def __init__(self, config: Config, *, competitions: Competitions, clock: Clock, spawn: Spawn) -> None:
        self._config = config
        self._competitions = competitions
        self._clock = clock
        self._spawn = spawn
        self._redis: RedisTables | None = None
        self._task: asyncio.Task[None] | None = None
        # Where all that is decided is heard in this process, no word is lost.
        self._elsewhere = reads_redis(config) and "gateway" in roles_of(config)
        self.tables = Tables(read=self._read, marks=self._marks if self._elsewhere else None)

    def open(self, stack: AsyncExitStack) -> None:
        """Make what hears of tables that others keep; nothing is connected before `start`.

        Raises:
            ConfigError: a setting names no server.
        """
        if not self._elsewhere or not self._config.scoreboard.url:
            return
        # The driver takes a seventh of a second to import, which only those pay who use it.
        from scorewire.scoreboard.redis_servers import servers_at
        from scorewire.scoreboard.redis_tables import RedisTables

        servers = servers_at(self._config.scoreboard.url)
        stack.push_async_callback(servers.close)
        self._redis = RedisTables(
            servers=servers, spawn=self._spawn, told=self.tables.told, compare=self.tables.compare
        )

    def start(self) -> None:
        """Begin to hear."""
        if self._redis is not None:
            self._task = self._spawn(self._redis.run(), "tables elsewhere")

    def stop(self) -> None:
        """Hear no more."""
        if self._task is not None:
            self._task.cancel()

    async def _read(self, league_id: str) -> Table | None:
        kept = await self._competitions.table(league_id)
        if kept is None:
            return None
        return Table(
            league_id=league_id,
            season=kept.season,
            version=kept.version,
            since_ms=self._clock.now_ms(),
            body=kept.body,
        )

    async def _marks(self, league_ids: Sequence[str]) -> Mapping[str, Marks]:
        return await self._competitions.versions(league_ids)

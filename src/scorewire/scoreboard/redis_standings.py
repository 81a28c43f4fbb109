"""The order of a league on Redis, for whoever reads it there: `{league:ID}:standings`, a sorted set.

    members   team ids of the season with the newest game, scored by their place: 1, 2, 3 ...

Written whole and at once, and then the league's id is told on the channel `tables`, so that whoever shows the
table reads it again (redis_tables.py). What Redis has lost is written again: when a server is another than
before, the orders of all leagues are. Nothing waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.scoreboard.redis_servers import Servers, told_to_end, translated
from scorewire.scoreboard.redis_wire import TABLES

LIVES_S: Final = 2.0
"""Between two looks at whether Redis may have lost something."""

_REPLACE: Final = (
    "redis.call('DEL', KEYS[1])"
    " for place = 3, #ARGV do redis.call('ZADD', KEYS[1], place - 2, ARGV[place]) end"
    " redis.call('PUBLISH', ARGV[1], ARGV[2])"
)

_log = structlog.get_logger("scorewire.redis")


def standings_key(league_id: str) -> str:
    """The sorted set of a league."""
    return f"{{league:{league_id}}}:standings"


class RedisStandings:
    """See the module; start `run` in a task.

    Args:
        leagues: all that have a table.
        order: the teams of a league from the first to the last.
    """

    def __init__(
        self,
        *,
        servers: Servers,
        leagues: Callable[[], Awaitable[Iterable[str]]],
        order: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._servers = servers
        self._leagues = leagues
        self._order = order
        self._lives: tuple[str, ...] = ()
        # In the order in which they were told.
        self._changed: dict[str, None] = {}
        self._news = asyncio.Event()

    def told(self, league_ids: Iterable[str]) -> None:
        """The tables of these leagues have changed; never waits."""
        self._changed.update(dict.fromkeys(league_ids))
        self._news.set()

    async def run(self) -> None:
        """Write what has changed, for ever. Cancellation: the next start writes all of it."""
        while not told_to_end():
            try:
                await self._look()
                await self._write()
            except BackendError as error:
                _log.warning("standings cannot be written", detail=str(error), leagues=len(self._changed))
                await asyncio.sleep(LIVES_S)
                continue
            self._news.clear()
            if not self._changed:
                try:
                    await asyncio.wait_for(self._news.wait(), LIVES_S)
                except TimeoutError:
                    continue

    async def _look(self) -> None:
        with translated():
            lives = await self._servers.lives()
        if lives != self._lives:
            self.told(await self._leagues())
            self._lives = lives

    async def _write(self) -> None:
        while self._changed:
            league_id = next(iter(self._changed))
            # Read after it is taken off the list: what is told meanwhile comes onto it again.
            del self._changed[league_id]
            try:
                teams = await self._order(league_id)
                with translated():
                    await self._servers.commands.eval(
                        _REPLACE, 1, standings_key(league_id), TABLES, league_id, *teams
                    )
            except BackendError:
                self._changed[league_id] = None
                raise

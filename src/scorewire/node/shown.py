"""What a process shows from: its own memory where it decides all games, else Redis."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from scorewire.api.caching.kept import Turns
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.journal.journal import Journal
from scorewire.metrics import Metrics
from scorewire.node.outward import Spawn
from scorewire.node.roles import reads_redis
from scorewire.node.stores import Stores
from scorewire.scoreboard.base import Listener, Scoreboard
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.shared import Shared
from scorewire.sports import SPORTS

if TYPE_CHECKING:
    from scorewire.scoreboard.redis import RedisScoreboard


class Shown:
    """The scoreboard that fans and readers of this process see, and which games belong to what they follow.

    Attributes:
        scoreboard: to read from.
        turns: among the processes that stand on the same Redis.
    """

    def __init__(
        self,
        scoreboard: "LocalScoreboard | RedisScoreboard",
        *,
        journal: Journal,
        spawn: Spawn,
        turns: Turns | None = None,
    ) -> None:
        self.turns = turns
        self.scoreboard: Scoreboard = scoreboard
        self._redis = None if isinstance(scoreboard, LocalScoreboard) else scoreboard
        self._journal = journal
        self._spawn = spawn
        self._heard = False

    def hears(self, listener: Listener) -> None:
        """Have somebody besides its fans told what this process hears of games that they follow; where all
        games are decided here, who decides them tells."""
        if self._redis is not None:
            shared = Shared(self._redis)
            self.scoreboard = shared.share()
            shared.share().listen(listener)

    @property
    def fault(self) -> str | None:
        """Why nobody should come here yet: Redis has not been heard since the start."""
        self._heard = self._heard or self._redis is None or self._redis.ready
        return None if self._heard else "Redis has not been heard yet"

    @property
    def lacks(self) -> str | None:
        """What those who are here lack: while Redis is away they stay, and see what is held."""
        return None if self._redis is None or self._redis.ready else "Redis is away, and nothing new is heard"

    def start(self) -> None:
        """Begin to hear what is shown elsewhere."""
        if self._redis is not None:
            self._task = self._spawn(self._redis.run(), "scoreboard")

    def stop(self) -> None:
        """Hear no more."""
        if self._redis is not None:
            self._task.cancel()

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games of a team, league or sport that are not over."""
        if self._redis is not None:
            try:
                return await self._redis.games_of(kind, name)
            except BackendError:
                pass  # Redis is away: what the journal has now is better than nothing
        assert kind in {"team", "league", "sport"}, f"nobody follows a {kind}"
        return await self._journal.games_of(kind, name)  # type: ignore[arg-type]

    async def known(self, kind: str, name: str) -> bool:
        """Whether there is such a team, league or sport."""
        match kind:
            case "team":
                return await self._journal.team(name) is not None
            case "league":
                return await self._journal.league(name) is not None
            case _:
                return name in SPORTS

    async def changed(self, since_ms: int) -> tuple[str, ...]:
        """Games with a row younger than `since_ms`, which lies in the last few minutes."""
        return tuple(await self._journal.changed(since_ms))


def open_shown(
    config: Config, *, stores: Stores, spawn: Spawn, clock: Clock, metrics: Metrics, stack: AsyncExitStack
) -> Shown:
    """Make the scoreboard; nothing is connected before `start`.

    Raises:
        ConfigError: a setting names no server.
    """
    load, heads_max = stores.history.head, config.storage.heads_max
    if reads_redis(config) and config.scoreboard.url:
        return _on_redis(config, stores=stores, spawn=spawn, clock=clock, metrics=metrics, stack=stack)
    # Where nobody tells it of what is decided elsewhere, it keeps nothing.
    board = LocalScoreboard(load=load, heads_max=0 if reads_redis(config) else heads_max)
    metrics.read("scorewire_scoreboard_games", lambda: board.size)
    metrics.read("scorewire_scoreboard_heard", lambda: 1)
    return Shown(board, journal=stores.journal, spawn=spawn)


def _on_redis(
    config: Config, *, stores: Stores, spawn: Spawn, clock: Clock, metrics: Metrics, stack: AsyncExitStack
) -> Shown:
    # The driver takes a seventh of a second to import, which only those pay who use it.
    from scorewire.scoreboard.redis import RedisScoreboard
    from scorewire.scoreboard.redis_servers import servers_at
    from scorewire.scoreboard.redis_turns import RedisTurns

    servers = servers_at(config.scoreboard.url)
    stack.push_async_callback(servers.close)
    board = RedisScoreboard(
        servers=servers,
        spawn=spawn,
        now_s=clock.monotonic_s,
        load=stores.history.head,
        heads_max=config.storage.heads_max,
    )
    metrics.read("scorewire_scoreboard_games", lambda: board.size)
    metrics.read("scorewire_scoreboard_heard", lambda: board.ready)
    turns = RedisTurns(servers=servers, now_s=clock.monotonic_s)
    return Shown(board, journal=stores.journal, spawn=spawn, turns=turns)

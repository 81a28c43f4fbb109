"""A process of the role `stats`: it hears of what is decided (`game-events`) and keeps tables of leagues.

It has neither fans nor games. Several share the topic's partitions, and the journal sees to it that two who
compute one table lose nothing. Its port answers /livez, /readyz and /metrics.

    start   journal ─► the port ─► tables: what was missed ─► it joins its group
    stop    it leaves ─► what was heard comes into its tables, for a while ─► the port ─► journal
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

from scorewire import __version__
from scorewire.api.health import build_health_app
from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.journal.dialect import is_file, locate
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node import process
from scorewire.node.carrying import SESSION_S, open_relay
from scorewire.node.port import Ready, listen, ready
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder
from scorewire.node.stores import Stores
from scorewire.node.tabling import Tabling
from scorewire.stats.keeping import Tables

GROUP: Final = "scorewire-stats"
BEHIND_S: Final = 10.0
"""From when on readiness tells that tables are behind."""


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Keep tables until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting is missing, or cannot be fulfilled; names the key.
        BackendError: a store cannot be used, there is no topic, or Kafka's client has failed for good.
    """

    async def serve() -> None:
        await StatsProcess(config, clock=SystemClock()).serve(on_ready)

    process.run(serve())


def check_stats(config: Config) -> None:
    """Refuse what this role cannot be with; nothing is connected.

    Raises:
        ConfigError: names the key.
    """
    if not config.log.brokers:
        raise ConfigError(
            "log.brokers",
            "what is decided elsewhere is heard from Kafka; a node in one process keeps tables too",
        )
    if is_file(locate(config.storage.journal_place())):
        raise ConfigError(
            "storage.journal",
            "tables are kept in the journal that others read: postgresql://user@host:5432/scorewire",
        )


class StatsProcess:
    """See the module.

    Args:
        session_s: see KafkaGroup.
    """

    def __init__(self, config: Config, *, clock: Clock, session_s: float = SESSION_S) -> None:
        check_stats(config)
        self._config = config
        self._clock = clock
        self._session_s = session_s
        self._order = StopOrder("stats", clock=clock)
        self._metrics = Metrics(version=__version__)

    def stop(self, reason: str) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._order.give(reason)

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start, keep tables until `stop` or a signal, stop in data order.

        Raises:
            ConfigError, BackendError: it could not start, or Kafka's client has failed for good.
        """
        listener = listen(self._config.server.host, self._config.server.port)
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            await self._open(stack)
            process.catch_signals(stack, self.stop)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                server = server_of(self._health())
                self._spawn(server.serve(sockets=[listener]), "port")
                await server.listens.wait()
                self._tabling.start()
                relay = self._spawn(self._relay.run(), "relay")
                if on_ready is not None:
                    on_ready(ready(self._config, listener.getsockname()[1]))
                await self._order.given.wait()
                relay.cancel()
                await asyncio.wait([relay])
                await self._tabling.stop()
                server.should_exit = True
        self._order.carried_out()

    async def _open(self, stack: AsyncExitStack) -> None:
        config = self._config
        stores = await Stores.open(config, clock=self._clock, stack=stack)
        self._tabling = Tabling(
            config,
            journal=stores.journal,
            history=stores.history,
            redis=config.scoreboard.url,
            clock=self._clock,
            spawn=self._spawn,
        )
        self._tabling.open(stack, self._metrics)
        self._relay = await open_relay(
            config,
            group=GROUP,
            session_s=self._session_s,
            outbox=_Heard(self._tabling.tables),
            home=_Here(stores.journal.epoch),
            clock=self._clock,
            spawn=self._spawn,
            stack=stack,
        )
        relay, read = self._relay, self._metrics.read
        read("scorewire_stats_behind_seconds", lambda: relay.behind_s)
        read("scorewire_stats_lag_updates", lambda: relay.lag)
        read("scorewire_stats_partitions", lambda: relay.partitions)

    def _health(self) -> Any:
        return build_health_app(
            checks={"stopping": lambda: "the process stops" if self._order.given.is_set() else None},
            notes={"tables": self._check_behind},
            metrics=self._metrics,
        )

    def _check_behind(self) -> str | None:
        behind_s = self._relay.behind_s
        return None if behind_s < BEHIND_S else f"tables may lack what is {behind_s:.0f} s old"

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(coroutine, name=name)


class _Heard:
    """Tables as a relay sees them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @property
    def waiting(self) -> int:
        return self._tables.waiting

    async def publish(self, updates: Sequence[Update]) -> None:
        self._tables.heard(updates)

    async def drained(self) -> None:
        await self._tables.level()

    def look_again(self) -> None:
        self._tables.look_again()


class _Here:
    """The journal is at hand, and its epoch lasts as long as this process."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch

    async def epoch(self) -> str:
        return self._epoch

"""A process of the role `relay`: it carries some of the home region's `game-events` to this region's Redis.

It has neither fans nor journal. Its port answers /livez, /readyz and /metrics.

    start   the port ─► outbox ─► the relay joins its group
    stop    the relay leaves ─► what waits is shown, for a while ─► the port
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

import structlog

from scorewire import __version__
from scorewire.api.health import build_health_app
from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node import process
from scorewire.node.carrying import SESSION_S, open_relay
from scorewire.node.port import Ready, listen, ready
from scorewire.node.purging import Purging
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder
from scorewire.regions.home import HomeRegion
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_outbox import Outbox
from scorewire.scoreboard.redis_servers import servers_at

ABREAST: Final = 20
"""Games that are read from the home region at the same time: it may be 100 ms away."""
STOPS_S: Final = 2.0
"""For what waits to be shown at shutdown; whoever carries the partition next shows it again."""
BEHIND_S: Final = 10.0
"""From when on readiness tells that the region is behind."""

_log = structlog.get_logger("scorewire.node")


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Run a relay until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting is missing, or cannot be fulfilled; names the key.
        BackendError: there is no topic, or Kafka's client has failed for good.
    """

    async def serve() -> None:
        await RelayProcess(config, clock=SystemClock()).serve(on_ready)

    process.run(serve())


def check_relay(config: Config) -> None:
    """Refuse what a relay cannot be with; nothing is connected.

    Raises:
        ConfigError: names the key.
    """
    for key, value, what in (
        ("region.name", config.region.name, "a relay belongs to a region"),
        (
            "region.home",
            config.region.home,
            "a relay reads from a node of the home region what Kafka has no more",
        ),
        ("log.brokers", config.log.brokers, "a relay reads the home region's Kafka"),
        ("scoreboard.url", config.scoreboard.url, "a relay shows on its region's Redis"),
    ):
        if not value:
            raise ConfigError(key, what)
    if not config.region.home.startswith(("http://", "https://")):
        raise ConfigError("region.home", "it begins with http:// or https://")


class RelayProcess:
    """See the module.

    Args:
        session_s: see KafkaGroup.
    """

    def __init__(self, config: Config, *, clock: Clock, session_s: float = SESSION_S) -> None:
        self._session_s = session_s
        check_relay(config)
        self._config = config
        self._clock = clock
        self._order = StopOrder("relay", clock=clock, region=config.region.name)
        self._metrics = Metrics(version=__version__)
        self._staleness = self._metrics.histogram("scorewire_relay_staleness_seconds")
        self._purging = Purging(config.cdn, clock=clock)

    def stop(self, reason: str) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._order.give(reason)

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start, relay until `stop` or a signal, stop in data order.

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
                outbox = self._spawn(self._outbox.run(), "scoreboard-outbox")
                relay = self._spawn(self._relay.run(), "relay")
                self._purging.start(self._spawn)
                if on_ready is not None:
                    on_ready(ready(self._config, listener.getsockname()[1]))
                await self._order.given.wait()
                relay.cancel()
                await asyncio.wait([relay])
                await self._show_what_waits()
                outbox.cancel()
                self._purging.stop()
                server.should_exit = True
        self._order.carried_out()

    async def _open(self, stack: AsyncExitStack) -> None:
        config = self._config
        servers = servers_at(config.scoreboard.url)
        stack.push_async_callback(servers.close)
        await self._purging.open(stack, self._metrics)
        home = await stack.enter_async_context(HomeRegion.open(config.region.home, now_ms=self._clock.now_ms))
        board = RedisScoreboard(
            servers=servers, spawn=self._spawn, now_s=self._clock.monotonic_s, heads_max=0
        )
        self._outbox = Outbox(
            board=board,
            current=home.current,
            load=home.head,
            rows=home.rows,
            shown=self._shown,
            abreast=ABREAST,
            spawn=self._spawn,
        )
        self._relay = await open_relay(
            config,
            group=f"relay-{config.region.name}",
            session_s=self._session_s,
            outbox=self._outbox,
            home=home,
            clock=self._clock,
            spawn=self._spawn,
            stack=stack,
        )
        self._connect_metrics()

    async def _show_what_waits(self) -> None:
        try:
            async with asyncio.timeout(STOPS_S):
                await self._outbox.drained()
        except TimeoutError:
            _log.warning("not everything could be shown on Redis", waiting=self._outbox.waiting)

    def _shown(self, updates: Sequence[Update]) -> None:
        # The region's own caches: what they keep is what this region shows.
        self._purging.told(updates)
        now_ms = self._clock.now_ms()
        for update in updates:
            # A state that stands in for rows is as old as its last one, and says nothing of the way.
            if update.event is not None:
                self._staleness.observe(max(0, now_ms - update.ts) / 1000)

    def _health(self) -> Any:
        return build_health_app(
            checks={"stopping": lambda: "the relay stops" if self._order.given.is_set() else None},
            notes={"region": self._check_behind},
            metrics=self._metrics,
        )

    def _check_behind(self) -> str | None:
        behind_s = self._relay.behind_s
        return None if behind_s < BEHIND_S else f"what is shown here may lack what is {behind_s:.0f} s old"

    def _connect_metrics(self) -> None:
        relay, outbox, read = self._relay, self._outbox, self._metrics.read
        read("scorewire_relay_behind_seconds", lambda: relay.behind_s)
        read("scorewire_relay_lag_updates", lambda: relay.lag)
        read("scorewire_relay_partitions", lambda: relay.partitions)
        read("scorewire_relay_lost_total", lambda: relay.lost)
        read("scorewire_relay_skipped_total", lambda: relay.skipped)
        read("scorewire_scoreboard_waiting", lambda: outbox.waiting)
        read("scorewire_scoreboard_resent_total", lambda: outbox.resent)

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(coroutine, name=name)

"""A process that holds fans of a pipeline that is elsewhere: what a worker and an edge have in common.

start   the link ─► hub ─► the port
stop    the port closes ─► fans are told bye over `drain_s` ─► requests end ─► the link
"""

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.fanout.frames import SEVERAL, SINGLE, WEBSOCKET
from scorewire.node import process
from scorewire.node.gateway import FanSide, build_fan_side
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Scoreboard
from scorewire.scoreboard.upstream import UpstreamScoreboard

App = Callable[..., Awaitable[None]]
"""ASGI: what answers everything that is neither a stream nor a ready score."""


class Outpost(ABC):
    """See the module.

    Args:
        role, names: of the lines in the log; see `StopOrder`.

    Attributes:
        order: to stop.
        side, upstream: what fans are served by, and shown; from `hold` on.
    """

    side: FanSide
    upstream: UpstreamScoreboard

    def __init__(self, config: Config, *, clock: Clock, role: str, **names: str) -> None:
        self.order = StopOrder(role, clock=clock, **names)
        self._config = config
        self._clock = clock

    def stop(self, reason: str) -> None:
        """Begin to stop; `hold` returns when everything has."""
        self.order.give(reason)

    @abstractmethod
    def build_upstream(self) -> UpstreamScoreboard:
        """The pipeline's scoreboard, over the link."""

    @abstractmethod
    def build_app(self, stack: AsyncExitStack) -> App:
        """What else is answered; the stack closes what it opens."""

    @abstractmethod
    async def wait_before_port(self) -> None:
        """What the port opens behind."""

    @property
    def shown(self) -> Scoreboard:
        """What this process's fans are shown."""
        return self.upstream

    async def hold(
        self, stack: AsyncExitStack, listener: socket.socket, on_ready: Callable[[], None]
    ) -> None:
        """Start, serve until `stop` or a signal, tell fans to come back.

        Raises:
            ConfigError: it could not start.
        """
        process.catch_signals(stack, self.stop)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self.upstream = self.build_upstream()
            self.side = self._build_fan_side()
            app = self.build_app(stack)
            linked = self.spawn(self.upstream.run(), "link")
            await self.wait_before_port()
            process.leave_garbage_to_the_wheel()
            wheel = self.spawn(self.side.hub.wheel.run(self._clock), "fan-wheel")
            self.side.gateway.settle_listener(listener)
            server = server_of(app, http=self.side.protocol)
            served = self.spawn(server.serve(sockets=[listener]), "port")
            await server.listens.wait()
            on_ready()
            await self.order.given.wait()
            server.stop_accepting()
            byes = await self.side.hub.drain(self._config.server.drain_s)
            server.should_exit = True
            await served
            wheel.cancel()
            linked.cancel()
            self.upstream.end()
        self.order.carried_out(byes=byes)

    def _build_fan_side(self) -> FanSide:
        return build_fan_side(
            self._config,
            clock=self._clock,
            scoreboard=self.shown,
            past=self.upstream.past,
            tables=self.upstream.tables,
            games_of=self.upstream.games_of,
            known=self.upstream.known,
            spawn=self.spawn,
            linked=self.upstream.synced.is_set,
        )

    def compared(self) -> None:
        """What was missed while the link was down is looked for at once."""
        self.side.compare()

    def report(self, _now_s: float) -> None:
        """Tell the pipeline what is counted here."""
        hub, hot, tally = self.side.hub, self.side.hot, self.side.hub.tally
        self.upstream.report(
            link.Counts(
                sse=hub.counts[SINGLE] + hub.counts[SEVERAL],
                websocket=hub.counts[WEBSOCKET],
                laggards=hub.laggards,
                games=hub.games,
                heads=self.upstream.size,
                edges=self.side.edges.elsewhere if self.side.edges is not None else 0,
                deliveries=tally.deliveries,
                conflated=tally.resyncs,
                stalled=tally.stalls,
                refused=tally.overloads,
                byes=tally.byes,
                repairs=tally.repairs,
                hot_200=hot.answers[200],
                hot_304=hot.answers[304],
            )
        )

    def spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start a task under a name, in the process's one TaskGroup."""
        return self._tasks.create_task(coroutine, name=name)

"""A node in one process: the pipeline, and beside it what holds fans, on one port.

One asyncio.TaskGroup owns every task of the process; each has a name. A task that fails ends the node: a
node that is half alive would be trusted.

    start   the pipeline ─► hub ─► the port
    stop    the port closes ─► the pipeline decides what it has ─► fans are told bye over `drain_s` ─►
            requests end ─► the pipeline's stores
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.node import metering, process
from scorewire.node.gateway import FanSide, build_fan_side
from scorewire.node.pipeline import Pipeline
from scorewire.node.port import Ready, listen, ready
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Run a node until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting cannot be fulfilled; names the key.
        BackendError: the data folder cannot be used.
    """

    async def serve() -> None:
        await Node(config, clock=SystemClock()).serve(on_ready)

    process.run(serve())


class Node:
    """All rooms in one process, or those of its roles; by default one data folder and no services."""

    def __init__(self, config: Config, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._pipeline = Pipeline(config, clock=clock, fans=self._status, spawn=self._spawn)
        self._order = StopOrder("node", clock=clock)

    def stop(self, reason: str) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._order.give(reason)
        self._pipeline.stopping.set()
        self._pipeline.stop_playing()

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start, serve until `stop` or a signal, stop in data order.

        Raises:
            ConfigError, BackendError: it could not start, or a room failed for good.
        """
        listener = listen(self._config.server.host, self._config.server.port)
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            await self._pipeline.open(stack)
            self._fan_side = self._build_fan_side()
            process.catch_signals(stack, self.stop)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                await self._start(listener)
                if on_ready is not None:
                    on_ready(ready(self._config, listener.getsockname()[1]))
                await self._pipeline.stopping.wait()
                await self._stop()
        self._order.carried_out(byes=self._byes)

    def _build_fan_side(self) -> FanSide:
        pipeline = self._pipeline
        side = build_fan_side(
            self._config,
            clock=self._clock,
            scoreboard=pipeline.shown.scoreboard,
            past=pipeline.past,
            tables=pipeline.tables,
            games_of=pipeline.shown.games_of,
            known=pipeline.shown.known,
            spawn=self._spawn,
        )
        metering.connect_fans(pipeline.metrics, hub=side.hub, hot=side.hot)
        side.hub.tally.ended = pipeline.timekeeper.told
        pipeline.timekeeper.fans_here = True
        if side.edges is not None:
            metering.connect_edges(pipeline.metrics, edges=side.edges)
        return side

    async def _start(self, listener: socket.socket) -> None:
        process.leave_garbage_to_the_wheel()
        await self._pipeline.start()
        self._wheel_task = self._spawn(self._fan_side.hub.wheel.run(self._clock), "fan-wheel")
        self._fan_side.gateway.settle_listener(listener)
        self._server = server_of(self._pipeline.app, http=self._fan_side.protocol)
        self._spawn(self._server.serve(sockets=[listener]), "port")
        await self._server.listens.wait()

    async def _stop(self) -> None:
        self._server.stop_accepting()
        await self._pipeline.stop_deciding()
        self._byes = await self._fan_side.hub.drain(self._config.server.drain_s)
        self._wheel_task.cancel()
        self._server.should_exit = True
        self._pipeline.stop_answering()

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(coroutine, name=name)

    def _status(self) -> Mapping[str, object]:
        return {"fans": self._fan_side.hub.fans, "games_in_memory": self._fan_side.hub.games}

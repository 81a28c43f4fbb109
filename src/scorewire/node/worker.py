"""A process that holds fans: an edge of a pipeline that is in another process of this machine.

Streams and ready scores are answered here; everything else is forwarded. While the pipeline is away, fans
stay, and what is at hand is shown.

    start   the link ─► hub ─► the port
    stop    the port closes ─► fans are told bye over `drain_s` ─► requests end
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, unix_connect

from scorewire.api.admin_socket import reachable
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.fanout.frames import SEVERAL, SINGLE, WEBSOCKET
from scorewire.fanout.request import Proxies
from scorewire.model.ids import is_id
from scorewire.node import process
from scorewire.node.forwarding import Forwarding
from scorewire.node.gateway import FanSide, build_fan_side
from scorewire.node.port import LINK, PAGES
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder
from scorewire.scoreboard import link
from scorewire.scoreboard.upstream import UpstreamScoreboard

REPORT_S: Final = 0.3
"""How old the counts in the metrics may be."""

_log = structlog.get_logger("scorewire.worker")


class Worker:
    """See the module.

    Args:
        name: in the pipeline's metrics.
    """

    def __init__(self, config: Config, *, clock: Clock, name: str) -> None:
        server = config.server
        # They work in the one pipeline, so its limit is divided among those who ask it.
        share = max(1, server.requests_max // max(1, server.workers))
        self._config = msgspec.structs.replace(
            config, server=msgspec.structs.replace(server, requests_max=share)
        )
        self._clock = clock
        self._name = name
        self._order = StopOrder("worker", clock=clock, worker=name)

    @property
    def descriptors(self) -> int:
        """Files and sockets that this process may have open, once it serves."""
        return self._side.descriptors

    def stop(self, reason: str) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._order.give(reason)

    async def serve(self, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        """Start, serve until `stop` or a signal, tell fans to come back.

        Raises:
            ConfigError: it could not start.
        """
        folder = Path(self._config.storage.data)
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            pages = stack.enter_context(reachable(folder / PAGES))
            linked = stack.enter_context(reachable(folder / LINK))
            process.catch_signals(stack, self.stop)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self._upstream = self._build_upstream(linked)
                self._side = self._build_fan_side()
                forwarding = self._build_forwarding(pages)
                stack.callback(forwarding.close)
                upstream = self._spawn(self._upstream.run(), "link")
                await self._upstream.synced.wait()
                process.leave_garbage_to_the_wheel()
                wheel = self._spawn(self._side.hub.wheel.run(self._clock), "fan-wheel")
                self._side.gateway.settle_listener(listener)
                server = server_of(forwarding, http=self._side.protocol)
                served = self._spawn(server.serve(sockets=[listener]), "port")
                await server.listens.wait()
                on_ready()
                await self._order.given.wait()
                server.stop_accepting()
                byes = await self._side.hub.drain(self._config.server.drain_s)
                server.should_exit = True
                await served
                wheel.cancel()
                upstream.cancel()
        self._order.carried_out(byes=byes)

    def _build_upstream(self, path: str) -> UpstreamScoreboard:
        async def connect() -> ClientConnection:
            return await unix_connect(path, compression=None, max_size=link.MESSAGE_BYTES_MAX)

        return UpstreamScoreboard(
            connect=connect,
            name=self._name,
            heads_max=self._config.storage.heads_max,
            compared=self._compared,
        )

    def _build_fan_side(self) -> FanSide:
        side = build_fan_side(
            self._config,
            clock=self._clock,
            scoreboard=self._upstream,
            past=self._upstream.past,
            games_of=self._upstream.games_of,
            known=self._upstream.known,
            spawn=self._spawn,
        )
        side.hub.wheel.every(REPORT_S, self._report)
        return side

    def _build_forwarding(self, path: str) -> Forwarding:
        return Forwarding(
            path=path,
            proxies=Proxies(self._config.server.trusted_proxies),
            now_s=self._clock.monotonic_s,
            answered=self._asked,
        )

    def _compared(self) -> None:
        """What was missed while the link was down is looked for at once."""
        self._side.hub.compare()

    def _asked(self, path: str) -> None:
        """A score that was forwarded is at hand from now on, so that the next is answered here."""
        game_id = path.removeprefix("/v1/games/").removesuffix("/score")
        if len(game_id) == len(path) - len("/v1/games//score") and is_id(game_id):
            self._spawn(self._hold(game_id), f"hold {game_id}")

    async def _hold(self, game_id: str) -> None:
        try:
            await self._upstream.head(game_id)
        except BackendError as error:
            _log.warning("a head cannot be read", game=game_id, detail=str(error))

    def _report(self, _now_s: float) -> None:
        hub, hot, tally = self._side.hub, self._side.hot, self._side.hub.tally
        self._upstream.report(
            link.Counts(
                sse=hub.counts[SINGLE] + hub.counts[SEVERAL],
                websocket=hub.counts[WEBSOCKET],
                laggards=hub.laggards,
                games=hub.games,
                heads=self._upstream.size,
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

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(coroutine, name=name)

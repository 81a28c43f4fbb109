"""The pipeline in a process of its own, for workers: its pages on one Unix socket, the link on another.

Both lie in the data folder and open for nobody but the user of the node.

    start   the pipeline ─► the edges ─► both sockets
    stop    requests end ─► the pipeline decides what it has ─► the link ─► stores
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from websockets.asyncio.server import unix_serve

from scorewire.api.admin_socket import open_admin_socket
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.node import metering, process
from scorewire.node.pipeline import Pipeline
from scorewire.node.port import LINK, PAGES
from scorewire.node.server import server_of
from scorewire.node.stop_order import StopOrder
from scorewire.scoreboard import link
from scorewire.scoreboard.edges import Edges


class Backroom:
    """See the module.

    Args:
        workers: their names.
    """

    def __init__(self, config: Config, *, clock: Clock, workers: tuple[str, ...]) -> None:
        self._config = config
        self._clock = clock
        self._workers = workers
        self._order = StopOrder("pipeline", clock=clock)
        self._pipeline = Pipeline(
            config, clock=clock, fans=self._status, spawn=self._spawn, notes={"workers": self._away}
        )

    def stop(self, reason: str) -> None:
        """Begin to stop; `serve` returns when everything has."""
        self._order.give(reason)

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Start, serve until `stop` or a signal, stop in data order.

        Raises:
            ConfigError, BackendError: it could not start, or a room failed for good.
        """
        folder = Path(self._config.storage.data)
        async with AsyncExitStack() as stack:
            await self._pipeline.open(stack)
            pages = open_admin_socket(folder / PAGES)
            stack.callback((folder / PAGES).unlink, missing_ok=True)
            linked = open_admin_socket(folder / LINK)
            stack.callback((folder / LINK).unlink, missing_ok=True)
            process.catch_signals(stack, self.stop)
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self._edges = self._build_edges()
                metering.connect_workers(self._pipeline.metrics, edges=self._edges, workers=self._workers)
                await self._pipeline.start()
                server = server_of(self._pipeline.app, dated=False)
                served = self._spawn(server.serve(sockets=[pages]), "pages")
                await server.listens.wait()
                async with unix_serve(
                    self._edges.serve,
                    sock=linked,
                    compression=None,
                    max_size=link.WANTED_BYTES_MAX,
                ):
                    on_ready()
                    await self._order.given.wait()
                    # Workers knock again at a door that is closed, so nobody is refused: calls that are under
                    # way are decided and answered first.
                    self._pipeline.stop_playing()
                    server.should_exit = True
                    await served
                    self._pipeline.stopping.set()
                    await self._pipeline.stop_deciding()
                self._pipeline.stop_answering()
        self._order.carried_out()

    def _build_edges(self) -> Edges:
        pipeline = self._pipeline
        return Edges(
            scoreboard=pipeline.shown.scoreboard,
            past=pipeline.past,
            tables=pipeline.tables,
            games_of=pipeline.shown.games_of,
            known=pipeline.shown.known,
            changed=pipeline.shown.changed,
            spawn=self._spawn,
            call_soon=asyncio.get_running_loop().call_soon,
            now_ms=self._clock.now_ms,
        )

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._tasks.create_task(coroutine, name=name)

    def _away(self) -> str | None:
        """Which workers have no link now; those that have answer for the node."""
        linked = self._edges.names
        away = [name for name in self._workers if name not in linked]
        return f"{', '.join(away)} of {len(self._workers)} away" if away else None

    def _status(self) -> Mapping[str, object]:
        edges = self._edges
        return {
            "fans": edges.count(None, "sse") + edges.count(None, "websocket"),
            "workers": {
                name: {
                    "connected": name in edges.names,
                    "fans": edges.count(name, "sse") + edges.count(name, "websocket"),
                    "games_in_memory": edges.count(name, "games"),
                    "deliveries": edges.count(name, "deliveries"),
                    "laggards": edges.count(name, "laggards"),
                }
                for name in self._workers
            },
        }

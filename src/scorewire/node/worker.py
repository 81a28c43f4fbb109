"""A process that holds fans: an edge of a pipeline that is in another process of this machine.

Streams and ready scores are answered here; everything else is forwarded. While the pipeline is away, fans
stay, and what is at hand is shown. See outpost.py for what it starts, and in what order it stops.
"""

import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, unix_connect

from scorewire.api.admin_socket import reachable
from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError
from scorewire.fanout.request import Proxies
from scorewire.model.ids import is_id
from scorewire.node.courier import over_unix
from scorewire.node.forwarding import Forwarding
from scorewire.node.outpost import App, Outpost
from scorewire.node.port import LINK, PAGES
from scorewire.scoreboard import link
from scorewire.scoreboard.upstream import UpstreamScoreboard

REPORT_S: Final = 0.3
"""How old the counts in the metrics may be."""

_log = structlog.get_logger("scorewire.worker")


class Worker(Outpost):
    """See the module.

    Args:
        name: in the pipeline's metrics.
    """

    def __init__(self, config: Config, *, clock: Clock, name: str) -> None:
        server = config.server
        # They work in the one pipeline, so its limit is divided among those who ask it.
        share = max(1, server.requests_max // max(1, server.workers))
        divided = msgspec.structs.replace(server, requests_max=share)
        super().__init__(
            msgspec.structs.replace(config, server=divided), clock=clock, role="worker", worker=name
        )
        self._name = name

    @property
    def descriptors(self) -> int:
        """Files and sockets that this process may have open, once it serves."""
        return self.side.descriptors

    async def serve(self, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        """Start, serve until `stop` or a signal, tell fans to come back.

        Raises:
            ConfigError: it could not start.
        """
        folder = Path(self._config.storage.data)
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            self._pages = stack.enter_context(reachable(folder / PAGES))
            self._link = stack.enter_context(reachable(folder / LINK))
            await self.hold(stack, listener, on_ready)

    def build_upstream(self) -> UpstreamScoreboard:
        """See `Outpost`; every update comes, followed or not."""

        async def connect() -> ClientConnection:
            return await unix_connect(self._link, compression=None, max_size=link.MESSAGE_BYTES_MAX)

        return UpstreamScoreboard(
            connect=connect,
            name=self._name,
            heads_max=self._config.storage.heads_max,
            compared=self.compared,
        )

    def build_app(self, stack: AsyncExitStack) -> App:
        """See `Outpost`."""
        self.side.hub.wheel.every(REPORT_S, self.report)
        forwarding = Forwarding(
            dial=over_unix(self._pages),
            proxies=Proxies(self._config.server.trusted_proxies),
            now_s=self._clock.monotonic_s,
            answered=self._asked,
            stopping=self.order.given.is_set,
        )
        stack.callback(forwarding.close)
        return forwarding

    async def wait_before_port(self) -> None:
        """See `Outpost`; the supervisor is told that a worker is ready when it can serve."""
        await self.upstream.synced.wait()

    def _asked(self, path: str) -> None:
        """A score that was forwarded is at hand from now on, so that the next is answered here."""
        game_id = path.removeprefix("/v1/games/").removesuffix("/score")
        if len(game_id) == len(path) - len("/v1/games//score") and is_id(game_id):
            self.spawn(self._hold(game_id), f"hold {game_id}")

    async def _hold(self, game_id: str) -> None:
        try:
            await self.upstream.head(game_id)
        except BackendError as error:
            _log.warning("a head cannot be read", game=game_id, detail=str(error))

"""`serve --upstream URL`: a process that holds fans of another node, and has no store, log or Redis.

    upstream ── link (one WebSocket: what is followed here) ──► scoreboard ─┬─► hub ──► fans
       ▲                                                                   ├─► scores that are polled
       └── HTTP, once for all who ask ── what is not held ◄── readers      └─► edges of this edge

It answers from its first moment on, and is ready once it was linked. While its upstream is away, fans stay,
what is at hand is shown, all else is 503; when it is back, everything that was missed is told in order. See
outpost.py for what it starts, and in what order it stops.
"""

import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from scorewire import __version__
from scorewire.api.answers import headers_by_name
from scorewire.api.app import Rooms, build_app
from scorewire.clock import Clock, SystemClock
from scorewire.config import Config
from scorewire.fanout.request import Proxies
from scorewire.metrics import Metrics
from scorewire.model.update import Update
from scorewire.node import metering, process
from scorewire.node.asking import Asking
from scorewire.node.courier import over_tcp
from scorewire.node.edge_face import EdgeFace
from scorewire.node.edge_settings import check_edge, trust, upstream_address
from scorewire.node.outpost import App, Outpost
from scorewire.node.port import Ready, listen, ready
from scorewire.node.readers import Readers
from scorewire.node.shared_answers import SharedAnswers
from scorewire.node.streamed import Streamed
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Scoreboard
from scorewire.scoreboard.shared import Shared
from scorewire.scoreboard.upstream import UpstreamScoreboard

OPEN_S: Final = 5.0
PING_S: Final = 5.0
PONG_S: Final = 10.0
"""Between pings, and for their answer: after both a link that says nothing is given up."""
RETRY_S: Final = (0.1, 2.0)
"""Between attempts to connect; there may be many edges."""
AWAY_READY_S: Final = 30.0
"""An edge without its link is still ready for so long: its upstream may just be restarting."""

_REFUSALS: Final = {
    401: "401: server.upstream_token is not the upstream's server.link_token",
    404: "404: there is no link at this address; has the upstream a server.link_token?",
}

_log = structlog.get_logger("scorewire.edge")


def run(config: Config, *, on_ready: Callable[[Ready], None] | None = None) -> None:
    """Run an edge until SIGTERM or SIGINT.

    Raises:
        ConfigError: a setting cannot be fulfilled; names the key.
    """

    async def serve() -> None:
        await Edge(config, clock=SystemClock()).serve(on_ready)

    process.run(serve())


class Edge(Outpost):
    """See the module."""

    def __init__(self, config: Config, *, clock: Clock) -> None:
        super().__init__(config, clock=clock, role="edge")
        check_edge(config)
        self._address = upstream_address(config.server)
        self._tls = trust(config.server)
        self._fault = ""
        self._metrics = Metrics(version=__version__)
        self._staleness = self._metrics.histogram("scorewire_edge_staleness_seconds")

    async def serve(self, on_ready: Callable[[Ready], None] | None = None) -> None:
        """Start, serve until `stop` or a signal, tell fans to come back.

        Raises:
            ConfigError: it could not start.
        """
        listener = listen(self._config.server.host, self._config.server.port)
        told = ready(self._config, listener.getsockname()[1])
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            await self.hold(stack, listener, lambda: on_ready(told) if on_ready is not None else None)

    @property
    def shown(self) -> Scoreboard:
        """See `Outpost`; a share, beside that of readers."""
        return self._fans

    def build_upstream(self) -> UpstreamScoreboard:
        """See `Outpost`; it is told what is followed here."""
        upstream = UpstreamScoreboard(
            connect=self._connect,
            name=socket.gethostname(),
            heads_max=self._config.storage.heads_max,
            compared=self.compared,
            heard=self._measure,
            spawn=self.spawn,
            retry_s=RETRY_S,
        )
        shared = Shared(upstream)
        self._fans = shared.share()
        self._readers = Readers(shared.share(), now_s=self._clock.monotonic_s)
        return upstream

    def build_app(self, stack: AsyncExitStack) -> App:
        """See `Outpost`."""
        asking = Asking(
            dial=over_tcp(self._address.host, self._address.port, tls=self._tls),
            authority=self._address.authority,
            now_s=self._clock.monotonic_s,
        )
        stack.callback(asking.close)
        answers = SharedAnswers(asking, now_s=self._clock.monotonic_s)
        local = build_app(
            Rooms(
                streams=True,
                checks={"stopping": self._check_stopping, "link": self._check_link},
                notes={"upstream": self._note},
                metrics=self._metrics,
                clock=self._clock,
            )
        )
        metering.connect_fans(self._metrics, hub=self.side.hub, hot=self.side.hot)
        metering.connect_upstream(self._metrics, upstream=self.upstream, answers=answers)
        if self.side.edges is not None:
            metering.connect_edges(self._metrics, edges=self.side.edges)
        self.side.hub.wheel.every(1.0, self._let_go)
        return EdgeFace(
            local=local,
            answers=answers,
            streams=self._build_streams(stack),
            readers=self._readers,
            now_ms=self._clock.now_ms,
        )

    def _build_streams(self, stack: AsyncExitStack) -> Streamed:
        config = self._config.server
        proxies = Proxies(config.trusted_proxies)
        streams = Streamed(
            dial=over_tcp(self._address.host, self._address.port, tls=self._tls),
            authority=self._address.authority,
            streams_max=config.playbacks_max,
            address_max=config.playbacks_per_address_max,
            address_of=lambda scope: proxies.client(
                scope["client"][0] if scope.get("client") else None, headers_by_name(scope["headers"])
            ),
            stopping=self.order.given.is_set,
        )
        stack.callback(streams.close)
        return streams

    async def wait_before_port(self) -> None:
        """See `Outpost`; whoever watches is to see that an edge runs and has no link."""

    async def _connect(self) -> ClientConnection:
        try:
            connection = await _Connect(
                self._address.link_url,
                additional_headers={"Authorization": f"Bearer {self._config.server.upstream_token}"},
                ssl=self._tls,
                proxy=None,
                compression=None,
                max_size=link.MESSAGE_BYTES_MAX,
                open_timeout=OPEN_S,
                ping_interval=PING_S,
                ping_timeout=PONG_S,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            self._tell(_REFUSALS.get(status, f"it answers {status}"))
            raise
        except (OSError, WebSocketException) as error:
            self._tell(str(error) or type(error).__name__)
            raise
        self._tell("")
        return connection

    def _tell(self, fault: str) -> None:
        """Say once what is wrong, and once that it is no more."""
        if fault and fault != self._fault:
            _log.warning("no link to the upstream", upstream=self._address.authority, reason=fault)
        elif self._fault and not fault:
            _log.info("linked to the upstream again", upstream=self._address.authority)
        self._fault = fault

    def _measure(self, updates: Sequence[Update]) -> None:
        now_ms = self._clock.now_ms()
        for update in updates:
            self._staleness.observe(max(0, now_ms - update.ts) / 1000)

    def _let_go(self, _now_s: float) -> None:
        if self.upstream.synced.is_set():
            self.spawn(self._readers.let_go(), "readers")

    def _check_stopping(self) -> str | None:
        return "the edge stops" if self.order.given.is_set() else None

    def _check_link(self) -> str | None:
        fresh = self.upstream.links > 0 and self.upstream.away_s < AWAY_READY_S
        return None if fresh else self._note()

    def _note(self) -> str | None:
        if self.upstream.synced.is_set():
            return None
        reason = self.upstream.refused or self._fault or "it does not answer"
        return f"no link for {self.upstream.away_s:.0f} s: {reason}"


class _Connect(connect):
    """Follows no redirection: the token is for one upstream."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """See websockets."""
        return exc

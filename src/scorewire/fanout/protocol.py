"""The port: every connection begins here, and most of them go on as uvicorn's.

Whole heads pass; a stream's head takes the connection over, the hot read is answered on the spot, all else
is uvicorn's unchanged. A head or body that does not come in time, or is too large, ends the connection.

    bytes ─► whole head? ─┬─ GET /v1/stream, /v1/ws ─► a fan takes the transport
                          ├─ GET, HEAD .../score ────► ready bytes
                          └─ all else ───────────────► uvicorn ─► the ASGI app

Taking over needs a quiet connection: no response under way. What uvicorn knew of it is forgotten: its
keep-alive timer, and its entry in the set of connections that its shutdown closes before we say bye.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from scorewire.errors import RequestError
from scorewire.fanout.answers import problem_answer
from scorewire.fanout.codes import refusal
from scorewire.fanout.fan import Fan, settle_socket
from scorewire.fanout.follow import Arrival
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.hub import Hub
from scorewire.fanout.request import Head, HeadReader, Proxies, read_stream_query
from scorewire.fanout.sse import SseFan
from scorewire.fanout.websocket import QUIET, SUBPROTOCOL, WsFan, unwind

RETRY_AFTER_S = 5
CROWDED_S = 1.0
"""How long a connection beyond its address's limit may take to ask, and so to be told."""


class Gateway:
    """What all connections share, and the factory of their protocols.

    Give `protocol` to uvicorn: `uvicorn.Config(app, http=gateway.protocol, ws="none")`.

    Args:
        proxies: whose word about a client's address is believed.
        gatekeeper: who may come in.
        silent_beats_max: heartbeats that a WebSocket fan may leave unanswered.
        The rest: see `config.Server` and `config.Fanout`.
    """

    def __init__(
        self,
        *,
        hub: Hub,
        hot: HotScores,
        proxies: Proxies,
        gatekeeper: Gatekeeper,
        head_bytes_max: int,
        head_read_s: float,
        body_read_s: float,
        write_buffer_bytes_max: int,
        stall_s: float,
        follows_max: int,
        message_bytes_max: int,
        silent_beats_max: int,
    ) -> None:
        self.hub = hub
        self.hot = hot
        self.proxies = proxies
        self.gatekeeper = gatekeeper
        self.heads = HeadReader()
        self.head_bytes_max = head_bytes_max
        self.head_read_s = head_read_s
        self.body_read_s = body_read_s
        self.write_buffer_bytes_max = write_buffer_bytes_max
        self.stall_s = stall_s
        self.follows_max = follows_max
        self.message_bytes_max = message_bytes_max
        self.silent_beats_max = silent_beats_max
        self._lines_of: object = None
        self._lines = b""

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "GatewayProtocol":
        """A protocol for one connection, called as uvicorn calls it."""
        return GatewayProtocol(self, config, server_state, app_state, _loop)

    def server_lines(self, state: ServerState) -> bytes:
        """Date and Server as uvicorn writes them; it makes a new list once a second."""
        headers = state.default_headers
        if headers is not self._lines_of:
            self._lines_of = headers
            self._lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._lines


class GatewayProtocol(HttpToolsProtocol):
    """One connection, until a fan takes it."""

    def __init__(
        self,
        gateway: Gateway,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=loop)
        self.watched_at = 0
        self._gateway = gateway
        self._partial = b""
        self._held = False  # since when a partial head is held is known
        self._between = True  # uvicorn's parser stands between two messages
        self._fed_head_bytes = -1  # of a head that came behind a body in one piece; -1 outside one
        self._since_s = gateway.hub.wheel.now_s
        self._counted: str | None = None  # the address that the gatekeeper has counted in
        self._stalled_s = -1.0  # since when the client takes no answer; -1 while it does
        self._waits_to_answer = False  # whole heads wait in `_partial` for that
        self._seen_closing = False
        self._body_awaited = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        gateway = self._gateway
        if gateway.gatekeeper.full(gateway.hub.fans):
            gateway.hub.tally.overloads += 1
            transport.abort()
            return
        address = gateway.proxies.peer(self.client[0] if self.client else None)
        if gateway.gatekeeper.enter(address):
            self._counted = address
        wheel = gateway.hub.wheel
        self._since_s = wheel.now_s
        wheel.watch(self, CROWDED_S if self._counted is None else self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._gateway.hub.wheel.unwatch(self)
        self._count_out()
        self._forget_body()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not take its answers; nothing more is answered until it does."""
        super().pause_writing()
        wheel = self._gateway.hub.wheel
        self._stalled_s = wheel.now_s
        wheel.watch(self, self._gateway.stall_s)

    def resume_writing(self) -> None:
        """The answers have left; what was asked meanwhile is answered."""
        super().resume_writing()
        self._stalled_s = -1.0
        wheel = self._gateway.hub.wheel
        self._since_s = wheel.now_s
        if self.transport is None or self.transport.is_closing():
            return
        wheel.watch(self, self.timeout_keep_alive)
        if self._waits_to_answer:
            self._waits_to_answer = False
            self.flow.resume_reading()
            self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._counted is None:
            self._gateway.hub.tally.overloads += 1
            self._answer(_unavailable("Your address has too many connections."), keep=False)
            return
        waited = self._waits()
        self._receive(data)
        if self._waits() and not waited and self.transport is not None and not self.transport.is_closing():
            # A request has begun and is not whole: the next look may be a whole keep-alive away.
            limit_s = self._gateway.head_read_s if self._partial else self._gateway.body_read_s
            self._gateway.hub.wheel.watch(self, min(limit_s, self.timeout_keep_alive))

    def _waits(self) -> bool:
        """Whether the rest of a head or of a body must come."""
        return bool(self._partial) or not self._between

    def _receive(self, data: bytes) -> None:
        if not self._between:
            self._pass_on(data)
            return
        if self._partial:
            data, self._partial = self._partial + data, b""
        while data and self._between:
            if self._stalled_s >= 0:
                self._hold(data)
                return
            data = self._one_head(data)
            if self.transport is None or self.transport.is_closing():
                return
        if data:
            self._pass_on(data)

    def _hold(self, data: bytes) -> None:
        """Keep heads that came while earlier answers wait: each would make memory of a few bytes more."""
        self._partial = data
        self._held = False
        self._waits_to_answer = True
        self.flow.pause_reading()

    def due(self, now_s: float) -> float:
        """A deadline may have passed: of an answer, of a head, of a body, or of an idle connection."""
        if self.transport is None:
            return 0.0
        keep_s = self.timeout_keep_alive
        if self.transport.is_closing():
            return self._wait_for_the_end()
        if self._counted is None:
            self.transport.abort()
            return 0.0
        if self._stalled_s >= 0:
            left_s = self._stalled_s + self._gateway.stall_s - now_s
            if left_s <= 0:
                self._gateway.hub.tally.stalls += 1
                self.transport.abort()
            return left_s
        if self._partial or self._fed_head_bytes >= 0:
            left_s = self._since_s + self._gateway.head_read_s - now_s
        elif not self._between:
            left_s = self._since_s + self._gateway.body_read_s - now_s
        elif self._busy():
            return keep_s
        else:
            left_s = self._since_s + keep_s - now_s
        if left_s > 0:
            return min(left_s, keep_s)
        self._expire()
        return 0.0

    def _wait_for_the_end(self) -> float:
        """A closed connection ends once its last answer has left, or after a stall."""
        if self._seen_closing:
            self.transport.abort()
            return 0.0
        self._seen_closing = True
        return self._gateway.stall_s

    def _forget_body(self) -> None:
        if self._body_awaited:
            self._body_awaited = False
            self._gateway.gatekeeper.bodies -= 1

    def _count_out(self) -> None:
        if self._counted is not None:
            self._gateway.gatekeeper.leave(self._counted)
            self._counted = None

    # Called by uvicorn's parser.

    def on_message_begin(self) -> None:
        """See httptools."""
        self._between = False
        self._fed_head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._fed_head_bytes = -1
        self._since_s = self._gateway.hub.wheel.now_s
        self._body_awaited = True
        self._gateway.gatekeeper.bodies += 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """See httptools."""
        self._between = True
        self._forget_body()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """See uvicorn."""
        self._since_s = self._gateway.hub.wheel.now_s
        super().on_response_complete()

    # Heads.

    def _one_head(self, data: bytes) -> bytes:
        """Deal with the head that `data` begins with; returns what comes behind it."""
        if data[0] in b"\r\n":
            return data.lstrip(b"\r\n")  # an empty line before a request is to be ignored
        end = data.find(b"\r\n\r\n") + 4
        if end > self._gateway.head_bytes_max or (end < 4 and len(data) > self._gateway.head_bytes_max):
            self._refuse(refusal("head_too_large", f"At most {self._gateway.head_bytes_max} bytes."))
            return b""
        if end < 4 and data[:1].isupper():
            if not self._held:
                self._since_s = self._gateway.hub.wheel.now_s
            self._held = True
            self._partial = data
            return b""
        self._held = False
        # What cannot be a request is uvicorn's to refuse, at once.
        head, rest = (data[:end], data[end:]) if end >= 4 else (data, b"")
        if not self._take(head, rest):
            # Who sends a body slowly occupies a task and nobody's time.
            under_way = len(self.tasks) - self._gateway.gatekeeper.bodies
            if not self._gateway.gatekeeper.hears(head, under_way):
                self._gateway.hub.tally.overloads += 1
                self._refuse(_unavailable("This node has too many requests under way."))
                return b""
            self._feed(head)
            return rest
        return b"" if self.transport is None else rest

    def _pass_on(self, data: bytes) -> None:
        """Bytes of a body; a head behind it is uvicorn's, but bounded all the same."""
        self._feed(data)
        if self._fed_head_bytes >= 0:
            self._fed_head_bytes += len(data)
            if self._fed_head_bytes > self._gateway.head_bytes_max:
                self._refuse(refusal("head_too_large", f"At most {self._gateway.head_bytes_max} bytes."))

    def _feed(self, data: bytes) -> None:
        super().data_received(data)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _take(self, head: bytes, rest: bytes) -> bool:
        """Whether the request is ours; then it is answered, or the connection has changed hands."""
        if not head.startswith((b"GET /v1/", b"HEAD /v1/")) or self._busy():
            return False
        request = self._gateway.heads.read(head)
        if request is None:
            return False
        if request.method == b"GET" and request.path == b"/v1/stream":
            return self._stream(request)
        if request.method == b"GET" and request.path == b"/v1/ws":
            return self._websocket(request, rest)
        answer = self._gateway.hot.answer(request, self._gateway.server_lines(self.server_state))
        if answer is None:
            return False
        self._unset_keepalive_if_required()
        self._since_s = self._gateway.hub.wheel.now_s
        self.transport.write(answer)
        return True

    def _stream(self, request: Head) -> bool:
        gateway = self._gateway
        if "content-length" in request.headers or "transfer-encoding" in request.headers:
            return False
        try:
            self._check_origin(request)
            query = read_stream_query(
                request.query, request.headers.get("last-event-id"), follows_max=gateway.follows_max
            )
        except RequestError as error:
            gateway.hub.tally.refusals += 1
            self._answer(error, keep=request.keep)
            return True
        fan = SseFan(
            gateway.hub,
            self.transport,
            follows=query.follows,
            address=self._address(request),
            server_lines=gateway.server_lines(self.server_state),
        )
        self._hand_over(fan)
        reason = gateway.hub.admit(fan)
        if reason is not None:
            fan.turn_away(reason)
        else:
            gateway.hub.arrive(Arrival(fan, query.follows, epoch=query.epoch, seqs=query.seqs))
        return True

    def _websocket(self, request: Head, rest: bytes) -> bool:
        gateway = self._gateway
        try:
            self._check_origin(request)
        except RequestError as error:
            gateway.hub.tally.refusals += 1
            self._answer(error, keep=False)
            return True
        handshake = ServerProtocol(select_subprotocol=_select, logger=QUIET)
        response = handshake.accept(
            Request(
                path=request.path.decode("latin-1"),
                headers=Headers(request.headers),
                protocol=f"HTTP/{request.version}",
            )
        )
        unwind(handshake)
        if response.status_code != 101:
            # An old version is told ours, by RFC 6455 4.2.2; `websockets` only calls it bad.
            old = request.headers.get("sec-websocket-version", "13") != "13"
            code = "upgrade_required" if old or response.status_code == 426 else "bad_handshake"
            self._answer(refusal(code, response.body.decode().partition("\n")[0]), keep=False)
            return True
        fan = WsFan(
            gateway.hub,
            self.transport,
            address=self._address(request),
            message_bytes_max=gateway.message_bytes_max,
            follows_max=gateway.follows_max,
            silent_beats_max=gateway.silent_beats_max,
        )
        reason = gateway.hub.admit(fan)
        if reason is not None:
            busy = "This node stops." if reason == "drain" else "This node is full."
            self._answer(_unavailable(busy), keep=False)
            return True
        self._hand_over(fan)
        fan.write(response.serialize())
        if rest:
            fan.data_received(rest)
        return True

    def _check_origin(self, request: Head) -> None:
        if not self._gateway.gatekeeper.welcomes(request.headers):
            origin = request.headers["origin"][:128]
            raise refusal("origin_refused", f"Pages of {origin} may not open streams here.")

    def _address(self, request: Head) -> str:
        return self._gateway.proxies.client(self.client[0] if self.client else None, request.headers)

    def _hand_over(self, fan: Fan) -> None:
        """Give the transport to a fan, and cut every tie, so that nothing of this protocol lives on."""
        gateway = self._gateway
        transport = self.transport
        self._unset_keepalive_if_required()
        gateway.hub.wheel.unwatch(self)
        self._count_out()
        self.connections.discard(self)
        settle_socket(
            transport, write_buffer_bytes_max=gateway.write_buffer_bytes_max, stall_s=gateway.stall_s
        )
        transport.set_protocol(fan)
        self._partial = b""
        self.parser = self.transport = self.flow = None  # type: ignore[assignment]
        self.cycle = self.scope = self.headers = None  # type: ignore[assignment]

    def _answer(self, error: RequestError, *, keep: bool) -> None:
        self._unset_keepalive_if_required()
        self._since_s = self._gateway.hub.wheel.now_s
        lines = self._gateway.server_lines(self.server_state)
        self.transport.write(problem_answer(error, lines, keep=keep))
        if not keep:
            self.transport.close()

    def _refuse(self, error: RequestError) -> None:
        """End a connection whose request cannot be read."""
        if self._busy():
            self.transport.close()
        else:
            self._answer(error, keep=False)

    def _expire(self) -> None:
        if self._partial or not self._between:
            started = self.cycle is not None and self.cycle.response_started and not self._between
            if not started and not (self._partial and self._busy()):
                seconds = self._gateway.head_read_s if self._partial else self._gateway.body_read_s
                self._answer(refusal("request_timeout", f"Not whole after {seconds:g} s."), keep=False)
                return
        self.transport.close()


def _unavailable(detail: str) -> RequestError:
    return refusal("unavailable", detail, retry_after_s=RETRY_AFTER_S)


def _select(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered; whoever offers others only is served without one."""
    ours = Subprotocol(SUBPROTOCOL)
    return ours if ours in offered else None

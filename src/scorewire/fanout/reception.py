"""What all connections of the port share, and the requests that are answered there: streams and the hot read.

A head that came a moment ago is not read again if it comes byte for byte: after a goal thousands of fans come
back with the same words, and a client that polls repeats its own.

Source: RFC 9112 3.2.2 (absolute form).
"""

import asyncio
import re
import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from scorewire.errors import RequestError
from scorewire.fanout.codes import refusal
from scorewire.fanout.fan import Fan, settle_listener, settle_socket
from scorewire.fanout.follow import Arrival
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.hub import Hub
from scorewire.fanout.request import (
    HEAD_KEPT_BYTES,
    HEADS_KEPT,
    Head,
    HeadReader,
    Proxies,
    StreamQuery,
    read_stream_query,
)
from scorewire.fanout.sse import SseFan
from scorewire.fanout.websocket import QUIET, SUBPROTOCOL, WsFan, unwind

RETRY_AFTER_S = 5

LINK = b"/v1/link"
"""Where edges of this node come in."""

_OURS = re.compile(rb"(?:GET|HEAD) (?:(?i:https?)://[^/ ]+)?/v1/")
"""How heads begin that may be for this layer; the absolute form, a proxy's, every server must take."""


class Caller(Protocol):
    """A connection with no response under way, that has asked for something.

    Attributes:
        peer: the other end's address, which may be a proxy's; None where there is none.
    """

    transport: asyncio.Transport
    server_state: ServerState
    peer: str | None

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        """Give the transport to somebody else, a fan most often, and cut every tie, so that nothing of the
        connection lives on."""
        ...

    def say(self, answer: bytes) -> None:
        """Write a whole answer, behind which another request may follow."""
        ...

    def tell(self, error: RequestError, *, keep: bool) -> None:
        """Answer with a problem, and close unless `keep`."""
        ...


SideDoor = Callable[[Caller, Head, bytes, bytes], None]
"""Answers, or takes the transport over; given who asks, what, the head's bytes and what came behind them."""


class _Stream(NamedTuple):
    """A request for a stream that may be opened, as read from its head."""

    head: Head
    query: StreamQuery


class Reception:
    """See the module.

    Args:
        proxies: whose word about a client's address is believed.
        gatekeeper: who may come in.
        silent_beats_max: heartbeats that a WebSocket fan may leave unanswered.
        streams: whether fans are served; without, requests for streams go to the application, which has no
            such route.
        link: who lets edges in; None where there is no link, and asking for it is asking for what is not.
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
        streams: bool = True,
        link: SideDoor | None = None,
    ) -> None:
        self.hub = hub
        self.hot = hot
        self.proxies = proxies
        self.gatekeeper = gatekeeper
        self.head_bytes_max = head_bytes_max
        self.head_read_s = head_read_s
        self.body_read_s = body_read_s
        self.stall_s = stall_s
        self._write_buffer_bytes_max = write_buffer_bytes_max
        self._follows_max = follows_max
        self._message_bytes_max = message_bytes_max
        self._silent_beats_max = silent_beats_max
        self._serves_streams = streams
        self._link = link
        self._inherited = False
        self._heads = HeadReader()
        self._streams: dict[bytes, _Stream] = {}
        self._lines_of: object = None
        self._lines = b""

    def server_lines(self, state: ServerState) -> bytes:
        """Date and Server as uvicorn writes them; it makes a new list once a second."""
        headers = state.default_headers
        if headers is not self._lines_of:
            self._lines_of = headers
            self._lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._lines

    def admits(self) -> bool:
        """Whether there is a descriptor to spare for a connection that has come; counts those without one."""
        hub = self.hub
        if self.gatekeeper.full(hub.fans):
            hub.tally.overloads += 1
            return False
        return True

    def settle_listener(self, listener: socket.socket) -> None:
        """Prepare a listener, so that fans need not be prepared one by one; call it for all or for none."""
        self._inherited = settle_listener(
            listener, write_buffer_bytes_max=self._write_buffer_bytes_max, stall_s=self.stall_s
        )

    def answers(self, caller: Caller, head: bytes, rest: bytes) -> bool:
        """Whether a request is for this layer; then it is answered, or the connection has changed hands.

        Args:
            head: a whole one, its empty line included.
            rest: what came behind it.
        """
        stream = self._streams.get(head)
        if stream is not None:
            self._open(caller, stream)
            return True
        lines = self.server_lines(caller.server_state)
        answer = self.hot.again(head, lines)
        if answer is not None:
            caller.say(answer)
            return True
        request = self._read(head)
        if request is None:
            return False
        if self._serves_streams and request.method == b"GET" and request.path == b"/v1/stream":
            return self._stream(caller, request, head)
        if self._serves_streams and request.method == b"GET" and request.path == b"/v1/ws":
            self._websocket(caller, request, rest)
            return True
        if self._link is not None and request.path == LINK and request.method == b"GET":
            self._link(caller, request, head, rest)
            return True
        answer = self.hot.answer(request, lines, head)
        if answer is not None:
            caller.say(answer)
        return answer is not None

    def takes_over(self, head: bytes) -> bool:
        """Whether a request asks for a stream, or the link: they need one with no response under way."""
        request = self._read(head) if self._serves_streams or self._link is not None else None
        if request is None or request.method != b"GET":
            return False
        if request.path == LINK:
            return self._link is not None
        return self._serves_streams and request.path in (b"/v1/stream", b"/v1/ws")

    def _read(self, head: bytes) -> Head | None:
        """The head, if it may be for this layer."""
        return self._heads.read(head) if _OURS.match(head) else None

    def _stream(self, caller: Caller, request: Head, head: bytes) -> bool:
        # Some clients and proxies say of a GET that its body has no bytes.
        if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
            return False
        try:
            self._check_origin(request)
            query = read_stream_query(
                request.query, request.headers.get("last-event-id"), follows_max=self._follows_max
            )
        except RequestError as error:
            self.hub.tally.refusals += 1
            caller.tell(error, keep=request.keep)
            return True
        stream = _Stream(request, query)
        if len(head) <= HEAD_KEPT_BYTES:
            if len(self._streams) >= HEADS_KEPT:
                self._streams.clear()
            self._streams[head] = stream
        self._open(caller, stream)
        return True

    def _open(self, caller: Caller, stream: _Stream) -> None:
        query = stream.query
        hub = self.hub
        fan = SseFan(
            hub,
            caller.transport,
            follows=query.follows,
            address=self.proxies.client(caller.peer, stream.head.headers),
            server_lines=self.server_lines(caller.server_state),
        )
        caller.hand_over(fan)
        reason = hub.admit(fan)
        if reason is not None:
            fan.turn_away(reason)
            return
        self._settle(fan)
        hub.greet(Arrival(fan, query.follows, epoch=query.epoch, seqs=query.seqs))

    def _websocket(self, caller: Caller, request: Head, rest: bytes) -> None:
        try:
            self._check_origin(request)
        except RequestError as error:
            self.hub.tally.refusals += 1
            caller.tell(error, keep=False)
            return
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
            caller.tell(refusal(code, response.body.decode().partition("\n")[0]), keep=False)
            return
        fan = WsFan(
            self.hub,
            caller.transport,
            address=self.proxies.client(caller.peer, request.headers),
            message_bytes_max=self._message_bytes_max,
            follows_max=self._follows_max,
            silent_beats_max=self._silent_beats_max,
        )
        reason = self.hub.admit(fan)
        if reason is not None:
            busy = (
                "This node stops."
                if reason == "drain"
                else "No room for more streams, in all or from your address."
            )
            caller.tell(unavailable(busy), keep=False)
            return
        caller.hand_over(fan)
        self._settle(fan)
        fan.write(response.serialize())
        if rest:
            fan.data_received(rest)

    def _settle(self, fan: Fan) -> None:
        """Bound what waits for a fan; one that has been counted in, since more may be waiting already."""
        settle_socket(
            fan.transport,
            write_buffer_bytes_max=self._write_buffer_bytes_max,
            stall_s=self.stall_s,
            inherited=self._inherited,
        )

    def _check_origin(self, request: Head) -> None:
        if not self.gatekeeper.welcomes(request.headers):
            origin = request.headers["origin"][:128]
            raise refusal("origin_refused", f"Pages of {origin} may not open streams here.")


def unavailable(detail: str) -> RequestError:
    """503, and when to ask again."""
    return refusal("unavailable", detail, retry_after_s=RETRY_AFTER_S)


def _select(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered; whoever offers others only is served without one."""
    ours = Subprotocol(SUBPROTOCOL)
    return ours if ours in offered else None

"""A connection that is uvicorn's, within limits: a head or body that is late, or too large, ends it.

Whole heads pass; those that the reception answers are answered there, all else is uvicorn's unchanged.

    bytes ─► whole head? ─┬─ a stream ───► a fan takes the transport
                          ├─ a hot read ─► ready bytes
                          └─ all else ───► uvicorn ─► the ASGI app

Taking over needs a quiet connection: a stream that is asked for while a response is under way waits for its
end. What uvicorn knew of the connection is forgotten: its keep-alive timer, and its entry in the set of
connections that its shutdown closes before we say bye.

Where the last answer of a connection is sent before its request is whole, parting.py ends it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from scorewire.errors import RequestError
from scorewire.fanout.answers import problem_answer
from scorewire.fanout.codes import refusal
from scorewire.fanout.parting import QUIET_S, Parting
from scorewire.fanout.proxy_header import Relayed
from scorewire.fanout.reception import Reception, unavailable

CROWDED_S = 1.0
"""How long a connection beyond its address's limit may take to ask, and so to be told."""


class _WayOut:
    """The transport as a response sees it: how the connection ends after it is the protocol's to say."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close


class GuardedProtocol(HttpToolsProtocol):
    """One connection, until a fan takes it.

    Args:
        relayed: what a proxy has said of it, in a PROXY header; None if there was none, or of itself.
    """

    def __init__(
        self,
        reception: Reception,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        loop: asyncio.AbstractEventLoop | None,
        *,
        relayed: Relayed | None = None,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=loop)
        self.watched_at = 0
        self.peer: str | None = None
        self._reception = reception
        self._relayed = relayed
        self._partial = b""
        self._held = False  # since when a partial head is held is known
        self._between = True  # uvicorn's parser stands between two messages
        self._fed_head_bytes = -1  # of a head that came behind a body in one piece; -1 outside one
        self._since_s = reception.hub.wheel.now_s
        self._counted: str | None = None  # the address that the gatekeeper has counted in
        self._stalled_s = -1.0  # since when the client takes no answer; -1 while it does
        self._waits_to_answer = False  # whole heads wait in `_partial`, for that or for a response
        self._seen_closing = False
        self._body_awaited = False
        self._parted = False  # the last answer is written, and the transport is no longer ours

    def come_in(self, transport: asyncio.Transport, counted: str | None, since_s: float) -> None:
        """Begin, with a connection that was somebody else's.

        Args:
            counted: the address that the gatekeeper has counted in; None if that has too many connections.
            since_s: when the connection began to wait for what comes next.
        """
        self.connection_made(transport)
        if self._relayed is not None:
            # The application is told of the client's connection, not of the proxy's.
            self.client, server, secure = self._relayed
            self.server = server or self.server
            self.scheme = "https" if secure else "http"
        self.peer = self.client[0] if self.client else None
        self._counted = counted
        self._since_s = since_s
        self._reception.hub.wheel.watch(self, CROWDED_S if counted is None else self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._reception.hub.wheel.unwatch(self)
        self._count_out()
        self._forget_body()
        super().connection_lost(exc)
        self.cycle = None  # type: ignore[assignment] # which knows us, as we know it

    def pause_writing(self) -> None:
        """The client does not take its answers; nothing more is answered until it does."""
        super().pause_writing()
        wheel = self._reception.hub.wheel
        self._stalled_s = wheel.now_s
        wheel.watch(self, self._reception.stall_s)

    def resume_writing(self) -> None:
        """The answers have left; what was asked meanwhile is answered."""
        super().resume_writing()
        self._stalled_s = -1.0
        wheel = self._reception.hub.wheel
        self._since_s = wheel.now_s
        if self._ended():
            return
        wheel.watch(self, self.timeout_keep_alive)
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._counted is None:
            self._reception.hub.tally.overloads += 1
            self._dismiss(unavailable("Your address has too many connections."))
            return
        waited = self._waits()
        self._receive(data)
        if self._waits() and not waited and not self._ended():
            # A request has begun and is not whole: the next look may be a whole keep-alive away.
            limit_s = self._reception.head_read_s if self._partial else self._reception.body_read_s
            self._reception.hub.wheel.watch(self, min(limit_s, self.timeout_keep_alive))

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
            if self._ended():
                return
        if data:
            self._pass_on(data)

    def _go_on(self) -> None:
        """Answer what was asked while earlier answers were on their way."""
        if self._waits_to_answer and not self._ended():
            self._waits_to_answer = False
            self.flow.resume_reading()
            self.data_received(b"")

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
            left_s = self._stalled_s + self._reception.stall_s - now_s
            if left_s <= 0:
                self._reception.hub.tally.stalls += 1
                self.transport.abort()
            return left_s
        if self._waits_to_answer:
            return keep_s
        if self._partial or self._fed_head_bytes >= 0:
            left_s = self._since_s + self._reception.head_read_s - now_s
        elif not self._between:
            left_s = self._since_s + self._reception.body_read_s - now_s
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
        return self._reception.stall_s

    def _ended(self) -> bool:
        """Whether there is nothing more to say, here at least."""
        return self.transport is None or self._parted or self.transport.is_closing()

    def _forget_body(self) -> None:
        if self._body_awaited:
            self._body_awaited = False
            self._reception.gatekeeper.bodies -= 1

    def _count_out(self) -> None:
        if self._counted is not None:
            self._reception.gatekeeper.leave(self._counted)
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
        self._since_s = self._reception.hub.wheel.now_s
        self._body_awaited = True
        self._reception.gatekeeper.bodies += 1
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.transport = cast(asyncio.Transport, _WayOut(self.transport, self._end))

    def on_message_complete(self) -> None:
        """See httptools."""
        self._between = True
        self._forget_body()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """See uvicorn."""
        if not self._busy():
            self._forget_body()  # what still comes of it, no application waits for
        if self._parted:
            self.server_state.total_requests += 1
            return
        self._since_s = self._reception.hub.wheel.now_s
        super().on_response_complete()
        if self._waits_to_answer and not self._busy():
            # Not from within the application, whose response this was.
            self.loop.call_soon(self._go_on)

    # Heads.

    def _one_head(self, data: bytes) -> bytes:
        """Deal with the head that `data` begins with; returns what comes behind it."""
        if data[0] in b"\r\n":
            return data.lstrip(b"\r\n")  # an empty line before a request is to be ignored
        end = data.find(b"\r\n\r\n") + 4
        if end > self._reception.head_bytes_max or (end < 4 and len(data) > self._reception.head_bytes_max):
            self._refuse(refusal("head_too_large", f"At most {self._reception.head_bytes_max} bytes."))
            return b""
        if end < 4 and data[:1].isupper():
            if not self._held:
                self._since_s = self._reception.hub.wheel.now_s
            self._held = True
            self._partial = data
            return b""
        self._held = False
        # What cannot be a request is uvicorn's to refuse, at once.
        head, rest = (data[:end], data[end:]) if end >= 4 else (data, b"")
        if self._busy() and self._reception.takes_over(head):
            self._hold(data)
            return b""
        if self._busy() or not self._reception.answers(self, head, rest):
            # Who sends a body slowly occupies a task and nobody's time.
            under_way = len(self.tasks) - self._reception.gatekeeper.bodies
            if not self._reception.gatekeeper.hears(head, under_way):
                self._reception.hub.tally.overloads += 1
                self._refuse(unavailable("This node has too many requests under way."))
                return b""
            self._feed(head)
            return rest
        return b"" if self._ended() else rest

    def _pass_on(self, data: bytes) -> None:
        """Bytes of a body; a head behind it is uvicorn's, but bounded all the same."""
        self._feed(data)
        if self._fed_head_bytes >= 0:
            self._fed_head_bytes += len(data)
            if self._fed_head_bytes > self._reception.head_bytes_max:
                self._refuse(refusal("head_too_large", f"At most {self._reception.head_bytes_max} bytes."))

    def _feed(self, data: bytes) -> None:
        super().data_received(data)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        """See `Caller.hand_over`."""
        reception = self._reception
        transport = self.transport
        self._unset_keepalive_if_required()
        reception.hub.wheel.unwatch(self)
        self._count_out()
        self.connections.discard(self)
        transport.set_protocol(protocol)
        self._partial = b""
        self.parser = self.transport = self.flow = None  # type: ignore[assignment]
        self.cycle = self.scope = self.headers = None  # type: ignore[assignment]

    def say(self, answer: bytes) -> None:
        """See `Caller.say`."""
        self._unset_keepalive_if_required()
        self._since_s = self._reception.hub.wheel.now_s
        self.transport.write(answer)

    def tell(self, error: RequestError, *, keep: bool) -> None:
        """See `Caller.tell`."""
        self.say(problem_answer(error, self._reception.server_lines(self.server_state), keep=keep))
        if not keep:
            self._end()

    def send_400_response(self, msg: str) -> None:
        """See uvicorn, whose parser has met what it cannot read."""
        self._refuse(refusal("bad_request", msg))

    def shutdown(self) -> None:
        """See uvicorn: the server stops."""
        if self._parted:
            self.transport.close()
        else:
            super().shutdown()

    def _refuse(self, error: RequestError) -> None:
        """End a connection whose request cannot be read."""
        if self._busy():
            self.transport.close()
        else:
            self._dismiss(error)

    def _dismiss(self, error: RequestError) -> None:
        """Answer a request of which more may come, with a problem, and part."""
        self.say(problem_answer(error, self._reception.server_lines(self.server_state), keep=False))
        self._part()

    def _expire(self) -> None:
        answered = not self._between and self.cycle is not None and self.cycle.response_started
        if self._partial:
            if self._busy():
                self.transport.close()
            else:
                self._tell_late(self._reception.head_read_s)
        elif self._between or answered or self.pipeline:
            self._end()
        else:
            if self.cycle is not None:
                # Its application waits for the body; the answer is given for it.
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            self._tell_late(self._reception.body_read_s)

    def _tell_late(self, limit_s: float) -> None:
        self._dismiss(refusal("request_timeout", f"Not whole after {limit_s:g} s."))

    # The end.

    def _end(self) -> None:
        """No request is to follow: close, or part from a client that is still sending."""
        unread = self._partial or not self._between or self.flow.read_paused
        if unread and not self._busy():
            self._part()
        else:
            self.transport.close()

    def _part(self) -> None:
        """Leave the transport to its `Parting`, for as long as the rest of the request might have taken."""
        if self._ended():
            return
        self._parted = True
        self._unset_keepalive_if_required()
        self._forget_body()
        reception = self._reception
        wheel = reception.hub.wheel
        wheel.unwatch(self)
        left_s = max(QUIET_S, self._since_s + reception.body_read_s - wheel.now_s)
        if self._counted is None:
            left_s = CROWDED_S
        Parting(self.transport, wheel, self, for_s=left_s, leave_s=reception.stall_s)

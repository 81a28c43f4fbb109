"""HTTP/1.1 to a pipeline, over its Unix socket or a network; connections carry one request after another.

What `httpx` cannot do is why this is here: an answer that comes before the request's body is whole is heard
at once (a body that is too large, a call without a signature), and every byte of target and headers passes
as it came. A pipeline of our own build, and what proxies before it make of its answers, is all that it must
understand.

Source: RFC 9112 6 (message body length), 7.1 (chunked), 9.3 (persistence), 9.5 (early answers).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final

import httptools

PAUSE_BYTES = 262_144
"""Of an answer that waits for its client; the pipeline's socket waits then."""
CONNECT_S: Final = 3.0
"""For a connection over a network, TLS included."""

Headers = Sequence[tuple[bytes, bytes]]


class Lost(Exception):
    """The connection ended before the answer did."""


class Courier(asyncio.Protocol):
    """One connection.

    Attributes:
        headed: done when the answer's head is there; Lost if the connection ends first.
        status, headers: of that head.
        usable: whether another request may follow.
    """

    def __init__(self) -> None:
        self.headed: asyncio.Future[None] = _future()
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.usable = True
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)
        self._only_head = False
        self._sent_whole = True
        self._kept_alive = False
        self._done = True
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self._full: asyncio.Future[None] | None = None

    # The request.

    def ask(self, method: bytes, target: bytes, headers: Headers, *, has_body: bool) -> None:
        """Send a request's head; `send` and `finish` its body where it has one."""
        assert self.usable
        assert self._done
        self.headed = _future()
        self.status, self.headers = 0, []
        self._only_head = method == b"HEAD"
        self._sent_whole = not has_body
        self._done = self._kept_alive = False
        lines = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        self._transport.write(b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, lines))

    async def send(self, data: bytes, *, chunked: bool) -> None:
        """Send a piece of the body; waits while the pipeline takes nothing.

        Raises:
            Lost: the connection has ended.
        """
        if not self.usable:
            raise Lost
        if not data:
            return  # an empty chunk would be the last
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        if self._full is not None:
            await self._full
            if not self.usable:
                raise Lost

    def finish(self, *, chunked: bool) -> None:
        """The body is whole."""
        if chunked:
            self._transport.write(b"0\r\n\r\n")
        self._sent_whole = True

    # The answer.

    async def body(self) -> AsyncIterator[bytes]:
        """The answer's body, as it comes.

        Raises:
            Lost: the connection ended before it was whole.
        """
        while (data := await self.part()) is not None:
            yield data

    async def part(self) -> bytes | None:
        """What has come of the answer's body since the last call, waiting for some of it; None at its end.

        Raises:
            Lost: the connection ended before it was whole.
        Cancellation: nothing is lost; the next call gives it.
        """
        while True:
            if self._held:
                data = b"".join(self._held)
                self._held.clear()
                if self._held_bytes > PAUSE_BYTES and self.usable:
                    self._transport.resume_reading()
                self._held_bytes = 0
                return data
            if self._done:
                return None
            if not self.usable:
                raise Lost
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    @property
    def reusable(self) -> bool:
        """Whether this exchange is over, both ways, and the connection stands."""
        return self.usable and self._done and self._sent_whole and self._kept_alive

    def close(self) -> None:
        """End the connection; what is under way is lost."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._done:
            self.close()  # nobody has asked
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self.usable = False
        if not self.headed.done():
            self.headed.set_exception(Lost())
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        if self._full is None:
            self._full = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        full, self._full = self._full, None
        if full is not None and not full.done():
            full.set_result(None)

    # Called by the parser.

    def on_message_begin(self) -> None:
        """See httptools.

        Raises:
            Lost: a second answer, behind the first in one piece; it must not become that one's head.
        """
        if self._done:
            raise Lost

    def on_status(self, status: bytes) -> None:
        """See httptools; the reason is not passed on."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """See httptools."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """See httptools."""
        self.status = self._parser.get_status_code()
        self._kept_alive = self._parser.should_keep_alive()
        if self._only_head:
            # The parser cannot know that no body follows a Content-Length now.
            self._parser = httptools.HttpResponseParser(self)
            self._done = True
        if not self.headed.done():
            self.headed.set_result(None)

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self._held.append(body)
        paused = self._held_bytes > PAUSE_BYTES
        self._held_bytes += len(body)
        if self._held_bytes > PAUSE_BYTES and not paused:
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """See httptools."""
        self._done = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _future() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.add_done_callback(_look)
    return future


def _look(headed: asyncio.Future[None]) -> None:
    """A request that was given up leaves nobody to hear that its connection was lost."""
    if not headed.cancelled():
        headed.exception()


Dial = Callable[[], Awaitable[Courier]]
"""Opens a connection; OSError where nobody listens."""


def over_unix(path: str) -> Dial:
    """To a Unix socket."""

    async def dial() -> Courier:
        return (await asyncio.get_running_loop().create_unix_connection(Courier, path))[1]

    return dial


def over_tcp(host: str, port: int, *, tls: ssl.SSLContext | None) -> Dial:
    """To a port, whose name is verified where there is TLS."""

    async def dial() -> Courier:
        async with asyncio.timeout(CONNECT_S):
            return (await asyncio.get_running_loop().create_connection(Courier, host, port, ssl=tls))[1]

    return dial


class Couriers:
    """The connections to one pipeline.

    Args:
        dial: opens one.
        count_max: at once; further requests wait.
    """

    def __init__(self, *, dial: Dial, count_max: int) -> None:
        self._dial = dial
        self._idle: list[Courier] = []
        self._places = asyncio.Semaphore(count_max)

    async def take(self) -> Courier:
        """A connection that nobody uses, or a new one; give it back.

        Raises:
            OSError: nobody listens.
        """
        await self._places.acquire()
        try:
            while self._idle:
                courier = self._idle.pop()
                if courier.usable:
                    return courier
            return await self._dial()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, courier: Courier) -> None:
        """Keep it for the next request, or end it if it was left in the middle of one."""
        self._places.release()
        if courier.reusable:
            self._idle.append(courier)
        else:
            courier.close()

    def close(self) -> None:
        """End those that nobody uses."""
        while self._idle:
            self._idle.pop().close()

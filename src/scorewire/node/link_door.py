"""`/v1/link` on the public port: lets an edge in that knows the token, and gives its connection to `Edges`.

Whoever does not know the token learns that there is a link, and nothing else; each try costs a connection,
which the gatekeeper counts. The connection becomes one of `websockets`, in this process and on its own
transport, so that no byte of a link is copied twice, and no fan waits for one.

Source: RFC 6750 2.1 (Bearer), RFC 6455 4.2 (the handshake, which is websockets').
"""

import asyncio
import contextlib
import hashlib
import hmac
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog
from websockets.asyncio.server import Server, ServerConnection
from websockets.protocol import State
from websockets.server import ServerProtocol

from scorewire.fanout.codes import refusal
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.reception import Caller, unavailable
from scorewire.fanout.request import Head
from scorewire.fanout.websocket import QUIET
from scorewire.scoreboard import link

LINKS_MAX: Final = 1000
"""Edges of one process."""
OPEN_S: Final = 10.0
PING_S: Final = 10.0
"""Between pings, and for their answer: a link that is dead is noticed after twice this."""
SEND_BUFFER_BYTES: Final = 1 << 20
"""Of the kernel, for a link to the other side of the world; it may allow less."""

Serve = Callable[[ServerConnection], Awaitable[None]]

_log = structlog.get_logger("scorewire.edges")


class LinkDoor:
    """See the module; call it with a request for the link.

    Args:
        serve: what `websockets` is given as its handler.
        token: who knows it comes in.
        gatekeeper: counts links among the connections of this process.
        open_: whether what edges would be told is up to date.
    """

    def __init__(
        self, serve: Serve, *, token: str, gatekeeper: Gatekeeper, open_: Callable[[], bool]
    ) -> None:
        self._serve = serve
        self._digest = _digest(token)
        self._gatekeeper = gatekeeper
        self._open = open_
        self._links = _Links(self._attend)

    def __call__(self, caller: Caller, request: Head, head: bytes, rest: bytes) -> None:
        """Let an edge in, or tell whoever it is why not; see `fanout.reception.SideDoor`."""
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(_digest(word.strip()), self._digest):
            caller.tell(refusal("unauthenticated", "The link needs its token."), keep=False)
        elif not self._open():
            caller.tell(unavailable("This node has lost its own upstream."), keep=False)
        elif len(self._links.handler_tasks) >= LINKS_MAX or not self._gatekeeper.enter(""):
            caller.tell(unavailable("This node has too many edges."), keep=False)
        else:
            self._let_in(caller, head + rest)

    def _let_in(self, caller: Caller, data: bytes) -> None:
        transport = caller.transport
        protocol = ServerProtocol(max_size=link.WANTED_BYTES_MAX, logger=QUIET)
        connection = ServerConnection(protocol, self._links, ping_interval=PING_S, ping_timeout=PING_S)
        caller.hand_over(connection)
        _widen(transport)
        connection.connection_made(transport)
        connection.data_received(data)

    async def _attend(self, connection: ServerConnection) -> None:
        """One connection from its handshake to its end."""
        try:
            async with asyncio.timeout(OPEN_S):
                await connection.handshake(server_header=None)
            if connection.protocol.state is State.OPEN:
                connection.start_keepalive()
                async with connection:
                    await self._serve(connection)
        except Exception as error:
            # The boundary of a connection: this edge comes back, all others are served on.
            _log.error("link_failed", exc_info=error)
        finally:
            self._gatekeeper.leave("")
            connection.transport.abort()
            self._links.handler_tasks.discard(asyncio.current_task())


class _Links(Server):
    """What a connection of `websockets` asks of its server, which has no port of its own here."""

    def __init__(self, handler: Callable[[ServerConnection], Coroutine[Any, Any, None]]) -> None:
        super().__init__(_no_port, handler, QUIET)

    def is_serving(self) -> bool:
        """See websockets."""
        return True


async def _no_port() -> asyncio.Server:
    raise AssertionError("links come in by the node's port")


def _digest(word: str) -> bytes:
    """So that comparing takes as long for whatever length."""
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()


def _widen(transport: asyncio.Transport) -> None:
    """The listener keeps the kernel from hoarding for slow fans; a link may have a long way to go."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError, AttributeError):
            sock.setsockopt(socket.IPPROTO_TCP, 25, SEND_BUFFER_BYTES)  # TCP_NOTSENT_LOWAT, Linux

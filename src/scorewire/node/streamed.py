"""Answers that go on and on, passed on as they come: games that are played back elsewhere.

A stream is nobody's to keep or to share, so it goes past what is kept for many. Each piece leaves when it has
come, and no more is read than its client takes. It ends with whichever end is gone first, which a look after
every piece, and one a second, finds out; and when this process stops, which it says with a `bye` of its own.

    worker   forwarding.py passes on what the pipeline streams
    edge     Streamed asks the upstream for it, one connection each, within limits
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from scorewire.errors import RequestError
from scorewire.fanout.codes import refusal
from scorewire.fanout.frames import SEVERAL, ByeReason, bye
from scorewire.fanout.goodbye import any_retry_ms
from scorewire.fanout.turnstile import Turnstile
from scorewire.node.courier import Courier, Couriers, Dial, Lost

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LOOK_S: Final = 1.0
QUIET_S: Final = 45.0
"""Without a byte, heartbeats too, an upstream is taken for gone; three heartbeats have been missed."""
HEAD_S: Final = 10.0
"""For the head of an upstream's answer."""
_PASSED: Final = frozenset({b"accept", b"last-event-id"})
_STREAM: Final = b"text/event-stream"
_OURS: Final = frozenset({b"date", b"server", b"connection", b"keep-alive", b"transfer-encoding"})
_RNG: Final = random.Random()  # noqa: S311 (when clients come back, not a secret)


def is_stream(courier: Courier) -> bool:
    """Whether the answer whose head is there goes on and on."""
    return any(name == b"content-type" and value.startswith(_STREAM) for name, value in courier.headers)


async def pass_on(courier: Courier, receive: Receive, send: Send, *, stopping: Callable[[], bool]) -> None:
    """The body of such an answer, whose head has been sent; ended where nothing comes for QUIET_S.

    Raises:
        Lost: the other side ended in the middle.
    """
    whole = True  # what was sent so far ends with a whole event
    quiet_s = 0.0
    while not stopping():
        try:
            async with asyncio.timeout(LOOK_S):
                part = await courier.part()
            quiet_s = 0.0
        except TimeoutError:
            part = b""
            quiet_s += LOOK_S
        if part is None or quiet_s >= QUIET_S or await _has_left(receive):
            break
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            whole = part.endswith(b"\n\n")
    last = _farewell("drain") if whole and stopping() else b""
    await send({"type": "http.response.body", "body": last, "more_body": False})


async def _has_left(receive: Receive) -> bool:
    try:
        async with asyncio.timeout(0):
            while (await receive())["type"] != "http.disconnect":
                pass  # the request's body, which is empty
    except TimeoutError:
        return False
    return True


def _farewell(reason: ByeReason) -> bytes:
    return bye(reason, any_retry_ms(_RNG), SEVERAL)


class Streamed:
    """Streams of an upstream, each over a connection of its own: an ASGI application.

    Args:
        dial: opens a connection.
        authority: the upstream's name and port.
        streams_max, address_max: at once, in all and for one client address.
        address_of: the client's, empty where it is unknown.
        stopping: whether this process stops.
    """

    def __init__(
        self,
        *,
        dial: Dial,
        authority: str,
        streams_max: int,
        address_max: int,
        address_of: Callable[[Scope], str],
        stopping: Callable[[], bool],
    ) -> None:
        self._couriers = Couriers(dial=dial, count_max=streams_max)
        self._authority = authority.encode()
        self._turnstile = Turnstile(fans_max=streams_max, address_max=address_max)
        self._address_of = address_of
        self._stopping = stopping

    def close(self) -> None:
        """End the connections that nobody uses."""
        self._couriers.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI.

        Raises:
            RequestError: 503, the upstream does not answer.
        """
        address = self._address_of(scope)
        if not self._turnstile.enter(address):
            await _turn_away(send)
            return
        try:
            await self._stream(scope, receive, send)
        finally:
            self._turnstile.leave(address)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            courier = await self._couriers.take()
        except (OSError, TimeoutError):
            raise _away() from None
        try:
            await self._ask(courier, scope)
            headers = [pair for pair in courier.headers if pair[0] not in _OURS]
            await send({"type": "http.response.start", "status": courier.status, "headers": headers})
            await pass_on(courier, receive, send, stopping=self._stopping)
        except Lost:
            return  # in the middle: the server ends a connection whose answer is not whole
        finally:
            self._couriers.give_back(courier)

    async def _ask(self, courier: Courier, scope: Scope) -> None:
        target: bytes = scope["raw_path"]
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        passed = [pair for pair in scope["headers"] if pair[0] in _PASSED]
        try:
            async with asyncio.timeout(HEAD_S):
                head = scope["method"].encode()
                courier.ask(head, target, [(b"host", self._authority), *passed], has_body=False)
                await courier.headed
        except (Lost, TimeoutError):
            raise _away() from None


def _away() -> RequestError:
    return refusal("unavailable", "The upstream of this edge does not answer.", retry_after_s=2)


async def _turn_away(send: Send) -> None:
    """200 and `bye`: a browser's EventSource gives up for good on a 503."""
    headers = [
        (b"content-type", _STREAM),
        (b"cache-control", b"no-cache, no-transform"),
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _farewell("overload"), "more_body": False})

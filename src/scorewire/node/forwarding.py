"""What a worker does not answer itself goes to the pipeline, over its Unix socket, and comes back unchanged.

An ASGI application. Answers pass as they come, and so do long bodies of requests; a short one is collected
first, so that who sends it slowly occupies no connection to the pipeline. A pipeline that is away is waited
for, `wait_s` at most, by requests of which it has nothing, and by those that may be asked twice: reads, and
what providers send, which is known by its `webhook-id`. Then 503 with `Retry-After`. Only `/livez` is
answered here: whoever asks whether this process lives is told so with the pipeline away, and restarts
nothing.

Source: RFC 9110 7.6.1 (hop-by-hop, and what may not be), 9.2.2 (idempotent methods); Standard Webhooks.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from scorewire.errors import RequestError
from scorewire.fanout.codes import problem_body, refusal
from scorewire.fanout.request import Proxies
from scorewire.fanout.turnstile import Turnstile
from scorewire.node.courier import Courier, Couriers, Dial, Lost
from scorewire.node.streamed import is_stream, pass_on

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

AWAY_S: Final = 5.0
"""How long a pipeline may be away before requests are refused; it restarts within two seconds."""
KNOCK_S: Final = 0.05
RETRY_AFTER_S: Final = 2
CONNECTIONS_MAX: Final = 1000
"""To the pipeline, from one worker; more requests wait."""
LONG_BODIES_MAX: Final = 500
"""More connections, for requests whose body is sent on as it comes; who sends slowly delays only these."""
LONG_BODIES_OF_ONE_MAX: Final = 100
"""Of one client address (of IPv6: its /64), whom the others then need not wait for; more are refused."""
KEPT_BYTES: Final = 65_536
"""Of a request's body, so that it can be sent twice; one that is no longer is sent on once it is whole."""

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",
    }
)
_ALL_THE_WAY = frozenset({b"content-length", b"host"})
"""Kept though `Connection` names them: without its length a body would be read as the next request, and the
answer to that given to somebody else."""
_LIVE = b"ok\n"
"""As `api/health.py` says it."""
_CLAIMED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto"})
_LOOKS = frozenset({"GET", "HEAD"})
_REPEATABLE = _LOOKS | {"OPTIONS"}
_KNOWN_BY_ID = "/v1/ingest/"


class _Gone(Exception):
    """The client left before its body was whole."""


class _Body:
    """A request's body, as the client sends it; its beginning is kept, to be sent again.

    Attributes:
        short: it says that all of it can be kept.
    """

    def __init__(self, receive: Receive, *, chunked: bool, length: int) -> None:
        self.short = not chunked and length <= KEPT_BYTES
        self._receive = receive
        self._chunked = chunked
        self._kept: list[bytes] = []
        self._bytes = 0
        self._more = True

    @property
    def repeatable(self) -> bool:
        """Whether all that was sent is kept."""
        return self._bytes <= KEPT_BYTES

    async def collect(self) -> None:
        """Keep it all, which is short.

        Raises:
            _Gone: the client left.
        """
        while self._more:
            await self._next()

    async def send(self, courier: Courier) -> None:
        """Send it all, or what of it is there when the answer comes.

        Raises:
            _Gone: the client left.
            Lost: the connection ended.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as sending:

                def answered(_: object) -> None:
                    sending.reschedule(loop.time())

                courier.headed.add_done_callback(answered)
                try:
                    for part in self._kept:
                        await courier.send(part, chunked=self._chunked)
                    while self._more:
                        await courier.send(await self._next(), chunked=self._chunked)
                    courier.finish(chunked=self._chunked)
                finally:
                    courier.headed.remove_done_callback(answered)
        except TimeoutError:
            pass  # the answer is there, and wants no more

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        part: bytes = message.get("body", b"")
        self._more = message.get("more_body", False)
        self._bytes += len(part)
        if part and self.repeatable:
            self._kept.append(part)
        return part


class Forwarding:
    """See the module.

    Args:
        dial: opens a connection to the pipeline.
        proxies: whose word about a client's address is passed on.
        now_s: monotonic time.
        wait_s: how long a pipeline that is away is waited for.
        answered: told the path of every GET without a query that was answered with 200.
        stopping: whether this process stops, which streams must not hold up.
    """

    def __init__(
        self,
        *,
        dial: Dial,
        proxies: Proxies,
        now_s: Callable[[], float],
        wait_s: float = AWAY_S,
        answered: Callable[[str], None] = lambda _path: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._couriers = Couriers(dial=dial, count_max=CONNECTIONS_MAX)
        self._long = Couriers(dial=dial, count_max=LONG_BODIES_MAX)
        self._senders = Turnstile(fans_max=sys.maxsize, address_max=LONG_BODIES_OF_ONE_MAX)
        self._proxies = proxies
        self._now_s = now_s
        self._wait_s = wait_s
        self._answered = answered
        self._stopping = stopping

    def close(self) -> None:
        """End the connections that nobody uses."""
        self._couriers.close()
        self._long.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        assert scope["type"] == "http", "lifespan is off, and streams are the gateway's"
        if scope["path"] == "/livez" and scope["method"] in _LOOKS:
            await live(send)
            return
        body = _body_of(scope, receive)
        if body is None or body.short:
            await self._forward(scope, receive, send, body, self._couriers)
            return
        address = self._proxies.client(_peer(scope), _named(scope))
        if not self._senders.enter(address):
            told = "Your address sends too many long requests at once."
            await refuse(send, refusal("unavailable", told, retry_after_s=RETRY_AFTER_S))
            return
        try:
            await self._forward(scope, receive, send, body, self._long)
        finally:
            self._senders.leave(address)

    async def _forward(
        self, scope: Scope, receive: Receive, send: Send, body: _Body | None, couriers: Couriers
    ) -> None:
        try:
            if body is not None and body.short:
                await body.collect()
            courier = await self._ask(scope, body, couriers)
        except _Gone:
            return
        except RequestError as error:
            await refuse(send, error)
            return
        try:
            headers = end_to_end(courier.headers)
            await send({"type": "http.response.start", "status": courier.status, "headers": headers})
            if body is None and is_stream(courier):
                await pass_on(courier, receive, send, stopping=self._stopping)
                return
            async for part in courier.body():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Lost:
            return  # the server ends a connection whose answer is not whole
        finally:
            couriers.give_back(courier)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        if courier.status == 200 and scope["method"] == "GET" and not scope["query_string"]:
            self._answered(scope["path"])

    async def _ask(self, scope: Scope, body: _Body | None, couriers: Couriers) -> Courier:
        """A courier that has the answer's head; the caller gives it back.

        Raises:
            RequestError: 503, the pipeline is away, or went away.
            _Gone: the client has left.
        """
        due_s = self._now_s() + self._wait_s
        headers = self._headers(scope)
        while True:
            try:
                courier = await couriers.take()
            except OSError:
                again = True  # nothing was sent, not by this attempt
            else:
                headed = False
                try:
                    await _exchange(courier, scope, headers, body)
                    headed = True
                    return courier
                except Lost:
                    again = scope["method"] in _REPEATABLE or scope["path"].startswith(_KNOWN_BY_ID)
                finally:
                    if not headed:
                        courier.close()
                        couriers.give_back(courier)
            if not again or (body is not None and not body.repeatable) or self._now_s() >= due_s:
                raise refusal("unavailable", "A part of this node restarts.", retry_after_s=RETRY_AFTER_S)
            await asyncio.sleep(KNOCK_S)

    def _headers(self, scope: Scope) -> Headers:
        """What is passed on of a request's headers, and who the client is."""
        given: Headers = scope["headers"]
        peer = _peer(scope)
        trusted = self._proxies.trusts(peer)
        kept = [pair for pair in end_to_end(given) if trusted or pair[0] not in _CLAIMED]
        if not _has(scope, b"host"):
            kept.insert(0, (b"host", b"pipeline"))  # HTTP/1.0 needs none
        if peer is not None:
            kept.append((b"x-forwarded-for", peer.encode("latin-1")))
        if scope["scheme"] == "https" and not any(name == b"x-forwarded-proto" for name, _ in kept):
            kept.append((b"x-forwarded-proto", b"https"))
        if _has(scope, b"transfer-encoding"):
            kept = [pair for pair in kept if pair[0] != b"content-length"]
            kept.append((b"transfer-encoding", b"chunked"))
        return kept


async def _exchange(courier: Courier, scope: Scope, headers: Headers, body: _Body | None) -> None:
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    courier.ask(scope["method"].encode(), target, headers, has_body=body is not None)
    if body is not None:
        await body.send(courier)
    await courier.headed


def _peer(scope: Scope) -> str | None:
    return scope["client"][0] or None if scope.get("client") else None


def _named(scope: Scope) -> dict[str, str]:
    """What a request says of the client, each header joined; see `Proxies.client`."""
    named: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in _CLAIMED:
            key, text = name.decode(), value.decode("latin-1")
            named[key] = f"{named[key]}, {text}" if key in named else text
    return named


def _body_of(scope: Scope, receive: Receive) -> _Body | None:
    chunked = _has(scope, b"transfer-encoding")
    length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
    if not chunked and length is None:
        return None
    return _Body(receive, chunked=chunked, length=int(length or 0))


def _has(scope: Scope, name: bytes) -> bool:
    return any(given == name for given, _ in scope["headers"])


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers that are not of one connection only."""
    pairs = list(headers)
    named = {
        token.strip().lower() for name, value in pairs if name == b"connection" for token in value.split(b",")
    }
    named -= _ALL_THE_WAY
    return [pair for pair in pairs if pair[0] not in _HOP_BY_HOP and pair[0] not in named]


async def live(send: Send) -> None:
    """Whether this process lives: it does."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(_LIVE)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _LIVE, "more_body": False})


async def refuse(send: Send, error: RequestError) -> None:
    """A problem, as `fanout.answers` writes it."""
    body = problem_body(error)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", b"retry-after"),
        (b"x-content-type-options", b"nosniff"),
        (b"retry-after", str(error.retry_after_s).encode()),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})

"""What a worker does not answer itself goes to the pipeline, over its Unix socket, and comes back unchanged.

An ASGI application. Bodies pass through in both directions as they come. A pipeline that is away is waited
for, `wait_s` at most, by requests of which nothing was sent yet, and by those that may be repeated; then 503
with `Retry-After`. What was sent and not answered is not sent again: whoever posts repeats the call, and a
call is known by its `webhook-id`.

Source: RFC 9110 7.6.1 (hop-by-hop), 9.2.2 (idempotent methods); RFC 9112 6.1.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

import httpx

from scorewire.errors import RequestError
from scorewire.fanout.codes import problem_body, refusal
from scorewire.fanout.request import Proxies

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
"""To the pipeline; the requests that a worker has under way are bounded by `server.requests_max`."""
IDLE_S: Final = 30.0
"""For which a connection to the pipeline is kept; shorter than the pipeline's own keep-alive."""

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
_CLAIMED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto"})
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


class _Gone(Exception):
    """The client left before its body was whole."""


class _Body(httpx.AsyncByteStream):
    """A request's body, as the client sends it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.begun = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            self.begun = True
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]


class _Nothing(httpx.AsyncByteStream):
    """No body."""

    begun = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        return
        yield b""


class Forwarding:
    """See the module. Use it as `async with`.

    Args:
        path: of the pipeline's Unix socket.
        proxies: whose word about a client's address is passed on.
        now_s: monotonic time.
        wait_s: how long a pipeline that is away is waited for.
        answered: told the path of every GET that was answered with 200.
    """

    def __init__(
        self,
        *,
        path: str,
        proxies: Proxies,
        now_s: Callable[[], float],
        wait_s: float = AWAY_S,
        answered: Callable[[str], None] = lambda _path: None,
    ) -> None:
        limits = httpx.Limits(
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=CONNECTIONS_MAX,
            keepalive_expiry=IDLE_S,
        )
        self._transport = httpx.AsyncHTTPTransport(uds=path, limits=limits)
        self._proxies = proxies
        self._now_s = now_s
        self._wait_s = wait_s
        self._answered = answered

    async def __aenter__(self) -> "Forwarding":
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        assert scope["type"] == "http", "lifespan is off, and streams are the gateway's"
        try:
            response = await self._ask(scope, receive)
        except _Gone:
            return
        except RequestError as error:
            await _refuse(send, error)
            return
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": _end_to_end(response.headers.raw),
                }
            )
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async for chunk in response.stream:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            await response.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        if response.status_code == 200 and scope["method"] == "GET" and not scope["query_string"]:
            self._answered(scope["path"])

    async def _ask(self, scope: Scope, receive: Receive) -> httpx.Response:
        """The answer's head.

        Raises:
            RequestError: 503, the pipeline is away or went away; 400, this cannot be asked.
        """
        due_s = self._now_s() + self._wait_s
        repeatable = scope["method"] in _REPEATABLE
        headers, has_body = self._headers(scope)
        body = _Body(receive) if has_body else _Nothing()
        while True:
            try:
                return await self._transport.handle_async_request(_request(scope, headers, body))
            except httpx.LocalProtocolError as error:
                raise RequestError(400, "bad_request", str(error)) from error
            except httpx.ConnectError:
                again = not body.begun
            except httpx.TransportError:
                again = repeatable and not body.begun
            if not again or self._now_s() >= due_s:
                raise refusal("unavailable", "This node restarts a part.", retry_after_s=RETRY_AFTER_S)
            await asyncio.sleep(KNOCK_S)

    def _headers(self, scope: Scope) -> tuple[Headers, bool]:
        """What is passed on of a request's headers, and whether a body follows."""
        given: Headers = scope["headers"]
        peer = scope["client"][0] if scope.get("client") else ""
        trusted = bool(peer) and not self._proxies.peer(peer)
        named = {name for name, _ in given}
        kept = [pair for pair in _end_to_end(given) if trusted or pair[0] not in _CLAIMED]
        if b"host" not in named:
            kept.insert(0, (b"host", b"pipeline"))  # HTTP/1.0 needs none
        if peer:
            kept.append((b"x-forwarded-for", peer.encode("latin-1")))
        if b"transfer-encoding" in named:
            kept.append((b"transfer-encoding", b"chunked"))
        return kept, b"transfer-encoding" in named or b"content-length" in named


def _request(scope: Scope, headers: Headers, body: httpx.AsyncByteStream) -> httpx.Request:
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    return httpx.Request(
        scope["method"],
        "http://pipeline/",
        headers=headers,
        stream=body,
        extensions={"target": target},  # as it came: no encoding of it is corrected on the way
    )


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers that are not of one connection only."""
    pairs = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower() for name, value in pairs if name == b"connection" for token in value.split(b",")
    }
    return [pair for pair in pairs if pair[0] not in _HOP_BY_HOP and pair[0] not in named]


async def _refuse(send: Send, error: RequestError) -> None:
    body = problem_body(error)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if error.retry_after_s is not None:
        headers.append((b"retry-after", str(error.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})

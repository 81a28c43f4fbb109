"""What holds for every answer, whichever route or error made it: HEAD, CORS, safe headers, counting.

It stands outside the framework, because the framework's own middleware never sees a 404 or 405 of its
router. `/score` already carries these headers (model/validators.py), so they are only added where absent.

Source: RFC 9110 9.3.2 (HEAD is GET without content); Fetch, "CORS protocol".
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from scorewire.api.direct import Bearer, admit, is_direct, nobody_keeps
from scorewire.api.ingest import IngestDoor
from scorewire.api.playback import ONLY_HEAD
from scorewire.api.problems import MEDIA_TYPE, encoded, of_ingest, refuse
from scorewire.clock import Clock
from scorewire.errors import BackendError, RequestError
from scorewire.metrics import Metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[..., Awaitable[None]]
"""ASGI 3.0, HTTP 2.4; the framework's own types are narrower than what it is called with."""

_PUBLIC = re.compile(r"/(?:v1/(?!(?:ingest|admin)(?:/|$))|openapi\.json$|asyncapi\.json$)")

_CALENDAR = re.compile(r"/(game|team|league)/([^/]+)\.ics")
"""The framework matches whole parts of a path, so a calendar is `/calendar/{kind}/{id}` to it."""

_PREFLIGHT = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    # Conditional requests and resumption are what a reader's script may add. Never credentials.
    (
        b"access-control-allow-headers",
        b"If-None-Match, If-Modified-Since, Last-Event-ID, Accept, Cache-Control",
    ),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS"),
    (b"content-length", b"0"),
)
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, retry-after"),
)
_EVERYWHERE = ((b"x-content-type-options", b"nosniff"),)
_DOCUMENTS = (
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""These two mean something to a document only; on a polled score they would be bytes for nothing."""


def is_public(path: str) -> bool:
    """Whether any site may read this path: all reads of /v1, never ingest or admin."""
    return _PUBLIC.match(path) is not None


class Face:
    """An ASGI application around another.

    Args:
        app: the framework.
        metrics: counts each answer by route, method and status.
        clock: for durations.
        ingest: answers providers' calls in the framework's stead; see ingest.py.
        bearer: knows the tokens that public reads may carry; without it they mean nothing.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        clock: Clock,
        ingest: IngestDoor | None = None,
        bearer: Bearer | None = None,
    ) -> None:
        self._app = app
        self._bearer = bearer
        self._ingest = ingest
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        public = is_public(scope["path"])
        if scope["method"] == "OPTIONS" and public and _is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": [*_PREFLIGHT, *_EVERYWHERE]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await self._answer(scope, receive, send, public=public)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, *, public: bool) -> None:
        """Pass on to the framework; a HEAD goes in as a GET, and its content stays here."""
        method = str(scope["method"])
        head = method == "HEAD"
        inner = dict(scope)
        if head:
            inner["method"] = "GET"
            inner[ONLY_HEAD] = True
        calendar = _CALENDAR.fullmatch(inner["path"])
        if calendar is not None:
            inner["path"] = f"/calendar/{calendar[1]}/{calendar[2]}"
        ingest = self._ingest
        app = ingest if ingest is not None and ingest.takes(method, inner["path"]) else self._app
        status = 500
        started_s = self._clock.monotonic_s()

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message["headers"])
                if is_direct(inner):
                    headers = nobody_keeps(headers)
                message["headers"] = _completed(headers, public=public)
            elif message["type"] == "http.response.body" and head:
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        try:
            if b"%00" in scope.get("query_string", b"") or "\0" in inner["path"]:
                # Nothing has a NUL in its name, and databases do not agree on what to do with one.
                raise refuse("bad_parameter", "A NUL is in no name.")
            if self._bearer is not None and public:
                await admit(inner, self._bearer)
            await app(inner, receive, finish)
        except (RequestError, BackendError) as error:  # of the token: the framework answers its own
            await _refuse(error, inner["path"], finish)
        finally:
            route = str(inner.get("path_template") or "none")
            self._metrics.http_requests.labels(route, _known(method), str(status)).inc()
            self._metrics.http_seconds.labels(route).observe(self._clock.monotonic_s() - started_s)


async def _refuse(error: Exception, path: str, send: Send) -> None:
    found, more = of_ingest(error, path=path)
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store", **more}
    body = encoded(found)
    headers["content-length"] = str(len(body))
    lines = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": found.status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])


def _known(method: str) -> str:
    """A method is the client's to choose, so only those of RFC 9110 become labels."""
    return method if method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} else "other"


def _completed(headers: list[tuple[bytes, bytes]], *, public: bool) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    wanted = _EVERYWHERE + (_CORS if public else ())
    if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers):
        wanted += _DOCUMENTS
    headers.extend(pair for pair in wanted if pair[0] not in present)
    return headers

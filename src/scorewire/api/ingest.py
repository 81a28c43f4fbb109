"""POST /v1/ingest/{provider}: size and type here, before a byte is read; everything else is intake's.

Signatures are over the raw body, so it is passed on as it came. Answers: 202 after the durable append,
401 (signature or time), 409 (webhook-id reused), 413, 415, 422 (unreadable, dead-lettered), 429.

Calls are answered by IngestDoor, before the framework: of what the node's loop has to do for a goal, the
framework's routing, parameters and response were a quarter. The route below describes the same thing for
/openapi.json, and answers where the path is not plain; a test holds the two to the same answers.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec
from litestar import Router, post
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api.answers import JSON, headers_by_name, plain, request_headers
from scorewire.api.parameters import PathId
from scorewire.api.problems import MEDIA_TYPE, AnyRequest, encoded, of_ingest, refuse
from scorewire.clock import Clock
from scorewire.errors import BackendError, FeedError, RequestError, Unauthenticated, WebhookConflict
from scorewire.intake.offers import Accepted
from scorewire.log.base import Receipt
from scorewire.metrics import Metrics
from scorewire.model.ids import is_id

Admit = Callable[[str, str], int]
"""Intake.admit: (provider, content type) -> most bytes of a body; raises RequestError 415."""
Receive = Callable[[str, Mapping[str, str], bytes], Awaitable[Receipt]]
"""Intake.take: (provider, headers by lower-case name, raw body) -> the answer, once it is durable."""
ASGIReceive = Callable[[], Awaitable[MutableMapping[str, Any]]]
ASGISend = Callable[[MutableMapping[str, Any]], Awaitable[None]]


PREFIX = "/v1/ingest/"
CUT_SHORT = "The body ended before it was whole."

_ACCEPTED = msgspec.json.Decoder(Accepted)


class Door:
    """Where providers come in.

    Args:
        admit: intake's word on type and size, before the body is read.
        receive: intake's shell.
        metrics, clock: to count and time calls.
        answered: told the webhook-id of each accepted call, and when it began and ended (monotonic).
    """

    def __init__(
        self,
        *,
        admit: Admit,
        receive: Receive,
        metrics: Metrics,
        clock: Clock,
        answered: Callable[[str, float, float], None] | None = None,
    ) -> None:
        self._answered = answered
        self._admit = admit
        self._receive = receive
        self._metrics = metrics
        self._clock = clock
        self._known: set[str] = set()

    async def take(self, provider: str, headers: Mapping[str, str], parts: AsyncIterator[bytes]) -> Receipt:
        """Read one call and hand it to intake; count it, however it ends.

        Args:
            headers: by lower-case name.
            parts: the body, as it comes; not read when the headers say enough.
        Raises:
            RequestError, FeedError, BackendError: as they become problems.
        """
        started_s = self._clock.monotonic_s()
        status = 500
        try:
            receipt = await self._taken(provider, headers, parts)
            status = receipt.status
        except RequestError as error:
            status = error.status
            raise
        except FeedError as error:
            status = 401 if isinstance(error, Unauthenticated) else 422
            if isinstance(error, WebhookConflict):
                status = 409
            raise
        except BackendError as error:
            status = 503 if error.retryable else 500
            raise
        finally:
            self._count(provider, status)
            ended_s = self._clock.monotonic_s()
            self._metrics.ingest_seconds.observe(ended_s - started_s)
            if status == 202 and self._answered is not None:
                self._answered(headers.get("webhook-id", ""), started_s, ended_s)
        return receipt

    async def _taken(self, provider: str, headers: Mapping[str, str], parts: AsyncIterator[bytes]) -> Receipt:
        if not is_id(provider):
            raise Unauthenticated("unknown_provider", "no provider has such a name")
        bytes_max = self._admit(provider, headers.get("content-type", ""))
        body = await read_body(parts, headers, bytes_max)
        receipt = await self._receive(provider, headers, body)
        if receipt.status == 202:
            self._known.add(provider)
            if not receipt.repeated:
                self._count_events(receipt.answer)
        return receipt

    def _count(self, provider: str, status: int) -> None:
        # The path is the caller's to choose: a name becomes a label once a signed call came under it.
        label = provider if provider in self._known else "unknown"
        self._metrics.ingest_calls.labels(label, str(status)).inc()

    def _count_events(self, answer: bytes) -> None:
        told = _ACCEPTED.decode(answer)
        for outcome, count in (
            ("accepted", told.accepted),
            ("duplicate", told.duplicates),
            ("rejected", len(told.rejected)),
        ):
            self._metrics.ingest_events.labels(outcome).inc(count)


class IngestDoor:
    """The same call as an ASGI application that needs no framework; see face.py, which asks it first."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is one that it answers: a POST for a provider with a plain name."""
        return method == "POST" and path.startswith(PREFIX) and is_id(path[len(PREFIX) :])

    async def __call__(self, scope: MutableMapping[str, Any], receive: ASGIReceive, send: ASGISend) -> None:
        """Answer one call."""
        scope["path_template"] = PREFIX + "{provider}"
        path = scope["path"]
        more: dict[str, str] = {}
        try:
            receipt = await self._door.take(
                path[len(PREFIX) :], headers_by_name(scope["headers"]), _parts(receive)
            )
            status, body = receipt.status, receipt.answer
            media_type = JSON if status < 300 else MEDIA_TYPE
        except Exception as error:  # as the framework's handlers do elsewhere
            found, more = of_ingest(error, path=path)
            status, body, media_type = found.status, encoded(found), MEDIA_TYPE
        lines = [
            (b"content-type", media_type.encode()),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),
            *((name.encode(), value.encode("latin-1")) for name, value in more.items()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _parts(receive: ASGIReceive) -> AsyncIterator[bytes]:
    """The body of a request, as the server hands it out.

    Raises:
        RequestError: 400, the caller hung up; nobody hears this answer.
    """
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise refuse("bad_request", CUT_SHORT)
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _parts_of(request: AnyRequest) -> AsyncIterator[bytes]:
    """The same of the framework's request."""
    try:
        async for part in request.stream():
            yield part
    except InternalServerException as error:
        # The framework's word for a caller that hung up: no fault of ours, and nobody hears this answer.
        raise refuse("bad_request", CUT_SHORT) from error


async def read_body(parts: AsyncIterator[bytes], headers: Mapping[str, str], bytes_max: int) -> bytes:
    """The raw body; never more than `bytes_max` is held.

    Raises:
        RequestError: 413, from Content-Length alone where there is one; 400 for an unreadable one.
    """
    declared = headers.get("content-length")
    if declared is not None:
        if not (declared.isascii() and declared.isdigit()):
            raise refuse("bad_request", "Content-Length is not a number.")
        if int(declared) > bytes_max:
            raise _too_large(bytes_max)
    held: list[bytes] = []
    size = 0
    async for part in parts:
        size += len(part)
        if size > bytes_max:
            raise _too_large(bytes_max)
        held.append(part)
    return b"".join(held)


def _too_large(bytes_max: int) -> RequestError:
    return refuse("body_too_large", f"A body holds at most {bytes_max} bytes here.")


@post(
    "/ingest/{provider:str}",
    summary="What a provider says",
    status_code=202,
    request_max_body_size=None,
    security=[{"webhook": []}],
    responses={202: ResponseSpec(Accepted, description="Durable on the log", generate_examples=False)},
)
async def ingest(
    request: AnyRequest, door: NamedDependency[SkipValidation[Door]], provider: PathId
) -> ASGIResponse:
    """CloudEvents 1.0, one or a batch, or the provider's own payload; signed by Standard Webhooks.

    A repeated webhook-id gets its first answer and does nothing.
    """
    receipt = await door.take(provider, request_headers(request), _parts_of(request))
    media_type = JSON if receipt.status < 300 else MEDIA_TYPE
    return plain(receipt.answer, media_type, status=receipt.status)


def ingest_router() -> Router:
    """The route of this file, under /v1."""
    return Router("/v1", route_handlers=[ingest], tags=["ingest"])

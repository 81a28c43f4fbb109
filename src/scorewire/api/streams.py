"""What is left of /v1/stream and /v1/ws for the framework: HEAD, and requests that ask for no stream.

Streams are fanout's, which takes their connections over before the framework hears of them. Here come other
methods (405, as elsewhere), HEAD, a request with a body, and one behind another that is still under way.

Source: RFC 9110 9.3.2 (HEAD); WHATWG HTML 9.2 (a stream that ends is asked for again).
"""

from typing import Final

from litestar import Router, get
from litestar.response.base import ASGIResponse

from scorewire.api.answers import plain
from scorewire.api.problems import AnyRequest, refuse

_COMES_BACK: Final = b"retry: 1000\n\n"
"""A stream cannot follow an answer that is still being sent; its client asks again, on its own connection."""


@get("/v1/stream", include_in_schema=False)
async def no_stream(request: AnyRequest) -> ASGIResponse:
    """HEAD has the headers of a stream; so has a stream that cannot begin here, and it ends at once."""
    if "content-length" in request.headers or "transfer-encoding" in request.headers:
        raise refuse("bad_request", "A stream is asked for without a body.")
    return plain(_COMES_BACK, "text/event-stream", cache="no-cache, no-transform")


@get("/v1/ws", include_in_schema=False)
async def no_socket() -> ASGIResponse:
    """A handshake has a connection to itself."""
    raise refuse("bad_request", "Open this address with a WebSocket handshake, on a connection of its own.")


def streams_router() -> Router:
    """The routes of this file."""
    return Router("/", route_handlers=[no_stream, no_socket])

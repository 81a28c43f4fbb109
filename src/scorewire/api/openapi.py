"""/openapi.json, OpenAPI 3.1: Litestar derives it from the handlers, so it cannot say what they do not do.

It comes from an application of its own that serves nothing: the one that serves then has no pages and no
paths but ours. Made at the first request, in a thread, because it takes a while and fans must not wait.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from litestar import Litestar, Router, get
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme, Tag
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse

from scorewire import __version__
from scorewire.api import answers
from scorewire.api.problems import AnyRequest

_DESCRIPTION = """\
True scores of live games, derived from an append-only log. Poll `/score` with `If-None-Match`, or follow
`/v1/stream` (SSE) and `/v1/ws` (WebSocket), which `/asyncapi.json` describes.

Every GET also answers HEAD. Every error is `application/problem+json` (RFC 9457). Public reads allow any
origin. An id never holds a space, a comma, `!` or a quote.
"""

_TAGS = [
    Tag(name="games", description="Scores, whole states, rows"),
    Tag(name="record", description="Teams, players, leagues"),
    Tag(name="ingest", description="For providers; signed by Standard Webhooks"),
    Tag(name="operations", description="For machines that watch"),
    Tag(name="admin", description="For administrators, with a bearer token"),
]

_COMPONENTS = Components(
    security_schemes={
        "administrator": SecurityScheme(
            type="http", scheme="bearer", description="A token of `scorewire keys create NAME --admin`."
        ),
        "webhook": SecurityScheme(
            type="apiKey",
            name="webhook-signature",
            security_scheme_in="header",
            description="Standard Webhooks, with webhook-id and webhook-timestamp, over the raw body.",
        ),
    }
)


class Description:
    """The document of the routers that `make` makes.

    Args:
        make: makes fresh routers, because a router belongs to one application.
        given: what the handlers ask for; never called here.
    """

    def __init__(self, *, make: Callable[[], Sequence[Router]], given: Mapping[str, Provide]) -> None:
        self._make = make
        self._given = given
        self._document: bytes | None = None

    def document(self) -> bytes:
        """The JSON; two threads that come first at once both make it, and make the same."""
        if self._document is None:
            config = OpenAPIConfig(
                title="Scorewire",
                version=__version__,
                description=_DESCRIPTION,
                license=License(name="Apache-2.0", identifier="Apache-2.0"),
                tags=_TAGS,
                components=_COMPONENTS,
                use_handler_docstrings=True,
            )
            silent = Litestar(
                route_handlers=list(self._make()),
                dependencies=dict(self._given),
                openapi_config=config,
                logging_config=None,
            )
            self._document = msgspec.json.encode(silent.openapi_schema.to_schema())
        return self._document


@get("/openapi.json", sync_to_thread=True, include_in_schema=False)
def read_openapi(
    request: AnyRequest, description: NamedDependency[SkipValidation[Description]]
) -> ASGIResponse:
    """The description of everything that is asked for."""
    return answers.named_by_hash(request, description.document(), cache=answers.LONG)

"""/openapi.json, OpenAPI 3.1: Litestar derives it from the handlers, so it cannot say what they do not do.

It comes from an application of its own that serves nothing: the one that serves then has no pages and no
paths but ours. Made at the first request, in a thread, because it takes a while and fans must not wait.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Router, get
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme, Tag
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse

from scorewire import __version__
from scorewire.api import answers, problems
from scorewire.api.desk import DeskAnswer, EntriesShown
from scorewire.api.game_view import EventPage, GameView
from scorewire.api.games import GamesList
from scorewire.api.problems import AnyRequest, Problem
from scorewire.api.record import LeaguesList, PlayerPage, TeamPage
from scorewire.api.replay import MomentsPage
from scorewire.intake.offers import Accepted
from scorewire.journal.names import Found
from scorewire.model.score_state import ScoreState

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


Json = dict[str, Any]
"""A document's own JSON, never an answer's."""

ANSWERS = (
    ScoreState,
    GamesList,
    GameView,
    EventPage,
    MomentsPage,
    TeamPage,
    PlayerPage,
    LeaguesList,
    Found,
    Accepted,
    DeskAnswer,
    EntriesShown,
    Problem,
)
"""Whatever an operation's schema names, and what these hold."""


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
            self._document = msgspec.json.encode(completed(silent.openapi_schema.to_schema()))
        return self._document


def completed(document: Json) -> Json:
    """Litestar's document with our problems, our 304s, and the structs' own schemas.

    Litestar writes the union of integer and number as `oneOf`, which no integer satisfies, and leaves out
    the structs' limits; msgspec knows both.
    """
    _, schemas = msgspec.json.schema_components(
        ANSWERS, ref_template="#/components/schemas/{name}", schema_hook=lambda _: {"description": "any JSON"}
    )
    components = document["components"]
    unknown = set(components["schemas"]) - set(schemas)
    assert not unknown, f"answers without a struct in ANSWERS: {sorted(unknown)}"
    components["schemas"] = schemas
    components["responses"] = {
        "Problem": {
            "description": "RFC 9457; see docs/problems.md",
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for path, item in document["paths"].items():
        for method, operation in item.items():
            answers_of = operation["responses"]
            answers_of.pop("400", None)
            answers_of["default"] = {"$ref": "#/components/responses/Problem"}
            if method == "get" and path.startswith("/v1/") and not path.startswith("/v1/admin"):
                answers_of["304"] = {"description": "As If-None-Match or If-Modified-Since named it"}
    return document


@get("/openapi.json", sync_to_thread=True, include_in_schema=False)
def read_openapi(
    request: AnyRequest, description: NamedDependency[SkipValidation[Description]]
) -> ASGIResponse:
    """The description of everything that is asked for."""
    return answers.named_by_hash(request, description.document(), keep="names")

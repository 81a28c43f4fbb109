"""`GET /v1/search`: what is named so."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import Delay, known_delay
from scorewire.api.problems import AnyRequest
from scorewire.api.reads import Reads
from scorewire.journal.names import TEXT_MAX, Found, words_of
from scorewire.model.question import NOT_KEPT, question

Text = Annotated[
    str,
    QueryParameter(
        name="q",
        min_length=1,
        max_length=TEXT_MAX,
        description="Words of a name, in any order; case and accents make no difference.",
    ),
]


@get(
    "/search",
    summary="Teams, leagues, players and games by name",
    responses={200: ResponseSpec(Found, description="The likeliest first", generate_examples=False)},
)
async def search(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    q: Text,
    delay: Delay = None,
) -> ASGIResponse:
    """At most twelve of each kind, and twenty games in list form: under way first, then the nearest."""
    delay_s = known_delay(delay)

    async def build() -> Built:
        found = await reads.found(q, delay_s)
        return answers.built(found, ("games", *(f"g:{game.game_id}" for game in found.games)))

    name = NOT_KEPT if delay_s else question("search", words_of(q))
    return await answers.from_kept(request, reads.kept, name, build)


def search_router() -> Router:
    """The route of this file, under /v1."""
    return Router("/v1", route_handlers=[search], tags=["record"])

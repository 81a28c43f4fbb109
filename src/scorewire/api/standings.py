"""The table of a league's season: as it stands, or as of a day."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import PathId, ZoneName, known_date, known_zone, refuse_delay
from scorewire.api.problems import AnyRequest, refuse
from scorewire.api.reads import Reads
from scorewire.journal.listing import day_ms
from scorewire.model import surrogate_keys
from scorewire.model.ids import is_id
from scorewire.model.question import question

SEASON_CHARACTERS_MAX = 100

Season = Annotated[
    str | None,
    QueryParameter(
        max_length=SEASON_CHARACTERS_MAX,
        description="As games name it, `2023-24`; without, the season of the newest game.",
    ),
]
AsOf = Annotated[
    str | None,
    QueryParameter(
        name="as_of", description="The table as it was at the end of this day: what ended later counts not."
    ),
]


@get(
    "/leagues/{league_id:str}/standings",
    summary="The table of a league's season",
    responses={
        200: ResponseSpec(
            dict[str, object],
            description="`league`, `season` and `table`, with its parts and their rows in order; "
            "docs/standings.md says what is in them",
            generate_examples=False,
        )
    },
)
async def read_standings(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    league_id: PathId,
    season: Season = None,
    as_of: AsOf = None,
    tz: ZoneName = "UTC",
) -> ASGIResponse:
    """Games under way count as they stand, and are marked `provisional`."""
    as_of_ms = None if as_of is None else day_ms(known_date(as_of, "as_of"), known_zone(tz))[1] - 1

    async def build() -> Built:
        body = await reads.standings(league_id, season, as_of_ms) if is_id(league_id) else None
        if body is None:
            what = "" if season is None else f" of season {season[:SEASON_CHARACTERS_MAX]!r}"
            raise refuse("unknown_standings", f"There is no table of league {league_id[:64]!r}{what}.")
        return answers.built(body, surrogate_keys.of_league(league_id))

    name = question("standings", league_id, as_of_ms, season)
    return await answers.from_kept(request, reads.kept, name, build)


def standings_router() -> Router:
    """The route of this file, under /v1."""
    return Router("/v1", route_handlers=[read_standings], before_request=refuse_delay, tags=["record"])

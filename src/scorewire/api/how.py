"""How this node works, shown on itself: the way of its newest key events, and practice games for readers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse
from msgspec.json import encode

from scorewire.api.answers import JSON, named_by_hash, plain
from scorewire.api.parameters import PathId, refuse_delay
from scorewire.api.problems import AnyRequest, refuse
from scorewire.model.journey import Journeys, Moments, Race


@dataclass(frozen=True, slots=True, kw_only=True)
class HowItWorks:
    """What the routes are given.

    Attributes:
        journeys: `Journeys` as JSON, at most a second old.
        race: begins a practice game; None and the seconds after which to ask again where none can begin now.
        moments: of a practice game; None for an unknown one.
    """

    journeys: Callable[[], bytes]
    race: Callable[[], Awaitable[Race | int]]
    moments: Callable[[str], Moments | None]


@get(
    "/how",
    summary="How the newest key events travelled",
    responses={200: ResponseSpec(Journeys, description="The newest first", generate_examples=False)},
)
async def read_how(request: AnyRequest, how: NamedDependency[SkipValidation[HowItWorks]]) -> ASGIResponse:
    """When each tier of this process had them, in milliseconds after the provider's call; nothing is kept
    over a restart."""
    return named_by_hash(request, how.journeys())


@post(
    "/how/races",
    summary="Begin a practice game",
    status_code=201,
    responses={201: ResponseSpec(Race, description="About to begin", generate_examples=False)},
)
async def begin_race(how: NamedDependency[SkipValidation[HowItWorks]]) -> ASGIResponse:
    """A piece of a game of this node once more, sixty times as fast, on the scoreboard alone: in no list,
    table or journal. Follow it like any other game. 503 while enough of them are played, or where there is
    nothing to repeat."""
    race = await how.race()
    if isinstance(race, int):
        raise refuse("unavailable", "No practice game can begin here now.", retry_after_s=race)
    return plain(encode(race), JSON, status=201)


@get(
    "/how/races/{game_id:str}",
    summary="What a practice game has shown",
    responses={200: ResponseSpec(Moments, description="So far", generate_examples=False)},
)
async def read_race(how: NamedDependency[SkipValidation[HowItWorks]], game_id: PathId) -> ASGIResponse:
    """When the scoreboard had each change, by the clock of this node."""
    found = how.moments(game_id)
    if found is None:
        raise refuse("unknown_game", f"There is no practice game {game_id[:64]!r}.")
    return plain(encode(found), JSON)


def how_router() -> Router:
    """The routes of this file, under /v1."""
    return Router(
        "/v1",
        route_handlers=[read_how, begin_race, read_race],
        before_request=refuse_delay,
        tags=["operations"],
    )

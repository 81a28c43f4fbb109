"""Names behind the ids: teams, players, leagues."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse
from msgspec import Struct

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import PathId, refuse_delay
from scorewire.api.problems import AnyRequest, refuse
from scorewire.api.reads import Reads
from scorewire.journal.records import LeagueListed
from scorewire.model import surrogate_keys
from scorewire.model.ids import is_id
from scorewire.model.provider_event import Player, Team
from scorewire.model.question import question


class LeaguesList(Struct, frozen=True, kw_only=True):
    """Every league that a game was declared in."""

    leagues: tuple[LeagueListed, ...]


class TeamPage(Struct, frozen=True, kw_only=True):
    """A team, and its games that are not over yet."""

    team: Team
    games: tuple[str, ...]


class PlayerPage(Struct, frozen=True, kw_only=True):
    """A player."""

    player: Player


@get(
    "/teams/{team_id:str}",
    summary="A team",
    responses={200: ResponseSpec(TeamPage, description="As last declared", generate_examples=False)},
)
async def read_team(
    request: AnyRequest, reads: NamedDependency[SkipValidation[Reads]], team_id: PathId
) -> ASGIResponse:
    """Those of its games that are under way come first, then the nearest start."""

    async def build() -> Built:
        team = await reads.journal.team(team_id) if is_id(team_id) else None
        if team is None:
            raise refuse("unknown_team", f"There is no team {team_id[:64]!r}.")
        page = TeamPage(team=team, games=await reads.journal.games_of("team", team_id))
        return answers.built(page, surrogate_keys.of_team(team_id))

    return await answers.from_kept(request, reads.kept, question("team", team_id), build)


@get(
    "/players/{player_id:str}",
    summary="A player",
    responses={200: ResponseSpec(PlayerPage, description="As last named", generate_examples=False)},
)
async def read_player(
    request: AnyRequest, reads: NamedDependency[SkipValidation[Reads]], player_id: PathId
) -> ASGIResponse:
    """A player is known from the first row that names them."""
    player = await reads.journal.player(player_id) if is_id(player_id) else None
    if player is None:
        raise refuse("unknown_player", f"There is no player {player_id[:64]!r}.")
    return answers.named_by_hash(request, PlayerPage(player=player), keep="names")


@get(
    "/leagues",
    summary="All leagues, with their seasons",
    responses={200: ResponseSpec(LeaguesList, description="By sport and name", generate_examples=False)},
)
async def list_leagues(request: AnyRequest, reads: NamedDependency[SkipValidation[Reads]]) -> ASGIResponse:
    """Every league that a game was declared in."""

    async def build() -> Built:
        return answers.built(LeaguesList(leagues=await reads.journal.leagues()), ("games",))

    return await answers.from_kept(request, reads.kept, question("leagues"), build)


def record_router() -> Router:
    """The routes of this file, under /v1."""
    return Router(
        "/v1",
        route_handlers=[read_team, read_player, list_leagues],
        before_request=refuse_delay,
        tags=["record"],
    )

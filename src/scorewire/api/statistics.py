"""Box scores of games, leaders of seasons, and what players and teams have done."""

from math import inf
from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import Delay, Epoch, PathId, Seq, known_delay, refuse_delay
from scorewire.api.problems import AnyRequest, bad_parameter, refuse
from scorewire.api.reads import Reads
from scorewire.model import surrogate_keys
from scorewire.model.ids import is_id
from scorewire.model.lifetimes import kept
from scorewire.model.question import question

SEASON_CHARACTERS_MAX = 100
STAT_CHARACTERS_MAX = 40
FRESH_S = 30.0
"""For which a sum over a season is given again; what it was made of may be half a minute old too."""

Season = Annotated[
    str | None,
    QueryParameter(max_length=SEASON_CHARACTERS_MAX, description="As games name it, such as `2023-24`."),
]
StatName = Annotated[
    str | None,
    QueryParameter(
        max_length=STAT_CHARACTERS_MAX,
        description="A column such as `PTS`, or `PTS/G` for the figure a game; `stats` of an answer lists "
        "them all. Without, the main ones of the sport.",
    ),
]
TableName = Annotated[
    str | None,
    QueryParameter(
        max_length=STAT_CHARACTERS_MAX,
        description="Of a sport whose box score has several, such as `batting`; the first that has the "
        "column if absent.",
    ),
]


def _json(description: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(dict[str, object], description=description, generate_examples=False)}


@get(
    "/games/{game_id:str}/stats",
    summary="The box score, now or at a seq",
    responses=_json("Lines of both sides and their players; docs/statistics.md says what is in them"),
)
async def read_box_score(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    game_id: PathId,
    seq: Seq = None,
    epoch: Epoch = None,
    delay: Delay = None,
) -> ASGIResponse:
    """Counted from the rows 1..seq, so that a correction shows in it as if it had been so from the start."""
    state = (await reads.view(game_id, seq, epoch, known_delay(delay))).head.state

    async def build() -> Built:
        body = await reads.statistics.lines(game_id, state.seq)
        if body is None:
            raise refuse("unknown_statistics", f"There are no lines of games of {state.sport}.")
        return answers.built(body)._replace(fresh_s=inf)  # its name says at which seq

    keys = surrogate_keys.of_state(state).split()
    name = question("box score", game_id, state.epoch, state.seq)
    # By the hash of its bytes, and not for ever though named by epoch and seq: a release that counts
    # something else makes other lines of the same rows.
    return await answers.from_kept(request, reads.kept, name, build, keep=kept(state.status), keys=keys)


@get(
    "/leagues/{league_id:str}/leaders",
    summary="Leaders of a league's season",
    responses=_json("Boards with shared ranks, and all that may be asked for"),
)
async def read_leaders(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    league_id: PathId,
    season: Season = None,
    stat: StatName = None,
    table: TableName = None,
) -> ASGIResponse:
    """Games under way count as they stand; up to a minute old."""

    async def build() -> Built:
        body = await _leaders(reads, league_id, season, stat, table)
        if body is None:
            what = "" if season is None else f" of season {season!r}"
            raise refuse("unknown_statistics", f"There are no lines of league {league_id[:64]!r}{what}.")
        return _a_minute(body, surrogate_keys.of_league(league_id))

    name = question("leaders", league_id, stat, table, season)
    return await answers.from_kept(request, reads.kept, name, build, keep="sums")


async def _leaders(
    reads: Reads, league_id: str, season: str | None, stat: str | None, table: str | None
) -> bytes | None:
    if not is_id(league_id):
        return None
    try:
        return await reads.statistics.leaders(league_id, season, stat, table)
    except ValueError as error:
        raise bad_parameter("stat", str(error)) from error


@get(
    "/players/{player_id:str}/stats",
    summary="What a player has done",
    responses=_json("Totals by season and league, and the newest games"),
)
async def read_player_statistics(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    player_id: PathId,
    season: Season = None,
) -> ASGIResponse:
    """All seasons, or one; up to a minute old."""

    async def build() -> Built:
        body = await reads.statistics.player(player_id, season) if is_id(player_id) else None
        if body is None:
            raise refuse("unknown_statistics", f"There are no lines of player {player_id[:64]!r}.")
        return _a_minute(body)

    return await answers.from_kept(
        request, reads.kept, question("player stats", player_id, season), build, keep="sums"
    )


@get(
    "/teams/{team_id:str}/stats",
    summary="What a team and its players have done",
    responses=_json("Totals by season and league, the players' too, and the newest games"),
)
async def read_team_statistics(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    team_id: PathId,
    season: Season = None,
) -> ASGIResponse:
    """The newest season of each league, or one; up to a minute old."""

    async def build() -> Built:
        body = await reads.statistics.team(team_id, season) if is_id(team_id) else None
        if body is None:
            raise refuse("unknown_statistics", f"There are no lines of team {team_id[:64]!r}.")
        # Purged by hand only, as tables are: the lines of a game follow it a moment later.
        return _a_minute(body, (f"t:{team_id}",))

    return await answers.from_kept(
        request, reads.kept, question("team stats", team_id, season), build, keep="sums"
    )


def _a_minute(body: bytes, keys: tuple[str, ...] = ()) -> Built:
    return answers.built(body, keys)._replace(fresh_s=FRESH_S)


def box_scores_router() -> Router:
    """The box score, under /v1: it may be asked for with a delay."""
    return Router("/v1", route_handlers=[read_box_score], tags=["games"])


def statistics_router() -> Router:
    """The other routes of this file, under /v1."""
    handlers = [read_leaders, read_player_statistics, read_team_statistics]
    return Router("/v1", route_handlers=handlers, before_request=refuse_delay, tags=["record"])

"""The pages of teams and players: `/team/{id}`, `/team/{id}/games`, `/player/{id}`."""

import asyncio
from typing import Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from scorewire.clock import Clock
from scorewire.errors import RequestError
from scorewire.journal.records import GamesQuery
from scorewire.model.ids import is_id
from scorewire.model.question import question
from scorewire.web.bundle import Bundle
from scorewire.web.front import Choice
from scorewire.web.pages import viewer_of
from scorewire.web.record_reads import RecordReads, asked, page
from scorewire.web.standings import Standings, read_standings
from scorewire.web.statistics import TeamSeason, TeamStats, read_player_stats, read_team_stats
from scorewire.web.team_games import places
from scorewire.web.team_render import SeasonOf, games_page, player_page, team_page

GAMES_READ: Final = 200
"""Newest games of a team that its page is made from: all of the longest season."""
GAMES_A_PAGE: Final = 60
TABLES_MAX: Final = 4
"""Seasons of leagues on one page, the newest first."""


def team_pages(*, reads: RecordReads, bundle: Bundle, clock: Clock) -> list[HTTPRouteHandler]:
    """The handlers, over what they read.

    Args:
        clock: for what goes on, and days.
    """

    @get("/team/{team_id:str}", include_in_schema=False)
    async def team(request: Request, team_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        viewer = viewer_of(request)
        then = reads.late(viewer.delay_s)

        async def build() -> bytes:
            return await _team(then, bundle, team_id, clock.now_ms() - viewer.delay_s * 1000, viewer.delay_s)

        return await page(request, then, bundle, question("team", team_id), build)

    @get("/team/{team_id:str}/games", include_in_schema=False)
    async def team_games(request: Request, team_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        viewer = viewer_of(request)
        then = reads.late(viewer.delay_s)
        cursor = asked(request.query_params, "cursor")

        async def build() -> bytes:
            found = await then.team(team_id) if is_id(team_id) else None
            query = GamesQuery(team=team_id, limit=GAMES_A_PAGE, cursor=cursor)
            try:
                games = await then.games(query) if found is not None else None
            except RequestError:
                return b""
            if found is None or games is None:
                return b""
            now_ms = clock.now_ms() - viewer.delay_s * 1000
            return games_page(
                bundle=bundle,
                team=found,
                games=games,
                first=cursor is None,
                choice=Choice(tz=viewer.tz),
                delay_s=viewer.delay_s,
                now_ms=now_ms,
            )

        return await page(request, then, bundle, question("team games", team_id, viewer.tz, cursor), build)

    @get("/player/{player_id:str}", include_in_schema=False)
    async def player(request: Request, player_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        async def build() -> bytes:
            body = await reads.player_stats(player_id) if is_id(player_id) else None
            if body is not None:
                return player_page(bundle=bundle, stats=read_player_stats(body))
            known = await reads.player(player_id) if is_id(player_id) else None
            return player_page(bundle=bundle, known=known) if known is not None else b""

        return await page(request, reads, bundle, question("player", player_id), build)

    return [team, team_games, player]


async def _team(reads: RecordReads, bundle: Bundle, team_id: str, now_ms: int, delay_s: int) -> bytes:
    team = await reads.team(team_id) if is_id(team_id) else None
    if team is None:
        return b""
    games = (await reads.games(GamesQuery(team=team_id, limit=GAMES_READ))).games
    body = await reads.team_stats(team_id) if not delay_s else None
    stats = read_team_stats(body) if body is not None else None
    seasons = [
        SeasonOf(
            league_id=league,
            league=name,
            season=season,
            standings=await _standings(reads, league, season, team_id),
            playing=await reads.playing(league),
            stats=_stats_of(stats, league, season),
        )
        for league, name, season in places(games)[:TABLES_MAX]
    ]
    # Ten milliseconds of a long season, which are not the loop's.
    return await asyncio.to_thread(
        team_page, bundle=bundle, team=team, games=games, seasons=seasons, now_ms=now_ms, delay_s=delay_s
    )


async def _standings(reads: RecordReads, league: str, season: str, team_id: str) -> Standings | None:
    """The table of a season, if the team is in it."""
    body = await reads.standings(league, season or None)
    found = read_standings(body) if body is not None else None
    if found is None or not any(row.team == team_id for part in found.table.parts for row in part.rows):
        return None
    # A cup is its rounds: a table in which nobody has played says nothing.
    if not any(row.played for part in found.table.parts for row in part.rows):
        return None
    return found


def _stats_of(stats: TeamStats | None, league: str, season: str) -> TeamSeason | None:
    told = stats.seasons if stats is not None else ()
    return next((one for one in told if (one.league.id, one.season) == (league, season)), None)

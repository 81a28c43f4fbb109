"""The pages of leagues: `/leagues`, `/league/{id}`, `/league/{id}/games`, `/league/{id}/leaders`."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET

from scorewire.clock import Clock
from scorewire.journal.records import GamesQuery
from scorewire.model.ids import is_id
from scorewire.model.question import question
from scorewire.web.bundle import Bundle
from scorewire.web.front import Choice
from scorewire.web.league_render import games_tab, leaders_tab, leagues_page, table_tab
from scorewire.web.leagues import LeagueFrame, directory, frame
from scorewire.web.pages import viewer_of
from scorewire.web.record_reads import RecordReads, asked, page
from scorewire.web.rounds import current, find, knock_out, match_days, stages
from scorewire.web.season_list import games_of, season_games
from scorewire.web.standings import read_standings
from scorewire.web.table_views import table_views
from scorewire.web.viewer import Viewer

Params = Mapping[str, str]

KNOCK_OUT_MAX: Final = 60
"""Games outside the table that its page lists."""


def league_pages(*, reads: RecordReads, bundle: Bundle, clock: Clock) -> list[HTTPRouteHandler]:
    """The handlers, over what they read.

    Args:
        clock: for what is now among rounds, and for days.
    """

    @get("/leagues", include_in_schema=False)
    async def leagues(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        async def build() -> bytes:
            return leagues_page(bundle=bundle, sports=directory(await reads.leagues()))

        return await page(request, reads, bundle, question("leagues"), build)

    @get("/league/{league_id:str}", include_in_schema=False)
    async def league(request: Request, league_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        params, viewer = request.query_params, viewer_of(request)
        then = reads.late(viewer.delay_s)

        async def build() -> bytes:
            head = await _frame(then, league_id, params, "", viewer)
            return await _table(then, bundle, head, params, _now_ms(viewer)) if head else b""

        name = question("league", league_id, _asked(params, "season", "view", "as_of"))
        return await page(request, then, bundle, name, build)

    @get("/league/{league_id:str}/games", include_in_schema=False)
    async def league_games(request: Request, league_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        params, viewer = request.query_params, viewer_of(request)
        then = reads.late(viewer.delay_s)

        async def build() -> bytes:
            head = await _frame(then, league_id, params, "games", viewer)
            now_ms = _now_ms(viewer)
            return await _games(then, bundle, head, params, tz=viewer.tz, now_ms=now_ms) if head else b""

        name = question("league games", league_id, viewer.tz, _asked(params, "season", "round", "day"))
        return await page(request, then, bundle, name, build)

    @get("/league/{league_id:str}/leaders", include_in_schema=False)
    async def league_leaders(request: Request, league_id: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        params = request.query_params

        async def build() -> bytes:
            head = await _frame(reads, league_id, params, "leaders")
            return await _leaders(reads, bundle, head, params) if head else b""

        name = question("league leaders", league_id, _asked(params, "season", "stat", "table"))
        return await page(request, reads, bundle, name, build)

    def _now_ms(viewer: Viewer) -> int:
        return clock.now_ms() - viewer.delay_s * 1000

    return [leagues, league, league_games, league_leaders]


def _asked(params: Params, *names: str) -> tuple[str | None, ...]:
    return tuple(asked(params, name) for name in names)


async def _frame(
    reads: RecordReads, league_id: str, params: Params, tab: str, viewer: Viewer | None = None
) -> LeagueFrame | None:
    """The head of a league's page; None for an unknown league or season.

    Args:
        viewer: of a page that can be late; None for one that cannot.
    """
    league = await reads.league(league_id) if is_id(league_id) else None
    if league is None:
        return None
    wanted = asked(params, "season")
    newest = await _newest_season(reads, league_id, league.seasons)
    if wanted is not None and wanted not in league.seasons:
        return None
    season = newest if wanted is None else wanted
    delay_s = None if viewer is None else viewer.delay_s
    return frame(league, season, newest=season == newest, tab=tab, delay_s=delay_s)


async def _newest_season(reads: RecordReads, league_id: str, seasons: tuple[str, ...]) -> str:
    """The season that has a table with the newest game, else that of the newest game."""
    if len(seasons) < 2:
        return seasons[0] if seasons else ""
    table = await reads.standings(league_id, None)
    if table is not None:
        return read_standings(table).season
    newest = (await reads.games(GamesQuery(league=league_id, limit=1))).games
    season = newest[0].season if newest else UNSET
    return seasons[0] if season is UNSET else season


async def _table(reads: RecordReads, bundle: Bundle, head: LeagueFrame, params: Params, now_ms: int) -> bytes:
    season = await season_games(reads, head.id, head.season)
    games = season.games
    days = match_days(games, now_ms)
    day = _day(asked(params, "as_of"))
    as_of_ms = None if day is None else _end_ms(day)
    body = await reads.standings(head.id, head.season or None, as_of_ms)
    standings = read_standings(body) if body is not None else None
    view = asked(params, "view") or ""
    if standings is not None and view not in {one.key for one in table_views(standings)}:
        view = ""
    rounds = knock_out(games)
    ids = [game_id for own in rounds.values() for game_id in own][:KNOCK_OUT_MAX]
    return await asyncio.to_thread(
        table_tab,
        bundle=bundle,
        frame=head,
        standings=standings,
        view=view,
        playing=await reads.playing(head.id) if day is None and head.newest else frozenset(),
        days=days,
        day=day,
        rounds=rounds,
        games=await games_of(reads, tuple(ids)) if day is None else {},
        colors=season.colors,
        now_ms=now_ms,
    )


async def _games(
    reads: RecordReads, bundle: Bundle, head: LeagueFrame, params: Params, *, tz: str, now_ms: int
) -> bytes:
    choice = Choice(tz=tz)
    season = await season_games(reads, head.id, head.season)
    found = await asyncio.to_thread(stages, season.games, choice.tz)
    key = asked(params, "round") or asked(params, "day")
    place = current(found, now_ms) if key is None else find(found, key)
    if place is None:
        return b""
    shown = found[place].games if found else ()
    return games_tab(
        bundle=bundle,
        frame=head,
        stages=found,
        place=place,
        chosen=key is not None,
        games=await games_of(reads, shown),
        whole=season.whole,
        choice=choice,
        now_ms=now_ms,
    )


async def _leaders(reads: RecordReads, bundle: Bundle, head: LeagueFrame, params: Params) -> bytes:
    stat, table = asked(params, "stat"), asked(params, "table")
    try:
        body = await reads.leaders(head.id, head.season or None, stat, table)
    except ValueError:
        return b""
    colors = (await season_games(reads, head.id, head.season)).colors if body is not None else {}
    return leaders_tab(bundle=bundle, frame=head, body=body, stat=stat, table=table, colors=colors)


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    # The last day that there is has no day after it.
    return found if found is None or found < date.max else None


def _end_ms(day: date) -> int:
    """The last millisecond of a day (UTC)."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int((begin + timedelta(days=1)).timestamp() * 1000) - 1

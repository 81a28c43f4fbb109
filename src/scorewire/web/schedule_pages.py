"""`/schedule`, and the calendars `/league/{id}.ics`, `/team/{id}.ics` and `/game/{id}.ics`.

The framework matches whole parts of a path, so calendars come in as `/calendar/{kind}/{id}`: see api/face.py.
"""

import asyncio
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from scorewire.clock import Clock
from scorewire.journal.records import GamesQuery
from scorewire.model.ids import is_id
from scorewire.model.lifetimes import cache_headers
from scorewire.model.question import question
from scorewire.model.score_state import ScoreState
from scorewire.model.validators import not_modified
from scorewire.web.bundle import Bundle
from scorewire.web.calendars import calendar
from scorewire.web.front import TABS
from scorewire.web.pages import PAGE_FRESH_S, kept_page, pressed, viewer_of
from scorewire.web.render import template
from scorewire.web.schedule import GAMES_MAX, Wanted, query, read_wanted, week
from scorewire.web.visitor_reads import VisitorReads
from scorewire.web.words import sport_name

CALENDAR_GAMES_MAX: Final = 1000
"""Of one calendar, the newest starts first: two seasons of any league, some 600 KB."""
CALENDAR_FRESH_S: Final = 60.0
LIST_MAX: Final = 200
"""Games of one page of the journal's lists."""

Site = Callable[[Request], str]  # type: ignore[type-arg]
"""How the outside reaches this node, as a request came: `https://scores.example`."""


def schedule_pages(
    *, reads: VisitorReads, bundle: Bundle, clock: Clock, site: Site
) -> list[HTTPRouteHandler]:
    """The handlers, over what they read.

    Args:
        clock: for what is today.
        site: for links out of calendars, and into them.
    """

    @get("/schedule", include_in_schema=False)
    async def schedule(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        viewer = viewer_of(request)
        now_ms = clock.now_ms() - viewer.delay_s * 1000
        wanted = read_wanted(request.query_params, viewer.tz, now_ms)
        here = site(request)

        async def make() -> bytes:
            then = reads.late(viewer.delay_s)
            return await _schedule(then, bundle, wanted, now_ms=now_ms, delay_s=viewer.delay_s, site=here)

        name = question("schedule", wanted, viewer.delay_s, here)
        return kept_page(request, await reads.kept(name, make, fresh_s=PAGE_FRESH_S))

    @get("/calendar/{kind:str}/{name:str}", include_in_schema=False)
    async def calendars(request: Request, kind: FromPath[str], name: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        scores = request.query_params.get("scores") == "1"
        viewer, here = viewer_of(request), site(request)

        async def make() -> bytes:
            return await _calendar(reads.late(viewer.delay_s), kind, name, here, scores=scores)

        asked = question("calendar", kind, name, scores, viewer.delay_s, here)
        body = await reads.kept(asked, make, fresh_s=CALENDAR_FRESH_S) if is_id(name) else b""
        return _sent(request, body, f"{name}.ics")

    return [schedule, calendars]


async def _schedule(
    reads: VisitorReads, bundle: Bundle, wanted: Wanted, *, now_ms: int, delay_s: int, site: str
) -> bytes:
    games: list[ScoreState] = []
    asked: GamesQuery | None = query(wanted)
    while asked is not None and len(games) < GAMES_MAX:
        found = await reads.games(asked)
        games += found.games
        asked = query(wanted, found.next) if found.next is not None else None
    leagues = [one for one in await reads.leagues() if wanted.sport in (None, one.sport)]
    team = await reads.team(wanted.team) if wanted.team is not None else None
    league = next((one for one in leagues if one.id == wanted.league), None)
    days = wanted.href(date=None)
    path = ""
    if wanted.team is not None:
        path = f"/team/{wanted.team}.ics"
    elif wanted.league is not None:
        path = f"/league/{wanted.league}.ics"

    def render() -> bytes:
        return pressed(
            template("schedule.html").render(
                bundle=bundle,
                wanted=wanted,
                days=week(games[:GAMES_MAX], wanted, now_ms),
                cut=asked is not None or len(games) > GAMES_MAX,
                current=read_wanted({}, wanted.tz, now_ms).monday == wanted.monday,
                earlier=wanted.step(-1),
                later=wanted.step(1),
                tabs=[(sport, sport_name(sport)) for sport in TABS],
                leagues=leagues,
                team=team.name or wanted.team if team is not None else wanted.team,
                title=f"Schedule: {league.name or league.id}" if league is not None else "Schedule",
                calendar=path,
                webcal=f"webcal://{site.partition('://')[2]}{path}",
                now_ms=now_ms,
                delay_s=delay_s,
                canonical=days,
            )
        )

    return await asyncio.to_thread(render)


async def _calendar(reads: VisitorReads, kind: str, name: str, site: str, *, scores: bool) -> bytes:
    """A calendar's bytes; empty where there is no such thing."""
    games: list[ScoreState] = []
    if kind == "game":
        head = await reads.head(name)
        if head is None:
            return b""
        games, title = [head.state], f"{head.state.home.name} v {head.state.away.name}"
    elif kind == "team":
        team = await reads.team(name)
        if team is None:
            return b""
        games, title = await _games(reads, GamesQuery(team=name, limit=LIST_MAX)), team.name or name
    elif kind == "league":
        league = await reads.league(name)
        if league is None:
            return b""
        games, title = await _games(reads, GamesQuery(league=name, limit=LIST_MAX)), league.name or name
    else:
        return b""
    text = await asyncio.to_thread(calendar, title, games, site=site, scores=scores)
    return text.encode()


async def _games(reads: VisitorReads, asked: GamesQuery) -> list[ScoreState]:
    games: list[ScoreState] = []
    cursor: str | None = None
    while True:
        found = await reads.games(
            GamesQuery(team=asked.team, league=asked.league, limit=LIST_MAX, cursor=cursor)
        )
        games += found.games
        cursor = found.next
        if cursor is None or len(games) >= CALENDAR_GAMES_MAX:
            return sorted(games[:CALENDAR_GAMES_MAX], key=lambda state: (state.start, state.game_id))


def _sent(request: Request, body: bytes, file_name: str) -> Response[bytes]:  # type: ignore[type-arg]
    if not body:
        headers = {"Cache-Control": "no-store"}
        return Response(b"", status_code=404, media_type="text/plain", headers=headers)
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = dict((("ETag", etag), *cache_headers("calendars")))
    if not_modified(dict(request.headers.items()), etag, None):
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    return Response(body, media_type="text/calendar", headers=headers)

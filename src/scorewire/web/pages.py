"""The pages as handlers of the web framework: `/`, `/game/{id}`, `/desk`, `/static/`.

Pages are read fresh each time (`no-cache`), static files for ever (their address names their content).
No page asks anything of another host, and its policy says so to the browser.
"""

from typing import Protocol

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from scorewire.clock import Clock
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.score_state import ScoreState
from scorewire.scoreboard.base import Head
from scorewire.web.bundle import Bundle, load_bundle
from scorewire.web.front import GAMES_MAX, Choice, queries, read_choice, sections
from scorewire.web.render import (
    choose_featured,
    desk_page,
    front_page,
    game_page,
    missing_page,
)
from scorewire.web.standings import read_standings
from scorewire.web.widget_pages import FOREIGN, widget_pages
from scorewire.web.words import DEFAULTS, SPORTS

EARLIER_MAX = 400
"""Key events of the whole game in the first HTML; the busiest basketball games have about 250."""

EARLIER_POINTS_MAX = 1000
"""Rows in the first HTML of a match whose points make games and sets: five long sets have about 500."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Reads(Protocol):
    """What the pages read. Every method answers from what is current; none of them writes."""

    async def games(self, query: GamesQuery) -> GamesPage:
        """Games in list form."""
        ...

    async def head(self, game_id: str) -> Head | None:
        """The full current state; None for an unknown game."""
        ...

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> tuple[GameEvent, ...]:
        """Rows with seq > since_seq, in order."""
        ...

    async def standings(self, league_id: str, season: str | None) -> bytes | None:
        """A league's table as JSON, of the season with the newest game where none is named; None for none."""
        ...

    async def lines(self, game_id: str) -> bytes | None:
        """A game's box score at its head as JSON, a BoxScore of docs/statistics.md; None for an unknown game,
        or for a sport without lines."""
        ...

    async def leaders(self, league_id: str, season: str | None) -> bytes | None:
        """Leaders of a league's main columns as JSON, Leaders of docs/statistics.md, of the season with the
        newest game where none is named; None where there are no lines."""
        ...

    async def player(self, player_id: str) -> bytes | None:
        """A player's seasons and newest games as JSON, PlayerStats of docs/statistics.md; None where there
        are no lines."""
        ...

    async def team(self, team_id: str) -> bytes | None:
        """The same of a team, the newest season of each league: TeamStats of docs/statistics.md."""
        ...

    async def playing(self, league_id: str) -> frozenset[str]:
        """Teams of a league whose game goes on now."""
        ...


def pages(*, reads: Reads, clock: Clock) -> list[HTTPRouteHandler]:
    """The handlers, over what they read.

    Args:
        clock: for days and running clocks in the first HTML.
    """
    bundle = load_bundle()

    @get("/", include_in_schema=False)
    async def front(request: Request) -> Response[str]:  # type: ignore[type-arg]
        choice = read_choice(request.query_params)
        return _html(await _front(reads, bundle, choice, clock.now_ms()))

    @get("/game/{game_id:str}", include_in_schema=False)
    async def game(game_id: FromPath[str]) -> Response[str]:
        head = await reads.head(game_id)
        if head is None:
            return _html(missing_page(bundle=bundle), status=404)
        by_points = SPORTS.get(head.state.sport, DEFAULTS)["points_by"]
        limit = EARLIER_POINTS_MAX if by_points else EARLIER_MAX
        rows = await reads.rows(game_id, 0, limit, "play" if by_points else "key")
        earlier = [row.compact for row in rows]
        table = await reads.standings(head.state.league.id, head.state.season or None)
        standings = read_standings(table) if table is not None else None
        return _html(
            game_page(
                bundle=bundle,
                state=head.state,
                earlier=earlier,
                standings=standings,
                playing=await reads.playing(head.state.league.id) if standings is not None else (),
                now_ms=clock.now_ms(),
            )
        )

    @get("/desk", include_in_schema=False)
    async def desk() -> Response[str]:
        return _html(desk_page(bundle=bundle))

    @get("/static/{build:str}/{name:str}", include_in_schema=False)
    async def static(request: Request, build: FromPath[str], name: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
        return _static(bundle, build, name, request.headers.get("accept-encoding", ""))

    @get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response[bytes]:
        return _static(bundle, "", "favicon.svg", "")

    of_others = widget_pages(reads=reads, clock=clock, bundle=bundle, takes_gzip=takes_gzip)
    return [front, game, *of_others, desk, static, favicon]


async def _front(reads: Reads, bundle: Bundle, choice: Choice, now_ms: int) -> str:
    games: dict[str, ScoreState] = {}
    whole = True
    for query in queries(choice, now_ms):
        page = await reads.games(query)
        whole = whole and page.next is None
        for state in page.games:
            games.setdefault(state.game_id, state)
    listed = sections(games.values(), choice, now_ms)
    chosen = choose_featured(listed)
    featured = await reads.head(chosen) if chosen else None
    return front_page(
        bundle=bundle,
        games=games.values(),
        featured=featured.state if featured else None,
        choice=choice,
        whole=whole and len(games) <= GAMES_MAX,
        now_ms=now_ms,
    )


def _static(bundle: Bundle, build: str, name: str, accepted: str) -> Response[bytes]:
    """Another build's address gets today's file, uncached: an old page in a tab still finds its modules."""
    file = bundle.files.get(name)
    if file is None:
        return Response(b"", status_code=404, media_type="text/plain", headers={"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": FOR_EVER if build == bundle.build else "public, max-age=300",
        **FOREIGN,
        "Vary": "Accept-Encoding",
    }
    if takes_gzip(accepted):
        return Response(
            file.packed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(file.body, media_type=file.media_type, headers=headers)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, or everything, and does not refuse it.

    Source: RFC 9110 12.5.3.
    """
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False


def _html(text: str, *, status: int = 200) -> Response[str]:
    return Response(text, status_code=status, media_type="text/html", headers=PAGE_HEADERS)

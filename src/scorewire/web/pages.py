"""The pages as handlers of the web framework: `/`, `/game/{id}`, `/desk`, `/static/`.

Pages are read fresh each time (`no-cache`), static files for ever (their address names their content).
No page asks anything of another host, and its policy says so to the browser.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from scorewire.clock import Clock
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.question import Question, question
from scorewire.model.score_state import ScoreState
from scorewire.model.surrogate_keys import of_list
from scorewire.scoreboard.base import Head
from scorewire.web.bundle import Bundle, load_bundle
from scorewire.web.front import GAMES_MAX, Choice, queries, read_choice, sections
from scorewire.web.game_pages import GameReads, game_pages
from scorewire.web.render import (
    choose_featured,
    desk_page,
    front_page,
)
from scorewire.web.viewer import Viewer, read_viewer
from scorewire.web.widget_pages import FOREIGN, widget_pages

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE_LEVEL = 1
"""Of gzip: the next ones take as long again for a twentieth less."""
PAGE_FRESH_S: Final = 1.0
"""How old a page may be that many read; the stream that it opens begins with what is true then."""
FOR_EVER = "public, max-age=31536000, immutable"


Make = Callable[[], Awaitable[bytes]]


Site = Callable[[Request], str]  # type: ignore[type-arg]
"""How the outside reaches this node, `https://scores.example`."""


def address_of(request: Request) -> str:  # type: ignore[type-arg]
    """The address that this very reader used."""
    return str(request.base_url).rstrip("/")


class Reads(GameReads, Protocol):
    """What the pages read. Every method answers from what is current; none of them writes."""

    def late(self, delay_s: int) -> "Reads":
        """The same as it was `delay_s` ago: lists, heads, rows and tables hold nothing that is younger.

        What cannot be told as it was then is None for a game or league that has changed since.
        """
        ...

    async def games(self, query: GamesQuery) -> GamesPage:
        """Games in list form."""
        ...

    async def kept(self, name: Question, make: Make, *, fresh_s: float, keys: tuple[str, ...] = ()) -> bytes:
        """What `make` makes, or what it made less than `fresh_s` ago for somebody else.

        Args:
            name: of the question, the same for all who ask it.
            keys: of `model.surrogate_keys`; an update that touches one makes the answer old.
        """
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

    async def playing(self, league_id: str) -> frozenset[str]:
        """Teams of a league whose game goes on now."""
        ...


def pages(*, reads: Reads, clock: Clock, site: Site = address_of) -> list[HTTPRouteHandler]:
    """The handlers, over what they read.

    Args:
        clock: for days and running clocks in the first HTML.
        site: how the outside reaches this node.
    """
    bundle = load_bundle()

    @get("/", include_in_schema=False)
    async def front(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        viewer = viewer_of(request)
        choice = read_choice(request.query_params, viewer.tz)
        now_ms = clock.now_ms() - viewer.delay_s * 1000

        async def make() -> bytes:
            return await _front(reads.late(viewer.delay_s), bundle, choice, now_ms, viewer.delay_s)

        # Made anew at once where a game may enter the list; its scores come with the stream.
        keys = of_list((), league=choice.league, team=None, sport=choice.sport)
        name = question("front", choice, viewer.delay_s)
        return kept_page(request, await reads.kept(name, make, fresh_s=PAGE_FRESH_S, keys=keys))

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
    of_games = game_pages(
        reads=reads, clock=clock, bundle=bundle, packed=packed, viewer_of=viewer_of, site=site
    )
    return [front, *of_games, *of_others, desk, static, favicon]


def viewer_of(request: Request) -> Viewer:  # type: ignore[type-arg]
    """Who looks; see `viewer.read_viewer`."""
    return read_viewer(request.query_params, request.cookies)


def packed(request: Request, text: str, *, status: int = 200) -> Response[bytes]:  # type: ignore[type-arg]
    """A page that says the same many times over, by gzip for who takes it: a tenth of it, in under 1 ms."""
    body = text.encode()
    headers = {**PAGE_HEADERS, "Vary": "Accept-Encoding, Cookie"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, PAGE_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, media_type="text/html", headers=headers)


def pressed(text: str) -> bytes:
    """A page as it is kept: by gzip."""
    return gzip.compress(text.encode(), PAGE_LEVEL, mtime=0)


def kept_page(request: Request, body: bytes) -> Response[bytes]:  # type: ignore[type-arg]
    """What `pressed` made, for who asks: unpacked for who takes no gzip."""
    headers = {**PAGE_HEADERS, "Vary": "Accept-Encoding, Cookie"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(body, media_type="text/html", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type="text/html", headers=headers)


async def _front(reads: Reads, bundle: Bundle, choice: Choice, now_ms: int, delay_s: int) -> bytes:
    games: dict[str, ScoreState] = {}
    whole = True
    for query in queries(choice, now_ms):
        page = await reads.games(query)
        whole = whole and page.next is None
        for state in page.games:
            games.setdefault(state.game_id, state)
    listed = await asyncio.to_thread(sections, games.values(), choice, now_ms)
    chosen = choose_featured(listed)
    featured = await reads.head(chosen) if chosen else None

    def render() -> bytes:
        return pressed(
            front_page(
                bundle=bundle,
                listed=listed,
                featured=featured.state if featured else None,
                choice=choice,
                whole=whole and len(games) <= GAMES_MAX,
                now_ms=now_ms,
                delay_s=delay_s,
            )
        )

    return await asyncio.to_thread(render)


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

"""The pages of one game, each complete in the first HTML, each part read again alone.

    /game/{id}              the overview, with the picture that says most
    /game/{id}/stats        the box score
    /game/{id}/lineups      who plays
    /game/{id}/pictures     all pictures
    /game/{id}/lead, /game/{id}/part/{tab}
                            what of these pages the server draws, as it is now: pages that are open ask for it
                            when the game has changed, `?at=` its epoch and seq, so that no cache gives less

What is drawn is made once for each (game, epoch, seq), in a thread: readers of a page that did not change
cost no more than its frame.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, Self

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from scorewire.clock import Clock
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import CompactEvent, GameEvent, Level
from scorewire.model.lifetimes import cache_headers
from scorewire.model.score_state import ScoreState
from scorewire.model.surrogate_keys import of_state
from scorewire.scoreboard.base import Head
from scorewire.web import game_parts
from scorewire.web.board import group
from scorewire.web.bundle import Bundle
from scorewire.web.plays import Plays
from scorewire.web.render import game_page, game_tabs, missing_page
from scorewire.web.standings import read_standings
from scorewire.web.viewer import Viewer
from scorewire.web.words import DEFAULTS, SPORTS

EARLIER_MAX: Final = 400
"""Key events of the whole game in the first HTML; the busiest basketball games have about 250."""

EARLIER_POINTS_MAX: Final = 1000
"""Rows in the first HTML of a match whose points make games and sets: five long sets have about 500."""

Make = Callable[[], Awaitable[bytes]]
AnyRequest = Request[Any, Any, Any]


class GameReads(Protocol):
    """What these pages read. Every method answers from what is current; none of them writes."""

    def late(self, delay_s: int) -> Self:
        """The same as it was `delay_s` ago."""
        ...

    async def head(self, game_id: str) -> Head | None:
        """The full state; None for an unknown game."""
        ...

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> tuple[GameEvent, ...]:
        """Rows with seq > since_seq, in order."""
        ...

    async def games(self, query: GamesQuery) -> GamesPage:
        """Games in list form."""
        ...

    async def standings(self, league_id: str, season: str | None) -> bytes | None:
        """A league's table as JSON; None for none."""
        ...

    async def playing(self, league_id: str) -> frozenset[str]:
        """Teams of a league whose game goes on now."""
        ...

    async def plays(self, state: ScoreState) -> Plays:
        """What stands of a game after the state's seq."""
        ...

    async def box_score(self, state: ScoreState) -> bytes | None:
        """The lines of a game after the state's seq as JSON; None where there are none."""
        ...

    async def newest(self, name: str, state: ScoreState, make: Make) -> bytes:
        """What `make` gives, made once for all who ask for it at the state's seq; later ones replace it."""
        ...


class Shown(Struct, frozen=True, kw_only=True):
    """What the frame of a game's pages shows: which tabs there are, and the picture that leads."""

    tabs: tuple[str, ...]
    lead: str


_ENCODE = msgspec.json.Encoder().encode
_SHOWN = msgspec.json.Decoder(Shown)


class Drawn:
    """What the server draws of games, kept.

    Args:
        reads: see GameReads.
    """

    def __init__(self, reads: GameReads) -> None:
        self._reads = reads

    async def shown(self, state: ScoreState) -> Shown:
        """For the frame of all pages of a game."""

        async def make() -> bytes:
            plays, box = await self._reads.plays(state), await self._reads.box_score(state)
            return await asyncio.to_thread(lambda: _ENCODE(_shown(state, plays, box)))

        return _SHOWN.decode(await self._reads.newest("shown", state, make))

    async def part(self, tab: str, state: ScoreState) -> str:
        """The part of one tab, as HTML."""

        async def make() -> bytes:
            # Statistics are lines that are kept elsewhere; the others are made of the plays.
            box = await self._reads.box_score(state) if tab == game_parts.STATS else None
            plays = await self._reads.plays(state) if tab != game_parts.STATS else Plays()
            return await asyncio.to_thread(lambda: game_parts.drawn(tab, state, plays, box).encode())

        return (await self._reads.newest(f"part {tab}", state, make)).decode()


def _shown(state: ScoreState, plays: Plays, box: bytes | None) -> Shown:
    tabs = game_parts.tabs(state, plays, box)
    return Shown(tabs=tabs, lead=game_parts.lead(state, plays))


def game_pages(
    *,
    reads: GameReads,
    clock: Clock,
    bundle: Bundle,
    packed: Callable[..., Response[bytes]],
    viewer_of: Callable[[AnyRequest], Viewer],
    site: Callable[[AnyRequest], str],
) -> list[HTTPRouteHandler]:
    """The handlers.

    Args:
        packed: makes an answer of a request and a page.
        viewer_of: who looks.
        site: how the outside reaches this node.
    """

    async def page(request: AnyRequest, game_id: str, tab: str) -> Response[bytes]:
        viewer = viewer_of(request)
        then = reads.late(viewer.delay_s)
        head = await then.head(game_id)
        if head is None:
            return packed(request, missing_page(bundle=bundle), status=404)
        state, drawn = head.state, Drawn(then)
        shown = await drawn.shown(state)
        table = await then.standings(state.league.id, state.season or None) if not tab else None
        standings = read_standings(table) if table is not None else None
        made = game_page(
            bundle=bundle,
            state=state,
            earlier=await _earlier(then, state, whole=not tab),
            standings=standings,
            playing=await then.playing(state.league.id) if standings is not None else (),
            now_ms=clock.now_ms() - viewer.delay_s * 1000,
            viewer=viewer,
            tabs=shown.tabs,
            tab=tab,
            part=await drawn.part(tab, state) if tab else shown.lead,
            origin=site(request),
        )
        return packed(request, made)

    async def fragment(request: AnyRequest, game_id: str, tab: str) -> Response[bytes]:
        then = reads.late(viewer_of(request).delay_s)
        head = await then.head(game_id)
        if head is None or tab not in ("", *game_parts.PARTS):
            return packed(request, "", status=404)
        state, drawn = head.state, Drawn(then)
        answer = packed(request, await drawn.part(tab, state) if tab else await _lead(drawn, state))
        kept = dict(cache_headers("over" if group(state.status) == "over" else "list"))
        answer.headers.update(
            {
                "Cache-Control": kept["cache-control"],
                "Surrogate-Key": of_state(state),
                "Vary": "Accept-Encoding",  # nothing of it is anybody's own
            }
        )
        return answer

    @get("/game/{game_id:str}", include_in_schema=False)
    async def game(request: AnyRequest, game_id: FromPath[str]) -> Response[bytes]:
        return await page(request, game_id, "")

    @get("/game/{game_id:str}/stats", include_in_schema=False)
    async def game_stats(request: AnyRequest, game_id: FromPath[str]) -> Response[bytes]:
        return await page(request, game_id, game_parts.STATS)

    @get("/game/{game_id:str}/lineups", include_in_schema=False)
    async def game_lineups(request: AnyRequest, game_id: FromPath[str]) -> Response[bytes]:
        return await page(request, game_id, game_parts.LINEUPS)

    @get("/game/{game_id:str}/pictures", include_in_schema=False)
    async def game_pictures(request: AnyRequest, game_id: FromPath[str]) -> Response[bytes]:
        return await page(request, game_id, game_parts.PICTURES)

    @get("/game/{game_id:str}/lead", include_in_schema=False)
    async def game_lead(request: AnyRequest, game_id: FromPath[str]) -> Response[bytes]:
        return await fragment(request, game_id, "")

    @get("/game/{game_id:str}/part/{tab:str}", include_in_schema=False)
    async def game_part(request: AnyRequest, game_id: FromPath[str], tab: FromPath[str]) -> Response[bytes]:
        return await fragment(request, game_id, tab)

    return [game, game_stats, game_lineups, game_pictures, game_lead, game_part]


async def _lead(drawn: Drawn, state: ScoreState) -> str:
    """The picture that leads, and the tabs that there are by now: a page may be older than the game."""
    shown = await drawn.shown(state)
    return f"{shown.lead}{game_tabs(state.game_id, shown.tabs)}"


async def _earlier(reads: GameReads, state: ScoreState, *, whole: bool) -> list[CompactEvent]:
    """Rows of the whole game for its timeline, or only for the scorers of the hero, where there are such."""
    words = SPORTS.get(state.sport, DEFAULTS)
    if not whole and not words.get("minutes"):
        return []
    by_points = words["points_by"]
    limit = EARLIER_POINTS_MAX if by_points else EARLIER_MAX
    rows = await reads.rows(state.game_id, 0, limit, "play" if by_points else "key")
    return [row.compact for row in rows if row.seq <= state.seq]

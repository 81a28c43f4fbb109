"""The page on which a game is played back: `/game/{id}/replay`, at `?seq=N` without scripts.

It begins at the first row, and holds nothing of what comes after the row that is shown but what its script
needs to seek. The page of the first row, where nearly everybody begins, is made once for each (game, epoch,
seq); the others are made when they are asked for. All are made in a thread.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from scorewire.model.game_event import CompactEvent
from scorewire.model.question import Question, question
from scorewire.model.score_state import ScoreState
from scorewire.web.bundle import Bundle
from scorewire.web.game_pages import Drawn, GameReads
from scorewire.web.playback import read_course
from scorewire.web.render import missing_page, replay_page
from scorewire.web.viewer import Viewer
from scorewire.web.words import DEFAULTS, SPORTS

EARLIER_MAX: Final = 1000
"""Rows whose details the script is given: key rows of the busiest game, points of five long sets."""

AnyRequest = Request[Any, Any, Any]
Make = Callable[[], Awaitable[bytes]]


class ReplayReads(Protocol):
    """What the page reads besides."""

    async def at(self, state: ScoreState, seq: int) -> ScoreState:
        """The game at a row at or before that of `state`."""
        ...

    async def moments(self, state: ScoreState) -> bytes:
        """The course of the game up to that row, as /moments answers it."""
        ...

    async def kept(self, name: Question, make: Make) -> bytes:
        """What `make` gives, made once for all who ask by this name, which never means anything else."""
        ...


def replay_pages(
    *,
    reads: GameReads,
    past: ReplayReads,
    bundle: Bundle,
    packed: Callable[..., Response[bytes]],
    viewer_of: Callable[[AnyRequest], Viewer],
) -> list[HTTPRouteHandler]:
    """The handler.

    Args:
        packed: makes an answer of a request and a page.
        viewer_of: who looks.
    """

    @get("/game/{game_id:str}/replay", include_in_schema=False)
    async def game_replay(
        request: AnyRequest, game_id: FromPath[str], seq: FromQuery[str] = "1"
    ) -> Response[bytes]:
        viewer = viewer_of(request)
        then = reads.late(viewer.delay_s)
        head = await then.head(game_id)
        if head is None:
            return packed(request, missing_page(bundle=bundle), status=404)
        newest = head.state
        # An address that is not of this game's rows is that of the nearest row.
        wanted = min(int(seq[:12]) if seq.isascii() and seq.isdigit() else 1, newest.seq)
        state = await past.at(newest, max(wanted, 1))

        async def make() -> bytes:
            course = read_course(await past.moments(newest))
            earlier, tabs = await _earlier(then, newest), (await Drawn(then).shown(newest)).tabs

            def draw() -> str:
                return replay_page(
                    bundle=bundle,
                    state=state,
                    newest=newest,
                    course=course,
                    earlier=earlier,
                    tabs=tabs,
                    viewer=viewer,
                )

            return (await asyncio.to_thread(draw)).encode()

        name = question("replay", game_id, newest.epoch, newest.seq, viewer.delay_s, viewer.tz)
        made = await past.kept(name, make) if state.seq == 1 else await make()
        return packed(request, made.decode())

    return [game_replay]


async def _earlier(reads: GameReads, state: ScoreState) -> list[CompactEvent]:
    """The rows of the timeline, of the whole game."""
    by_points = SPORTS.get(state.sport, DEFAULTS)["points_by"]
    rows = await reads.rows(state.game_id, 0, EARLIER_MAX, "play" if by_points else "key")
    return [row.compact for row in rows if row.seq <= state.seq]

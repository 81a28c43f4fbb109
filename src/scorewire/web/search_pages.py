"""`/search`: what is named so, complete without scripts; the field of the header leads here."""

import asyncio
from typing import Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from scorewire.clock import Clock
from scorewire.journal.names import TEXT_MAX, Found
from scorewire.model.question import question
from scorewire.web.bundle import Bundle
from scorewire.web.front import Choice, row
from scorewire.web.pages import kept_page, pressed, viewer_of
from scorewire.web.render import template
from scorewire.web.viewer import Viewer
from scorewire.web.visitor_reads import VisitorReads
from scorewire.web.words import sport_name

FRESH_S: Final = 5.0
"""Names change seldom; the scores beside them are followed live."""


def search_pages(*, reads: VisitorReads, bundle: Bundle, clock: Clock) -> list[HTTPRouteHandler]:
    """The handler, over what it reads.

    Args:
        clock: for days and running clocks in the first HTML.
    """

    @get("/search", include_in_schema=False)
    async def search(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        viewer = viewer_of(request)
        text = " ".join(request.query_params.get("q", "")[:TEXT_MAX].split())
        now_ms = clock.now_ms() - viewer.delay_s * 1000

        async def make() -> bytes:
            found = await reads.late(viewer.delay_s).found(text)
            return await asyncio.to_thread(_page, bundle, text, found, viewer, now_ms)

        return kept_page(request, await reads.kept(question("search", viewer, text), make, fresh_s=FRESH_S))

    return [search]


def _page(bundle: Bundle, text: str, found: Found, viewer: Viewer, now_ms: int) -> bytes:
    choice = Choice(tz=viewer.tz)
    return pressed(
        template("search.html").render(
            bundle=bundle,
            sought=text,
            rows=[row(state, choice, now_ms) for state in found.games],
            leagues=[(one, sport_name(one.sport)) for one in found.leagues],
            teams=found.teams,
            players=found.players,
            none=not (found.games or found.leagues or found.teams or found.players),
            now_ms=now_ms,
            delay_s=viewer.delay_s,
        )
    )

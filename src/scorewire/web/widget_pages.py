"""What other sites put on their pages: the widget's module, and a page for their iframes (docs/widget.md).

    /widget.js       the module, at an address that stays; /static/.../widget.js is the same, for ever
    /embed/{id}      one game's score, complete in the first HTML, live by the widget itself

These are the only answers of pages that any site may load and frame. The page in the iframe keeps the strict
policy of all others, but for that.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol, Self

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET

from scorewire.clock import Clock
from scorewire.model.lifetimes import cache_headers, kept
from scorewire.model.score_state import ScoreState
from scorewire.model.surrogate_keys import of_state
from scorewire.model.validators import not_modified
from scorewire.scoreboard.base import Head
from scorewire.web.board import board
from scorewire.web.bundle import Bundle
from scorewire.web.front import start_text
from scorewire.web.render import template
from scorewire.web.timeline import lines
from scorewire.web.viewer import read_viewer

FOREIGN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of what pages of other origins load: modules by CORS, the rest where they ask for it (COEP)."""
SHORTLY: Final = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
EMBED_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
EVENTS_MAX: Final = 20
_COUNT: Final = re.compile("[0-9]{1,6}")
THEMES: Final = {"auto": "light dark", "light": "light", "dark": "dark"}
WEIGHTS: Final = ("score", "card", "correction")
"""Of the lines that the page in the iframe shows, as the widget does."""


PAGES_MAX: Final = 300
KEPT_MS: Final = 5000
"""For how long a page that was drawn stands, with the game's clock in it; a new seq is drawn at once."""


class Shape(NamedTuple):
    """How the page in the iframe is to look, and how late it is to be."""

    theme: str
    events: int
    compact: bool
    delay_s: int


def read_shape(asked: Mapping[str, str]) -> Shape:
    """Of a query; what cannot be read is as if it were not there, except that no delay becomes shorter."""
    theme, count = asked.get("theme", ""), asked.get("events", "")
    return Shape(
        theme=theme if theme in THEMES else "auto",
        events=min(int(count), EVENTS_MAX) if _COUNT.fullmatch(count) else 0,
        compact="compact" in asked,
        delay_s=read_viewer(asked, {}).delay_s,
    )


class EmbedReads(Protocol):
    """What the page in the iframe reads."""

    def late(self, delay_s: int) -> Self:
        """The same as it was `delay_s` ago."""
        ...

    async def head(self, game_id: str) -> Head | None:
        """The full state; None for an unknown game."""
        ...


def widget_pages(
    *, reads: EmbedReads, clock: Clock, bundle: Bundle, takes_gzip: Callable[[str], bool]
) -> list[HTTPRouteHandler]:
    """The handlers.

    Args:
        clock: for the clock of the game in the first HTML.
        takes_gzip: whether an Accept-Encoding does.
    """
    module = bundle.files["widget.js"]
    name = hashlib.sha256(module.body).hexdigest()[:16]

    pages: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def drawn(game_id: str, state: ScoreState | None, shape: Shape) -> str:
        now_ms = clock.now_ms() - shape.delay_s * 1000
        named = (state.epoch, state.seq, now_ms // KEPT_MS) if state is not None else ()
        key = (game_id, *named, *shape)
        if key not in pages:
            pages[key] = embed_page(bundle=bundle, game_id=game_id, state=state, shape=shape, now_ms=now_ms)
            if len(pages) > PAGES_MAX:
                pages.popitem(last=False)
        return pages[key]

    @get("/widget.js", include_in_schema=False)
    async def widget(request: Request[Any, Any, Any]) -> Response[bytes]:
        gzip = takes_gzip(request.headers.get("accept-encoding", ""))
        etag = f'"{name}-gzip"' if gzip else f'"{name}"'
        headers = {**FOREIGN, "Cache-Control": SHORTLY, "ETag": etag, "Vary": "Accept-Encoding"}
        if not_modified(dict(request.headers), etag, None):
            return Response(b"", status_code=304, headers=headers)
        if gzip:
            headers["Content-Encoding"] = "gzip"
        return Response(module.packed if gzip else module.body, media_type=module.media_type, headers=headers)

    @get("/embed/{game_id:str}", include_in_schema=False)
    async def embed(request: Request[Any, Any, Any], game_id: FromPath[str]) -> Response[str]:
        # The address alone says how: no cookie is read, so that a cache may keep it for everybody.
        shape = read_shape(request.query_params)
        head = await reads.late(shape.delay_s).head(game_id)
        headers = {
            **FOREIGN,
            "Content-Security-Policy": EMBED_POLICY,
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Referrer-Policy": "no-referrer",
            "cache-control": "no-store",
        }
        if head is not None:
            headers |= dict(cache_headers(kept(head.state.status)))
            headers["Surrogate-Key"] = of_state(head.state)
        text = drawn(game_id, head.state if head is not None else None, shape)
        return Response(text, status_code=200 if head else 404, media_type="text/html", headers=headers)

    return [widget, embed]


def embed_page(
    *,
    bundle: Bundle,
    game_id: str,
    state: ScoreState | None,
    shape: Shape,
    now_ms: int,
) -> str:
    """The page in an iframe; pure.

    Args:
        state: None for a game that is not known, or not yet.
        now_ms: the viewer's, delayed.
    """
    shown = board(state, now_ms) if state is not None else None
    told = _told(state) if state is not None and not shape.compact else []
    return template("embed.html").render(
        bundle=bundle,
        game_id=game_id,
        state=state,
        board=shown,
        title=f"{shown.home.name} v {shown.away.name}" if shown is not None else "No such game",
        start=" ".join(filter(None, start_text(state.start, "UTC", now_ms))) if state is not None else "",
        lines=told[: shape.events],
        shape=shape,
        schemes=THEMES[shape.theme],
    )


def _told(state: ScoreState) -> list[object]:
    events = state.events if state.events is not UNSET else ()
    found = lines(state.sport, events, state.home.score, state.away.score, state)
    return [line for line in found if line.weight in WEIGHTS]

"""oEmbed: a site that is given the address of a game's page learns how to show its iframe page.

    GET /oembed?url=https://scores.example/game/cup-final&maxwidth=400
    {"version": "1.0", "type": "rich", "html": "<iframe src=...>", "width": 400, "height": 150, ...}

Source: oembed.com, 2.3.
"""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Final
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from scorewire.model.ids import is_id
from scorewire.model.score_state import ScoreState
from scorewire.scoreboard.base import Head

ReadHead = Callable[[str], Awaitable[Head | None]]
"""game id -> its newest state; None for an unknown game."""
Site = Callable[[Request], str]  # type: ignore[type-arg]

WIDTH, HEIGHT = 360, 150
"""What the iframe page asks for, where nobody says otherwise."""
WIDTH_MIN, WIDTH_MAX = 240, 1200
CACHE_S: Final = 3600
"""The frame stays right for as long as there is the game; only what it shows changes."""
_HEADERS: Final = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_encode = msgspec.json.Encoder().encode


def oembed_pages(*, head: ReadHead, site: Site) -> list[HTTPRouteHandler]:
    """The handler.

    Args:
        site: how the outside reaches this node.
    """

    @get("/oembed", include_in_schema=False)
    async def oembed(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        asked, own = request.query_params, site(request)
        if asked.get("format", "json") != "json":
            return _answer({"error": "Only JSON is told."}, status=501)
        game_id = game_of(asked.get("url", ""), own)
        found = None if game_id is None else await head(game_id)
        if found is None:
            return _answer({"error": "url: not the page of a game of this site."}, status=404)
        width, height = _room(asked.get("maxwidth", "")), _room(asked.get("maxheight", ""))
        return _answer(frame(found.state, own, width=width, height=height))

    return [oembed]


def _room(text: str) -> int | None:
    """Pixels, if that is what it says; a number of a thousand digits is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else None


def _answer(body: dict[str, object], *, status: int = 200) -> Response[bytes]:
    keep = f"public, max-age={CACHE_S}" if status == 200 else "no-store"
    return Response(
        _encode(body),
        status_code=status,
        media_type="application/json",
        headers={**_HEADERS, "Cache-Control": keep},
    )


def game_of(url: str, site: str) -> str | None:
    """The game whose page, or one of whose tabs, an address names; None for any other address.

    A path alone is of this site: a page that names itself for discovery need not know how it is reached.

    Args:
        site: how the outside reaches this node, without a slash at its end.
    """
    try:
        asked, own = urlsplit(url), urlsplit(site)
    except ValueError:
        return None
    here = asked.scheme in ("http", "https") and asked.netloc.lower() == own.netloc.lower()
    if not here and (asked.scheme or asked.netloc):
        return None
    parts = asked.path.strip("/").split("/")
    if len(parts) < 2 or parts[0] not in ("game", "embed") or not is_id(parts[1]):
        return None
    return parts[1]


def frame(state: ScoreState, site: str, *, width: int | None, height: int | None) -> dict[str, object]:
    """The answer for a game.

    Args:
        width, height: the most that there is room for, px.
    """
    wide = max(WIDTH_MIN, min(WIDTH if width is None else width, WIDTH_MAX))
    high = HEIGHT if height is None else min(HEIGHT, max(height, 1))
    title = f"{state.home.name} v {state.away.name}"
    address = escape(f"{site}/embed/{state.game_id}")
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Scorewire",
        "provider_url": site,
        "title": title,
        "cache_age": CACHE_S,
        "html": f'<iframe src="{address}" title="{escape(title)}, live score" width="{wide}" height="{high}"'
        ' frameborder="0" sandbox="allow-scripts allow-popups"></iframe>',
        "width": wide,
        "height": high,
    }

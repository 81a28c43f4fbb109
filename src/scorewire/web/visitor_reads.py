"""What the schedule, calendars and the search read, now or some seconds ago, and how their pages are sent."""

import gzip
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, Self

from litestar import Request, Response

from scorewire.journal.names import Found
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Team
from scorewire.scoreboard.base import Head
from scorewire.web.pages import PAGE_HEADERS, PAGE_LEVEL, takes_gzip

PAGE_FRESH_S: Final = 1.0
"""How old a page may be that many read; the stream that it opens begins with what is true then."""

Make = Callable[[], Awaitable[bytes]]


class VisitorReads(Protocol):
    """What these pages read; none of it writes."""

    def late(self, delay_s: int) -> Self:
        """The same as it was `delay_s` ago; names of teams and leagues are those of now."""
        ...

    async def games(self, query: GamesQuery) -> GamesPage:
        """Games in list form."""
        ...

    async def head(self, game_id: str) -> Head | None:
        """The full state of a game; None for an unknown one."""
        ...

    async def league(self, league_id: str) -> LeagueListed | None:
        """A league; None for an unknown one."""
        ...

    async def leagues(self) -> tuple[LeagueListed, ...]:
        """Every league, by sport and name."""
        ...

    async def team(self, team_id: str) -> Team | None:
        """A team as last declared; None for an unknown one."""
        ...

    async def found(self, text: str) -> Found:
        """Teams, leagues, players and games by name."""
        ...

    async def kept(self, name: str, make: Make, *, fresh_s: float) -> bytes:
        """What `make` makes, or what it made less than `fresh_s` ago for somebody else.

        Args:
            name: of the question, the same for all who ask it.
        """
        ...


def pressed(text: str) -> bytes:
    """A page as it is kept: by gzip."""
    return gzip.compress(text.encode(), PAGE_LEVEL, mtime=0)


def page(request: Request, body: bytes) -> Response[bytes]:  # type: ignore[type-arg]
    """A kept page for who asks, unpacked for who takes no gzip."""
    headers = {**PAGE_HEADERS, "Vary": "Accept-Encoding, Cookie"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(body, media_type="text/html", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type="text/html", headers=headers)

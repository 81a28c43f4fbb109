"""What the pages of leagues, teams and players ask, and how their answers are kept and sent.

A page of these is the same for everybody who asks, and a second old at the most: its stream, where it has
one, begins with what is true then.
"""

import gzip
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from litestar import Request, Response

from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Player, Team
from scorewire.model.question import Question, question
from scorewire.web.bundle import Bundle
from scorewire.web.pages import PAGE_HEADERS, PAGE_LEVEL, takes_gzip
from scorewire.web.render import template

FRESH_S: Final = 1.0
"""How old a page may be that shows what goes on."""
SLOW_S: Final = 20.0
"""How old a list of a whole season may be, and what was summed over one."""
HTML: Final = "text/html"
PARAMETER_MAX: Final = 100
"""Characters of what an address asks for; a page of more is none of ours."""

Build = Callable[[], Awaitable[bytes]]


class RecordReads(Protocol):
    """What these pages read. Every method answers from what is current; none of them writes."""

    def late(self, delay_s: int) -> "RecordReads":
        """The same as it was `delay_s` ago, but for sums: leaders and statistics are those of now."""
        ...

    async def games(self, query: GamesQuery) -> GamesPage:
        """Games in list form."""
        ...

    async def league(self, league_id: str) -> LeagueListed | None:
        """A league with its seasons; None for an unknown one."""
        ...

    async def leagues(self) -> tuple[LeagueListed, ...]:
        """Every league."""
        ...

    async def team(self, team_id: str) -> Team | None:
        """A team as last declared; None for an unknown one."""
        ...

    async def player(self, player_id: str) -> Player | None:
        """A player as last named; None for an unknown one."""
        ...

    async def standings(
        self, league_id: str, season: str | None, as_of_ms: int | None = None
    ) -> bytes | None:
        """A league's table as JSON, of the season with the newest game where none is named; None for none."""
        ...

    async def playing(self, league_id: str) -> frozenset[str]:
        """Teams of a league whose game goes on now."""
        ...

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None, table: str | None
    ) -> bytes | None:
        """Leaders of a season as JSON, of the sport's main columns or of one; None where there are none.

        Raises:
            ValueError: the sport has no such column.
        """
        ...

    async def team_stats(self, team_id: str) -> bytes | None:
        """A team's newest seasons as JSON; None where nothing was counted."""
        ...

    async def player_stats(self, player_id: str) -> bytes | None:
        """A player's seasons and games as JSON; None where nothing was counted."""
        ...

    async def kept(self, name: Question, build: Build, *, fresh_s: float) -> bytes:
        """What `build` makes, or what it made less than `fresh_s` ago for somebody else.

        Args:
            name: of the question, the same for all who ask it.
        """
        ...


async def page(
    request: Request,  # type: ignore[type-arg]
    reads: RecordReads,
    bundle: Bundle,
    name: Question,
    build: Build,
) -> Response[bytes]:
    """A page that is kept, packed, while it is fresh; where `build` makes nothing, nothing is there."""

    async def packed() -> bytes:
        body = await build()
        return gzip.compress(body, PAGE_LEVEL, mtime=0) if body else b""

    body = await reads.kept(question("page", name), packed, fresh_s=FRESH_S)
    headers = {**PAGE_HEADERS, "Vary": "Accept-Encoding, Cookie"}
    if not body:
        body = template("unknown.html").render(bundle=bundle).encode()
        return Response(body, status_code=404, media_type=HTML, headers=headers)
    if takes_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return Response(body, media_type=HTML, headers=headers)


def asked(params: Mapping[str, str], name: str) -> str | None:
    """A parameter of an address; None for an absent, empty or endless one."""
    value = params.get(name, "")
    return value if 0 < len(value) <= PARAMETER_MAX else None

"""What the schedule, calendars and the search read, now or some seconds ago."""

from collections.abc import Awaitable, Callable
from typing import Protocol, Self

from scorewire.journal.names import Found
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Team
from scorewire.model.question import Question
from scorewire.scoreboard.base import Head

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

    async def kept(self, name: Question, make: Make, *, fresh_s: float) -> bytes:
        """What `make` makes, or what it made less than `fresh_s` ago for somebody else.

        Args:
            name: of the question, the same for all who ask it.
        """
        ...

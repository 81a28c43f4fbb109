"""What the schedule, calendars and the search read: what REST answers, now or some seconds ago."""

from typing import Self

from scorewire.api.caching.kept import Built
from scorewire.api.reads import Reads
from scorewire.errors import RequestError
from scorewire.journal.names import Found
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Team
from scorewire.model.question import Question, question
from scorewire.scoreboard.base import Head
from scorewire.web.visitor_reads import Make


class VisitorReads:
    """See `web.visitor_reads.VisitorReads`."""

    def __init__(self, reads: Reads, *, delay_s: int = 0) -> None:
        self._reads = reads
        self._delay_s = delay_s

    def late(self, delay_s: int) -> Self:
        return type(self)(self._reads, delay_s=delay_s)

    async def games(self, query: GamesQuery) -> GamesPage:
        return await self._reads.games(query, self._delay_s)

    async def head(self, game_id: str) -> Head | None:
        try:
            return await self._reads.head(game_id, self._delay_s)
        except RequestError:
            return None

    async def league(self, league_id: str) -> LeagueListed | None:
        return await self._reads.journal.league(league_id)

    async def leagues(self) -> tuple[LeagueListed, ...]:
        return await self._reads.journal.leagues()

    async def team(self, team_id: str) -> Team | None:
        return await self._reads.journal.team(team_id)

    async def found(self, text: str) -> Found:
        return await self._reads.found(text, self._delay_s)

    async def kept(self, name: Question, make: Make, *, fresh_s: float) -> bytes:
        async def build() -> Built:
            return Built(await make(), fresh_s=fresh_s)

        return (await self._reads.kept.get(question("visitor", name), build))[0].body

"""What the pages of leagues, teams and players read: the journal, tables, statistics; kept ready."""

from scorewire.api.caching.kept import Built
from scorewire.api.reads import Reads
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Player, Team
from scorewire.model.question import Question, question
from scorewire.web.record_reads import FRESH_S, SLOW_S, Build

PLAYING_MAX = 200
"""Games of one league that are looked at for who plays now."""


class RecordReads:
    """See `web.record_reads.RecordReads`; what REST answers, now or some seconds ago."""

    def __init__(self, reads: Reads, *, delay_s: int = 0) -> None:
        self._reads = reads
        self._delay_s = delay_s
        self._journal, self._kept = reads.journal, reads.kept
        self._standings, self._statistics = reads.standings, reads.statistics

    def late(self, delay_s: int) -> "RecordReads":
        return RecordReads(self._reads, delay_s=delay_s) if delay_s else self

    async def games(self, query: GamesQuery) -> GamesPage:
        return await self._reads.games(query, self._delay_s)

    async def league(self, league_id: str) -> LeagueListed | None:
        return await self._journal.league(league_id)

    async def leagues(self) -> tuple[LeagueListed, ...]:
        return await self._journal.leagues()

    async def team(self, team_id: str) -> Team | None:
        return await self._journal.team(team_id)

    async def player(self, player_id: str) -> Player | None:
        return await self._journal.player(player_id)

    async def standings(
        self, league_id: str, season: str | None, as_of_ms: int | None = None
    ) -> bytes | None:
        until_ms = as_of_ms
        if self._delay_s:
            # To the second, so that viewers with one delay share one table.
            then_ms = self._reads.now_ms(self._delay_s) // 1000 * 1000
            until_ms = then_ms if as_of_ms is None else min(as_of_ms, then_ms)

        async def build() -> bytes:
            return await self._standings(league_id, season, until_ms) or b""

        # A table of an earlier day is computed anew, and changes by corrections alone.
        fresh_s = FRESH_S if as_of_ms is None else SLOW_S
        return await self.kept(question("table", league_id, as_of_ms, season), build, fresh_s=fresh_s) or None

    async def playing(self, league_id: str) -> frozenset[str]:
        async def build() -> bytes:
            underway = GamesQuery(league=league_id, status="underway", limit=PLAYING_MAX)
            games = (await self.games(underway)).games
            sides = [side.id for one in games if one.status != "ended" for side in (one.home, one.away)]
            return " ".join(sides).encode()

        found = await self.kept(question("teams that play", league_id), build, fresh_s=FRESH_S)
        return frozenset(found.decode().split())

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None, table: str | None
    ) -> bytes | None:
        async def build() -> bytes:
            return await self._statistics.leaders(league_id, season, stat, table) or b""

        name = question("sums of leaders", league_id, stat, table, season)
        return await self.kept(name, build, fresh_s=SLOW_S) or None

    async def team_stats(self, team_id: str) -> bytes | None:
        async def build() -> bytes:
            return await self._statistics.team(team_id) or b""

        return await self.kept(question("sums of team", team_id), build, fresh_s=SLOW_S) or None

    async def player_stats(self, player_id: str) -> bytes | None:
        async def build() -> bytes:
            return await self._statistics.player(player_id) or b""

        return await self.kept(question("sums of player", player_id), build, fresh_s=SLOW_S) or None

    async def kept(self, name: Question, build: Build, *, fresh_s: float) -> bytes:
        async def built() -> Built:
            body = await build()
            # What there is not yet is looked for again soon: it begins with the first goal.
            return Built(body, fresh_s=fresh_s if body else min(fresh_s, FRESH_S))

        found, _ = await self._kept.get(
            question("late", self._delay_s, name) if self._delay_s else name, built
        )
        return found.body

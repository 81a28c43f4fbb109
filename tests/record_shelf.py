"""Games, leagues, tables and statistics as pages of leagues, teams and players read them, held in memory."""

from dataclasses import dataclass, field

from scorewire.journal.earlier import matches, place
from scorewire.journal.records import GamesPage, GamesQuery, LeagueListed
from scorewire.model.provider_event import Player, Team
from scorewire.model.score_state import UNDER_WAY, ScoreState
from scorewire.web.record_reads import Build


@dataclass(slots=True)
class Shelf:
    """See `web.record_reads.RecordReads`; `asked` says what was asked for."""

    states: list[ScoreState] = field(default_factory=list)
    listed: list[LeagueListed] = field(default_factory=list)
    tables: dict[tuple[str, str | None, int | None], bytes] = field(default_factory=dict)
    statistics: dict[str, bytes] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)

    def late(self, delay_s: int) -> "Shelf":
        self.asked.append(f"late {delay_s}")
        return self

    async def games(self, query: GamesQuery) -> GamesPage:
        self.asked.append(query)
        found = sorted((one for one in self.states if matches(query, one)), key=place, reverse=True)
        assert len(found) <= query.limit, "no test needs a second page"
        return GamesPage(games=tuple(one.line() for one in found), next=None)

    async def league(self, league_id: str) -> LeagueListed | None:
        return next((one for one in self.listed if one.id == league_id), None)

    async def leagues(self) -> tuple[LeagueListed, ...]:
        return tuple(self.listed)

    async def team(self, team_id: str) -> Team | None:
        sides = [side for one in self.states for side in (one.home, one.away) if side.id == team_id]
        return Team(id=team_id, name=sides[0].name, abbr=sides[0].abbr) if sides else None

    async def player(self, player_id: str) -> Player | None:
        return self.players.get(player_id)

    async def standings(
        self, league_id: str, season: str | None, as_of_ms: int | None = None
    ) -> bytes | None:
        return self.tables.get((league_id, season, as_of_ms))

    async def playing(self, league_id: str) -> frozenset[str]:
        going = [one for one in self.states if one.status in UNDER_WAY and one.league.id == league_id]
        return frozenset(side.id for one in going for side in (one.home, one.away))

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None, table: str | None
    ) -> bytes | None:
        self.asked.append((league_id, season, stat, table))
        if stat == "NONE":
            raise ValueError("no such column")
        return self.statistics.get(f"leaders {stat}")

    async def team_stats(self, team_id: str) -> bytes | None:
        return self.statistics.get(f"team {team_id}")

    async def player_stats(self, player_id: str) -> bytes | None:
        return self.statistics.get(f"player {player_id}")

    async def kept(self, name: str, build: Build, *, fresh_s: float) -> bytes:
        del name, fresh_s
        return await build()

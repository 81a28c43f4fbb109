"""Who keeps the tables of leagues in a process, as the configuration has it, and who shows them on Redis."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import ConfigError
from scorewire.games.history import History
from scorewire.journal.competitions import KeptTable
from scorewire.journal.journal import Journal
from scorewire.metrics import Metrics
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.node.outward import Spawn
from scorewire.stats.keeping import LeagueTable, Tables, Terms
from scorewire.stats.standings.competitions import rules_for
from scorewire.stats.standings.rules import Deduction

if TYPE_CHECKING:
    from scorewire.scoreboard.redis_standings import RedisStandings

STOPS_S: Final = 2.0
"""For what was heard to come into its tables at shutdown; the next start finds the rest."""
NO_SEASON: Final = "-"


class Tabling:
    """See the module.

    Args:
        redis: where tables are shown besides; "" for nowhere.

    Attributes:
        tables: to read from, whoever keeps them; `heard` and `run` only where this process does.
    """

    def __init__(
        self, config: Config, *, journal: Journal, history: History, redis: str, clock: Clock, spawn: Spawn
    ) -> None:
        async def head(game_id: str) -> ScoreState | None:
            found = await history.head(game_id)
            return None if found is None else found.state

        self._competitions = journal.competitions
        self._redis = redis
        self._spawn = spawn
        self._board: RedisStandings | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.tables = Tables(
            competitions=journal.competitions,
            head=head,
            epoch=lambda: journal.epoch,
            terms=terms_of(config),
            now_s=clock.monotonic_s,
            told=self._show,
        )

    def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Make what keeps them; nothing is connected before `start`.

        Raises:
            ConfigError: the URL names no server.
        """
        metrics.read("scorewire_tables_kept_total", lambda: self.tables.kept)
        metrics.read("scorewire_tables_waiting_games", lambda: self.tables.waiting)
        if not self._redis:
            return
        # The driver takes a seventh of a second to import, which only those pay who use it.
        from scorewire.scoreboard.redis_servers import servers_at
        from scorewire.scoreboard.redis_standings import RedisStandings

        servers = servers_at(self._redis)
        stack.push_async_callback(servers.close)
        self._board = RedisStandings(servers=servers, leagues=self._leagues, order=self._order)

    def start(self) -> None:
        """Begin to keep tables."""
        self._tasks.append(self._spawn(self.tables.run(), "tables"))
        if self._board is not None:
            self._tasks.append(self._spawn(self._board.run(), "redis standings"))

    def heard(self, updates: Sequence[Update]) -> None:
        """See `Tables.heard`."""
        self.tables.heard(updates)

    async def stop(self) -> None:
        """Let what was heard come into its tables, for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOPS_S):
                await self.tables.level()
        for task in self._tasks:
            task.cancel()

    def _show(self, tables: Sequence[KeptTable]) -> None:
        if self._board is not None:
            self._board.told(one.league_id for one in tables)

    async def _leagues(self) -> list[str]:
        return list(dict.fromkeys(one.league_id for one in await self._competitions.tables()))

    async def _order(self, league_id: str) -> list[str]:
        """The teams of a league's newest season, from the first to the last, part after part."""
        kept = await self._competitions.table(league_id)
        if kept is None:
            return []
        parts = msgspec.json.decode(kept.body, type=LeagueTable).table.parts
        first = [part for part in parts if part.view == parts[0].view]
        return [row.team for part in first for row in part.rows]


def terms_of(config: Config) -> Terms:
    """What tables go by, as configured.

    Raises:
        ConfigError: names rules that there are not, or a day that is none.
    """
    rules: dict[str, str] = {}
    deductions: dict[tuple[str, str], list[Deduction]] = {}
    for league_id, league in config.leagues.items():
        if league.rules:
            rules[league_id] = league.rules
            try:
                rules_for("", league_id, rules)
            except ValueError as error:
                raise ConfigError(f"leagues.{league_id}.rules", str(error)) from error
        for text in league.deductions:
            season, team, points, day, reason = text.split(" ", 4)
            try:
                at = datetime.fromisoformat(day).replace(tzinfo=UTC)
            except ValueError as error:
                raise ConfigError(f"leagues.{league_id}.deductions", f"{day} is no day") from error
            place = (league_id, "" if season == NO_SEASON else season)
            deductions.setdefault(place, []).append(
                Deduction(team=team, points=int(points), at_ms=int(at.timestamp() * 1000), reason=reason)
            )
    return Terms(rules=rules, deductions=deductions)

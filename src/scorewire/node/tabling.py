"""Who keeps the tables of leagues in a process of the role `stats`, and who shows them on Redis.

    one process decides all games     it hears of them itself
    several do                        game-events of Kafka ──► relay, for its partitions ──► tables

Two who compute one table at the same time lose nothing: the journal sees to that.
"""

import asyncio
from collections.abc import Callable, Sequence
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
from scorewire.node.roles import roles_of
from scorewire.sports import SPORTS
from scorewire.stats.box_scores import BoxScores
from scorewire.stats.keeping import LeagueTable, Tables, Terms
from scorewire.stats.lines import LINES
from scorewire.stats.scorebook import Scorebook, counting
from scorewire.stats.standings.competitions import rules_for
from scorewire.stats.standings.rules import Deduction
from scorewire.stats.statistics import Statistics

if TYPE_CHECKING:
    from scorewire.regions.relay import Relay
    from scorewire.scoreboard.redis_standings import RedisStandings

BEHIND_S: Final = 10.0
"""From when on readiness tells that tables are behind."""
STOPS_S: Final = 2.0
"""For what was heard to come into its tables at shutdown; the next start finds the rest."""
NO_SEASON: Final = "-"


class Tabling:
    """See the module.

    Args:
        changed: told the leagues whose tables were kept here.

    Attributes:
        keeps: whether this process keeps tables.
        tables: to read from, whoever keeps them.
        statistics: likewise.
        scorebook: what keeps the lines that they sum.
    """

    def __init__(
        self,
        config: Config,
        *,
        journal: Journal,
        history: History,
        changed: Callable[[Sequence[str]], None],
        clock: Clock,
        spawn: Spawn,
    ) -> None:
        async def head(game_id: str) -> ScoreState | None:
            found = await history.head(game_id)
            return None if found is None else found.state

        async def line(game_id: str) -> ScoreState | None:
            found = await journal.listed(game_id)
            return None if found is None else found[1]

        self.keeps = "stats" in roles_of(config)
        self._config = config
        self._journal = journal
        self._changed = changed
        self._competitions = journal.competitions
        self._clock = clock
        self._spawn = spawn
        self._relay: Relay | None = None
        self._relaying: asyncio.Task[None] | None = None
        self._board: RedisStandings | None = None
        self._tasks: list[asyncio.Task[None]] = []
        box_scores = BoxScores(
            rows=journal.rows,
            epoch=lambda: journal.epoch,
            machines=SPORTS,
            sports=LINES,
            now_s=clock.monotonic_s,
        )
        self.statistics = Statistics(
            box_scores=box_scores,
            lines=journal.lines,
            games=journal.games,
            league=journal.league,
            sports=LINES,
            now_s=clock.monotonic_s,
        )
        self.scorebook = Scorebook(
            lines=journal.lines,
            line=line,
            box_scores=box_scores,
            epoch=lambda: journal.epoch,
            counted=counting(),
            now_s=clock.monotonic_s,
        )
        self.tables = Tables(
            competitions=journal.competitions,
            head=head,
            epoch=lambda: journal.epoch,
            terms=terms_of(config),
            now_s=clock.monotonic_s,
            told=self._show,
        )

    async def open(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        """Make what keeps them, where this process does; nothing is read before `start`.

        Raises:
            ConfigError: a setting cannot be fulfilled.
            BackendError: there is no topic.
        """
        if not self.keeps:
            return
        metrics.read("scorewire_tables_kept_total", lambda: self.tables.kept)
        metrics.read("scorewire_tables_waiting_games", lambda: self.tables.waiting)
        metrics.read("scorewire_lines_kept_total", lambda: self.scorebook.kept)
        metrics.read("scorewire_lines_waiting_games", lambda: self.scorebook.waiting)
        if self._config.log.brokers:
            await self._open_relay(stack, metrics)
        if not self._config.scoreboard.url:
            return
        # The driver takes a seventh of a second to import, which only those pay who use it.
        from scorewire.scoreboard.redis_servers import servers_at
        from scorewire.scoreboard.redis_standings import RedisStandings

        servers = servers_at(self._config.scoreboard.url)
        stack.push_async_callback(servers.close)
        self._board = RedisStandings(servers=servers, leagues=self._leagues, order=self._order)

    async def _open_relay(self, stack: AsyncExitStack, metrics: Metrics) -> None:
        # As for Redis: only those pay for the driver who use it.
        from scorewire.node.carrying import open_relay

        relay = self._relay = await open_relay(
            self._config,
            # Two sites on one Kafka are two groups, as they have two sets of topics.
            group=f"{self._config.log.topics}stats",
            outbox=_Heard(self.tables, self.scorebook),
            home=_Here(self._journal.epoch),
            clock=self._clock,
            spawn=self._spawn,
            stack=stack,
        )
        metrics.read("scorewire_stats_behind_seconds", lambda: relay.behind_s)
        metrics.read("scorewire_stats_lag_updates", lambda: relay.lag)
        metrics.read("scorewire_stats_partitions", lambda: relay.partitions)

    @property
    def lacks(self) -> str | None:
        """What readiness tells of tables that are behind."""
        if self._relay is None or self._relay.behind_s < BEHIND_S:
            return None
        return f"tables may lack what is {self._relay.behind_s:.0f} s old"

    def start(self) -> None:
        """Begin to keep tables, where this process does."""
        if not self.keeps:
            return
        if self._relay is not None:
            self._relaying = self._spawn(self._relay.run(), "relay of tables")
        self._tasks.append(self._spawn(self.tables.run(), "tables"))
        self._tasks.append(self._spawn(self.scorebook.run(), "scorebook"))
        if self._board is not None:
            self._tasks.append(self._spawn(self._board.run(), "redis standings"))

    def heard(self, updates: Sequence[Update]) -> None:
        """This process has decided these, all that there are; see `Tables.heard`."""
        if self.keeps and self._relay is None:
            self.tables.heard(updates)
            self.scorebook.heard(updates)

    async def stop(self) -> None:
        """Let what was heard come into its tables, for a while."""
        if not self.keeps:
            return
        if self._relaying is not None:
            self._relaying.cancel()
            await asyncio.wait([self._relaying])
        with suppress(TimeoutError):
            async with asyncio.timeout(STOPS_S):
                await self.tables.level()
                await self.scorebook.finish()
        for task in self._tasks:
            task.cancel()

    def _show(self, tables: Sequence[KeptTable]) -> None:
        leagues = tuple(dict.fromkeys(one.league_id for one in tables))
        self._changed(leagues)
        if self._board is not None:
            self._board.told(leagues)

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


class _Heard:
    """Tables and lines as a relay sees them."""

    def __init__(self, tables: Tables, scorebook: Scorebook) -> None:
        self._tables = tables
        self._scorebook = scorebook

    @property
    def waiting(self) -> int:
        return self._tables.waiting

    async def publish(self, updates: Sequence[Update]) -> None:
        self._tables.heard(updates)
        self._scorebook.heard(updates)

    async def drained(self) -> None:
        await self._tables.level()
        await self._scorebook.level()

    def look_again(self) -> None:
        self._tables.look_again()
        self._scorebook.look_again()


class _Here:
    """The journal is at hand, and its epoch lasts as long as this process."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch

    async def epoch(self) -> str:
        return self._epoch


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

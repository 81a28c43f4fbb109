"""Keeps the tables of all competitions while games go on: as they stand, and right again after a correction.

    updates ──► heard: the newest state of each game ──► results that changed
                  ──► of each competition: all results, the table ──► journal, in one transaction ──► told

A game's result is a function of its state, and a table one of all results, so nothing is ever added up: what
a correction changes is made anew. At the start the heads of games are compared with their results, and tables
with what is configured, for what was missed while nobody kept them.

Many goals within a pass make one table. A pass is followed by a pause, nineteen times as long as it computed,
so that tables take at most a twentieth of a core from whoever shares the process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import structlog
from msgspec import UNSET, Struct

from scorewire.errors import BackendError
from scorewire.journal.competitions import Competition, Competitions, KeptResult, KeptTable
from scorewire.model.provider_event import League
from scorewire.model.score_state import OVER, UNDER_WAY, ScoreState
from scorewire.model.update import Update
from scorewire.stats.standings.competitions import rules_for
from scorewire.stats.standings.reading import result_of
from scorewire.stats.standings.result import Result
from scorewire.stats.standings.rules import Deduction, Entrant
from scorewire.stats.standings.table import Table, table

PAUSE_S: Final = 0.2
"""Between two passes at least."""
SHARE: Final = 19.0
"""So many times as long as it computed a pass is followed by a pause."""
RETRY_S: Final = (0.2, 5.0)
KNOWN_MAX: Final = 50_000
"""Results that are remembered, so that a foul costs no look at the journal."""
CAUGHT_UP_AT_ONCE: Final = 200
READ_AT_ONCE: Final = 50
"""Results that are made of states before whoever shares the loop has a turn, some 2 ms."""

_log = structlog.get_logger("scorewire.stats")

Place = tuple[str, str]
"""A competition: league id and season."""

Told = Callable[[Sequence[KeptTable]], None]
"""Hears of tables that have been kept; must not raise."""


class LeagueTable(Struct, frozen=True, kw_only=True):
    """What readers are given: `{"league": {"id": "epl"}, "season": "2023-24", "table": {...}}`."""

    league: League
    season: str
    table: Table


class Terms(Struct, frozen=True, kw_only=True):
    """What a competition's table goes by besides its results.

    Attributes:
        rules: ids of rules by league, where they are not those of the league's id or sport.
        deductions: by competition.
    """

    rules: Mapping[str, str] = {}
    deductions: Mapping[Place, Sequence[Deduction]] = {}


_FIELDS: Final = frozenset(
    {"status", "home", "away", "start", "end", "sport", "league", "season", "round", "linescore"}
)
"""Of a state, what a result is made of; and `detail`, but for what only counts."""
_COUNTS: Final = frozenset({"stats"})

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Result).decode


class Tables:
    """See the module; start `run` in a task.

    Args:
        competitions: the journal's.
        head: the state of a game, from the journal; None for an unknown one.
        epoch: the journal's. Updates of another are of games as they were before a restore.
        now_s: monotonic.

    Attributes:
        kept: tables that were kept.
    """

    def __init__(
        self,
        *,
        competitions: Competitions,
        head: Callable[[str], Awaitable[ScoreState | None]],
        epoch: Callable[[], str],
        terms: Terms,
        now_s: Callable[[], float],
        told: Told | None = None,
    ) -> None:
        self.kept = 0
        self._competitions = competitions
        self._head = head
        self._epoch = epoch
        self._terms = terms
        self._now_s = now_s
        self._told = told
        self._dirty: dict[str, ScoreState] = {}
        self._known: dict[str, bytes | None] = {}
        self._news = asyncio.Event()
        self._level = asyncio.Event()
        self._level.set()
        self._spent_s = 0.0
        self._missed = True

    @property
    def waiting(self) -> int:
        """Games whose newest state no table has seen yet."""
        return len(self._dirty)

    def heard(self, updates: Iterable[Update]) -> None:
        """These rows are in the journal; never waits."""
        epoch = self._epoch()
        for update in updates:
            if _may_matter(update) and update.epoch == epoch:
                self._dirty[update.game_id] = update.state
        if self._dirty:
            self._level.clear()
            self._news.set()

    def look_again(self) -> None:
        """Something may have been missed: compare the heads of games with their results, soon."""
        self._missed = True
        self._level.clear()
        self._news.set()

    async def level(self) -> None:
        """Wait until everything that was heard is in the tables; the caller bounds the time."""
        await self._level.wait()

    async def run(self) -> None:
        """Keep the tables, for ever.

        Cancellation: what was heard and is not kept is found at the next start.
        """
        await self._insist(self._catch_up)
        await self._insist(self._renew)
        while True:
            await self._news.wait()
            self._news.clear()
            await self._insist(self._catch_up if self._missed else self._pass)
            if not self._dirty and not self._missed:
                self._level.set()
            await asyncio.sleep(max(PAUSE_S, SHARE * self._spent_s))

    async def read(self, league_id: str, season: str | None, as_of_ms: int | None = None) -> bytes | None:
        """A table as JSON; None if there is none.

        Args:
            season: None for that with the newest game.
            as_of_ms: what became so later does not count.

        Raises:
            BackendError: the journal cannot be read.
        """
        kept = await self._competitions.table(league_id, season)
        if kept is None or as_of_ms is None:
            return None if kept is None else kept.body
        competition = await self._competitions.read(kept.league_id, kept.season)
        return await asyncio.to_thread(made, competition, (), self._terms, as_of_ms)

    async def _catch_up(self) -> None:
        """Look for games whose results are missing, or older than they are."""
        self._missed = False
        after = ""
        while page := await self._competitions.unkept(UNDER_WAY | OVER, after=after, limit=CAUGHT_UP_AT_ONCE):
            for game_id in page:
                try:
                    state = await self._head(game_id)
                except BackendError as error:
                    if error.retryable:
                        raise
                    _log.error("a game cannot be read, and is in no table", game=game_id, detail=str(error))
                    continue
                if state is not None:
                    self._dirty.setdefault(game_id, state)
            await self._pass()
            after = page[-1]
        await self._pass()

    async def _renew(self) -> None:
        """Make those tables again that come out otherwise now, as by other rules or deductions."""
        for kept in await self._competitions.tables():
            place = (kept.league_id, kept.season)
            table_now = await self._made(place, ())
            if table_now.body != kept.body and await self._competitions.keep((), [table_now]):
                self._tell([table_now])
            await asyncio.sleep(SHARE * self._spent_s)
            self._spent_s = 0.0

    async def _pass(self) -> None:
        """Keep what changed by what was heard until now."""
        self._spent_s = 0.0
        states, self._dirty = self._dirty, {}
        try:
            while states:
                states = await self._keep(states)
        finally:
            # What could not be kept is heard again, unless something newer was meanwhile.
            self._dirty = {**states, **self._dirty}

    async def _keep(self, states: dict[str, ScoreState]) -> dict[str, ScoreState]:
        """Returns what is to be tried again: somebody else keeps tables of the same competitions."""
        new = await self._results(states)
        asked = [game_id for game_id, one in new.items() if self._is_news(states[game_id], one)]
        if not asked:
            return {}
        held = await self._competitions.held(asked)
        changed = [new[game_id] for game_id in asked if _differs(new[game_id], held.get(game_id))]
        if changed:
            places = {(one.league_id, one.season) for one in changed} | {
                (one.league_id, one.season) for one in (held.get(new.game_id) for new in changed) if one
            }
            tables = [await self._made(place, changed) for place in sorted(places)]
            if not await self._competitions.keep(changed, tables):
                return {game_id: states[game_id] for game_id in asked}
            self._tell(tables)
        if len(self._known) > KNOWN_MAX:
            self._known.clear()
        self._known.update((game_id, new[game_id].body) for game_id in asked)
        return {}

    def _tell(self, tables: Sequence[KeptTable]) -> None:
        self.kept += len(tables)
        if self._told is not None:
            self._told([msgspec.structs.replace(one, version=one.version + 1) for one in tables])

    async def _results(self, states: Mapping[str, ScoreState]) -> dict[str, KeptResult]:
        found: dict[str, KeptResult] = {}
        began_s = self._now_s()
        for number, (game_id, state) in enumerate(states.items(), 1):
            try:
                found[game_id] = kept_result(state)
            except Exception as error:
                # The same boundary as for a table: what cannot be counted must not end a node.
                _log.error("a game's result cannot be read", game=game_id, exc_info=error)
            if number % READ_AT_ONCE == 0:
                self._spent_s += self._now_s() - began_s
                await asyncio.sleep(0)
                began_s = self._now_s()
        self._spent_s += self._now_s() - began_s
        return found

    def _is_news(self, state: ScoreState, new: KeptResult) -> bool:
        # Of a game that is over each row is noted, so that the next start finds nothing behind.
        return state.status in OVER or self._known.get(state.game_id, b"") != new.body

    async def _made(self, place: Place, changed: Sequence[KeptResult]) -> KeptTable:
        competition = await self._competitions.read(*place)
        began_s = self._now_s()
        try:
            body = await asyncio.to_thread(made, competition, changed, self._terms)
        except Exception as error:
            # A table that cannot be made is none at all, rather than an old one; the node and all other
            # tables go on.
            _log.error("a table cannot be made", league=place[0], season=place[1], exc_info=error)
            body = _encode(LeagueTable(league=League(id=place[0]), season=place[1], table=Table(rules="")))
        self._spent_s += self._now_s() - began_s
        return KeptTable(league_id=place[0], season=place[1], version=competition.version, body=body)

    async def _insist(self, act: Callable[[], Awaitable[None]]) -> None:
        """Repeat until it succeeds: no game is left out."""
        wait_s, longest_s = RETRY_S
        while True:
            try:
                return await act()
            except BackendError as error:
                self._missed = True
                _log.warning("tables cannot be kept", detail=str(error), waiting=len(self._dirty))
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)


def _may_matter(update: Update) -> bool:
    """Whether a result may be another after a row: most rows count a foul, or set the clock."""
    if update.correction or update.seq == 1 or not _FIELDS.isdisjoint(update.patch):
        return True
    detail = update.patch.get("detail")
    return isinstance(detail, dict) and not detail.keys() <= _COUNTS


def kept_result(state: ScoreState) -> KeptResult:
    """What is kept of a game; without a body where it counts for nothing."""
    result = result_of(state)
    return KeptResult(
        game_id=state.game_id,
        league_id=state.league.id,
        season="" if state.season is UNSET else state.season,
        seq=state.seq,
        start_ms=0 if result is None else result.start_ms,
        body=None if result is None else _encode(result),
    )


def _differs(new: KeptResult, held: KeptResult | None) -> bool:
    if held is None:
        return new.body is not None
    return new.seq > held.seq


def made(
    competition: Competition, changed: Sequence[KeptResult], terms: Terms, as_of_ms: int | None = None
) -> bytes:
    """The table of a competition as it will be with what changed, as JSON. Pure."""
    place = (competition.league_id, competition.season)
    bodies = {one.game_id: one.body for one in competition.results}
    for one in changed:
        bodies[one.game_id] = one.body if (one.league_id, one.season) == place else None
    results = [_decode(body) for body in bodies.values() if body is not None]
    entrants = [
        Entrant(
            id=team.id, name=team.name, abbr=team.abbr, conference=team.conference, division=team.division
        )
        for team in competition.teams
    ]
    # Games of several sports in one league are two leagues with one name; the most common one has the table.
    sports = [result.sport for result in results]
    sport = max(sorted(set(sports)), key=sports.count, default="")
    found = (
        table(
            rules_for(sport, competition.league_id, terms.rules, season=competition.season),
            [result for result in results if result.sport == sport],
            entrants,
            terms.deductions.get(place, ()),
            as_of_ms,
        )
        if sport
        else Table(rules="")
    )
    league = League(id=competition.league_id, name=competition.name)
    return _encode(LeagueTable(league=league, season=competition.season, table=found))

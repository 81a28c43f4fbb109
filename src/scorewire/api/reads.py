"""What is true of a game, at its head or at a seq, and for how long an answer about it may be kept."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from scorewire.api.caching.kept import KeptAnswers
from scorewire.api.problems import refuse
from scorewire.clock import Clock
from scorewire.journal.earlier import joined
from scorewire.journal.journal import Journal
from scorewire.journal.names import Found
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import GameEvent
from scorewire.model.ids import is_id
from scorewire.model.score_state import ScoreState
from scorewire.scoreboard.base import Head, Scoreboard

StateAt = Callable[[str, int], Awaitable[Head | None]]
"""(game_id, seq) -> the game folded up to seq; None where there is no such row."""

Standings = Callable[[str, str | None, int | None], Awaitable[bytes | None]]
"""(league, season or the newest, as of ms or now) -> a table as JSON; None if there is none."""


async def no_standings(_league_id: str, _season: str | None, _as_of_ms: int | None) -> bytes | None:
    """Nobody keeps tables."""
    return None


Shots = Callable[[ScoreState], Awaitable[bytes]]
"""The shots of a game after the state's seq, as JSON."""


async def no_shots(state: ScoreState) -> bytes:
    """Nobody reads plays."""
    return b'{"game_id":"%s","shots":[]}' % state.game_id.encode()


class Statistics(Protocol):
    """Answers as JSON; docs/statistics.md says what is in them. None where there are no lines."""

    async def lines(self, game_id: str, seq: int) -> bytes | None:
        """The box score of a game after a row that it has."""
        ...

    async def leaders(
        self, league_id: str, season: str | None, stat: str | None = None, table: str | None = None
    ) -> bytes | None:
        """Leaders of a season or the newest, in one column or the main ones; ValueError says which there
        are where there is no such column."""
        ...

    async def player(self, player_id: str, season: str | None = None) -> bytes | None:
        """A player's seasons, or one, and games."""
        ...

    async def team(self, team_id: str, season: str | None = None) -> bytes | None:
        """A team's newest seasons, or one, and games."""
        ...


class NoStatistics:
    """Nobody keeps lines."""

    async def lines(self, _game_id: str, _seq: int) -> bytes | None:
        """None."""

    async def leaders(
        self,
        _league_id: str,
        _season: str | None,
        _stat: str | None = None,
        _table: str | None = None,
    ) -> bytes | None:
        """None."""

    async def player(self, _player_id: str, _season: str | None = None) -> bytes | None:
        """None."""

    async def team(self, _team_id: str, _season: str | None = None) -> bytes | None:
        """None."""


SEARCHES_MAX = 30
"""That wait or run."""
FOLDED_MAX = 256
"""Past states in memory, some 4 KB each."""
SEQS_MAX = 10_000
"""Games and delays whose place is known without asking the journal."""
ROWS_A_READ = 1000
ROWS_OF_GAME_MAX = 20_000
"""Rows in one /state: ten times the longest game known (cricket, five days); more are paged by /events."""


@dataclass(frozen=True, slots=True)
class View:
    """A game at one seq. `immutable`: the request named epoch and seq, so the answer never changes."""

    head: Head
    immutable: bool
    is_head: bool


class Reads:
    """Everything that the public routes ask.

    Args:
        scoreboard: the current states.
        journal: rows, lists and names.
        state_at: folds a game up to a seq, off the loop.
        clock: for Last-Modified.
        kept: answers that are kept ready; by default none are.
        standings: tables of leagues.
        statistics: lines of games, players and teams.
        shots: of games.
    """

    def __init__(
        self,
        *,
        scoreboard: Scoreboard,
        journal: Journal,
        state_at: StateAt,
        clock: Clock,
        kept: KeptAnswers | None = None,
        standings: Standings = no_standings,
        statistics: Statistics | None = None,
        shots: Shots = no_shots,
    ) -> None:
        self.shots = shots
        self.standings = standings
        self.statistics: Statistics = statistics or NoStatistics()
        self.kept = kept or KeptAnswers(bytes_max=0, clock=clock, rng=random.Random(0))  # noqa: S311
        self.scoreboard = scoreboard
        self.journal = journal
        self.clock = clock
        self._state_at = state_at
        # A search looks through all names, for a tenth of a second where there are a hundred thousand: one at
        # a time, so that other reads of the journal never wait for more.
        self._search = asyncio.Semaphore(1)
        self._seeking = 0
        # (game, epoch, seq) names one state for good.
        self._folded: OrderedDict[tuple[str, str, int], Head] = OrderedDict()
        # (game, epoch, delay) -> the seq shown, and when the row after it was made: until it is as old, too.
        self._seqs: OrderedDict[tuple[str, str, int], tuple[int, int]] = OrderedDict()

    def now_ms(self, delay_s: int = 0) -> int:
        """Wall time, as it was when what is shown now happened."""
        return self.clock.now_ms() - delay_s * 1000

    async def head(self, game_id: str, delay_s: int = 0) -> Head:
        """The newest state of a game, of those that are `delay_s` old.

        Raises:
            RequestError: 404 `unknown_game`, also for a game that is younger than that.
        """
        head = await self.scoreboard.head(game_id) if is_id(game_id) else None
        if head is not None and delay_s:
            head = await self._earlier(head, delay_s)
        if head is None:
            raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
        return head

    async def _earlier(self, head: Head, delay_s: int) -> Head | None:
        state, now_ms = head.state, self.now_ms(delay_s)
        if state.updated_at <= now_ms:
            return head
        key = (state.game_id, state.epoch, delay_s)
        seq, until_ms = self._seqs.get(key, (0, 0))
        if until_ms <= now_ms:
            seq, next_ms = await self.journal.seq_at(state.game_id, now_ms)
            if next_ms is not None:
                self._remember(key, (seq, next_ms))
        if seq == 0:
            return None
        return head if seq >= state.seq else await self._then(state.game_id, state.epoch, seq)

    def _remember(self, key: tuple[str, str, int], then: tuple[int, int]) -> None:
        self._seqs[key] = then
        self._seqs.move_to_end(key)
        while len(self._seqs) > SEQS_MAX:
            self._seqs.popitem(last=False)

    async def games(self, query: GamesQuery, delay_s: int = 0) -> GamesPage:
        """One page of a list, as it was `delay_s` ago.

        Raises:
            RequestError: the date, time zone or cursor cannot be read (400).
        """
        if not delay_s:
            return await self.journal.games(query)
        cutoff_ms = self.now_ms(delay_s)
        changed = dict.fromkeys(await self.journal.changed(cutoff_ms))
        while True:
            page = await self.journal.games(query, without=changed)
            # What has changed while we read is put back too.
            fresh = [line.game_id for line in page.games if line.updated_at > cutoff_ms]
            if not fresh:
                break
            changed.update(dict.fromkeys(fresh))
        then = [await self._line(game_id, cutoff_ms) for game_id in changed]
        return joined(query, page, [line for line in then if line is not None])

    async def found(self, text: str, delay_s: int = 0) -> Found:
        """What is named so; games as they were `delay_s` ago, without those that are younger.

        Raises:
            RequestError: 503 `unavailable`, too many search already.
        """
        if self._seeking >= SEARCHES_MAX:
            raise refuse("unavailable", "Too many search at once.", retry_after_s=2)
        self._seeking += 1
        try:
            async with self._search:
                found = await self.journal.found(text, self.now_ms(delay_s))
        finally:
            self._seeking -= 1
        cutoff_ms = self.now_ms(delay_s)
        if not delay_s or all(line.updated_at <= cutoff_ms for line in found.games):
            return found
        then = [
            line if line.updated_at <= cutoff_ms else await self._line(line.game_id, cutoff_ms)
            for line in found.games
        ]
        return msgspec.structs.replace(found, games=tuple(line for line in then if line is not None))

    async def _line(self, game_id: str, cutoff_ms: int) -> ScoreState | None:
        line = self.journal.line_at(game_id, cutoff_ms)
        if line is not None:
            return line
        seq, _ = await self.journal.seq_at(game_id, cutoff_ms)
        return (await self._then(game_id, self.journal.epoch, seq)).state.line() if seq else None

    async def view(self, game_id: str, seq: int | None, epoch: str | None, delay_s: int = 0) -> View:
        """The game at `seq`, or at its head, which is `delay_s` old; what is younger does not exist.

        Raises:
            RequestError: 404 `unknown_game`, `other_epoch` or `seq_above_head`.
        """
        head = await self.head(game_id, delay_s)
        newest = head.state
        if epoch is not None and epoch != newest.epoch:
            raise refuse(
                "other_epoch", f"The epoch is {newest.epoch} now; seqs of another mean other states."
            )
        if seq is None:
            return View(head, immutable=False, is_head=True)
        # What is shown may be a moment behind what a stream elsewhere has told; the journal never is.
        if seq > newest.seq and (delay_s or seq > await self.journal.head_seq(game_id)):
            raise refuse("seq_above_head", f"The game is at seq {newest.seq}.")
        if seq == newest.seq:
            return View(head, immutable=epoch is not None, is_head=True)
        then = await self._then(game_id, newest.epoch, seq)
        return View(then, immutable=epoch is not None, is_head=False)

    async def _then(self, game_id: str, epoch: str, seq: int) -> Head:
        """The game at a seq below its head; folded once while many ask for it."""
        key = (game_id, epoch, seq)
        held = self._folded.get(key)
        if held is not None:
            self._folded.move_to_end(key)
            return held
        then = await self._state_at(game_id, seq)
        assert then is not None, "a seq below the head has a row"
        assert then.state.seq == seq, "state_at folds up to the seq that it was asked for"
        if then.state.epoch == epoch:
            self._folded[key] = then
            while len(self._folded) > FOLDED_MAX:
                self._folded.popitem(last=False)
        return then

    async def rows(self, game_id: str, upto_seq: int) -> list[GameEvent]:
        """All rows 1..upto_seq, in order.

        Raises:
            RequestError: 422 `too_many_rows`.
        """
        if upto_seq > ROWS_OF_GAME_MAX:
            raise refuse("too_many_rows", f"{upto_seq} rows; at most {ROWS_OF_GAME_MAX} come in one answer.")
        found: list[GameEvent] = []
        while not found or found[-1].seq < upto_seq:
            after = found[-1].seq if found else 0
            more = await self.journal.rows(game_id, after, min(ROWS_A_READ, upto_seq - after))
            if not more:
                break  # the scoreboard never shows what the journal has not: unreachable but for a lost file
            found.extend(more)
        return found

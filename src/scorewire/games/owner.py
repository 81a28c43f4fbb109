"""The shell of games/: reads the log, makes what was decided durable, then shows it.

One task owns every game of its partition, and no await stands between reading and writing a book.
Append, then publish: a crash in between is healed at the start, because the scoreboard's state is then
read from the journal.

Blocking policy: the journal blocks the owner, the owner blocks nobody; a claim that waits behind a gap
keeps its place on the log until it has gone on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Final, TypeVar

import msgspec
import structlog

from scorewire.clock import Clock
from scorewire.errors import BackendError, OwnerFenced, SequenceConflict
from scorewire.games.history import open_book
from scorewire.games.partition import ALONE, NO_CLAIM, PLAYS_MAX, Partition, Poisoned, Tally
from scorewire.games.settlement import Settlement
from scorewire.games.tellers import Terms
from scorewire.journal.journal import Journal
from scorewire.log.base import LogEntry, ProviderLog
from scorewire.model.provider_event import SequenceKind
from scorewire.model.update import Update
from scorewire.scoreboard.base import Scoreboard
from scorewire.sports.machine import AnyMachine

IDLE_S: Final = 1.0
"""Longest sleep without news: positions of claims that made no row are written this late."""
UNWRITTEN_MAX: Final = 5000
"""Claims without a row after which the position is written all the same."""
RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 5.0

TAKEN_UP_DAYS: Final = 7
"""A game with neither a row nor its schedule within so many days is not taken up at a start: what waited in
it waits on until something arrives for it. A Test match lasts five days."""
DAY_MS: Final = 86_400_000

Done = TypeVar("Done")

_log = structlog.get_logger("scorewire.games")


class GamesOwner:
    """Owns the games of one partition of the provider log.

    Args:
        kinds, reorder_ms, held_max, books_max, plays_max, checkpoint_rows, terms: see partition.Partition.
        batch_max: claims that share one commit.
        taken: told when the partition has been taken over: from then on nobody else decides its games, and
            what was decided last may not have been shown.
        partition: its number.
        traces: told, before they are shown, of which recorded trace rows are: {(game, seq): traceparent}.
        wrote: told, before it is shown, what the journal has now, the claims of that batch, and when by the
            monotonic clock they were read and decided.
    """

    def __init__(
        self,
        *,
        log: ProviderLog,
        journal: Journal,
        scoreboard: Scoreboard,
        machines: dict[str, AnyMachine],
        clock: Clock,
        kinds: Callable[[str], SequenceKind | None],
        reorder_ms: int,
        held_max: int,
        batch_max: int,
        books_max: int,
        plays_max: int = PLAYS_MAX,
        checkpoint_rows: int,
        terms: Terms = ALONE,
        partition: int = 0,
        taken: Callable[[int], None] | None = None,
        traces: Callable[[Mapping[tuple[str, int], str]], None] | None = None,
        wrote: Callable[[Settlement, Sequence[LogEntry], float, float], None] | None = None,
    ) -> None:
        self.commits = 0
        self.conflicts = 0
        self.retries = 0
        self._log = log
        self._journal = journal
        self._scoreboard = scoreboard
        self._machines = machines
        self._clock = clock
        self._kinds = kinds
        self._reorder_ms = reorder_ms
        self._held_max = held_max
        self._batch_max = batch_max
        self._books_max = books_max
        self._plays_max = plays_max
        self._checkpoint_rows = checkpoint_rows
        self._terms = terms
        self._number = partition
        self._taken = taken
        self._traces = traces
        self._wrote = wrote
        self._batch: tuple[Sequence[LogEntry], float, float] = ((), 0.0, 0.0)
        self._stopping = False
        self._leaving = False
        self._resting: asyncio.Timeout | None = None
        self._poisoned: frozenset[int] = frozenset()
        self._stuck: frozenset[str] = frozenset()
        self._games: Partition | None = None

    @property
    def tally(self) -> Tally:
        """What was decided since the games were last taken over."""
        return self._games.tally if self._games is not None else Tally()

    @property
    def partitions(self) -> frozenset[int]:
        """The one that it owns."""
        return frozenset((self._number,))

    @property
    def read_after(self) -> int:
        """The offset of the last claim that was taken from the log."""
        return self._games.read_after if self._games is not None else 0

    @property
    def held(self) -> int:
        """Claims that wait behind a gap."""
        return self._games.held if self._games is not None else 0

    @property
    def stuck(self) -> int:
        """Games of several providers in which what is due cannot be decided; their claims can."""
        return len(self._stuck)

    @property
    def books(self) -> int:
        """Games whose plays are in memory."""
        return self._games.books if self._games is not None else 0

    def stop(self) -> None:
        """Finish what lies on the log now, then let `run` return."""
        self._stopping = True

    def leave(self) -> None:
        """Finish the batch in hand, then let `run` return: another owner goes on from there.

        What cannot be made durable at once is not insisted on; the other reads it again.
        """
        self._leaving = True
        if self._resting is not None:
            self._resting.reschedule(asyncio.get_running_loop().time())
            self._resting = None

    def allow(self, *, books_max: int, plays_max: int) -> None:
        """Keep so much in memory from the next batch on; see partition.Partition."""
        self._books_max, self._plays_max = books_max, plays_max
        if self._games is not None:
            self._games.allow(books_max=books_max, plays_max=plays_max)

    async def run(self) -> None:
        """Own the games until `stop` or `leave`.

        Raises:
            OwnerFenced: another has taken the partition over. To take it back on our own account would fence
                that one in turn, so whoever gave it to us must know first that it is ours.
            BackendError: the log or the journal failed for good; what may pass is tried again and again,
                unless we were told to leave.
        Cancellation: safe at any point; the next start resumes from the journal.
        """
        games = await self._take_over()
        while not self._leaving:
            try:
                busy = await self._step(games)
            except OwnerFenced:
                self.conflicts += 1
                raise
            except SequenceConflict as conflict:
                self.conflicts += 1
                _log.warning("another owner has written; reloading", game_id=conflict.game_id)
                games = await self._take_over()
                continue
            except Poisoned as poison:
                self._blame(poison)
                games = await self._take_over()
                continue
            if busy:
                continue
            if self._stopping:
                return
            await self._rest(partial(self._log.wait, self._number, games.read_after, self._sleep_s(games)))
        if games.unwritten:
            try:
                await self._write(games.settle())
            except SequenceConflict:
                self.conflicts += 1  # whoever goes on reads it again

    async def _take_over(self) -> Partition:
        """Start from what the journal holds; all that was only in memory is forgotten."""
        self._games = Partition(
            consumed=await self._insist(lambda: self._journal.consumed(self._number)),
            epoch=self._journal.epoch,
            machines=self._machines,
            kinds=self._kinds,
            reorder_ms=self._reorder_ms,
            held_max=self._held_max,
            books_max=self._books_max,
            plays_max=self._plays_max,
            checkpoint_rows=self._checkpoint_rows,
            terms=self._terms,
            poisoned=self._poisoned,
            stuck=self._stuck,
            tally=self.tally,
        )
        if self._taken is not None:
            self._taken(self._number)
        # What waited for another provider is in the ledger; nobody may ever say anything of that game again.
        since_ms = self._clock.now_ms() - TAKEN_UP_DAYS * DAY_MS
        for game_id in await self._insist(partial(self._journal.undecided, since_ms)):
            if self._leaving:
                break
            if self._log.partition_of(game_id) != self._number:
                continue  # another owner's, be it in another process
            self._games.adopt(
                game_id, await self._insist(partial(open_book, self._journal, self._machines, game_id))
            )
            try:
                self._games.wake(game_id, self._clock.now_ms())
            except Poisoned as poison:  # the other games must not wait for it
                self._blame(poison)
        return self._games

    def _blame(self, poison: Poisoned) -> None:
        """Note what failed, so that it is left out when the games are taken over again."""
        if poison.offset != NO_CLAIM:
            self._poisoned |= {poison.offset}
            _log.exception("a claim cannot be decided; it becomes a dead letter", offset=poison.offset)
            return
        self._stuck |= {poison.game_id}
        _log.exception(
            "what is due in a game of several providers cannot be decided; its claims go on without it",
            game_id=poison.game_id,
        )

    async def _step(self, games: Partition) -> bool:
        """Take one batch from the log and write what it gave; False if there was nothing to do."""
        entries = await self._insist(lambda: self._log.read(self._number, games.read_after, self._batch_max))
        read_s = self._clock.monotonic_s()
        for game_id in games.absent(entries):
            games.adopt(
                game_id, await self._insist(partial(open_book, self._journal, self._machines, game_id))
            )
        now_ms = self._clock.now_ms()
        for entry in entries:
            games.take(entry, now_ms)
        read_to_ms = max((entry.received_ms for entry in entries), default=None)
        now_s = self._clock.monotonic_s()
        games.expire(now_ms, now_s=now_s, read_to_ms=read_to_ms)
        self._batch = (entries, read_s, now_s)
        rowless = games.unwritten >= UNWRITTEN_MAX or (not entries and games.unwritten > 0)
        if games.must_settle or rowless:
            await self._write(games.settle())
            return True
        return bool(entries)

    async def _write(self, settlement: Settlement) -> None:
        """Bury refusals, commit rows and position in one transaction, then show; in this order."""
        if settlement.letters:
            await self._insist(lambda: self._log.bury(settlement.letters))
        await self._insist(lambda: self._journal.commit(settlement.commit))
        self.commits += 1
        for one in settlement.traced:
            _log.info("claim_decided", partition=self._number, **asdict(one))
        if self._wrote is not None:
            self._wrote(settlement, *self._batch)
        if self._traces is not None and settlement.traced:
            self._traces(settlement.traces())
        if (consumed := settlement.commit.consumed) is not None:
            self._log.done(self._number, min(consumed.held, default=consumed.position + 1) - 1)
        if settlement.updates:
            gaps = await self._scoreboard.publish(settlement.updates)
            if gaps:
                await self._fill(settlement.updates, gaps)

    async def _fill(self, updates: Sequence[Update], gaps: Mapping[str, int]) -> None:
        """The scoreboard missed rows that another owner wrote: give it the newest state, which replaces."""
        newest = {update.game_id: update for update in updates if update.game_id in gaps}
        whole = [
            msgspec.structs.replace(one, correction=True, corrected_seq=one.seq) for one in newest.values()
        ]
        await self._scoreboard.publish(whole)

    def _sleep_s(self, games: Partition) -> float:
        due_ms = games.due_ms()
        if due_ms is None:
            return IDLE_S
        return min(max((due_ms - self._clock.now_ms()) / 1000, 0.001), self._reorder_ms / 1000)

    async def _insist(self, act: Callable[[], Awaitable[Done]]) -> Done:
        """Repeat until it succeeds: the journal and the log block the owner, and nothing is skipped.

        Raises:
            BackendError: it failed for good, or failed when we were to leave.
        """
        wait_s = RETRY_FIRST_S
        while True:
            try:
                return await act()
            except BackendError as error:
                if not error.retryable or self._leaving:
                    raise
                self.retries += 1
                _log.error("log or journal fails; trying again", detail=str(error), wait_s=wait_s)
                await self._rest(partial(asyncio.sleep, wait_s))
                wait_s = min(wait_s * 2, RETRY_MAX_S)

    async def _rest(self, wait: Callable[[], Awaitable[object]]) -> None:
        """Wait for something that may be waited for in vain, and no longer than until we are to leave."""
        if self._leaving:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as limit:
                self._resting = limit
                try:
                    await wait()
                finally:
                    self._resting = None

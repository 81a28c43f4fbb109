"""The shell of games/: reads the log, decides, makes rows durable, then shows them.

One task owns every game of its partition, and no await stands between reading and writing a book.
Append, then publish: a crash in between is healed at the start, because the scoreboard's state is then
read from the journal. The position on the log is written in the transaction that holds the rows, so a
claim is applied exactly once however often it is read.

Blocking policy: the journal blocks the owner, the owner blocks nobody; a claim that waits behind a gap
keeps its place on the log until it has gone on.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec
import structlog

from scorewire.clock import Clock
from scorewire.config import SequenceKind
from scorewire.errors import BackendError, SequenceConflict
from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.engine import Desk, Outcome, Verdict, decide
from scorewire.games.frame import score_state
from scorewire.games.history import open_book
from scorewire.games.ordering import ReorderBuffer
from scorewire.journal.journal import Journal
from scorewire.journal.records import Checkpoint, Commit, Consumed, HeadMove, LedgerEntry
from scorewire.log.base import DeadLetter, LogEntry, ProviderLog
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.model.update import Update
from scorewire.scoreboard.base import Scoreboard
from scorewire.sports.machine import AnyMachine

IDLE_S: Final = 1.0
"""Longest sleep without news: positions of claims that made no row are written this late."""
UNWRITTEN_MAX: Final = 5000
"""Claims without a row after which the position is written all the same."""
RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 5.0

_ENCODER: Final = msgspec.json.Encoder()
_log = structlog.get_logger("scorewire.games")


@dataclass(slots=True)
class Tally:
    """What the owner has done since it started, for metrics."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    rows: int = 0
    corrections: int = 0
    commits: int = 0
    conflicts: int = 0
    retries: int = 0
    newest_received_ms: int = 0


@dataclass(slots=True)
class _Pending:
    """What the next commit will hold."""

    rows: list[GameEvent] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    first_seq: dict[str, int] = field(default_factory=dict)
    ledger: list[LedgerEntry] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    unwritten: int = 0


class GamesOwner:
    """Owns the games of one partition of the provider log.

    Args:
        kinds: what a provider's sequence promises; None for an undeclared one.
        reorder_ms, held_max: see ordering.ReorderBuffer.
        batch_max: claims that share one commit.
        books_max: games kept in memory; the least recently touched leaves first.
        checkpoint_rows: rows of a game between its checkpoints.
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
        checkpoint_rows: int,
        partition: int = 0,
    ) -> None:
        self.tally = Tally()
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
        self._checkpoint_rows = checkpoint_rows
        self._partition = partition
        self._stopping = False
        self._forget()

    def _forget(self) -> None:
        """Drop all that is only in memory; the journal is the truth."""
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._buffers: dict[tuple[str, str], ReorderBuffer[LogEntry]] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._pending = _Pending()
        self._checkpointed: dict[str, int] = {}
        self._position = 0
        self._done_upto = 0
        self._held_before: frozenset[int] = frozenset()
        self._quiet_since_s = self._clock.monotonic_s()

    def stop(self) -> None:
        """Finish what lies on the log now, then let `run` return."""
        self._stopping = True

    async def run(self) -> None:
        """Own the games until `stop`.

        Raises:
            BackendError: the log or the journal failed for good.
        Cancellation: safe at any point; the next start resumes from the journal.
        """
        await self._resume()
        while True:
            try:
                busy = await self.step()
            except SequenceConflict as conflict:
                self.tally.conflicts += 1
                _log.warning("another owner has written; reloading", game_id=conflict.game_id)
                await self._resume()
                continue
            if busy:
                continue
            if self._stopping:
                await self._settle(even_if_rowless=True)
                return
            await self._log.wait(self._partition, self._position, self._sleep_s())

    async def step(self) -> bool:
        """Take one batch from the log and settle it; False if there was nothing to do."""
        entries = await self._log.read(self._partition, self._position, self._batch_max)
        if entries:
            self._quiet_since_s = self._clock.monotonic_s()
        for entry in entries:
            await self._take(entry)
        if not entries:
            await self._expire()
        rowless_due = self._pending.unwritten >= UNWRITTEN_MAX or (
            not entries and self._pending.unwritten > 0
        )
        did = await self._settle(even_if_rowless=rowless_due)
        return bool(entries) or did

    async def _resume(self) -> None:
        self._forget()
        consumed = await self._journal.consumed(self._partition)
        self._held_before = frozenset(consumed.held)
        self._done_upto = consumed.position
        self._position = min(consumed.held, default=consumed.position + 1) - 1

    def _sleep_s(self) -> float:
        dues = [due for key in self._waiting if (due := self._buffers[key].due_ms()) is not None]
        if not dues:
            return IDLE_S
        return min(max((min(dues) - self._clock.now_ms()) / 1000, 0.001), self._reorder_ms / 1000)

    async def _take(self, entry: LogEntry) -> None:
        """Order one claim, and decide all that may go on because of it."""
        self._position = entry.offset
        claim = entry.claim
        if entry.offset <= self._done_upto and entry.offset not in self._held_before:
            if isinstance(claim, ProviderEvent):
                self._buffer(claim).passed(claim.sequence)
            return
        self._pending.unwritten += 1
        if isinstance(claim, GameDeclared):
            await self._decide(entry)
            return
        buffer = self._buffer(claim)
        released = buffer.offer(entry, claim.sequence, entry.received_ms)
        self._note_waiting(claim, buffer)
        for each in released:
            await self._decide(each)

    def _buffer(self, claim: ProviderEvent) -> ReorderBuffer[LogEntry]:
        key = (claim.game_id, claim.provider)
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = ReorderBuffer(
                kind=self._kinds(claim.provider), wait_ms=self._reorder_ms, held_max=self._held_max
            )
            self._buffers[key] = buffer
        return buffer

    def _note_waiting(self, claim: ProviderEvent, buffer: ReorderBuffer[LogEntry]) -> None:
        key = (claim.game_id, claim.provider)
        if buffer.held:
            self._waiting.add(key)
        else:
            self._waiting.discard(key)

    async def _expire(self) -> None:
        """With the log read to its end: let go what has waited long enough by the clock.

        A wall clock that was set back must not hold claims for an hour, so a log that stayed quiet for the
        whole wait by the monotonic clock counts as well.
        """
        now_ms = self._clock.now_ms()
        quiet = self._clock.monotonic_s() - self._quiet_since_s >= self._reorder_ms / 1000
        for key in sorted(self._waiting):
            buffer = self._buffers[key]
            while (due_ms := buffer.due_ms()) is not None and (quiet or due_ms <= now_ms):
                for entry in buffer.expire(max(due_ms, now_ms)):
                    await self._decide(entry)
            if buffer.due_ms() is None:
                self._waiting.discard(key)

    async def _decide(self, entry: LogEntry) -> None:
        desk = await self._desk(entry.claim.game_id)
        seq_before = desk.book.seq
        verdict = decide(
            desk,
            entry.claim,
            now_ms=self._clock.now_ms(),
            log_offset=entry.offset,
            kind=self._kinds(entry.claim.provider),
        )
        self.tally.newest_received_ms = max(self.tally.newest_received_ms, entry.received_ms)
        self.tally.outcomes[verdict.outcome] = self.tally.outcomes.get(verdict.outcome, 0) + 1
        self._gather(entry, verdict, seq_before)

    def _gather(self, entry: LogEntry, verdict: Verdict, seq_before: int) -> None:
        pending, game_id = self._pending, entry.claim.game_id
        if verdict.rows:
            pending.first_seq.setdefault(game_id, seq_before)
            pending.rows += verdict.rows
            pending.updates += verdict.updates
        for (provider, event), memory in verdict.remembered:
            pending.ledger.append(
                LedgerEntry(
                    game_id=game_id,
                    provider=provider,
                    event=event,
                    revision=memory.revision,
                    what=memory.what,
                )
            )
        if verdict.refusal is not None:
            pending.letters.append(_letter(entry, verdict, self._clock.now_ms()))

    async def _desk(self, game_id: str) -> Desk:
        """The game's book, from memory or the journal; a game never seen has an empty one."""
        desk = self._desks.get(game_id)
        if desk is not None:
            self._desks.move_to_end(game_id)
            return desk
        book = await open_book(self._journal, self._machines, game_id)
        if book is None:
            desk = Desk(Book(game_id=game_id, machines=self._machines), self._journal.epoch)
        else:
            desk = Desk(book, self._journal.epoch, score_state(book, self._journal.epoch, None))
        self._desks[game_id] = desk
        self._checkpointed[game_id] = desk.book.seq
        self._let_go()
        return desk

    def _let_go(self) -> None:
        """Forget the least recently touched games beyond the limit, except those in the next commit."""
        excess = len(self._desks) - self._books_max
        if excess <= 0:
            return
        waiting = {game_id for game_id, _ in self._waiting}
        for game_id in list(self._desks)[:excess]:
            if game_id not in self._pending.first_seq and game_id not in waiting:
                del self._desks[game_id]
                self._checkpointed.pop(game_id, None)
                for key in [key for key in self._buffers if key[0] == game_id]:
                    del self._buffers[key]

    async def _settle(self, *, even_if_rowless: bool) -> bool:
        """Bury refusals, commit rows and position in one transaction, then show; in this order."""
        pending = self._pending
        if not pending.rows and not pending.letters and not (even_if_rowless and pending.unwritten):
            return False
        if pending.letters:
            await self._insist(lambda: self._log.bury(pending.letters))
        commit = self._commit(pending)
        await self._insist(lambda: self._journal.commit(commit))
        self._pending = _Pending()
        self.tally.commits += 1
        self.tally.rows += len(pending.rows)
        self.tally.corrections += sum(row.correction for row in pending.rows)
        if pending.updates:
            await self._scoreboard.publish(pending.updates)
        return True

    def _commit(self, pending: _Pending) -> Commit:
        heads: list[HeadMove] = []
        checkpoints: list[Checkpoint] = []
        for game_id, from_seq in pending.first_seq.items():
            desk = self._desks[game_id]
            assert desk.shown is not None, "a game with rows has a state"
            book = desk.book
            heads.append(
                HeadMove(
                    game_id=game_id,
                    from_seq=from_seq,
                    to_seq=book.seq,
                    corrected_seq=book.corrected_seq,
                    line=desk.shown.line(),
                )
            )
            if book.seq - self._checkpointed.get(game_id, 0) >= self._checkpoint_rows:
                checkpoints.append(Checkpoint(game_id=game_id, seq=book.seq, body=checkpoint.write(book)))
                self._checkpointed[game_id] = book.seq
        return Commit(
            rows=tuple(pending.rows),
            heads=tuple(heads),
            ledger=tuple(pending.ledger),
            checkpoints=tuple(checkpoints),
            declared=tuple(row.declared for row in pending.rows if row.declared is not None),
            consumed=self._consumed(),
        )

    def _consumed(self) -> Consumed:
        """How far the log is applied, and what below that point still waits.

        While a restart reads its backlog again, the position must not fall behind what was written, and
        what waited before it waits until it was read again.
        """
        held = {entry.offset for key in self._waiting for entry in self._buffers[key].held}
        held.update(offset for offset in self._held_before if offset > self._position)
        position = max(self._position, self._done_upto)
        return Consumed(partition=self._partition, position=position, held=tuple(sorted(held)))

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        """Repeat a write until it succeeds: the journal blocks the owner, and nothing is skipped."""
        wait_s = RETRY_FIRST_S
        while True:
            try:
                await write()
                return
            except BackendError as error:
                if not error.retryable:
                    raise
                self.tally.retries += 1
                _log.error("cannot write; trying again", detail=str(error), wait_s=wait_s)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, RETRY_MAX_S)


def _letter(entry: LogEntry, verdict: Verdict, now_ms: int) -> DeadLetter:
    assert verdict.refusal is not None
    return DeadLetter(
        ts=now_ms,
        provider=entry.claim.provider,
        game_id=entry.claim.game_id,
        rule=verdict.refusal.rule,
        detail=verdict.refusal.detail,
        payload=_ENCODER.encode(entry.claim),
        webhook_id=entry.webhook_id,
        position=f"{entry.partition}:{entry.offset}",
    )

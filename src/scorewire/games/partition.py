"""The games of one partition of the log, decided in memory: what goes in, what must be written. Pure.

The shell (owner.py) brings entries and books, writes what `settle` gives, and shows the updates when they
are durable. The simulation drives the same code without a loop.

The position on the log is written in the transaction that holds the rows, with what below it still waits,
so a claim is applied exactly once however often it is read.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from scorewire.games import checkpoint
from scorewire.games.arbitration import Arbiter, TickFailed, several
from scorewire.games.book import Book, PlayKey
from scorewire.games.engine import decide
from scorewire.games.frame import score_state
from scorewire.games.ordering import ReorderBuffer
from scorewire.games.settlement import Settlement, Traced, head_move, letter_of, traced
from scorewire.games.tellers import Terms
from scorewire.games.telling import write as write_telling
from scorewire.games.writing import Desk, Outcome, Verdict
from scorewire.journal.records import Checkpoint, Commit, Consumed, HeadMove, LedgerEntry
from scorewire.log.base import DeadLetter, LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import GameDeclared, SequenceKind
from scorewire.model.score_state import OVER
from scorewire.model.trace import is_recorded
from scorewire.model.update import Update
from scorewire.sports.machine import AnyMachine, Refusal

POISONED: Final = Refusal("internal_error", "deciding this claim failed here; see the node's log")


ALONE: Final = Terms()
"""As the defaults of the configuration."""
PLAYS_MAX: Final = 1_000_000
"""Plays kept in memory where nobody says how many: some 1 KB each."""

NO_CLAIM: Final = -1
"""The offset of no claim: what failed was something that was due."""


class Poisoned(Exception):
    """Deciding something of a game raised; the partition must be dropped and taken over anew.

    Attributes:
        offset: of the claim; NO_CLAIM if it was something that was due.
    """

    def __init__(self, game_id: str, offset: int) -> None:
        super().__init__(f"the claim at offset {offset} of {game_id} cannot be decided")
        self.game_id = game_id
        self.offset = offset


BufferKey = tuple[str, str]
"""(game_id, provider)."""


@dataclass(slots=True)
class Tally:
    """What was decided since the start, for metrics."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    rows: int = 0
    corrections: int = 0


@dataclass(slots=True)
class _Pending:
    rows: list[GameEvent] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    first_seq: dict[str, int] = field(default_factory=dict)
    ledger: list[LedgerEntry] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    traced: list[Traced] = field(default_factory=list)
    unwritten: int = 0


class Partition:
    """Orders and decides the claims of one partition.

    Args:
        consumed: how far an earlier owner came; reading starts at `read_after`.
        kinds: what a provider's sequence promises; None for an undeclared one.
        reorder_ms, held_max: see ordering.ReorderBuffer.
        books_max, plays_max: games kept in memory, and plays of all of them; the least recently touched
            game leaves first.
        checkpoint_rows: rows of a game between its checkpoints.
        terms: for games that several providers tell.
        poisoned: offsets of claims that could not be decided by an earlier one in this process.
        stuck: games in which what was due could not; see arbitration.Arbiter.
        tally: an earlier one's, to count on.
    """

    def __init__(
        self,
        *,
        consumed: Consumed,
        epoch: str,
        machines: dict[str, AnyMachine],
        kinds: Callable[[str], SequenceKind | None],
        reorder_ms: int,
        held_max: int,
        books_max: int,
        plays_max: int = PLAYS_MAX,
        checkpoint_rows: int,
        terms: Terms = ALONE,
        poisoned: frozenset[int] = frozenset(),
        stuck: frozenset[str] = frozenset(),
        tally: Tally | None = None,
    ) -> None:
        self.tally = tally if tally is not None else Tally()
        self._poisoned = poisoned
        self._stuck = stuck
        self.read_after = min(consumed.held, default=consumed.position + 1) - 1
        self._stored = consumed
        self._number = consumed.partition
        self._done_upto = consumed.position
        self._held_before = frozenset(consumed.held)
        self._epoch = epoch
        self._machines = machines
        self._kinds = kinds
        self._reorder_ms = reorder_ms
        self._held_max = held_max
        self._books_max = books_max
        self._plays_max = plays_max
        self._checkpoint_rows = checkpoint_rows
        self._terms = terms
        self._arbiters: dict[str, Arbiter] = {}
        # The newest time at which intake received a claim, and our time when it was taken.
        self._newest_ms = 0
        self._taken_ms = 0
        # The time is that at which we woke, and no claim's: the backlog's own time takes its place.
        self._newest_is_ours = False
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._checkpointed: dict[str, int] = {}
        self._plays: dict[str, int] = {}
        self._plays_held = 0
        self._buffers: dict[BufferKey, ReorderBuffer[LogEntry]] = {}
        self._waiting: set[BufferKey] = set()
        # When, by the monotonic clock, the claim that is due first was first seen to wait, and which it is.
        self._seen_waiting: dict[BufferKey, tuple[int, float]] = {}
        self._pending = _Pending()

    @property
    def unwritten(self) -> int:
        """Claims taken, or let go after a wait, since the last settlement."""
        return self._pending.unwritten

    @property
    def held(self) -> int:
        """Claims that wait behind a gap."""
        return sum(len(self._buffers[key].held) for key in self._waiting)

    @property
    def books(self) -> int:
        """Games whose plays are in memory."""
        return len(self._desks)

    @property
    def must_settle(self) -> bool:
        """Whether there is anything that fans or operators wait for."""
        return bool(self._pending.rows or self._pending.letters)

    def allow(self, *, books_max: int, plays_max: int) -> None:
        """Keep so much from the next settlement on."""
        self._books_max, self._plays_max = books_max, plays_max

    def absent(self, entries: Iterable[LogEntry]) -> list[str]:
        """The games of these entries whose books must be adopted before `take`."""
        wanted = dict.fromkeys(entry.claim.game_id for entry in entries)
        return [game_id for game_id in wanted if game_id not in self._desks]

    def adopt(self, game_id: str, book: Book | None) -> None:
        """Bring in a game's book; None starts an empty one."""
        if book is None:
            self._desks[game_id] = Desk(Book(game_id=game_id, machines=self._machines), self._epoch)
        else:
            self._desks[game_id] = Desk(book, self._epoch, score_state(book, self._epoch, None))
        self._checkpointed[game_id] = self._desks[game_id].book.seq
        self._weigh(game_id)

    def take(self, entry: LogEntry, now_ms: int) -> None:
        """Order one claim, and decide all that may go on because of it. Its game was adopted."""
        self.read_after = entry.offset
        if entry.received_ms >= self._newest_ms or self._newest_is_ours:
            self._newest_ms, self._taken_ms = entry.received_ms, now_ms
            self._newest_is_ours = False
        claim = entry.claim
        if entry.offset <= self._done_upto and entry.offset not in self._held_before:
            if not isinstance(claim, GameDeclared):
                self._buffer((claim.game_id, claim.provider)).passed(claim.sequence)
            return
        self._pending.unwritten += 1
        if isinstance(claim, GameDeclared):
            self._decide(entry, now_ms)
            return
        key = (claim.game_id, claim.provider)
        buffer = self._buffer(key)
        for each in buffer.offer(entry, claim.sequence, entry.received_ms):
            self._decide(each, now_ms)
        if buffer.due_ms() is None:
            self._waiting.discard(key)
            self._seen_waiting.pop(key, None)
        else:
            self._waiting.add(key)

    def due_ms(self) -> int | None:
        """When something that waits is due; None if nothing waits."""
        dues = [due for key in self._waiting if (due := self._buffers[key].due_ms()) is not None]
        ahead_ms = self._taken_ms - self._newest_ms
        dues += [due + ahead_ms for one in self._arbiters.values() if (due := one.due_ms()) is not None]
        return min(dues, default=None)

    def expire(self, now_ms: int, *, now_s: float, read_to_ms: int | None = None) -> None:
        """Let go what has waited long enough.

        Args:
            now_ms: our time, for rows; with the log read to its end, also the time that waiting goes by.
            now_s: monotonic. A wall clock that was set back must not hold claims for an hour, so what stood
                here for the whole wait goes too; for ten waits, while the log is not read to its end, since
                a backlog may still hold what is missing.
            read_to_ms: with more on the log: when its newest claim so far was received, which is how far
                waiting has come. A busy log must not hold what waits.
        """
        due_by_ms = now_ms if read_to_ms is None else read_to_ms
        stood_ms = self._reorder_ms * (1 if read_to_ms is None else 10)
        for key in sorted(self._waiting):
            buffer = self._buffers[key]
            while (due_ms := buffer.due_ms()) is not None:
                seen_due_ms, since_s = self._seen_waiting.get(key, (None, now_s))
                if seen_due_ms != due_ms:
                    since_s = now_s
                    self._seen_waiting[key] = (due_ms, since_s)
                if due_ms > due_by_ms and (now_s - since_s) * 1000 < stood_ms:
                    break
                for entry in buffer.expire(max(due_ms, due_by_ms)):
                    # Its position may be written already, as one that waits; that it waits no more is news.
                    self._pending.unwritten += 1
                    self._decide(entry, now_ms)
            if buffer.due_ms() is None:
                self._waiting.discard(key)
                self._seen_waiting.pop(key, None)
        # Between providers the log's own time decides: it goes on from its newest claim as our clock does.
        log_ms = self._newest_ms + (max(now_ms - self._taken_ms, 0) if read_to_ms is None else 0)
        for game_id, arbiter in self._arbiters.items():
            due_ms = arbiter.due_ms()
            if due_ms is not None and due_ms <= log_ms:
                self._tick(game_id, arbiter, now_ms, log_ms)

    def _tick(self, game_id: str, arbiter: Arbiter, now_ms: int, log_ms: int) -> None:
        seq_before = self._desks[game_id].book.seq
        try:
            verdict = arbiter.tick(now_ms=now_ms, log_ms=log_ms)
        except Exception as error:
            raise Poisoned(game_id, NO_CLAIM) from error
        self._note(game_id, seq_before, verdict)
        self._pending.unwritten += 1

    def settle(self) -> Settlement:
        """What was decided since the last settlement, as one write; it counts as written from here on."""
        pending, self._pending = self._pending, _Pending()
        heads: list[HeadMove] = []
        checkpoints: list[Checkpoint] = []
        for game_id, from_seq in pending.first_seq.items():
            desk = self._desks[game_id]
            heads.append(head_move(desk, from_seq))
            if desk.book.seq - self._checkpointed[game_id] >= self._checkpoint_rows:
                body = checkpoint.write(desk.book)
                checkpoints.append(Checkpoint(game_id=game_id, seq=desk.book.seq, body=body))
                self._checkpointed[game_id] = desk.book.seq
            self._weigh(game_id)
        self._let_go()
        stored, self._stored = self._stored, self._consumed()
        commit = Commit(
            rows=tuple(pending.rows),
            heads=tuple(heads),
            ledger=tuple(pending.ledger),
            checkpoints=tuple(checkpoints),
            declared=tuple(row.declared for row in pending.rows if row.declared is not None),
            consumed=self._stored,
            consumed_from=stored,
        )
        self.tally.rows += len(pending.rows)
        self.tally.corrections += sum(row.correction for row in pending.rows)
        return Settlement(commit, tuple(pending.letters), tuple(pending.updates), tuple(pending.traced))

    def _buffer(self, key: BufferKey) -> ReorderBuffer[LogEntry]:
        buffer = self._buffers.get(key)
        if buffer is None:
            kind = self._kinds(key[1])
            buffer = ReorderBuffer(kind=kind, wait_ms=self._reorder_ms, held_max=self._held_max)
            # After a restart the next number is at least the one after the last play's; touches may have
            # taken more, and then the first claim waits once.
            book = self._desks[key[0]].book
            claims = [play.claim for play in book.order] + [
                telling.claim for telling in book.tellings.values()
            ]
            numbers = [one.sequence for one in claims if one.provider == key[1] and one.sequence is not None]
            buffer.passed(max(numbers, default=None))
            self._buffers[key] = buffer
        return buffer

    def _decide(self, entry: LogEntry, now_ms: int) -> None:
        game_id = entry.claim.game_id
        desk = self._desks[game_id]
        self._desks.move_to_end(game_id)
        seq_before = desk.book.seq
        if entry.offset in self._poisoned:
            verdict = Verdict("refused", refusal=POISONED)
        else:
            try:
                verdict = self._verdict(desk, entry, now_ms)
            except TickFailed as error:
                raise Poisoned(game_id, NO_CLAIM) from error
            except Exception as error:
                # A claim that we cannot even refuse is our bug. The book may be half changed, so all that is
                # in memory is dropped, and the claim is buried when it is read again: one bad claim must not
                # stop every game at every start.
                raise Poisoned(game_id, entry.offset) from error
        self.tally.outcomes[verdict.outcome] = self.tally.outcomes.get(verdict.outcome, 0) + 1
        self._note(game_id, seq_before, verdict)
        if verdict.refusal is not None:
            self._pending.letters.append(letter_of(entry, verdict, now_ms))
        if is_recorded(entry.traceparent):
            seq = desk.book.seq
            self._pending.traced.append(traced(entry, verdict, seq, rows=seq - seq_before))

    def _verdict(self, desk: Desk, entry: LogEntry, now_ms: int) -> Verdict:
        """By the engine alone where one provider tells the game, else by its arbiter."""
        claim, game_id = entry.claim, desk.book.game_id
        if not several(desk.book):
            kind = self._kinds(claim.provider)
            return decide(desk, claim, now_ms=now_ms, log_offset=entry.offset, kind=kind)
        arbiter = self._arbiter(game_id, desk)
        return arbiter.take(claim, now_ms=now_ms, received_ms=entry.received_ms, log_offset=entry.offset)

    def wake(self, game_id: str, now_ms: int) -> None:
        """Go on with what waited in an adopted game when its last owner stopped; waiting begins anew.

        Raises:
            Poisoned: that is impossible; the game is forgotten here, and all others are as they were.
        """
        desk = self._desks.get(game_id)
        if desk is None or not several(desk.book):
            return
        if not self._newest_ms:
            self._newest_ms = self._taken_ms = now_ms
            self._newest_is_ours = True
        try:
            self._tick(game_id, self._arbiter(game_id, desk), now_ms, self._newest_ms)
        except Exception as error:
            self._forget([game_id])  # its book may be half changed, and is read again for its next claim
            raise Poisoned(game_id, NO_CLAIM) from error

    def _arbiter(self, game_id: str, desk: Desk) -> Arbiter:
        arbiter = self._arbiters.get(game_id)
        if arbiter is None:
            stuck = game_id in self._stuck
            arbiter = Arbiter(desk, terms=self._terms, kinds=self._kinds, stuck=stuck)
            self._arbiters[game_id] = arbiter
        return arbiter

    def _note(self, game_id: str, seq_before: int, verdict: Verdict) -> None:
        """Keep what a verdict calls for until it is written."""
        pending, book = self._pending, self._desks[game_id].book
        if verdict.rows:
            pending.first_seq.setdefault(game_id, seq_before)
            pending.rows += verdict.rows
            pending.updates += verdict.updates
        for key in dict.fromkeys([key for key, _ in verdict.remembered] + list(verdict.tellings)):
            pending.ledger.append(ledger_entry(book, key))

    def _consumed(self) -> Consumed:
        """How far the log is applied, and what below that point still waits.

        While a restart reads its backlog again, the position must not fall behind what was written, and
        what waited before it waits until it was read again.
        """
        held = {entry.offset for key in self._waiting for entry in self._buffers[key].held}
        held.update(offset for offset in self._held_before if offset > self.read_after)
        position = max(self.read_after, self._done_upto)
        return Consumed(
            partition=self._number, position=position, held=tuple(sorted(held)), term=self._stored.term
        )

    def _let_go(self) -> None:
        """Forget games beyond the limits: those that are over first, then the least recently touched.

        Those with claims that wait stay. A twentieth more than must leaves at once, because whom to forget is
        looked for among all: beside thousands of games that would cost more than the claims that are decided.
        """
        if len(self._desks) <= self._books_max and self._plays_held <= self._plays_max:
            return
        books_kept = self._books_max - self._books_max // 20
        plays_kept = self._plays_max - self._plays_max // 20
        waiting = {game_id for game_id, _ in self._waiting}
        waiting |= {game_id for game_id, one in self._arbiters.items() if one.due_ms() is not None}
        over = [game_id for game_id, desk in self._desks.items() if _is_over(desk)]
        books, plays = len(self._desks), self._plays_held
        gone: list[str] = []
        for game_id in dict.fromkeys([*over, *self._desks]):
            if books <= books_kept and plays <= plays_kept:
                break
            if game_id not in waiting:
                gone.append(game_id)
                books, plays = books - 1, plays - self._plays[game_id]
        self._forget(gone)

    def _weigh(self, game_id: str) -> None:
        """Count the plays of a game that was opened or has changed."""
        plays = len(self._desks[game_id].book.plays)
        self._plays_held += plays - self._plays.get(game_id, 0)
        self._plays[game_id] = plays

    def _forget(self, gone: list[str]) -> None:
        for game_id in gone:
            del self._desks[game_id], self._checkpointed[game_id]
            self._plays_held -= self._plays.pop(game_id)
            self._arbiters.pop(game_id, None)
        let_go = set(gone)
        for key in [key for key in self._buffers if key[0] in let_go]:
            del self._buffers[key]


def ledger_entry(book: Book, key: PlayKey) -> LedgerEntry:
    """What the journal must keep of an event beside the rows."""
    memory, telling = book.remembered.get(key), book.tellings.get(key)
    revision = max(memory.revision if memory else 0, telling.claim.revision if telling else 0)
    return LedgerEntry(
        game_id=book.game_id,
        provider=key[0],
        event=key[1],
        revision=revision,
        what=memory.what if memory is not None else "told",
        body=write_telling(telling) if telling is not None else b"",
    )


def _is_over(desk: Desk) -> bool:
    return desk.shown is not None and desk.shown.status in OVER

"""Fold it all again and compare (rebuild); from the score shown to its causes (explain)."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from scorewire.errors import BackendError
from scorewire.games.book import Book
from scorewire.games.capture import Capture, CaptureHead
from scorewire.games.frame import score_state
from scorewire.games.history import open_book
from scorewire.games.report import ConflictShown, conflicts_of
from scorewire.journal.journal import Journal
from scorewire.log.base import LogEntry, ProviderLog
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Detail, SequenceKind
from scorewire.model.score_state import ScoreState
from scorewire.model.update import NOT_PATCHED, difference
from scorewire.sports.machine import AnyMachine

PAGE_ROWS = 1000

Listed = tuple[int, ScoreState] | None
"""A game's head and line, as the journal holds them; None for an unknown game."""


class Difference(Struct, frozen=True, kw_only=True):
    """One game whose stored shortcut does not equal its rows."""

    game_id: str
    seq: int
    what: str
    detail: str


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What a rebuild read and found; no differences means that the journal is sound."""

    games: int
    rows: int
    differences: tuple[Difference, ...]


class Explained(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row with the provider message behind it.

    Attributes:
        team, player, period, clock: of the play, so that the row can be found.
        stated: the provider's own score, where its claim states one.
        disputed: of a check of the score, the claim of another provider that it is about.
    """

    seq: int
    type: str
    score: str
    team: str = ""
    player: str = ""
    period: int | None = None
    clock: str = ""
    stated: str = ""
    disputed: str = ""
    provider: str
    event: str
    revision: int
    corrects: int | None = None
    ts: int
    received_ms: int | None = None
    webhook_id: str = ""
    log_offset: int = -1
    by: str = ""
    reason: str = ""
    note: Detail = {}


class Explanation(Struct, frozen=True, kw_only=True):
    """How a game came to show what it shows at `seq`."""

    game_id: str
    seq: int
    shown: ScoreState
    rows: tuple[Explained, ...]


class Audit:
    """Reads the journal from the first row, without trusting checkpoints or heads."""

    def __init__(self, *, journal: Journal, log: ProviderLog, machines: dict[str, AnyMachine]) -> None:
        self._journal = journal
        self._log = log
        self._machines = machines

    async def rebuild(self, game_ids: list[str]) -> Rebuilt:
        """Fold each game from row 1 and compare with its checkpoint, its head and its line in lists.

        It changes nothing: what it reports is for a person to decide. Games may go on meanwhile.

        Raises:
            BackendError: the journal fails now and may not later; what cannot be read is a difference.
        """
        rows_read = 0
        differences: list[Difference] = []
        for game_id in game_ids:
            try:
                listed = await self._journal.listed(game_id)
                rows = await self._rows(game_id)
                rows_read += len(rows)
                differences += await self._compare(game_id, rows, listed)
            except BackendError as error:
                if error.retryable:
                    raise
                differences.append(Difference(game_id=game_id, seq=0, what="unreadable", detail=str(error)))
        return Rebuilt(games=len(game_ids), rows=rows_read, differences=tuple(differences))

    async def explain(self, game_id: str, seq: int | None) -> Explanation | None:
        """The rows up to `seq` (None: all) with score after each and the message that caused it."""
        rows = await self._rows(game_id)
        rows = [row for row in rows if seq is None or row.seq <= seq]
        if not rows:
            return None
        told = await open_book(self._journal, self._machines, game_id)
        conflicts = conflicts_of(told, settled=True) if told is not None else []
        book = Book(game_id=game_id, machines=self._machines)
        explained: list[Explained] = []
        for row in rows:
            book.apply(row)
            board = book.board
            entry = await self._message(row)
            detail = row.claim.detail if row.claim is not None else {}
            stated = row.claim.score if row.claim is not None else None
            explained.append(
                Explained(
                    seq=row.seq,
                    type=row.type,
                    score=f"{board.home}-{board.away}",
                    team=row.compact.team or "",
                    player=row.compact.player,
                    period=row.compact.period,
                    clock=row.compact.clock or "",
                    stated=f"{stated.home}-{stated.away}" if stated is not None else "",
                    disputed=_disputed(row, conflicts),
                    provider=row.cause.provider,
                    event=row.cause.event,
                    revision=row.cause.revision,
                    corrects=row.corrects,
                    ts=row.ts,
                    received_ms=entry.received_ms if entry is not None else None,
                    webhook_id=entry.webhook_id if entry is not None else "",
                    log_offset=row.log_offset,
                    by=str(detail.get("by", "")),
                    reason=str(detail.get("reason", "")),
                    note=row.note,
                )
            )
        shown = score_state(book, self._journal.epoch, None)
        return Explanation(game_id=game_id, seq=book.seq, shown=shown, rows=tuple(explained))

    async def capture(self, head: CaptureHead, kinds: Callable[[str], SequenceKind | None]) -> Capture | None:
        """All that the log still holds of the game of `head`, with its rows; None for an unknown game.

        It reads the game's partition of the log once. Of a game that goes on, the newest claims or their rows
        may be missing.

        Args:
            kinds: what the node knows of a provider's sequence.
        """
        rows = await self._rows(head.game_id)
        if not rows:
            return None
        newest = max(row.log_offset for row in rows)
        entries: list[LogEntry] = []
        offset, first = 0, 0
        partition = self._log.partition_of(head.game_id)
        while offset < newest and (page := await self._log.read(partition, offset, PAGE_ROWS)):
            first = first or page[0].offset
            entries += [entry for entry in page if entry.claim.game_id == head.game_id]
            offset = page[-1].offset
        known = {name: kind for name in {one.claim.provider for one in entries} if (kind := kinds(name))}
        taken = msgspec.structs.replace(head, first_offset=first or newest + 1, kinds=known)
        return Capture(head=taken, entries=tuple(entries), rows=tuple(rows))

    async def _message(self, row: GameEvent) -> LogEntry | None:
        if row.log_offset < 0:
            return None
        entries = await self._log.read(self._log.partition_of(row.game_id), row.log_offset - 1, 1)
        return entries[0] if entries and entries[0].offset == row.log_offset else None

    async def _rows(self, game_id: str) -> list[GameEvent]:
        rows: list[GameEvent] = []
        while page := await self._journal.rows(game_id, rows[-1].seq if rows else 0, PAGE_ROWS):
            rows += page
        return rows

    async def _compare(self, game_id: str, rows: list[GameEvent], listed: Listed) -> list[Difference]:
        """The differences between the fold of the rows and what else is stored of the game.

        Args:
            listed: read before the rows, so that a game that goes on meanwhile has a row for it.
        """
        if listed is None or not rows:
            return [Difference(game_id=game_id, seq=0, what="missing", detail="no rows are stored")]
        head_seq, line = listed
        at = min(head_seq, rows[-1].seq)
        folded = Book(game_id=game_id, machines=self._machines)
        truth: ScoreState | None = None
        for row in rows:
            if row.seq != folded.seq + 1:
                return [Difference(game_id=game_id, seq=row.seq, what="gap", detail=f"follows {folded.seq}")]
            folded.apply(row)
            if row.seq == at:
                truth = score_state(folded, self._journal.epoch, None)
        found = await self._head(game_id, folded.seq, head_seq)
        opened = await open_book(self._journal, self._machines, game_id, upto_seq=at)
        if truth is None or opened is None:
            return [*found, Difference(game_id=game_id, seq=at, what="missing", detail="no rows are stored")]
        shown = score_state(opened, self._journal.epoch, None)
        found += _unlike("checkpoint", truth, shown)
        # A line may be older than a renewed epoch; lists tell it in the epoch of now.
        found += _unlike("line", truth.line(), msgspec.structs.replace(line, epoch=self._journal.epoch))
        return found

    async def _head(self, game_id: str, last: int, head_seq: int) -> list[Difference]:
        """Whether the head stands at the last row, by now if not when it was read first."""
        if head_seq < last:
            head_seq = min(last, await self._journal.head_seq(game_id))
        if head_seq == last:
            return []
        detail = f"rows end at {last}, head {head_seq}"
        return [Difference(game_id=game_id, seq=last, what="head", detail=detail)]


def _disputed(row: GameEvent, conflicts: list[ConflictShown]) -> str:
    """`backup b7 GOAL home, missing`: the newest conflict that a check of the score may be about."""
    if row.type != "SCORE_CHECK_STARTED":
        return ""
    one = next((one for one in conflicts if one.since_ms <= row.ts), None)
    if one is None:
        return ""
    return f"{one.provider} {one.event} {one.claim.type} {one.claim.team or ''}".rstrip() + f", {one.why}"


def _unlike(what: str, truth: ScoreState, stored: ScoreState) -> list[Difference]:
    if truth == stored:
        return []
    patch = difference(truth, stored)
    # A patch leaves these to whoever applies it.
    patch |= {name: "differs" for name in NOT_PATCHED if getattr(stored, name) != getattr(truth, name)}
    detail = msgspec.json.encode(patch).decode()
    return [Difference(game_id=truth.game_id, seq=truth.seq, what=what, detail=detail)]

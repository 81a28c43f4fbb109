"""One game taken along: its claims as they lay on the log, and the rows that came of them. Pure.

A capture is what an incident needs on another machine: `reproduce` decides the same claims again under a
clock that follows the times at which intake received them, and `compare` names the first row that comes out
otherwise.
Times of rows are left out of the comparison, because the owner's own clock made them.

The file holds JSON lines: the head, one line for each claim, one for each row. There is no key and no
signature in it, but there is all that the providers sent of the game: treat it as their data.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec
from msgspec import Struct

from scorewire.errors import FeedError
from scorewire.games.partition import Partition
from scorewire.games.tellers import Terms
from scorewire.journal.records import Consumed
from scorewire.log.base import LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import SequenceKind
from scorewire.sports.machine import AnyMachine

OURS: Final = "scorewire"


class CaptureHead(Struct, frozen=True, kw_only=True, tag_field="line", tag="capture"):
    """The first line.

    Attributes:
        version: of this format.
        terms: on which several providers were heard.
        kinds: what the node knew of each provider's sequence.
        first_offset: the oldest claim that the log still held; the capture is whole if the game began later.
    """

    version: Literal[1] = 1
    scorewire: str
    game_id: str
    epoch: str
    captured_ms: int
    reorder_ms: int
    held_max: int
    terms: Terms = Terms()
    kinds: dict[str, SequenceKind] = {}
    first_offset: int = 1


class ClaimLine(Struct, frozen=True, kw_only=True, tag_field="line", tag="claim"):
    """One claim as it lay on the log."""

    entry: LogEntry


class RowLine(Struct, frozen=True, kw_only=True, tag_field="line", tag="row"):
    """One row as it stood in the journal."""

    row: GameEvent


class Capture(Struct, frozen=True, kw_only=True):
    """See the module's docstring."""

    head: CaptureHead
    entries: tuple[LogEntry, ...]
    rows: tuple[GameEvent, ...]


class Divergence(Struct, frozen=True, kw_only=True):
    """The first row that comes out otherwise; the text of either is empty where it has none."""

    seq: int
    stored: str
    reproduced: str


_ENCODER: Final = msgspec.json.Encoder()
_LINE: Final = msgspec.json.Decoder(CaptureHead | ClaimLine | RowLine)


def write(capture: Capture) -> bytes:
    """The capture as a file."""
    lines: list[Struct] = [capture.head]
    lines += [ClaimLine(entry=entry) for entry in capture.entries]
    lines += [RowLine(row=row) for row in capture.rows]
    return b"".join(_ENCODER.encode(line) + b"\n" for line in lines)


def read(body: bytes) -> Capture:
    """The capture that `write` wrote.

    Raises:
        FeedError: `unreadable_capture`, with the number of the line.
    """
    head: CaptureHead | None = None
    entries: list[LogEntry] = []
    rows: list[GameEvent] = []
    for number, text in enumerate(body.splitlines(), 1):
        try:
            line = _LINE.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FeedError("unreadable_capture", f"line {number}: {error}") from None
        if isinstance(line, CaptureHead):
            head = line
        elif isinstance(line, ClaimLine):
            entries.append(line.entry)
        else:
            rows.append(line.row)
    if head is None:
        raise FeedError("unreadable_capture", "its first line is not that of a capture")
    return Capture(head=head, entries=tuple(entries), rows=tuple(rows))


def reproduce(capture: Capture, machines: dict[str, AnyMachine]) -> tuple[GameEvent, ...]:
    """The rows that the claims give, under a clock that follows their receipt up to the capture."""
    head = capture.head
    kinds: Mapping[str, SequenceKind] = head.kinds
    games = Partition(
        consumed=Consumed(partition=0),
        epoch=head.epoch,
        machines=machines,
        kinds=kinds.get,
        reorder_ms=head.reorder_ms,
        held_max=head.held_max,
        books_max=1,
        checkpoint_rows=len(capture.entries) * 2 + 1,
        terms=head.terms,
    )
    games.adopt(head.game_id, None)
    for entry in capture.entries:
        _wait(games, until_ms=entry.received_ms)
        games.take(entry, entry.received_ms)
    _wait(games, until_ms=head.captured_ms)
    return games.settle().commit.rows


def _wait(games: Partition, *, until_ms: int) -> None:
    """Let the clock run: what waits goes on when it is due."""
    while (due_ms := games.due_ms()) is not None and due_ms <= until_ms:
        games.expire(due_ms, now_s=due_ms / 1000)


def compare(stored: Iterable[GameEvent], reproduced: Iterable[GameEvent]) -> Divergence | None:
    """The first row in which they differ, times apart; None if they are the same."""
    ours, theirs = list(stored), list(reproduced)
    for index in range(max(len(ours), len(theirs))):
        one = _content(ours[index]) if index < len(ours) else b""
        other = _content(theirs[index]) if index < len(theirs) else b""
        if one != other:
            return Divergence(seq=index + 1, stored=one.decode(), reproduced=other.decode())
    return None


def _content(row: GameEvent) -> bytes:
    """A row without what the owner's clock made: its time, and the revision of rows of our own."""
    cause = row.cause
    if cause.provider == OURS:
        cause = msgspec.structs.replace(cause, revision=0)
    return _ENCODER.encode(msgspec.structs.replace(row, ts=0, cause=cause))

"""A book as bytes, so that a long history opens fast: the plays, not the score. Pure.

The fold of the plays is made again on opening, so a checkpoint never carries a sport's own state and
outlives every change of it. Stored form: version 1, JSON; new fields have defaults (house rule R7).
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.games import telling
from scorewire.games.book import Book, Memory, Play
from scorewire.games.statement import Contradiction, Statement
from scorewire.journal.records import LedgerEntry
from scorewire.model.game_event import CompactEvent, Place
from scorewire.model.provider_event import GameDeclared, ProviderEvent
from scorewire.sports.machine import AnyMachine


class PlayImage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One play as stored; `key` where another provider's claim has amended it."""

    place: Place
    claim: ProviderEvent
    ts: int
    seq: int
    annuls: tuple[str, str] | None = None
    key: tuple[str, str] | None = None
    log_offset: int = -1


class BookImage(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="version", tag=1):
    """One book as stored; `plays` in play order."""

    game_id: str
    declared: GameDeclared
    seq: int
    ts: int
    corrected_seq: int = 0
    corrected: bool = False
    under_check: bool = False
    active: str = ""
    statement: Statement | None = None
    contradiction: Contradiction = ""
    recent: tuple[CompactEvent, ...] = ()
    plays: tuple[PlayImage, ...] = ()


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(BookImage)


def write(book: Book) -> bytes:
    """The book without what it remembers beside its plays, which the journal keeps in its ledger."""
    assert book.declared is not None
    ordered = sorted(book.plays.values(), key=lambda play: play.place)
    image = BookImage(
        game_id=book.game_id,
        declared=book.declared,
        seq=book.seq,
        ts=book.ts,
        corrected_seq=book.corrected_seq,
        corrected=book.corrected,
        under_check=book.under_check,
        active=book.active,
        statement=book.statement,
        contradiction=book.contradiction,
        recent=tuple(book.recent),
        plays=tuple(
            PlayImage(
                place=play.place,
                claim=play.claim,
                ts=play.ts,
                seq=play.seq,
                annuls=play.annuls,
                key=play.key if play.key != (play.claim.provider, play.claim.event) else None,
                log_offset=play.log_offset,
            )
            for play in ordered
        ),
    )
    return _ENCODER.encode(image)


def read(body: bytes, machines: dict[str, AnyMachine]) -> Book:
    """The book that `write` wrote, folded again.

    Raises:
        msgspec.DecodeError: the bytes are not a checkpoint; the caller folds from the first row instead.
    """
    image = _DECODER.decode(body)
    book = Book(
        game_id=image.game_id,
        machines=machines,
        declared=image.declared,
        seq=image.seq,
        ts=image.ts,
        corrected_seq=image.corrected_seq,
        corrected=image.corrected,
        under_check=image.under_check,
        active=image.active,
        statement=image.statement,
        contradiction=image.contradiction,
    )
    book.recent.extend(image.recent)
    plays: list[Play] = [
        Play(
            key=each.key or (each.claim.provider, each.claim.event),
            place=each.place,
            claim=each.claim,
            ts=each.ts,
            seq=each.seq,
            annuls=each.annuls,
            log_offset=each.log_offset,
        )
        for each in image.plays
    ]
    book.restore(plays)
    return book


def recall(book: Book, ledger: Iterable[LedgerEntry]) -> None:
    """Give a book back what the journal keeps of it beside its rows.

    Raises:
        msgspec.DecodeError: an entry cannot be read.
    """
    for entry in ledger:
        if entry.what != "told":
            book.remembered[(entry.provider, entry.event)] = Memory(entry.revision, entry.what)
        if entry.body:
            book.tellings[(entry.provider, entry.event)] = telling.read(entry.body)

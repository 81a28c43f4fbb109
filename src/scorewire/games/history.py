"""The state of a game at any seq, folded from the journal."""

import msgspec
import structlog

from scorewire.games import checkpoint
from scorewire.games.book import Book
from scorewire.games.frame import score_state
from scorewire.journal.database import Lane
from scorewire.journal.journal import Journal
from scorewire.journal.records import Stored
from scorewire.scoreboard.base import Head
from scorewire.sports.machine import AnyMachine

_log = structlog.get_logger("scorewire.games")


async def open_book(
    journal: Journal,
    machines: dict[str, AnyMachine],
    game_id: str,
    *,
    upto_seq: int | None = None,
    lane: Lane = "inner",
) -> Book | None:
    """A game's book from its newest checkpoint and the rows after it; None for an unknown game.

    Args:
        upto_seq: the last row to fold; None folds all.
        lane: whose turn it takes among the journal's readers.
    """

    def fold(stored: Stored) -> Book | None:
        return fold_stored(stored, machines, game_id, upto_seq)

    try:
        return await journal.fold(game_id, fold, upto_seq=upto_seq, lane=lane)
    except msgspec.DecodeError as error:
        # A checkpoint is a shortcut: without it the way is longer, not another one.
        _log.error("a checkpoint cannot be read; folding from the first row", game_id=game_id, why=str(error))
    return await journal.fold(game_id, fold, upto_seq=upto_seq, checkpoints=False, lane=lane)


def fold_stored(
    stored: Stored, machines: dict[str, AnyMachine], game_id: str, upto_seq: int | None
) -> Book | None:
    """The book of what the journal holds of a game; None if that is nothing.

    Raises:
        msgspec.DecodeError: its checkpoint cannot be read.
    """
    if stored.checkpoint is None and not stored.rows:
        return None
    if stored.checkpoint is None:
        book = Book(game_id=game_id, machines=machines)
    else:
        book = checkpoint.read(stored.checkpoint.body, machines)
    for row in stored.rows:
        if row.seq > book.seq and (upto_seq is None or row.seq <= upto_seq):
            book.apply(row)
    checkpoint.recall(book, stored.ledger)
    return book


class History:
    """Answers `what did the scoreboard show at seq N`."""

    def __init__(self, *, journal: Journal, machines: dict[str, AnyMachine]) -> None:
        self._journal = journal
        self._machines = machines

    async def state_at(self, game_id: str, seq: int | None) -> Head | None:
        """The state after row `seq` (None: the newest); None if there is no such row."""
        if seq is not None and seq < 1:
            return None
        book = await open_book(self._journal, self._machines, game_id, upto_seq=seq, lane="public")
        if book is None or (seq is not None and book.seq != seq):
            return None
        state = score_state(book, self._journal.epoch, None)
        return Head(state=state, corrected_seq=book.corrected_seq)

    async def head(self, game_id: str) -> Head | None:
        """The newest state, for a scoreboard that does not hold it."""
        return await self.state_at(game_id, None)

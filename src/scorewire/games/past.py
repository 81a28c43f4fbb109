"""What was true a while ago, and what fans were told since: read back from the journal.

For readers who want to know later than others, and for those who come back to a ring that is empty, as after
a restart. Everything here is folded again, and is byte for byte what was told then (games/frame.py).
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from scorewire.games.book import Book
from scorewire.games.frame import score_state, update_of
from scorewire.games.history import open_book
from scorewire.journal.journal import Journal
from scorewire.journal.listing import is_of
from scorewire.model.game_event import GameEvent
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.sports.machine import AnyMachine

ROWS_MAX = 5_000
"""Rows told again at once: what the busiest replay writes within the longest delay."""


class Past:
    """See the module."""

    def __init__(self, *, journal: Journal, machines: dict[str, AnyMachine]) -> None:
        self._journal = journal
        self._machines = machines

    async def seq_at(self, game_id: str, cutoff_ms: int) -> int:
        """The newest seq whose row is of `cutoff_ms` or before; 0 if there is none."""
        return (await self._journal.seq_at(game_id, cutoff_ms))[0]

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        """The game at its newest row of `cutoff_ms` or before (None: there was none), and all rows after."""
        seq = await self.seq_at(game_id, cutoff_ms)
        return await self._told(game_id, seq, ROWS_MAX)

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        """At most `limit` rows after `since_seq`, as fans were told them."""
        return (await self._told(game_id, since_seq, limit))[1]

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        """Games of a team, league or sport that were not over then; some may not have been declared yet."""
        assert kind in {"team", "league", "sport"}, f"nobody follows a {kind}"
        found = dict.fromkeys(await self._journal.games_of(kind, id))  # type: ignore[arg-type]
        for game_id, line in (await self._journal.changed(cutoff_ms)).items():
            if is_of(line, kind, id):
                found.setdefault(game_id)
        return tuple(found)

    async def _told(self, game_id: str, seq: int, limit: int) -> tuple[Head | None, Sequence[Update]]:
        book: Book | None = Book(game_id=game_id, machines=self._machines)
        if seq:
            book = await open_book(self._journal, self._machines, game_id, upto_seq=seq, lane="public")
        if book is None or book.seq != seq:
            return None, ()
        rows = await self._journal.rows(game_id, seq, limit)
        return await asyncio.to_thread(partial(_tell, book, rows, self._journal.epoch))


def _tell(book: Book, rows: Sequence[GameEvent], epoch: str) -> tuple[Head | None, Sequence[Update]]:
    """The state of `book`, and what each row made of it."""
    state = score_state(book, epoch, None) if book.seq else None
    head = Head(state=state, corrected_seq=book.corrected_seq) if state is not None else None
    updates: list[Update] = []
    for row in rows:
        book.apply(row)
        before, state = state, score_state(book, epoch, state)
        updates.append(update_of(book, state, before, correction=row.correction))
    return head, updates

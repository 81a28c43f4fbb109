"""Box scores of games, at their heads or at any seq, folded from the journal's rows.

    asked at seq N ──► a book that is held, fed with the rows since ──► lines
                  ──► or, for what is past, a new one, from the first row to N

The book of a game that goes on is held, so that a play costs the counting of the game, some milliseconds,
and not the reading of its rows again. All of it runs in threads.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scorewire.errors import BackendError
from scorewire.model.game_event import GameEvent
from scorewire.sports.machine import AnyMachine
from scorewire.stats.answers import BoxScore
from scorewire.stats.headings import headings
from scorewire.stats.lines.book import LineBook
from scorewire.stats.lines.box import GameLines
from scorewire.stats.lines.sheet import SportLines

BOOKS_MAX: Final = 32
"""Games whose books are held, some 0.7 MB each for one of basketball."""
ROWS_A_READ: Final = 1000
ROW_S: Final = 12e-6
"""What a thread of the journal takes to read a row."""

Rows = Callable[[str, int, int], Awaitable[Sequence[GameEvent]]]
"""(game_id, after seq, at most) -> rows in order; the journal's."""


@dataclass(slots=True)
class _Held:
    """A game's book, and whose turn it is with it."""

    book: LineBook
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    spoilt: bool = False


class BoxScores:
    """See the module.

    Args:
        rows: of the journal.
        epoch: the journal's; with another one a book is another's.
        now_s: monotonic.

    Attributes:
        spent_s: how long threads have read and counted so far.
    """

    def __init__(
        self,
        *,
        rows: Rows,
        epoch: Callable[[], str],
        machines: Mapping[str, AnyMachine],
        sports: Mapping[str, SportLines],
        now_s: Callable[[], float],
    ) -> None:
        self.spent_s = 0.0
        self._rows = rows
        self._epoch = epoch
        self._machines = machines
        self._sports = sports
        self._now_s = now_s
        self._held: OrderedDict[tuple[str, str], _Held] = OrderedDict()

    async def lines(self, game_id: str, seq: int) -> GameLines | None:
        """The lines after row `seq`; None for an unknown game, or one of a sport without lines.

        Raises:
            BackendError: the journal cannot be read; or it does not have this row yet, as a standby may not.
        Cancellation: harmless; the book that was fed is not used again.
        """
        key = (game_id, self._epoch())
        while True:
            held = self._held.setdefault(key, _Held(self._book()))
            self._held.move_to_end(key)
            while len(self._held) > BOOKS_MAX:
                self._held.popitem(last=False)
            async with held.turn:
                if held.spoilt:
                    continue
                if held.book.seq > seq:
                    break
                try:
                    return await self._read_on(held.book, game_id, seq)
                except BaseException:
                    # A thread may still be at work on it.
                    held.spoilt = True
                    self._held.pop(key, None)
                    raise
        return await self._read_on(self._book(), game_id, seq)

    async def box_score(self, game_id: str, seq: int) -> BoxScore | None:
        """The same as it is told."""
        epoch = self._epoch()
        lines = await self.lines(game_id, seq)
        return None if lines is None else box_score(lines, epoch, self._sports[lines.sport])

    def let_go(self, game_id: str) -> None:
        """The game is over: its book may go."""
        self._held.pop((game_id, self._epoch()), None)

    def _book(self) -> LineBook:
        return LineBook(machines=self._machines, sports=self._sports)

    async def _read_on(self, book: LineBook, game_id: str, seq: int) -> GameLines | None:
        while book.seq < seq:
            rows = await self._rows(game_id, book.seq, min(ROWS_A_READ, seq - book.seq))
            if not rows and not book.seq:
                return None
            if not rows:
                raise BackendError(f"the journal ends at row {book.seq} of {game_id}", retryable=True)
            self.spent_s += len(rows) * ROW_S
            await asyncio.to_thread(self._feed, book, rows)
        return await asyncio.to_thread(self._count, book)

    def _feed(self, book: LineBook, rows: Sequence[GameEvent]) -> None:
        began_s = self._now_s()
        for row in rows:
            book.apply(row)
        self.spent_s += self._now_s() - began_s

    def _count(self, book: LineBook) -> GameLines | None:
        began_s = self._now_s()
        lines = book.lines()
        self.spent_s += self._now_s() - began_s
        return lines


def box_score(lines: GameLines, epoch: str, sport: SportLines) -> BoxScore:
    """Lines as they are told. Pure."""
    figures = [lines.home.totals, lines.away.totals]
    figures += [line.tables for team in (lines.home, lines.away) for line in team.players]
    return BoxScore(
        game_id=lines.game_id,
        epoch=epoch,
        seq=lines.seq,
        sport=lines.sport,
        league=lines.league,
        season=lines.season,
        columns=headings(sport, figures),
        home=lines.home,
        away=lines.away,
    )

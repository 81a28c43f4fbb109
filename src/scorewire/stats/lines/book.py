"""The book of lines of one game: its rows in, its box score out.

    row -> Record (what stands) -> SportLines (what counts) -> GameLines

Recomputed, never added up: `lines` counts the game from its first play whenever the plays have changed
since it was asked last. So lines after a correction are those of a game in which it had been right from the
start, and a book that reads the rows from the journal has the lines of one that heard them live.
"""

from collections.abc import Mapping

import msgspec

from scorewire.model.game_event import GameEvent
from scorewire.sports.machine import AnyMachine
from scorewire.stats.lines.box import GameLines
from scorewire.stats.lines.record import Record
from scorewire.stats.lines.sheet import SportLines, lines_of


class LineBook:
    """One game.

    Args:
        machines: the sports' rules, which say what an event takes back.
        sports: the sports' lines; a game of a sport that is not there has none.
    """

    __slots__ = ("_lines", "_made", "_record", "_sports")

    def __init__(self, *, machines: Mapping[str, AnyMachine], sports: Mapping[str, SportLines]) -> None:
        self._record = Record(machines)
        self._sports = sports
        self._lines: GameLines | None = None
        self._made = -1

    @property
    def seq(self) -> int:
        """The newest row that is in the book."""
        return self._record.seq

    def apply(self, row: GameEvent) -> None:
        """Take the next row; one that was taken before is left aside.

        Raises:
            ValueError: a row is missing before it; whoever feeds the book reads the gap from the journal.
        """
        self._record.apply(row)

    def lines(self) -> GameLines | None:
        """The lines after the newest row; None before the game is declared, or for a sport without lines.

        `seq` is that of the newest row, also where it changed nothing.
        """
        record = self._record
        if record.declared is None:
            return None
        sport = self._sports.get(record.declared.sport)
        if sport is None:
            return None
        if self._lines is None or self._made != record.changed:
            self._lines = lines_of(sport, record.declared, record.seq, record.standing())
            self._made = record.changed
        elif self._lines.seq != record.seq:
            self._lines = msgspec.structs.replace(self._lines, seq=record.seq)
        return self._lines

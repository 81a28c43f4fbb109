"""The course of a game: a light index of its rows, by which any time or clock leads to a seq.

    rows ──fold──► the score after each ──► Moment
       └──stamps──► timetable ──► when each is due in a playback

Folded once for all who ask, in a thread, page by page: of the rows nothing stays but what a moment holds.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from weakref import WeakValueDictionary

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from scorewire.games.book import Book
from scorewire.games.timetable import Guide, Stamp, Timetable, stamp, timetable
from scorewire.journal.journal import Journal
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.provider_event import Side
from scorewire.sports.machine import AnyMachine

ROWS_A_READ = 500
ROWS_MAX = 20_000
"""As `/state`: ten times the longest game known."""
COURSES_MAX = 16
"""Kept, some 300 bytes a row."""


class Moment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row on the course of its game.

    Attributes:
        at: when it is due in a playback, ms from the first row at speed 1, long gaps cut.
        home, away: the score after it.

    Example:
        {"seq":31,"ts":1671376990000,"at":1361000,"type":"GOAL","level":"key","team":"home",
         "player":"Lionel Messi","period":1,"clock":"22:41","home":1,"away":0}
    """

    seq: int
    ts: int
    at: int
    type: str
    level: Level
    team: Side | UnsetType = UNSET
    player: str | UnsetType = UNSET
    period: int | UnsetType = UNSET
    clock: str | UnsetType = UNSET
    corrects: int | UnsetType = UNSET
    home: int
    away: int


@dataclass(frozen=True, slots=True)
class Course:
    """A game up to `seq`.

    Attributes:
        moments: rows 1..seq, or the first ROWS_MAX of them.
        times: when they are due.
    """

    game_id: str
    epoch: str
    seq: int
    moments: Sequence[Moment]
    times: Timetable

    @property
    def guide(self) -> Guide:
        """The time that rules the playback."""
        return self.times.guide

    def gap_ms(self, seq: int, *, real: bool = False) -> int:
        """What passes between the row before and this one; 0 beyond the rows that are known."""
        times = self.times.real if real else self.times.cut
        return times[seq - 1] - times[seq - 2] if 2 <= seq <= len(times) else 0


class Courses:
    """The courses of games, built when they are asked for, and the newest of them kept."""

    def __init__(self, *, journal: Journal, machines: dict[str, AnyMachine]) -> None:
        self._journal = journal
        self._machines = machines
        self._kept: OrderedDict[str, Course] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def course(self, game_id: str, seq: int) -> Course:
        """The course of a game at least to `seq`, which it has reached.

        One reader builds it and the others wait, also when a game goes on and many ask at once.
        """
        async with self._turns.setdefault(game_id, asyncio.Lock()):
            held = self._kept.get(game_id)
            if held is None or held.epoch != self._journal.epoch or held.seq < min(seq, ROWS_MAX):
                held = await self._build(game_id)
                self._kept[game_id] = held
            self._kept.move_to_end(game_id)
            while len(self._kept) > COURSES_MAX:
                self._kept.popitem(last=False)
            return held

    async def _build(self, game_id: str) -> Course:
        book = Book(game_id=game_id, machines=self._machines)
        moments: list[Moment] = []
        stamps: list[Stamp] = []
        epoch = self._journal.epoch
        while book.seq < ROWS_MAX:
            rows = await self._journal.rows(game_id, book.seq, min(ROWS_A_READ, ROWS_MAX - book.seq))
            if not rows:
                break
            moments += await asyncio.to_thread(partial(_fold, book, rows))
            stamps += map(stamp, rows)
        times = await asyncio.to_thread(timetable, stamps)
        due = [replace(one, at=at) for one, at in zip(moments, times.cut, strict=True)]
        return Course(game_id, epoch, book.seq, due, times)


def _fold(book: Book, rows: Sequence[GameEvent]) -> list[Moment]:
    """The score after each row, which the book takes in."""
    found: list[Moment] = []
    for row in rows:
        book.apply(row)
        compact, board = row.compact, book.board
        found.append(
            Moment(
                seq=row.seq,
                ts=row.ts,
                at=0,
                type=row.type,
                level=row.level,
                team=compact.team or UNSET,
                player=compact.player or UNSET,
                period=UNSET if compact.period is None else compact.period,
                clock=UNSET if compact.clock is None else compact.clock,
                corrects=UNSET if row.corrects is None else row.corrects,
                home=board.home,
                away=board.away,
            )
        )
    return found

"""What stands of games, kept for who asks again: pages, their pictures, the list of shots.

A game that is looked at while it goes on is asked for after every row: its record is kept, and only the rows
since are read. A question about an earlier seq reads the rows anew; what is made of that has a name of its
own and is kept by who asked.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.config import Config
from scorewire.journal.journal import Journal
from scorewire.model.game_event import GameEvent
from scorewire.model.score_state import ScoreState
from scorewire.sports.machine import AnyMachine
from scorewire.stats.lines.record import Record
from scorewire.web.plays import Plays

GAMES_MAX: Final = 48
"""Records in memory; a long game is some 3 MB."""
ROWS_A_READ: Final = 1000
"""Which are applied in one go, in about a millisecond. Not in a thread: a question that is given up meanwhile
would leave the thread at the record, and let the next one begin on it."""


def formats_of(config: Config) -> dict[str, str]:
    """The format of each provider that is configured with one; another is taken for one by its name."""
    return {name: one.format for name, one in config.providers.items() if one.format}


@dataclass(slots=True)
class _Held:
    """One game's record, and the row behind each claim."""

    record: Record
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def apply(self, rows: tuple[GameEvent, ...]) -> None:
        for row in rows:
            self.record.apply(row)
            if row.claim is not None:
                self.seqs[row.claim.provider, row.claim.event] = row.seq


class StandingPlays:
    """See the module.

    Args:
        machines: the sports' rules, which say what takes back what.
        formats: provider -> the format of its payloads.
    """

    def __init__(
        self, *, journal: Journal, machines: Mapping[str, AnyMachine], formats: Mapping[str, str]
    ) -> None:
        self._journal = journal
        self._machines = machines
        self._formats = formats
        self._held: OrderedDict[tuple[str, str], _Held] = OrderedDict()

    async def at(self, state: ScoreState) -> Plays:
        """What stands after the state's seq, in its epoch."""
        name = (state.game_id, state.epoch)
        held = self._held.get(name)
        if held is None:
            held = self._held[name] = _Held(Record(self._machines))
            while len(self._held) > GAMES_MAX:
                self._held.popitem(last=False)
        self._held.move_to_end(name)
        async with held.turn:
            if held.record.seq > state.seq:
                held = _Held(Record(self._machines))
            return await self._read(held, state)

    async def _read(self, held: _Held, state: ScoreState) -> Plays:
        record = held.record
        while record.seq < state.seq:
            limit = min(ROWS_A_READ, state.seq - record.seq)
            rows = await self._journal.rows(state.game_id, record.seq, limit)
            if not rows:
                break  # a scoreboard never shows what the journal has not; see api/reads.py
            held.apply(rows)
        return Plays(
            seq=record.seq,
            declared=record.declared,
            claims=tuple(record.standing()),
            seqs=dict(held.seqs),
            formats=self._formats,
        )

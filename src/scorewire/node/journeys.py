"""When the newest key events passed each tier, of this process: what the page `/how` is drawn from.

    call ─► durable, answered ─► decided ─► in the journal ─► on the scoreboard ─► fans told
     └─ answered ───────────────────┘ wrote ─────────────────┘ shown ──────────────┘ told

Each tier costs a read of the clock and a slot, and that only for the newest key event of a commit; everything
else is worked out when somebody asks. Nothing is stored: a new process has timed nothing yet.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import UNSET

from scorewire.clock import Clock
from scorewire.fanout.audience import Audience
from scorewire.games.settlement import Settlement
from scorewire.log.base import LogEntry
from scorewire.model.game_event import GameEvent
from scorewire.model.journey import Journey, Journeys
from scorewire.model.provider_event import SideScore
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update

NEWEST_MAX: Final = 24
CALLS_MAX: Final = 256
"""Answered calls that are remembered until their rows are written, some milliseconds later."""
KEPT_S: Final = 1.0
"""For which an answer is given again: a crowd costs what one reader costs."""

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(slots=True, eq=False)
class _Way:
    """One key event on its way; monotonic seconds, None for what has not happened."""

    row: GameEvent
    state: ScoreState
    webhook_id: str
    read_s: float
    decided_s: float
    journal_s: float
    call: tuple[float, float] | None
    shown_s: float | None = None
    told_s: float | None = None
    told: int = 0


class Timekeeper:
    """See the module. All methods are called from the loop's thread, and none raises for want of anything.

    Attributes:
        decides, fans_here, races: see `Journeys`; set by who builds the process.
    """

    def __init__(self, *, clock: Clock) -> None:
        self.decides = False
        self.fans_here = False
        self.races = False
        self._clock = clock
        self._newest: deque[_Way] = deque(maxlen=NEWEST_MAX)
        self._calls: dict[str, tuple[float, float]] = {}
        self._unshown: dict[tuple[str, int], _Way] = {}
        self._untold: dict[str, _Way] = {}
        self._answer = b""
        self._answer_until_s = 0.0

    def answered(self, webhook_id: str, began_s: float, ended_s: float) -> None:
        """A provider's call is durable, and its 202 on the way."""
        calls = self._calls
        calls[webhook_id] = (began_s, ended_s)
        if len(calls) > CALLS_MAX:
            del calls[next(iter(calls))]

    def wrote(
        self, settlement: Settlement, entries: Sequence[LogEntry], read_s: float, decided_s: float
    ) -> None:
        """What was decided is in the journal.

        Args:
            entries: the claims of this batch, by the order of their offsets.
            read_s, decided_s: when the batch was read from the log, and when it was decided.
        """
        row = next((one for one in reversed(settlement.commit.rows) if one.level == "key"), None)
        if row is None:
            return
        name = (row.game_id, row.seq)
        state = next((one.state for one in settlement.updates if (one.game_id, one.seq) == name), None)
        if state is None:
            return  # a game that nobody is shown
        webhook_id = next((one.webhook_id for one in entries if one.offset == row.log_offset), "")
        way = _Way(
            row=row,
            state=state,
            webhook_id=webhook_id,
            read_s=read_s,
            decided_s=decided_s,
            journal_s=self._clock.monotonic_s(),
            call=self._calls.get(webhook_id),
        )
        self._keep(way)
        self._unshown[name] = self._untold[row.game_id] = way

    def _keep(self, way: _Way) -> None:
        if len(self._newest) == NEWEST_MAX:
            oldest = self._newest[0]
            self._unshown.pop((oldest.row.game_id, oldest.row.seq), None)
            if self._untold.get(oldest.row.game_id) is oldest:
                del self._untold[oldest.row.game_id]
        self._newest.append(way)

    def shown(self, updates: Sequence[Update]) -> None:
        """The scoreboard of this process shows these."""
        if not self._unshown:
            return
        now_s = self._clock.monotonic_s()
        for update in updates:
            way = self._unshown.pop((update.game_id, update.seq), None)
            if way is not None:
                way.shown_s = now_s

    def told(self, audience: Audience, prev_seq: int) -> None:
        """A broadcast has ended, which began after `prev_seq`: all who are live in it were written to."""
        way = self._untold.get(audience.channel.game_id)
        if way is None or audience.delay_s or not prev_seq < way.row.seq <= audience.settled_seq:
            return
        fans = audience.count()
        if fans:
            way.told += fans
            way.told_s = self._clock.monotonic_s()

    def read(self) -> bytes:
        """`Journeys` as JSON, at most a second old."""
        now_s = self._clock.monotonic_s()
        if not self._answer or now_s >= self._answer_until_s:
            self._answer = _ENCODER.encode(
                Journeys(
                    now_ms=self._clock.now_ms(),
                    decides=self.decides,
                    fans_here=self.fans_here,
                    races=self.races,
                    journeys=tuple(self._journey(one) for one in reversed(self._newest)),
                )
            )
            self._answer_until_s = now_s + KEPT_S
        return self._answer

    def _journey(self, way: _Way) -> Journey:
        if way.call is None:
            way.call = self._calls.get(way.webhook_id)  # its owner was quicker than its answer
        row, state, call = way.row, way.state, way.call
        began_s = call[0] if call is not None else way.read_s
        claim = row.claim
        return Journey(
            game_id=row.game_id,
            seq=row.seq,
            sport=state.sport,
            type=row.type,
            home=state.home.name,
            away=state.away.name,
            score=SideScore(home=state.home.score, away=state.away.score),
            row_ms=row.ts,
            provider_ms=claim.time_ms if claim is not None and claim.time_ms else UNSET,
            durable=_ms(min(call[1], way.read_s), began_s) if call is not None else UNSET,
            answered=_ms(call[1], began_s) if call is not None else UNSET,
            decided=_ms(way.decided_s, began_s),
            journal=_ms(way.journal_s, began_s),
            scoreboard=_ms(way.shown_s, began_s) if way.shown_s is not None else UNSET,
            fans=_ms(way.told_s, began_s) if way.told_s is not None else UNSET,
            told=way.told,
        )


def _ms(then_s: float, began_s: float) -> float:
    return round((then_s - began_s) * 1000, 2)

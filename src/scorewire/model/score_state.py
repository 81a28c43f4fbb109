"""The fold of rows 1..seq: what a scoreboard shows.

For the patches' sake it holds no nulls (absent instead) and no arrays but `events`; what is numbered is
keyed by its number. Nothing in it ticks: the clock is where it was set, and says whether it runs.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scorewire.model.game_event import CompactEvent
from scorewire.model.provider_event import League, Venue

EVENTS_KEPT = 50
STATE_VERSION = 2
"""Part of the epoch: raise it when the same rows would give other bytes."""

Status = Literal[
    "scheduled",
    "pre",
    "live",
    "break",
    "interrupted",
    "suspended",
    "delayed",
    "postponed",
    "cancelled",
    "abandoned",
    "void",
    "walkover",
    "forfeited",
    "awarded",
    "retired",
    "ended",
    "final",
    "corrected",
]
UNDER_WAY: frozenset[str] = frozenset({"live", "break", "interrupted", "suspended", "delayed", "ended"})
"""Statuses of a game that fans watch now; lists put these first."""

OVER: frozenset[str] = frozenset(
    {"final", "corrected", "cancelled", "abandoned", "void", "walkover", "forfeited", "awarded", "retired"}
)
"""Statuses that plain events never leave; only a correction does."""

Value = str | int | float | bool | dict[str, "Value"]
"""What detail is made of: no nulls, no arrays. msgspec needs the plain alias below."""

Tree = dict[str, object]
"""A JSON object of Values (msgspec knows no recursive alias, msgspec#676)."""


class GameClock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`{"display": "22:41", "seconds": 1361, "running": true, "at": 1671376990000}`.

    seconds: as the sport counts, up or down; tenths survive in `display`. at: when it was set, ms.
    """

    display: str
    seconds: int
    running: bool
    at: int | UnsetType = UNSET


class SideState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`{"id": "arg", "name": "Argentina", "abbr": "ARG", "color": "#6CACE4", "score": 3, "shootout": 4}`.

    What a list shows of a side stands here, because the list form has no `detail`.

    color: as declared, for badges. red: players sent off. shootout: kicks scored, once there is one.
    note: the score as followers write it, where a number says too little: `182/4 (18.2)`, `245 & 82/1 (20)`.
    """

    id: str
    name: str
    abbr: str
    color: str = ""
    score: int
    red: int = 0
    shootout: int | UnsetType = UNSET
    note: str = ""


class ScoreState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about a game that a fan sees, at one seq. Compare by (epoch, seq).

    note: how the period stands where neither score nor line score say it: `40-15` in tennis.
    """

    game_id: str
    epoch: str
    seq: int
    sport: str
    league: League
    season: str | UnsetType = UNSET
    round: str | UnsetType = UNSET
    start: str
    end: str | UnsetType = UNSET
    venue: Venue | UnsetType = UNSET
    status: Status
    period: str | UnsetType = UNSET
    clock: GameClock | UnsetType = UNSET
    note: str | UnsetType = UNSET
    home: SideState
    away: SideState
    linescore: dict[str, dict[str, int]] | UnsetType = UNSET
    detail: Tree | UnsetType = UNSET
    events: tuple[CompactEvent, ...] | UnsetType = UNSET
    under_check: bool = msgspec.field(default=False)
    updated_at: int

    def line(self) -> "ScoreState":
        """The list form: without `events` and `detail`."""
        return msgspec.structs.replace(self, events=UNSET, detail=UNSET)

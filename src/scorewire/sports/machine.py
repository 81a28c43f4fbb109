"""The contract that every sport fulfils, and the words that all sports share.

A sport is one file with the same four parts in the same order: the theory in prose, the tables
(EVENTS, TRANSITIONS), `decide`, `evolve`; then `board`, which shows the state, and one `Machine` that
names the functions. Everything is pure: no clock, no loop, no randomness. `decide` may refuse and
explains; `evolve` never fails on a play that was once accepted, even if a later correction has made it
senseless where it stands (a second half whose first was retracted still counts its goals).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from scorewire.model.game_event import Level
from scorewire.model.provider_event import Detail, ProviderEvent
from scorewire.model.score_state import GameClock, Status, Tree

State = TypeVar("State")

ANYTHING: Final = ("*",)
"""What an event negates that takes back whatever it names; but never another such event: no circles."""
CANCELS_ANYTHING: Final = frozenset({"PLAY_CANCELLED"})
"""The types that negate ANYTHING."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a claim cannot be true. `rule` is stable and documented; `detail` is a sentence for a person."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One row of a sport's EVENTS table.

    Attributes:
        level: `key`, `play` or `touch`.
        meaning: one line for docs/events.md.
        team: whether the claim must name a team.
        points: what it adds to the acting team's score (own goals say so in their sport's evolve).
        correction: the type of the row that takes it back; empty means RETRACT.
        negates: types that this event takes back when it is asserted (GOAL_CANCELLED negates GOAL); ANYTHING
            for all types but those that do the same.
        shows: keys of `detail` that fans see in the compact event; keep them few, each costs bytes a fan.
        scores: it may make the score, though one alone is no key event: a point of tennis, a ball of cricket.
    """

    level: Level
    meaning: str
    team: bool = False
    points: int = 0
    correction: str = ""
    negates: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    scores: bool = False

    @property
    def weighs(self) -> bool:
        """Whether it must not be missed: a key event, or one that may make the score."""
        return self.level == "key" or self.points > 0 or self.scores

    def takes_back(self, kind: str) -> bool:
        """Whether a play of type `kind` does not count while an event of this type names it."""
        return kind in self.negates or (self.negates == ANYTHING and kind not in CANCELS_ANYTHING)


@dataclass(frozen=True, slots=True)
class Board:
    """What a machine's state shows; games/ adds the frame (teams, ids, seq) to make a ScoreState.

    Parts that a play left alone must be the same objects as before it: patches then cost nothing.
    `detail` and `linescore` hold no nulls and no arrays.

    Attributes:
        note: what a list, which has no detail, shows beside the period: the points of a game of tennis.
        home_note, away_note: what it shows for the side's score: wickets and overs. Each costs bytes a fan.
    """

    status: Status
    period: str
    clock: GameClock | None
    home: int
    away: int
    linescore: dict[str, dict[str, int]]
    detail: Tree
    note: str = ""
    home_note: str = ""
    away_note: str = ""


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """One sport.

    Attributes:
        sport: as in the declaration, `soccer`.
        events: every type that a provider may send, LIFECYCLE included.
        rules: what a declaration's `rules` may hold: name -> (meaning, default). Anything else is refused.
        begin: the state before the first play. Raises nothing; `rules` were checked.
        check: what intake can refuse from the claim and the declaration alone (type, team, ranges, clock
            outside its period); never depends on the running state.
        decide: what the owner refuses from the state at the play's place (order, transitions).
        evolve: the next state; total. The `int` is the play's `at`: wall time in ms at which we first had it.
        board: what the state shows.
        detail: what `detail` of the board may hold: key -> meaning.
        refusals: rules that only this sport refuses by: name -> why.
        choices: the values of those `rules` that are one of a few words; any other is refused.
    """

    sport: str
    events: Mapping[str, EventSpec]
    rules: Mapping[str, tuple[str, str | int | float | bool]]
    begin: Callable[[Detail], State]
    check: Callable[[Detail, ProviderEvent], Refusal | None]
    decide: Callable[[State, ProviderEvent], Refusal | None]
    evolve: Callable[[State, ProviderEvent, int], State]
    board: Callable[[State], Board]
    detail: Mapping[str, str]
    refusals: Mapping[str, str]
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)


AnyMachine = Machine[Any]

_CLOCK = re.compile(r"(\d{1,3})(?:\+(\d{1,2}))?(?::([0-5]\d)(?:\.(\d{1,3}))?)?\Z", re.ASCII)


@lru_cache(maxsize=1024)
def clock_ms(text: str) -> int | None:
    """Read a clock as sports write it; None if it is not one.

    `22:41` is 22 min 41 s; `45+2:10` and `45+2` count on from 45; `0:45.3` has tenths; `67` is a minute.
    The newest readings are kept, because a claim's clock is read at the door, by its sport and by the fold.
    """
    match = _CLOCK.match(text)
    if match is None:
        return None
    minutes, added, seconds, fraction = match.groups()
    total_s = (int(minutes) + int(added or 0)) * 60 + int(seconds or 0)
    return total_s * 1000 + int((fraction or "0").ljust(3, "0"))


def _no_such_type(machine_events: Mapping[str, EventSpec], kind: str) -> str:
    """A sentence for whoever wrote the claim, with the type that was probably meant."""
    if not kind:
        return "`type` is missing"
    # At most as long as the longest name: what is compared grows with the product of both.
    near = get_close_matches(kind[:64].upper().replace("-", "_"), machine_events, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{kind!r} is not an event of this sport{meant}"


def check_common(machine_events: Mapping[str, EventSpec], claim: ProviderEvent) -> Refusal | None:
    """The rules that hold in every sport: known type, a team where one is needed, a readable clock."""
    if claim.action == "retract":
        return None
    spec = machine_events.get(claim.type)
    if spec is None:
        return Refusal("unknown_event_type", _no_such_type(machine_events, claim.type))
    if spec.team and claim.team is None:
        return Refusal("team_missing", f"{claim.type} must name the team that it belongs to")
    if claim.clock is not None and clock_ms(claim.clock) is None:
        return Refusal("unreadable_clock", f"{claim.clock!r} is not a clock such as 22:41, 45+2:10 or 0:45.3")
    return None

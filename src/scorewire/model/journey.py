"""How a goal travels, as it was timed, and practice games for readers: what `/v1/how` answers is made of.

Example:
    {"game_id":"g1","seq":31,"sport":"soccer","type":"GOAL","home":"Argentina","away":"France",
     "score":{"home":1,"away":0},"row_ms":1671376990000,"durable":1.62,"answered":1.9,"decided":1.84,
     "journal":3.31,"scoreboard":3.38,"fans":3.61,"told":2}
"""

from msgspec import UNSET, Struct, UnsetType

from scorewire.model.provider_event import SideScore


class Journey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One key event. What is absent was not measured, or has not happened yet.

    Attributes:
        score: of the game after it.
        row_ms: wall time at which it was decided.
        provider_ms: the provider's own wall time of it, by the provider's clock.
        durable, answered, decided, journal, scoreboard, fans: milliseconds after the first byte of the
            provider's call: when the log had it, when the call was answered, when it was decided, when the
            journal had it, when the scoreboard showed it, and when the last of those who follow the game had
            been written to. Where the call was not timed here, they count from the log's being read.
        told: fans of this process who were written to.
    """

    game_id: str
    seq: int
    sport: str
    type: str
    home: str
    away: str
    score: SideScore
    row_ms: int
    provider_ms: int | UnsetType = UNSET
    durable: float | UnsetType = UNSET
    answered: float | UnsetType = UNSET
    decided: float
    journal: float
    scoreboard: float | UnsetType = UNSET
    fans: float | UnsetType = UNSET
    told: int = 0


class Journeys(Struct, frozen=True, kw_only=True):
    """The newest ways, the newest first.

    Attributes:
        now_ms: wall time of the answer.
        decides: whether this process decides games; where it does not, it has timed nothing.
        fans_here: whether fans are held by the same process, so that it knows when they were told.
        races: whether a practice game can be played here; see `/v1/how/races`.
    """

    now_ms: int
    decides: bool
    fans_here: bool
    races: bool
    journeys: tuple[Journey, ...]


class Race(Struct, frozen=True, kw_only=True):
    """A practice game that is about to be played, to be followed like any other.

    Attributes:
        game_id: of the practice game.
        of: the game of this node whose changes it repeats; home, away: who played that.
        speed: how many times faster than that was heard.
        span_ms: how long the repeated piece took then.
        changes: that will come, besides the state that it begins with.
        begins_ms, ends_ms: wall times of its first and last change; now_ms: of the answer.
    """

    game_id: str
    of: str
    home: str
    away: str
    speed: int
    span_ms: int
    changes: int
    begins_ms: int
    ends_ms: int
    now_ms: int


class Moment(Struct, frozen=True, kw_only=True):
    """`{"seq": 31, "ts": 1671376990000}`: when the scoreboard of this node had a change."""

    seq: int
    ts: int


class Moments(Struct, frozen=True, kw_only=True):
    """What a practice game has shown so far; `over` once nothing more will come."""

    game_id: str
    now_ms: int
    over: bool
    moments: tuple[Moment, ...]

"""What a fan asks for: follows of games, teams, leagues and sports, and the place it was at."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from scorewire.errors import RequestError
from scorewire.fanout.audience import FanLike
from scorewire.model.score_state import ScoreState

Kind = Literal["game", "team", "league", "sport"]
Key = tuple[Literal["game", "team", "league", "sport", "ring"], str]
"""What is followed, or loaded: a ring is what a game's channels lack of their past."""

LINE_BY_DEFAULT: frozenset[str] = frozenset({"league", "sport"})
"""Follows that bring many games come in the list form unless asked otherwise."""


class Follow(NamedTuple):
    """One follow; `line` is the list form, `delay_s` how long after the others this fan wants to know.

    table: of a league, its table too.
    """

    kind: Kind
    id: str
    line: bool
    delay_s: int = 0
    table: bool = False

    @property
    def key(self) -> Key:
        """What is followed, in whatever view."""
        return (self.kind, self.id)


class Arrival:
    """A fan, or one subscription of a fan, that waits until everything it follows is at hand.

    All its follows have the same delay.

    Attributes:
        epoch, seqs: what the fan has, from its cursor; empty for a join.
        missing: loads that it waits for.
        unknown: what loads found not to exist; kept here too, because the common memory of it is bounded.
        error: what became of a load that failed.
        cancelled: the fan has taken it back.
        fresh: a subscription that is given a state even if the game was followed already.
        again: a subscription that was answered before, and now brings what another one brought later.
    """

    __slots__ = (
        "again",
        "cancelled",
        "epoch",
        "error",
        "fan",
        "follows",
        "fresh",
        "missing",
        "seqs",
        "unknown",
    )

    def __init__(
        self,
        fan: "Guest",
        follows: tuple[Follow, ...],
        *,
        epoch: str = "",
        seqs: Mapping[str, int] | None = None,
        fresh: bool = False,
        again: bool = False,
    ) -> None:
        self.fan = fan
        self.follows = follows
        self.epoch = epoch
        self.seqs = seqs or {}
        self.missing: set[Key] = set()
        self.unknown: set[Key] = set()
        self.error: RequestError | None = None
        self.fresh = fresh
        self.again = again
        self.cancelled = False

    @property
    def delay_s(self) -> int:
        """The delay of what is asked for."""
        return self.follows[0].delay_s if self.follows else 0


class Guest(FanLike, Protocol):
    """A fan as arrivals know it."""

    def open(self, arrival: Arrival, games: list[str]) -> bytes:
        """What comes before the first state."""
        ...

    def refuse(self, arrival: Arrival, error: RequestError) -> None:
        """What was asked for cannot be had."""
        ...


class Interest:
    """A team, league or sport that fans here follow: its games, and the view of each fan.

    Attributes:
        games: in the order in which they became known; a dictionary for its order and quick look-up.
        fans: True for the list form.
        loaded: the games from before are known too.
    """

    __slots__ = ("fans", "games", "key", "loaded")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.games: dict[str, None] = {}
        self.fans: dict[FanLike, bool] = {}
        self.loaded = False


def interests_of(state: ScoreState) -> tuple[Key, Key, Key, Key]:
    """Everything but the game itself by which its fans may follow it."""
    return (
        ("team", state.home.id),
        ("team", state.away.id),
        ("league", state.league.id),
        ("sport", state.sport),
    )

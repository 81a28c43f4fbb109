"""What waits for its turn on the loop, a slice at a time."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from scorewire.fanout.audience import Audience, FanLike

Item = TypeVar("Item")


class Soon(Protocol):
    """`loop.call_soon`."""

    def __call__(self, act: Callable[[], None], /) -> object:
        """Run `act` in the loop's next round."""
        ...


class Turn(Protocol):
    """Work for many fans that is done in slices, so that other games get theirs in between."""

    queued: bool

    def run(self, budget: int) -> int:
        """Do at most `budget` fans' worth; returns what was done, at least 1."""
        ...

    def more(self) -> bool:
        """Whether anything is left."""
        ...

    def give_up(self) -> list[FanLike]:
        """`run` has raised: drop what failed; returns the fans who cannot be served because of it."""
        ...


class Turns:
    """All that waits, in order: what is not done after its slice goes to the end.

    A turn that raises gives up what failed, and the others go on.

    Args:
        slice_writes: fans' worth of work in one round of the loop.
        failed: told the turn, the error, and the fans whom it concerns.
    """

    def __init__(
        self,
        *,
        call_soon: Soon,
        slice_writes: int,
        failed: Callable[[Turn, Exception, list[FanLike]], None],
    ) -> None:
        self._call_soon = call_soon
        self._slice_writes = slice_writes
        self._failed = failed
        self._waiting: deque[Turn] = deque()
        self._called = False

    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def add(self, turn: Turn) -> None:
        """To the end."""
        self._waiting.append(turn)
        if not self._called:
            self._called = True
            self._call_soon(self._run)

    def _run(self) -> None:
        """One slice, shared by as many turns as fit; the next turn is first in the next slice."""
        try:
            budget = self._slice_writes
            while budget > 0 and self._waiting:
                budget -= self._one(self._waiting.popleft(), budget)
        finally:
            # Whatever happens here, what waits is not left waiting.
            self._called = bool(self._waiting)
            if self._called:
                self._call_soon(self._run)

    def _one(self, turn: Turn, budget: int) -> int:
        spent = 1
        fans: list[FanLike] = []
        failure: Exception | None = None
        try:
            spent = turn.run(budget)
        except Exception as error:
            # The boundary of a turn: one that fails must not take the others with it.
            failure = error
            fans = turn.give_up()
        if turn.more():
            self._waiting.append(turn)
        else:
            turn.queued = False
        if failure is not None:
            self._failed(turn, failure, fans)
        return spent


class Each(Generic[Item]):
    """One act for each of many, in order.

    Args:
        fan_of: the fan for whom an act is.
    """

    __slots__ = ("_act", "_at", "_fan_of", "_items", "queued")

    def __init__(
        self, items: Sequence[Item], act: Callable[[Item], None], fan_of: Callable[[Item], FanLike]
    ) -> None:
        self._items = items
        self._act = act
        self._fan_of = fan_of
        self._at = 0
        self.queued = True

    def run(self, budget: int) -> int:
        """See `Turn.run`."""
        some = self._items[self._at : self._at + budget]
        for item in some:
            self._at += 1
            self._act(item)
        return max(len(some), 1)

    def more(self) -> bool:
        """See `Turn.more`."""
        return self._at < len(self._items)

    def give_up(self) -> list[FanLike]:
        """See `Turn.give_up`; those behind the one that failed get their turn."""
        return [self._fan_of(self._items[self._at - 1])]


class Lag:
    """Where a fan stood in each of its games when its transport asked to pause; seq None: nowhere yet."""

    __slots__ = ("places", "since_s")

    def __init__(self, since_s: float) -> None:
        self.since_s = since_s
        self.places: dict[Audience, tuple[str, int | None]] = {}

"""What waits for its turn on the loop, a slice at a time."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from scorewire.fanout.audience import Audience

Item = TypeVar("Item")


class Turn(Protocol):
    """Work for many fans that is done in slices, so that other games get theirs in between."""

    queued: bool

    def run(self, budget: int) -> int:
        """Do at most `budget` fans' worth; returns what was done, at least 1."""
        ...

    def more(self) -> bool:
        """Whether anything is left."""
        ...


class Each(Generic[Item]):
    """One act for each of many, in order."""

    __slots__ = ("_act", "_at", "_items", "queued")

    def __init__(self, items: Sequence[Item], act: Callable[[Item], None]) -> None:
        self._items = items
        self._act = act
        self._at = 0
        self.queued = True

    def run(self, budget: int) -> int:
        """See `Turn.run`."""
        some = self._items[self._at : self._at + budget]
        self._at += len(some)
        for item in some:
            self._act(item)
        return max(len(some), 1)

    def more(self) -> bool:
        """See `Turn.more`."""
        return self._at < len(self._items)


class Lag:
    """Where a fan stood in each of its games when its transport asked to pause; seq None: nowhere yet."""

    __slots__ = ("places", "since_s")

    def __init__(self, since_s: float) -> None:
        self.since_s = since_s
        self.places: dict[Audience, tuple[str, int | None]] = {}

"""The entries of one partition that a reader has in memory: those it will be asked for next. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(slots=True)
class Run(Generic[Item]):
    """Everything that lies above `start` and up to `end`, whether the offsets are dense or not.

    Attributes:
        start: the offset after which the run begins.
        end: the offset up to which the partition was read.
        at_end: whether the partition has ended there, when it was last asked.
        kept_max: entries kept behind the reader, for one that goes back a little.
        room, bytes_room: entries, and their bytes, that may wait for the reader; beyond either it is `full`.
    """

    start: int
    kept_max: int
    room: int
    bytes_room: int
    end: int = field(init=False)
    at_end: bool = field(init=False, default=False)
    _asked: int = field(init=False)
    _bytes: int = field(init=False, default=0)
    _offsets: list[int] = field(init=False, default_factory=list)
    _items: list[Item] = field(init=False, default_factory=list)
    _sizes: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.end = self._asked = self.start

    def covers(self, after: int) -> bool:
        """Whether `after` can be asked of this run; else it must begin anew there."""
        return self.start <= after <= self.end

    def extend(self, offsets: Sequence[int], items: Sequence[Item], sizes: Sequence[int]) -> None:
        """Add what was read next, in order."""
        if not offsets:
            return
        assert offsets[0] > self.end, (offsets[0], self.end)
        self._offsets.extend(offsets)
        self._items.extend(items)
        self._sizes.extend(sizes)
        self._bytes += sum(sizes)
        self.end, self.at_end = offsets[-1], False

    def reached(self, end: int) -> None:
        """The partition ends at this offset, for now."""
        self.end, self.at_end = max(self.end, end), True

    def after(self, after: int, limit: int) -> list[Item]:
        """At most `limit` entries above `after`, in order."""
        self._asked = max(self._asked, after)
        first = bisect_right(self._offsets, after)
        self._let_go(first)
        first = bisect_right(self._offsets, after)
        return self._items[first : first + limit]

    @property
    def full(self) -> bool:
        """Whether so much waits for the reader that no more should be fetched."""
        waiting = len(self._offsets) - bisect_right(self._offsets, self._asked)
        return waiting > self.room or self._bytes > self.bytes_room

    def _let_go(self, read: int) -> None:
        """Forget what lies far behind the reader; in large pieces, so that it is cheap on average."""
        if read <= 2 * self.kept_max and self._bytes <= self.bytes_room:
            return
        gone = read - self.kept_max if self._bytes <= self.bytes_room else read
        if gone <= 0:
            return
        self.start = self._offsets[gone - 1]
        self._bytes -= sum(self._sizes[:gone])
        del self._offsets[:gone], self._items[:gone], self._sizes[:gone]

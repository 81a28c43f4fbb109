"""The newest entries of the log in memory, so that an owner who keeps up never reads the disk."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scorewire.log.base import LogEntry


@dataclass(slots=True)
class Tail:
    """A bounded run of entries whose offsets follow one another without a gap.

    When a bound is crossed the older half goes at once, so that adding stays cheap on average.

    Attributes:
        last: offset of the newest entry of the log, whether it is held here or not.
        entries_max: entries held at most.
        bytes_max: their encoded size at most; one call may bring a megabyte.
    """

    last: int
    entries_max: int
    bytes_max: int
    _entries: list[LogEntry] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _bytes: int = 0

    def extend(self, entries: Sequence[LogEntry], sizes: Sequence[int]) -> None:
        """Add what has just become durable; offsets must follow on `last`."""
        if not entries:
            return
        assert entries[0].offset == self.last + 1, (entries[0].offset, self.last)
        self._entries.extend(entries)
        self._sizes.extend(sizes)
        self._bytes += sum(sizes)
        self.last = entries[-1].offset
        while self._entries and (len(self._entries) > self.entries_max or self._bytes > self.bytes_max):
            half = (len(self._entries) + 1) // 2
            self._bytes -= sum(self._sizes[:half])
            del self._entries[:half], self._sizes[:half]

    def after(self, offset: int, limit: int) -> list[LogEntry] | None:
        """At most `limit` entries above `offset`, in order; None if the next one is on disk only."""
        if offset >= self.last:
            return []
        first = self.last - len(self._entries) + 1
        start = max(offset, 0) + 1 - first
        if start < 0:
            return None
        return self._entries[start : start + limit]

"""Which claims wait for a missing number, and where a play stands in play order. Pure.

A provider's `sequence` is declared as one of three promises:

    dense   1, 2, 3 ... without a gap: a missing number is waited for, at most `wait_ms`
    sparse  only the order holds (10, 20, 35): nothing is waited for
    none    no promise: claims stand in the order in which they came

Waiting is measured by the time at which intake *received* the claims, not by the owner's clock: an owner
that was busy, paused or restarted reads a backlog of claims and must order it as if it had kept up.
A claim seen first late is never dropped: it goes on at once, and takes its place in play order.
"""

import heapq
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from scorewire.model.game_event import Place
from scorewire.model.provider_event import ProviderEvent, SequenceKind

Item = TypeVar("Item")

GAPS_BEFORE_SPARSE: Final = 3
"""An undeclared provider is taken as dense until this many gaps in a row stayed unfilled."""

ENDS_A_PERIOD: Final = frozenset({"PERIOD_END", "GAME_END", "GAME_FINAL"})

NUMBERED: Final = 0
AFTER_NUMBER: Final = 1
IN_PERIOD: Final = 2
AT_END: Final = 3
"""The middle of a place: what it goes by, and whether it stands after the others of that number or period."""
FLAT: Final = 3
"""The length of a place that is not below another."""


@dataclass(slots=True)
class ReorderBuffer(Generic[Item]):
    """The claims of one provider in one game that wait behind a gap.

    Args:
        kind: the declared promise; None for an undeclared provider.
        wait_ms: longest wait of any claim.
        held_max: claims that may wait; one more closes the gap at once.
    """

    kind: SequenceKind | None
    wait_ms: int
    held_max: int
    expected: int | None = None
    unfilled: int = 0
    _heap: list[tuple[int, int, Item]] = field(default_factory=list)
    _by_age: list[tuple[int, int]] = field(default_factory=list)
    """(received, count) of what waits, and of what has gone on since the oldest that still waits came."""
    _gone: set[int] = field(default_factory=set)
    _count: int = 0

    @property
    def waits(self) -> bool:
        """Whether a missing number is waited for at all."""
        if self.kind is None:
            return self.unfilled < GAPS_BEFORE_SPARSE
        return self.kind == "dense"

    @property
    def held(self) -> list[Item]:
        """What waits, in no particular order."""
        return [entry[2] for entry in self._heap]

    def due_ms(self) -> int | None:
        """When the oldest claim that waits must go on, by intake's clock; None if nothing waits."""
        while self._by_age and self._by_age[0][1] in self._gone:
            self._gone.remove(heapq.heappop(self._by_age)[1])
        return self._by_age[0][0] + self.wait_ms if self._by_age else None

    def offer(self, item: Item, sequence: int | None, received_ms: int) -> list[Item]:
        """Take one claim; returns those that go on now, in order, those that waited too long first."""
        released = self.expire(received_ms)
        if sequence is None or not self.waits:
            return [*released, item]
        if self.expected is None and sequence <= 1:
            self.expected = sequence
        if self.expected is not None and sequence <= self.expected:
            return [*released, item, *self._passed(sequence)]
        self._count += 1
        heapq.heappush(self._heap, (sequence, self._count, item))
        heapq.heappush(self._by_age, (received_ms, self._count))
        if len(self._heap) > self.held_max:
            released += self._close_gap()
        return released

    def passed(self, sequence: int | None) -> None:
        """Note a number that went on before a restart, so that what follows it need not wait."""
        if sequence is not None and not self._heap:
            self.expected = max(self.expected or 0, sequence + 1)

    def expire(self, now_ms: int) -> list[Item]:
        """Those that have waited long enough, with all that stand before them in order."""
        released: list[Item] = []
        while (due_ms := self.due_ms()) is not None and due_ms <= now_ms:
            released += self._close_gap()
        return released

    def _passed(self, sequence: int) -> list[Item]:
        """After `sequence` went on: what waited for exactly it."""
        assert self.expected is not None
        if sequence < self.expected:
            return []
        self.expected = sequence + 1
        released: list[Item] = []
        while self._heap and self._heap[0][0] <= self.expected:
            number, item = self._take_first()
            released.append(item)
            self.expected = max(self.expected, number + 1)
            self.unfilled = 0
        return released

    def _close_gap(self) -> list[Item]:
        """Give up on the missing number: the first that waits goes on, with what follows without a gap."""
        number, item = self._take_first()
        self.unfilled += 1
        unfilled = self.unfilled
        self.expected = number
        released = [item, *self._passed(number)]
        self.unfilled = unfilled
        return released

    def _take_first(self) -> tuple[int, Item]:
        number, count, item = heapq.heappop(self._heap)
        self._gone.add(count)
        return number, item


def place_of(claim: ProviderEvent, *, kind: SequenceKind | None, last: Place | None, arrival: int) -> Place:
    """Where a play seen for the first time stands in play order.

    With a promised sequence: by it. Without: at the end, except that a play of an earlier period, or of
    the period whose end was just blown, stands before that end (the goal of 45+2 that comes in the break).

        (sequence, NUMBERED, arrival)   (sequence, AFTER_NUMBER, arrival)
        (period, IN_PERIOD, arrival)    (period, AT_END, arrival)

    Args:
        last: the place of the last play, None for the first. If it stands by a number, a play without one
            follows it.
        arrival: grows with each row; breaks ties.
    """
    if claim.sequence is not None and kind != "none":
        return (claim.sequence, NUMBERED, arrival)
    if last is None:
        return (claim.period or 0, IN_PERIOD, arrival)
    if last[1] in (NUMBERED, AFTER_NUMBER):
        return (last[0], AFTER_NUMBER, arrival)
    period = claim.period if claim.period is not None else last[0]
    if claim.type in ENDS_A_PERIOD:
        return (max(period, last[0]) if claim.type != "PERIOD_END" else period, AT_END, arrival)
    if claim.period is None or claim.type.startswith("GAME_"):
        return (last[0], last[1], arrival)
    return (period, IN_PERIOD, arrival)


def between(low: Place | None, high: Place | None, *, arrival: int) -> Place:
    """A place after `low` and before `high`, for a play whose own numbers mean nothing here.

    Flat where both ends are open; below `low` otherwise, one level deeper than it only where it must be, so
    that whatever is numbered after `low` later still stands after it.

    Args:
        low, high: None for an open end; they may be neighbours, since there is always room in between.
    """
    if low is None:
        return (0, NUMBERED, arrival) if high is None else (high[0] - 1, NUMBERED, arrival)
    if len(low) > FLAT:
        following = (*low[:-1], low[-1] + 1)
        if high is None or following < high:
            return following
    below = (*low, 1)
    if high is None or below < high:
        return below
    return (*low, high[len(low)] - 1)

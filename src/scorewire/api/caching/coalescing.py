"""Which keys a cache is to forget now: pure, the time is given.

A key that is offered is due at once, and then once more after the interval: for a request that was on its
way to the cache with the old answer, and for a node that heard of the update a moment later. What is offered
in between waits for that second time, so a key is never due more than once in an interval.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class _Key:
    """Whether it is to be taken when its time comes (or only rests until then), and whether something has
    happened since it was last taken."""

    wanted: bool
    fresh: bool


class Coalescing:
    """See the module.

    Args:
        interval_s: between two times of a key; more than 0.
        keys_max: that wait; of more, the newest are dropped, and their answers end by time.

    Attributes:
        offered, coalesced, dropped: counts of keys: all, those that joined one that waited, those refused.
    """

    def __init__(self, *, interval_s: float, keys_max: int) -> None:
        assert interval_s > 0, "a key would be due for ever"
        self._interval_s = interval_s
        self._keys_max = keys_max
        self._keys: dict[str, _Key] = {}
        self._order: list[tuple[float, str]] = []
        self.offered = 0
        self.coalesced = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._keys)

    def offer(self, keys: Iterable[str], now_s: float) -> None:
        """What these name has changed."""
        for key in keys:
            self.offered += 1
            held = self._keys.get(key)
            if held is not None:
                self.coalesced += held.wanted
                held.wanted = held.fresh = True
            elif len(self._keys) >= self._keys_max:
                self.dropped += 1
            else:
                self._put(key, now_s, _Key(wanted=True, fresh=True))

    def due_s(self) -> float | None:
        """When the next is due, or has rested; None where there is none."""
        return self._order[0][0] if self._order else None

    def take(self, now_s: float, bytes_max: int) -> list[str]:
        """What is due, in that order, at most so many bytes with a space between two."""
        taken: list[str] = []
        size = -1
        while self._order and self._order[0][0] <= now_s:
            key = self._order[0][1]
            held = self._keys[key]
            if held.wanted:
                size += len(key) + 1
                if taken and size > bytes_max:
                    break
                taken.append(key)
            heapq.heappop(self._order)
            del self._keys[key]
            if held.wanted:
                # Once more if it was fresh; then it rests.
                self._put(key, now_s + self._interval_s, _Key(wanted=held.fresh, fresh=False))
        return taken

    def _put(self, key: str, due_s: float, held: _Key) -> None:
        self._keys[key] = held
        heapq.heappush(self._order, (due_s, key))

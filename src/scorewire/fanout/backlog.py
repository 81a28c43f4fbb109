"""What has happened and is not shown yet, for one delay. Pure: it is told the time.

An update is due when its row is as old as the delay, by the wall clock that dated it; or when it was heard
so long ago by the monotonic clock, because a wall clock that was set back must not hold a goal for an hour.

Bounded: beyond `updates_max` waiting updates, those of one game that lie close together are joined, the
newest of each stretch being kept, first over a quarter of a second, then over twice as much. A game never
loses its newest update, so every delayed fan ends at the truth, through a full state where updates are gone;
and nothing is ever shown early.
"""

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count

from scorewire.model.update import Update

STRETCH_MS = 250


class Backlog:
    """See the module.

    Args:
        delay_s: how old a row is when it is shown.
        updates_max: updates that wait; more only where more games than half of that have changed.
    """

    __slots__ = ("_delay_ms", "_heard", "_number", "_recalled", "_thin_at", "_updates_max", "joined")

    def __init__(self, *, delay_s: int, updates_max: int) -> None:
        self._delay_ms = delay_s * 1000
        self._updates_max = self._thin_at = updates_max
        self._heard: deque[tuple[float, Update]] = deque()
        self._recalled: list[tuple[int, int, float, Update]] = []
        self._number = count()
        self.joined = 0

    def __len__(self) -> int:
        return len(self._heard) + len(self._recalled)

    def put(self, update: Update, now_s: float) -> None:
        """An update passes; those of one game come in the order of seq."""
        self._heard.append((now_s, update))
        if len(self._heard) > self._thin_at:
            self._thin()
            # Where there is little to join, the next look is as far away as this one was dear.
            self._thin_at = max(self._updates_max, 2 * len(self._heard))

    def recall(self, updates: Sequence[Update], now_s: float) -> None:
        """What the journal holds after the head of a game that has just been loaded.

        Some of it may have been heard too; who is shown a seq twice ignores the second.
        """
        for update in updates:
            heappush(self._recalled, (update.ts, next(self._number), now_s, update))

    def due(self, now_ms: int, now_s: float) -> list[Update]:
        """Take what is to be shown by now, in order for each game."""
        found: list[Update] = []
        cutoff_ms, heard_s = now_ms - self._delay_ms, now_s - self._delay_ms / 1000
        recalled = self._recalled
        while recalled and (recalled[0][0] <= cutoff_ms or recalled[0][2] <= heard_s):
            found.append(heappop(recalled)[3])
        heard = self._heard
        while heard and (heard[0][1].ts <= cutoff_ms or heard[0][0] <= heard_s):
            found.append(heard.popleft()[1])
        return found

    def _thin(self) -> None:
        """Join until half the room is free again, or one update for each game is left."""
        stretch_ms = STRETCH_MS
        while len(self._heard) > self._updates_max // 2:
            kept: dict[tuple[str, int], tuple[float, Update]] = {}
            for heard_s, update in self._heard:
                # Taken out first, so that the order is that of the newest of each stretch.
                kept.pop((update.game_id, update.ts // stretch_ms), None)
                kept[update.game_id, update.ts // stretch_ms] = (heard_s, update)
            self.joined += len(self._heard) - len(kept)
            self._heard = deque(kept.values())
            if stretch_ms > 2 * self._delay_ms:
                return
            stretch_ms *= 2

"""One timer for the whole process: heartbeats, deadlines of connections, sweeps, garbage collection.

A fan has no timer: it is an entry in one of the wheel's places, and the hand visits each place once a
round. Places are given in turn, not by the time of joining, so that a storm of joins does not become a
storm of heartbeats. The wheel reads no clock: `turn` is told the time.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Protocol

from scorewire.clock import Clock
from scorewire.fanout.audience import FanLike

TICK_S = 0.1


class Watched(Protocol):
    """Something with deadlines: a connection whose request must come, or a goodbye that must be heard."""

    watched_at: int

    def due(self, now_s: float) -> float:
        """Act on what is overdue; returns seconds until the next look, 0 or less to be let go."""
        ...


class Wheel:
    """See the module.

    Args:
        heartbeat_s: one round of heartbeats.
        skip: whether a fan gets no heartbeat now (its transport has asked to pause).
    """

    def __init__(self, *, heartbeat_s: float, skip: Callable[[FanLike], bool]) -> None:
        self._rota: list[dict[FanLike, None]] = [{} for _ in range(max(1, round(heartbeat_s / TICK_S)))]
        self._skip = skip
        self._next_place = 0
        self._deadlines: dict[int, dict[Watched, None]] = {}
        self._rounds: list[tuple[int, Callable[[float], None]]] = []
        self._tick = 0
        self._start_s: float | None = None
        self.now_s = 0.0

    def enrol(self, fan: FanLike) -> None:
        """Give a fan its place."""
        self._next_place = (self._next_place + 1) % len(self._rota)
        fan.slot = self._next_place
        self._rota[fan.slot][fan] = None

    def strike(self, fan: FanLike) -> None:
        """Take a fan off; harmless if it is not on."""
        if fan.slot >= 0:
            self._rota[fan.slot].pop(fan, None)
            fan.slot = -1

    def fans(self) -> list[FanLike]:
        """Everybody, in the order of the wheel."""
        return [fan for place in self._rota for fan in place]

    def watch(self, watched: Watched, delay_s: float) -> None:
        """Look at a connection in `delay_s`; an earlier look is forgotten."""
        self.unwatch(watched)
        watched.watched_at = self._tick + max(1, round(delay_s / TICK_S) + 1)
        self._deadlines.setdefault(watched.watched_at, {})[watched] = None

    def unwatch(self, watched: Watched) -> None:
        """Look no more; harmless if there was none."""
        place = self._deadlines.get(watched.watched_at)
        if place is not None:
            place.pop(watched, None)
            if not place:
                # What many connections leave behind in a minute is not kept until its time has come.
                del self._deadlines[watched.watched_at]

    def every(self, period_s: float, act: Callable[[float], None]) -> None:
        """Call `act(now_s)` once a period."""
        self._rounds.append((max(1, round(period_s / TICK_S)), act))

    async def run(self, clock: Clock) -> None:
        """Turn for as long as the process lives; one task of node.

        Cancellation: at any time; nothing is half done.
        """
        while True:
            self.turn(clock.monotonic_s())
            await asyncio.sleep(TICK_S)

    def turn(self, now_s: float) -> None:
        """Bring the hand to `now_s`. A loop that was late makes up for it, at most one round."""
        if self._start_s is None:
            self._start_s = now_s
        self.now_s = now_s
        target = int((now_s - self._start_s) / TICK_S)
        for tick in range(max(self._tick + 1, target - len(self._rota)), target + 1):
            self._beat(self._rota[tick % len(self._rota)])
            for period, act in self._rounds:
                if tick % period == 0:
                    act(now_s)
        for tick in range(self._tick + 1, target + 1):
            self._look(self._deadlines.pop(tick, None), now_s, target)
        self._tick = max(self._tick, target)

    def _beat(self, place: dict[FanLike, None]) -> None:
        for fan in list(place):
            if not self._skip(fan):
                fan.heartbeat()

    def _look(self, place: dict[Watched, None] | None, now_s: float, tick: int) -> None:
        for watched in place or ():
            again_s = watched.due(now_s)
            if again_s > 0:
                watched.watched_at = tick + max(1, round(again_s / TICK_S) + 1)
                self._deadlines.setdefault(watched.watched_at, {})[watched] = None


class Collector:
    """Garbage collection when nobody waits for a goal; automatic collection is switched off by node.

    Young objects every second, older ones every half minute, all of them every ten minutes: fans are freed
    by reference count, so what is found here comes from requests.

    Args:
        idle: whether no broadcast is pending.
    """

    YOUNG_S, MIDDLE_S, ALL_S = 1.0, 30.0, 600.0

    def __init__(self, *, idle: Callable[[], bool]) -> None:
        self._idle = idle
        self._last_s = [0.0, 0.0, 0.0]

    def round(self, now_s: float) -> None:
        """Collect the oldest generation that is due, if nothing is pending."""
        if not self._idle():
            return
        for generation, period_s in ((2, self.ALL_S), (1, self.MIDDLE_S), (0, self.YOUNG_S)):
            if self._last_s[generation] == 0.0:
                self._last_s[generation] = now_s
            elif now_s - self._last_s[generation] >= period_s:
                self._last_s[: generation + 1] = [now_s] * (generation + 1)
                gc.collect(generation)
                return

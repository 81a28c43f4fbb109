"""Plays the matchday to a node as a provider would: signed calls, one after the other."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence

from scorewire.clock import Clock
from scorewire.demo.loop import Due
from scorewire.model.provider_event import Claim

BATCH_MAX = 500
PATIENCE_S = 1.0
"""The longest sleep, so that a stopped demo ends soon and a laptop that slept catches up."""

Post = Callable[[Sequence[Claim]], Awaitable[object]]
"""Sends claims in one signed call and returns when they are durable; repeats it by itself while it may."""


class Runner:
    """Posts what is due.

    Args:
        due: everything that becomes due, in order of time, as from `schedule`.
        speed: how many times faster than in reality the games are played.
        stopped: whether to leave; asked at least every PATIENCE_S.
    """

    def __init__(
        self, *, due: Iterator[Due], post: Post, clock: Clock, speed: float, stopped: Callable[[], bool]
    ) -> None:
        self._due = due
        self._post = post
        self._clock = clock
        self._speed = speed
        self._stopped = stopped
        self._began_ms = 0
        self._began_s = 0.0
        self._next: Due | None = None

    async def catch_up(self) -> int:
        """Begin: post all that lies before the demo's beginning, game by game; returns how much that was.

        Games that are under way come first, so that the front page is alive as soon as it can be.
        """
        self._began_ms = self._clock.now_ms()
        self._began_s = self._clock.monotonic_s()
        past = self._take(0.0)
        by_game: dict[str, list[Due]] = {}
        for due in past:
            by_game.setdefault(due.game_id, []).append(due)
        for game in sorted(by_game.values(), key=_over):
            await self._send(game)
        return len(past)

    async def play(self) -> None:
        """Post what becomes due until stopped.

        Cancellation: what is being posted may or may not have arrived; nothing else is lost.
        """
        while not self._stopped():
            elapsed_s = (self._clock.monotonic_s() - self._began_s) * self._speed
            await self._send(self._take(elapsed_s))
            upcoming = self._peek()
            await asyncio.sleep(min(max((upcoming.at_s - elapsed_s) / self._speed, 0.01), PATIENCE_S))

    def _peek(self) -> Due:
        if self._next is None:
            self._next = next(self._due)
        return self._next

    def _take(self, until_s: float) -> list[Due]:
        taken: list[Due] = []
        while self._peek().at_s <= until_s:
            taken.append(self._peek())
            self._next = None
        return taken

    async def _send(self, due: list[Due]) -> None:
        claims = iter([one.claim(self._began_ms, self._speed) for one in due])
        while batch := list(itertools.islice(claims, BATCH_MAX)):
            await self._post(batch)


def _over(game: list[Due]) -> bool:
    return game[-1].index == len(game[-1].lap.game.plays) - 1

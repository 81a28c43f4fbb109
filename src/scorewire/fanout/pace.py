"""When an audience gets its turn: at once, or for a game that millions follow once an interval.

A paced game's first update goes out at once. What comes in during the interval after it goes out joined in
one write at its end, so an update waits at most one interval, and a quiet game waits for nothing.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from scorewire.fanout.audience import Audience
from scorewire.fanout.turns import Turns


def intervals(usual_ms: int, named: Iterable[str]) -> Callable[[str], float]:
    """The interval of each game, in seconds.

    Args:
        usual_ms: of every game that is not named.
        named: `GAME=MS`, as the configuration has them.
    """
    seconds = {game_id: int(ms) / 1000 for game_id, _, ms in (word.partition("=") for word in named)}
    usual_s = usual_ms / 1000
    return lambda game_id: seconds.get(game_id, usual_s)


class Later(Protocol):
    """`loop.call_later`."""

    def __call__(self, delay_s: float, act: Callable[[], None], /) -> object:
        """Run `act` in `delay_s`."""
        ...


class Pace:
    """See the module. One timer for each paced game that has just been told something, whoever follows it.

    Args:
        turns: where audiences wait for their slice.
    """

    __slots__ = ("_call_later", "_turns")

    def __init__(self, *, turns: Turns, call_later: Later) -> None:
        self._turns = turns
        self._call_later = call_later

    def queue(self, audience: Audience) -> None:
        """The audience has something to broadcast."""
        if audience.queued or audience.resting:
            return
        audience.queued = True
        self._turns.add(audience)
        if audience.interval_s:
            self._rest(audience)

    def _rest(self, audience: Audience) -> None:
        audience.resting = True
        self._call_later(audience.interval_s, partial(self._wake, audience))

    def _wake(self, audience: Audience) -> None:
        if audience.queued:
            self._rest(audience)  # a crowd so large that one broadcast takes longer than the interval
            return
        audience.resting = False
        if audience.more():
            self.queue(audience)

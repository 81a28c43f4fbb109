"""The order to stop, and what the log says of it: a line with the reason when it is given, one at the end.

A process that ends without the second line did not stop in order.
"""

import asyncio

import structlog

from scorewire.clock import Clock

_log = structlog.get_logger("scorewire.node")


class StopOrder:
    """See the module. The first who gives it is the one who counts.

    Args:
        role: of this process: `node`, `pipeline`, `worker` or `supervisor`.
        names: what else both lines say of it.

    Attributes:
        given: set once it is.
    """

    def __init__(self, role: str, *, clock: Clock, **names: str) -> None:
        self.given = asyncio.Event()
        self._role = role
        self._clock = clock
        self._names = names
        self._given_s = 0.0

    def give(self, reason: str) -> None:
        """Begin to stop.

        Args:
            reason: a signal's name, or a few words.
        """
        if self.given.is_set():
            return
        self._given_s = self._clock.monotonic_s()
        _log.info("stopping", role=self._role, **self._names, reason=reason)
        self.given.set()

    def carried_out(self, **counts: int) -> None:
        """Everything has ended; say how long it took, and what was done."""
        took_s = round(self._clock.monotonic_s() - self._given_s, 2)
        _log.info("stopped", role=self._role, **self._names, took_s=took_s, **counts)

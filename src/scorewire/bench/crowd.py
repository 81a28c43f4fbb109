"""Several load clients as one crowd: they join, listen and tell together."""

import heapq
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType

import msgspec

from scorewire.bench.child import Child
from scorewire.bench.fans import Awaited, Joined, Order
from scorewire.errors import BackendError

FANS_EACH_MAX = 9000
"""Of one client process; with the usual hard limit of 20,000 files there is room for two."""
START_S = 20.0
JOIN_S = 120.0
MARGIN_S = 10.0
"""What a client may take beyond its own deadline before we call it lost."""

_ENCODER = msgspec.json.Encoder()
_JOINED = msgspec.json.Decoder(Joined)
_AWAITED = msgspec.json.Decoder(Awaited)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one message: when each fan had it, ascending; `missed`: fans that never did."""

    at_s: list[float]
    missed: int
    cpu_s: float
    bytes: int


def shares(fans: int, each_max: int) -> list[int]:
    """Spread fans evenly over as few processes as will do."""
    processes = -(-fans // each_max)
    return [fans * (n + 1) // processes - fans * n // processes for n in range(processes)]


class LoadClients:
    """As many client processes as the fans need. Use it as `with`.

    Args:
        each_max: fans of one process.
    """

    def __init__(self, *, fans: int, cores: Sequence[int], each_max: int = FANS_EACH_MAX) -> None:
        self.fans = fans
        self._shares = shares(fans, each_max)
        self._timeout_s = 0.0
        self._stack = ExitStack()
        with self._stack as stack:
            self._children = [
                stack.enter_context(
                    Child(
                        [sys.executable, "-m", "scorewire.bench.fans"],
                        name="a load client",
                        cores=cores,
                    )
                )
                for _ in self._shares
            ]
            self._stack = stack.pop_all()

    def __enter__(self) -> "LoadClients":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def join(self, *, port: int, path: str, message: str = "") -> float:
        """Connect all fans; returns how long that took.

        Args:
            message: what each sends after its upgrade to WebSocket; empty for SSE.

        Raises:
            BackendError: the server takes one of them not.
        """
        first = 0
        for child, count in zip(self._children, self._shares, strict=True):
            order = Order(do="join", count=count, port=port, path=path, message=message, first=first)
            child.send(_ENCODER.encode(order) + b"\n")
            first += count
        return max(_JOINED.decode(child.line(JOIN_S + START_S)).seconds for child in self._children)

    def listen(self, marker: bytes, *, timeout_s: float) -> None:
        """Have every client wait for the marker; it listens when this returns."""
        self._timeout_s = timeout_s
        order = Order(do="await", marker=marker.decode(), timeout_s=timeout_s)
        for child in self._children:
            child.send(_ENCODER.encode(order) + b"\n")
        for child in self._children:
            child.line(START_S)

    def heard(self) -> Heard:
        """What came of the last `listen`."""
        told = [_AWAITED.decode(child.line(self._timeout_s + MARGIN_S)) for child in self._children]
        at_s = list(heapq.merge(*(one.at_s for one in told)))
        return Heard(
            at_s,
            missed=sum(one.fans for one in told) - len(at_s),
            cpu_s=sum(one.cpu_s for one in told),
            bytes=sum(one.bytes for one in told),
        )

    def gather(self, marker: bytes, *, timeout_s: float) -> None:
        """Wait until all fans have what they were sent already.

        Raises:
            BackendError: some never had it.
        """
        self.listen(marker, timeout_s=timeout_s)
        heard = self.heard()
        if heard.missed:
            raise BackendError(f"{heard.missed} fans never had {marker.decode()}", retryable=False)

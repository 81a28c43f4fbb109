"""Several load clients as one crowd: they join, listen and tell together."""

import heapq
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType

import msgspec

from scorewire.bench.child import Child
from scorewire.bench.fans import CONNECTS_IN_FLIGHT, Awaited, Joined, Order, Recorded
from scorewire.bench.logbook import Told, merged
from scorewire.errors import BackendError

FANS_EACH_MAX = 9000
"""Of one client process; with the usual hard limit of 20,000 files there is room for two."""
START_S = 20.0
JOIN_S = 60.0
JOINS_A_SECOND_MIN = 500
"""A server that takes fewer is broken."""
IN_FLIGHT_MAX = 1600
"""Connections made and not answered yet, of all processes."""
MARGIN_S = 10.0
"""What a client may take beyond its own deadline before we call it lost."""

_ENCODER = msgspec.json.Encoder()
_JOINED = msgspec.json.Decoder(Joined)
_RECORDED = msgspec.json.Decoder(Recorded)
_AWAITED = msgspec.json.Decoder(Awaited)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one message: when each fan had it, ascending; `missed`: fans that never did."""

    at_s: list[float]
    missed: int
    cpu_s: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Record:
    """What all fans of a crowd were told.

    Attributes:
        missed: gaps, updates that came again or late, and fans that are not where they should be.
    """

    told: list[Told]
    missed: int
    repeated: int
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

    def join(
        self,
        *,
        port: int = 0,
        ports: Sequence[int] = (),
        path: str = "",
        paths: Sequence[str] = (),
        message: str = "",
        upgrade: bool = False,
        receive_bytes: int = 65_536,
    ) -> float:
        """Connect all fans; returns how long that took.

        Args:
            port: of the server; or `ports`, which fans take in turns.
            path: of every fan; or `paths`, which they take in turns.
            message: what each sends after its upgrade to WebSocket, a line a message; empty for SSE.
            upgrade: WebSocket, even without a message.
            receive_bytes: of each fan's receive buffer.

        Raises:
            BackendError: the server takes one of them not.
        """
        first = 0
        in_flight = max(min(CONNECTS_IN_FLIGHT, IN_FLIGHT_MAX // len(self._shares)), 1)
        for child, count in zip(self._children, self._shares, strict=True):
            order = Order(
                do="join",
                count=count,
                port=port,
                ports=list(ports),
                in_flight=in_flight,
                path=path,
                paths=list(paths),
                message=message,
                upgrade=upgrade,
                first=first,
                receive_bytes=receive_bytes,
            )
            child.send(_ENCODER.encode(order) + b"\n")
            first += count
        limit_s = START_S + JOIN_S + self.fans / JOINS_A_SECOND_MIN
        return max(_JOINED.decode(child.line(limit_s)).seconds for child in self._children)

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

    def record(self, *, games: int = 1) -> None:
        """Have every client note all updates of all fans from now on.

        Args:
            games: that each fan follows.
        """
        order = _ENCODER.encode(Order(do="record", games=games)) + b"\n"
        for child in self._children:
            child.send(order)
        for child in self._children:
            child.line(START_S)

    def recorded(self, wanted: Mapping[str, int], *, timeout_s: float) -> Record:
        """Wait until every fan holds the wanted seq of each game it follows; what all were told since.

        Fans that miss something are counted, not raised.
        """
        order = _ENCODER.encode(Order(do="end", wanted=dict(wanted), timeout_s=timeout_s)) + b"\n"
        for child in self._children:
            child.send(order)
        made = [_RECORDED.decode(child.line(timeout_s + MARGIN_S)) for child in self._children]
        return Record(
            told=merged(one.told for one in made),
            missed=sum(one.behind + one.gaps + one.disordered for one in made),
            repeated=sum(one.repeated for one in made),
            cpu_s=sum(one.cpu_s for one in made),
            bytes=sum(one.bytes for one in made),
        )

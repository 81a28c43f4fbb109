"""Several clients of arrivals as one turnout."""

import heapq
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType

import msgspec

from scorewire.bench.arrivals import Came, Order
from scorewire.bench.child import Child
from scorewire.bench.crowd import FANS_EACH_MAX, MARGIN_S, START_S, shares

_ENCODER = msgspec.json.Encoder()
_CAME = msgspec.json.Decoder(Came)


class Turnout:
    """As many client processes as the fans need. Use it as `with`; see arrivals.py for what they do.

    Args:
        window: fans on their way in at a time, of all processes.
        each_max: fans of one process.
    """

    def __init__(
        self, *, fans: int, cores: Sequence[int], window: int = 2000, each_max: int = FANS_EACH_MAX
    ) -> None:
        self.fans = fans
        self._shares = shares(fans, each_max)
        self._window = max(window // len(self._shares), 1)
        self._limit_s = 0.0
        self._stack = ExitStack()
        with self._stack as stack:
            command = [sys.executable, "-m", "scorewire.bench.arrivals"]
            self._children = [
                stack.enter_context(Child(command, name="a load client", cores=cores)) for _ in self._shares
            ]
            self._stack = stack.pop_all()

    def __enter__(self) -> "Turnout":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def come(
        self,
        *,
        port: int,
        wanted: Mapping[str, int],
        limit_s: float,
        path: str = "",
        paths: Sequence[str] = (),
    ) -> Came:
        """New fans come; ends when each holds what is wanted, or at the limit.

        Args:
            path: of every fan; or `paths`, which they take in turns.
        """
        return self._arrive(
            port=port, path=path, paths=paths, wanted=wanted, limit_s=limit_s, counts=self._shares
        )

    def come_back(
        self, *, port: int, path: str, epoch: str, wanted: Mapping[str, int], limit_s: float
    ) -> Came:
        """Those who left come back with their cursors."""
        counts = [0] * len(self._shares)
        return self._arrive(port=port, path=path, wanted=wanted, limit_s=limit_s, counts=counts, epoch=epoch)

    def churn(
        self,
        joins: int,
        *,
        port: int,
        wanted: Mapping[str, int],
        limit_s: float,
        path: str = "",
        paths: Sequence[str] = (),
    ) -> Came:
        """So many fans come and leave at once; there are never more than `window`."""
        each = shares(joins, -(-joins // len(self._shares)))
        return self._arrive(
            port=port, path=path, paths=paths, wanted=wanted, limit_s=limit_s, counts=each, do="churn"
        )

    def leave(self) -> None:
        """All close their connections."""
        self._tell([Order(do="leave")] * len(self._children))
        self._told(START_S)

    def stay(self, epoch: str) -> None:
        """All read from now on, and who is cut comes back by itself."""
        self._tell([Order(do="stay", epoch=epoch, window=self._window)] * len(self._children))
        for child in self._children:
            child.line(START_S)

    def stayed(self, wanted: Mapping[str, int], *, limit_s: float) -> Came:
        """Ends when each of those who stay holds what is wanted, or at the limit."""
        self._tell([Order(wanted=dict(wanted), timeout_s=limit_s)] * len(self._children))
        return self._told(limit_s)

    def _arrive(
        self,
        *,
        port: int,
        path: str,
        wanted: Mapping[str, int],
        limit_s: float,
        counts: Sequence[int],
        paths: Sequence[str] = (),
        do: str = "come",
        epoch: str = "",
    ) -> Came:
        first, orders = 0, []
        for count in counts:
            orders.append(
                Order(
                    do=do,
                    count=count,
                    port=port,
                    path=path,
                    paths=list(paths),
                    epoch=epoch,
                    wanted=dict(wanted),
                    window=self._window,
                    first=first,
                    timeout_s=limit_s,
                )
            )
            first += count
        self._tell(orders)
        return self._told(limit_s)

    def _tell(self, orders: Sequence[Order]) -> None:
        for child, order in zip(self._children, orders, strict=True):
            child.send(_ENCODER.encode(order) + b"\n")

    def _told(self, limit_s: float) -> Came:
        return together([_CAME.decode(child.line(limit_s + MARGIN_S)) for child in self._children])


def together(parts: Sequence[Came]) -> Came:
    """What several processes tell, as one."""
    return Came(
        at_s=list(heapq.merge(*(one.at_s for one in parts))),
        away_s=list(heapq.merge(*(one.away_s for one in parts))),
        silent_s=list(heapq.merge(*(one.silent_s for one in parts))),
        began_s=min(one.began_s for one in parts),
        came=sum(one.came for one in parts),
        behind=sum(one.behind for one in parts),
        gaps=sum(one.gaps for one in parts),
        repeated=sum(one.repeated for one in parts),
        disordered=sum(one.disordered for one in parts),
        leapt=sum(one.leapt for one in parts),
        refused=sum(one.refused for one in parts),
        cut=sum(one.cut for one in parts),
        cpu_s=sum(one.cpu_s for one in parts),
        bytes=sum(one.bytes for one in parts),
    )

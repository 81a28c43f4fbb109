"""What is measured: a step in a process of its own, or Scorewire. Both are told by the name of a game."""

import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol

import msgspec

from scorewire.bench.child import Child
from scorewire.bench.contest import nobody
from scorewire.bench.game import Game
from scorewire.bench.machine import Cores
from scorewire.bench.posts import Provider
from scorewire.bench.steps.message import DATA_BYTES
from scorewire.bench.steps.server import Collected
from scorewire.bench.target import Target

START_S = 20.0
COLLECT_S = 30.0
BIG, SMALL, SLOW = "bench-big", "bench-small", "bench-slow"
GAMES = (BIG, SMALL, SLOW)

_COLLECTED = msgspec.json.Decoder(Collected)


class Subject(Protocol):
    """Use it as `with`.

    Attributes:
        call_ns: CPU time of telling while nobody follows, which is taken off a round's.
        seqs: where each game stands.
    """

    process: Child
    port: int
    call_ns: float
    seqs: dict[str, int]

    def tell(self, *games: str) -> float:
        """One update of each game named, in this order and in one call; returns when that was sent."""
        ...

    def collect(self) -> Collected | None:
        """Collect all garbage, and say what that took; None where it cannot be asked to."""
        ...

    def __enter__(self) -> "Subject": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class StepServer:
    """One of the steps 1 to 7; see server.py."""

    def __init__(self, name: str, *, cores: Cores) -> None:
        self.call_ns = 0.0
        self.seqs: dict[str, int] = defaultdict(lambda: 1)
        self.process = Child(
            [sys.executable, "-m", "scorewire.bench.steps.server", name],
            name=f"the step {name}",
            cores=cores.server,
        )
        try:
            self.port = int(self.process.line(START_S))
        except BaseException:
            self.process.stop()
            raise

    def tell(self, *games: str) -> float:
        """See Subject."""
        for game in games:
            self.seqs[game] += 1
        order = msgspec.json.encode({"tell": games}) + b"\n"
        sent_s = time.monotonic()
        self.process.send(order)
        return sent_s

    def collect(self) -> Collected:
        """See Subject."""
        self.process.send(b'{"collect":true}\n')
        return _COLLECTED.decode(self.process.line(COLLECT_S))

    def __enter__(self) -> "StepServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()


class ScorewireNode:
    """Step 8: `scorewire serve` with its log, rules and journal; told by signed calls.

    Args:
        calls: how many are made with nobody there, to know what a call costs.
    """

    def __init__(self, *, folder: Path, cores: Cores, calls: int) -> None:
        with ExitStack() as stack:
            target = stack.enter_context(Target(folder=folder, cores=cores))
            self.process, self.port = target.process, target.port
            self._provider = stack.enter_context(Provider(port=target.port, secret=target.secret))
            self._games = {name: Game(self._provider, name) for name in GAMES}
            for game in self._games.values():
                game.begin()
                game.size_updates(target.port, DATA_BYTES)
            self.call_ns = nobody(target, self._provider, self._games[BIG], calls=calls, shots=1)
            self.seqs = {name: game.seq for name, game in self._games.items()}
            self._stack = stack.pop_all()

    def tell(self, *games: str) -> float:
        """See Subject."""
        messages = [message for name in games for message in self._games[name].shoot()]
        self.seqs = {name: game.seq for name, game in self._games.items()}
        return self._provider.post(*messages)

    def collect(self) -> None:
        """See Subject: the node collects from its wheel, when no broadcast is pending."""
        return

    def __enter__(self) -> "ScorewireNode":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

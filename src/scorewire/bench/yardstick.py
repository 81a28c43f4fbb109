"""Builds and drives the C programs beside which the node is measured: one sends, the other greets."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from scorewire.bench.child import Child
from scorewire.errors import BackendError

COMPILERS = ("cc", "gcc", "clang")
BUILD_S = 60.0
START_S = 10.0
ROUND_S = 60.0
FANS_EACH_MAX = 19_000
"""Of one process, where each may open 20,000 files."""


def build(folder: Path, name: str = "yardstick") -> Path | None:
    """Compile `name`.c into a folder; None where this machine has no compiler.

    Raises:
        BackendError: there is a compiler, and it fails.
    """
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        return None
    source, binary = folder / f"{name}.c", folder / name
    source.write_bytes((files("scorewire.bench") / source.name).read_bytes())
    try:
        done = subprocess.run(
            [compiler, "-O2", "-o", str(binary), str(source)],
            capture_output=True,
            timeout=BUILD_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackendError(f"the yardstick cannot be built: {error}", retryable=False) from None
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip()
        raise BackendError(f"the yardstick cannot be built: {told}", retryable=False)
    return binary


class Yardstick:
    """The running program; several of it where the fans are too many for one. Use it as `with`.

    Args:
        fans: whom it waits for before it sends. Number n belongs to the port `ports[n % len(ports)]`.
        each_max: fans of one process.
    """

    def __init__(
        self, binary: Path, *, fans: int, cores: Sequence[int], each_max: int = FANS_EACH_MAX
    ) -> None:
        count = -(-fans // each_max)
        with ExitStack() as stack:
            self._children = [
                stack.enter_context(
                    Child([str(binary), str(-(-(fans - n) // count))], name="the yardstick", cores=cores)
                )
                for n in range(count)
            ]
            self.ports = [int(child.line(START_S)) for child in self._children]
            self._stack = stack.pop_all()

    def __enter__(self) -> "Yardstick":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def send(self, frame: bytes) -> float:
        """Have it send a frame to all fans; returns when it was told to."""
        sent_s = time.monotonic()
        for child in self._children:
            child.send(b"%d\n%b" % (len(frame), frame))
        return sent_s

    def cpu_ns(self) -> int:
        """The CPU time of the round that was sent.

        Raises:
            BackendError: the kernel did not take every send whole, so the round counts for nothing.
        """
        told = [tuple(map(int, child.line(ROUND_S).split())) for child in self._children]
        refused = sum(refused for _, refused in told)
        if refused:
            raise BackendError(f"the yardstick could not send to {refused} fans at once", retryable=False)
        return sum(spent for spent, _ in told)


class Greeter:
    """The running program that writes the same to whoever asks. Use it as `with`."""

    def __init__(self, binary: Path, *, cores: Sequence[int]) -> None:
        self._child = Child([str(binary)], name="the greeter", cores=cores)
        self.port = int(self._child.line(START_S))

    def __enter__(self) -> "Greeter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.stop()

    def greet(self, greeting: bytes) -> int:
        """What to write from now on; returns its CPU time so far, in ns."""
        self._child.send(b"%d\n%b" % (len(greeting), greeting))
        return int(self._child.line(ROUND_S))


def frame_like(marker: bytes, size: int) -> bytes:
    """An event with the marker, as long as the node's own."""
    begin = b"data: {" + marker
    return begin + b"x" * (size - len(begin) - 3) + b"}\n\n"

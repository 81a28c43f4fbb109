"""A process that the benchmark starts: read line by line against a deadline, measured, never left behind.

What is measured or killed is the process and all that it has started, as one.
"""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from types import TracebackType

from scorewire.bench.family import Family, parents
from scorewire.bench.machine import on_cores
from scorewire.errors import BackendError

READ_BYTES = 1 << 20
STOP_S = 15.0
GONE_POLL_S = 0.005
TOLD_BYTES = 2000
"""How much of a failed process's last words is shown."""


class Child:
    """One process. Use it as `with`: it has ended when the block has.

    Args:
        name: for messages.
        cores: where it runs.
        environment: its own; None inherits this process's.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        name: str,
        cores: Sequence[int],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._held = b""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        with on_cores(cores):
            self._process = subprocess.Popen(
                [*_ends_with_us(), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment,
                bufsize=0,
                start_new_session=True,  # Ctrl+C is for us; we stop the children in order
            )
        self.pid = self._process.pid
        self.family = Family(self.pid)

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def send(self, data: bytes) -> None:
        """Write to its standard input.

        Raises:
            BackendError: it has left.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (BrokenPipeError, ConnectionResetError):
            raise self._failed("has left") from None

    def line(self, timeout_s: float) -> bytes:
        """Its next line, without the line's end.

        Raises:
            BackendError: it has left, or says nothing for so long; with its last words.
        """
        assert self._process.stdout is not None
        fd = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        ends_s = time.monotonic() + timeout_s
        parts = [self._held]
        while b"\n" not in parts[-1]:
            left_s = ends_s - time.monotonic()
            if left_s <= 0 or not poll.poll(left_s * 1000):
                raise self._failed(f"says nothing for {timeout_s:g} s")
            some = os.read(fd, READ_BYTES)
            if not some:
                raise self._failed("has left")
            parts.append(some)
        line, _, self._held = b"".join(parts).partition(b"\n")
        return line

    def check_alive(self) -> None:
        """Whether it runs still.

        Raises:
            BackendError: it has left; with its last words.
        """
        if self._process.poll() is not None:
            raise self._failed(f"has left with {self._process.returncode}")

    def cpu_ns(self) -> int:
        """CPU time so far, of all threads."""
        return self.family.cpu_ns()

    def user_bytes(self) -> int:
        """Memory that is its own: private pages."""
        return self.family.user_bytes()

    def resident_bytes(self) -> int:
        """Memory that it has in RAM, shared pages too."""
        return self.family.resident_bytes()

    @property
    def gone(self) -> bool:
        """Whether it has been ended by us, so that its last words are no news."""
        return self._errors.closed

    def signal(self, number: int) -> None:
        """Send a signal to the process itself."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it and all that it has started at once, by force."""
        self._kill()
        self.stop()

    def _kill(self) -> None:
        pids = self.family.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Who is started next may want their port.
        ends_s = time.monotonic() + STOP_S
        while set(pids) & parents().keys() and time.monotonic() < ends_s:
            time.sleep(GONE_POLL_S)

    def stop(self) -> None:
        """End it: by the end of its input and a SIGTERM, at last by force; harmless if it has ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait(STOP_S)
        self._errors.close()

    def _failed(self, what: str) -> BackendError:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(size - TOLD_BYTES, 0))
        told = self._errors.read().decode(errors="replace").strip()
        return BackendError(f"{self.name} {what}{': ' + told if told else ''}", retryable=False)


@cache
def _ends_with_us() -> tuple[str, ...]:
    """What has the kernel end a child if we are killed outright; nothing where util-linux is not there."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM") if setpriv is not None else ()

"""The node under test: a real one, in a process and on a core of its own, with an empty data folder."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from functools import cache
from pathlib import Path
from types import TracebackType

import msgspec
from msgspec import Struct

from scorewire.bench.calls import PROVIDER
from scorewire.bench.child import Child
from scorewire.bench.machine import Cores
from scorewire.errors import BackendError
from scorewire.settings import PREFIX, environment

START_S = 60.0
REPLACED_S = 120.0
POLL_S = 0.02

DRAIN_S = 0.5
"""Its fans have left when it is stopped."""
ADDRESS_FANS_MAX = 1_000_000
"""Fans of one address: all of them come from some two hundred."""

SETTINGS = f"""
[fanout]
connections_per_address_max = {ADDRESS_FANS_MAX}

[intake]
calls_per_s = 1000000   # the rate limit is not what is measured

[providers.{PROVIDER}]
sequence = "dense"
"""
"""What differs from the defaults."""


class _Key(Struct, frozen=True):
    secret: str


KEY = msgspec.json.Decoder(_Key)


class Target:
    """A running node. Use it as `with`; it is killed at the end, since nobody wants its data then.

    Args:
        folder: data and settings go there; what lies there from an earlier node is served.
        fresh: False makes no key, so that the process is started at once.
        workers: processes that hold fans; 0 where the node's own does.
        drain_s: over how long fans are told to come back when it, or a worker, stops.
        orderly: have it stop in order at the end.
        settings: sections of its configuration besides.
    """

    def __init__(
        self,
        *,
        folder: Path,
        cores: Cores,
        fresh: bool = True,
        workers: int = 0,
        drain_s: float = DRAIN_S,
        orderly: bool = False,
        settings: str = "",
    ) -> None:
        folder.mkdir(exist_ok=True)
        self._data = folder / "data"
        self._settings = folder / "settings.toml"
        server = f"[server]\ndrain_s = {drain_s}\n" + (f"workers = {workers}\n" if workers else "")
        self._settings.write_text(server + SETTINGS + settings, encoding="utf-8")
        self._cores = cores
        self.workers = workers
        self._orderly = orderly
        self.secret = _make_key(self._data) if fresh else ""
        self.process = self._launch(0)
        try:
            self.port = port_in(self.process.line(START_S))
            self._count = len(self.process.family.pids())
        except BaseException:
            self.process.stop()
            raise

    def _launch(self, port: int) -> Child:
        given = ("--config", str(self._settings), "--data", str(self._data), "--port", str(port))
        return Child(
            [*scorewire(), "serve", *given],
            name="the node",
            cores=self._cores.server,
            environment=bare_environment(),
        )

    def kill(self) -> None:
        """End the process, and its workers, as a power cut would."""
        self.process.kill()

    def holders(self) -> list[int]:
        """The processes that hold fans: as many as there are workers, those with the most open files."""
        held = self.process.family.descriptors()
        return sorted(sorted(held, key=lambda pid: -held[pid])[: max(self.workers, 1)])

    def again(self) -> float:
        """Start on the same data and port, after `kill` or `process.stop`; returns when it took fans."""
        self.process = self._launch(self.port)
        assert port_in(self.process.line(START_S)) == self.port
        return time.monotonic()

    def replaced(self, pids: Collection[int]) -> float:
        """Wait until none of some processes is there and each has been followed by another; returns when.

        Call it while they are there still, or have just been told to leave.

        Raises:
            BackendError: that has not happened within REPLACED_S.
        """
        count, ends_s = self._count, time.monotonic() + REPLACED_S
        while True:
            there = self.process.family.pids()
            if len(there) >= count and not set(pids) & set(there):
                return time.monotonic()
            self.process.check_alive()
            if time.monotonic() > ends_s:
                raise BackendError(
                    f"after {REPLACED_S:g} s the node has {len(there)} processes of {count}", retryable=False
                )
            time.sleep(POLL_S)

    def __enter__(self) -> "Target":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None and not self.process.gone:
                # Whatever failed, it may be because the node has: then that is the news.
                self.process.check_alive()
        finally:
            if self._orderly:
                self.process.stop()
            else:
                self.process.kill()


def port_in(line: bytes) -> int:
    """The port that a node names in its first line, `Scorewire  http://127.0.0.1:8080/`; more may follow.

    Raises:
        BackendError: the line says something else.
    """
    url = (line.decode(errors="replace").split()[1:2] or [""])[0]
    number = url.rstrip("/").rpartition(":")[2]
    if not number.isdecimal():
        raise BackendError(f"the node does not name its port: {line[:200]!r}", retryable=False)
    return int(number)


def scorewire() -> list[str]:
    """The program, as this interpreter has it."""
    return [sys.executable, "-m", "scorewire"]


def bare_environment() -> dict[str, str]:
    """Ours, without settings that are meant for another node."""
    return {name: value for name, value in environment().items() if not name.startswith(PREFIX)}


def _make_key(data: Path) -> str:
    """Have a key in a data folder that is empty: made once by this process, copied after that."""
    secret, files = _made_key()
    data.mkdir(parents=True)
    for name, body in files.items():
        (data / name).write_bytes(body)
    return secret


@cache
def _made_key() -> tuple[str, dict[str, bytes]]:
    with tempfile.TemporaryDirectory(prefix="scorewire-bench-key-") as name:
        data = Path(name) / "data"
        made = subprocess.run(
            [*scorewire(), "keys", "create", PROVIDER, "--data", str(data), "--json"],
            capture_output=True,
            timeout=START_S,
            env=bare_environment(),
            check=False,
        )
        if made.returncode != 0:
            told = made.stderr.decode(errors="replace")
            raise BackendError(f"no key can be made: {told}", retryable=False)
        files = {file.name: file.read_bytes() for file in data.iterdir() if file.is_file()}
    return KEY.decode(made.stdout).secret, files

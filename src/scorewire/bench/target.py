"""The node under test: a real one, in a process and on a core of its own, with an empty data folder."""

import subprocess
import sys
import time
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

SETTINGS = f"""
[server]
drain_s = 0.5           # its fans have left when it is stopped

[intake]
calls_per_s = 1000000   # the rate limit is not what is measured

[providers.{PROVIDER}]
sequence = "dense"
"""
"""What differs from the defaults."""


class _Key(Struct, frozen=True):
    secret: str


_KEY = msgspec.json.Decoder(_Key)


class Target:
    """A running node. Use it as `with`.

    Args:
        folder: data and settings go there; what lies there from an earlier node is served.
        fresh: False makes no key, so that the process is started at once.
    """

    def __init__(self, *, folder: Path, cores: Cores, fresh: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        self._data = folder / "data"
        self._settings = folder / "settings.toml"
        self._settings.write_text(SETTINGS, encoding="utf-8")
        self._cores = cores
        self.secret = _make_key(self._data) if fresh else ""
        self.process = self._launch(0)
        try:
            self.port = port_in(self.process.line(START_S))
        except BaseException:
            self.process.stop()
            raise

    def _launch(self, port: int) -> Child:
        given = ("--config", str(self._settings), "--data", str(self._data), "--port", str(port))
        return Child(
            [*_scorewire(), "serve", *given],
            name="the node",
            cores=self._cores.server,
            environment=_environment(),
        )

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.kill()

    def again(self) -> float:
        """Start on the same data and port, after `kill` or `process.stop`; returns when it took fans."""
        self.process = self._launch(self.port)
        assert port_in(self.process.line(START_S)) == self.port
        return time.monotonic()

    def __enter__(self) -> "Target":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                # Whatever failed, it may be because the node has: then that is the news.
                self.process.check_alive()
        finally:
            self.process.stop()


def port_in(line: bytes) -> int:
    """The port that a node names in its first line, `Scorewire  http://127.0.0.1:8080/`.

    Raises:
        BackendError: the line says something else.
    """
    number = line.decode(errors="replace").strip().rstrip("/").rpartition(":")[2]
    if not number.isdecimal():
        raise BackendError(f"the node does not name its port: {line[:200]!r}", retryable=False)
    return int(number)


def _scorewire() -> list[str]:
    return [sys.executable, "-m", "scorewire"]


def _environment() -> dict[str, str]:
    """Ours, without settings that are meant for another node."""
    return {name: value for name, value in environment().items() if not name.startswith(PREFIX)}


def _make_key(data: Path) -> str:
    made = subprocess.run(
        [*_scorewire(), "keys", "create", PROVIDER, "--data", str(data), "--json"],
        capture_output=True,
        timeout=START_S,
        env=_environment(),
        check=False,
    )
    if made.returncode != 0:
        raise BackendError(f"no key can be made: {made.stderr.decode(errors='replace')}", retryable=False)
    return _KEY.decode(made.stdout).secret

"""`scorewire demo` as a real process, and the lines that it has printed."""

import os
import selectors
import signal
import subprocess
import sys
import time

STARTED_S = 40.0


class Demo:
    """One running demo and the lines that it has printed."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scorewire", "demo", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONWARNINGS": "default"},
            bufsize=0,
        )
        self.text = ""

    def until(self, wanted: str, limit_s: float = STARTED_S) -> str:
        """Read standard output until `wanted` is in it."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            ends_s = time.monotonic() + limit_s
            while wanted not in self.text:
                ready = selector.select(timeout=max(ends_s - time.monotonic(), 0))
                chunk = os.read(self.process.stdout.fileno(), 65_536) if ready else b""
                assert chunk, f"no {wanted!r} within {limit_s} s in:\n{self.text}\n{self._errors()}"
                self.text += chunk.decode()
        return self.text

    def _errors(self) -> str:
        self.process.kill()
        return self.process.communicate()[1].decode()

    def leave(self, how: signal.Signals) -> str:
        """Stop it as a person or an operator would; returns what it wrote to standard error."""
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=30)
        return errors.decode()

"""`make services`: what runs, where, in lines to copy; nothing is left after Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.family import alive, family
from services.redis import ask


def services(*names: str, **environment: str) -> subprocess.Popen[str]:
    tests = Path(__file__).resolve().parent.parent
    return subprocess.Popen(
        [sys.executable, "-m", "services", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tests), "COLUMNS": "160", **environment},
    )


@pytest.mark.redis
def test_what_runs_is_said_and_gone_after_ctrl_c() -> None:
    with services("redis", "sentinel") as process:
        assert process.stdout is not None
        try:
            lines = []
            while not lines or "Ctrl-C" not in lines[-1]:
                lines.append(process.stdout.readline())
                assert lines[-1], process.communicate()
            members = family(process.pid)
            (line,) = (line for line in lines if line.startswith("export SCOREWIRE_TEST_REDIS="))
            assert ask(int(line.rpartition(":")[2].partition("/")[0]), "PING") == "+PONG\r\n"
            assert sum("sentinel: redis" in line for line in lines) == 3
            assert sum("sentinel: sentinel" in line for line in lines) == 3
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            assert not alive(members)
        finally:
            process.kill()


def test_what_is_missing_is_said() -> None:
    with services("redis", PATH="/nowhere") as process:
        assert process.stdout is not None
        try:
            while "Ctrl-C" not in (line := process.stdout.readline()):
                assert line, process.communicate()
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    assert "redis: not on this machine" in errors

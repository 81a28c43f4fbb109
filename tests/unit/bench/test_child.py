"""Processes that are measured and never left behind."""

import os
import sys
from collections.abc import Iterator

import pytest

from scorewire.bench.child import Child
from scorewire.bench.family import Family
from scorewire.errors import BackendError


def child(code: str) -> Child:
    return Child([sys.executable, "-c", code], name="the child", cores=sorted(os.sched_getaffinity(0)))


@pytest.fixture
def echo() -> Iterator[Child]:
    """Repeats each line."""
    with child("import sys\nfor line in sys.stdin: sys.stdout.write(line * 2); sys.stdout.flush()") as one:
        yield one


def test_lines_go_in_and_come_out_one_by_one(echo: Child) -> None:
    echo.send(b"one\ntwo\n")
    assert [echo.line(10) for _ in range(4)] == [b"one", b"one", b"two", b"two"]


def test_a_silent_child_is_not_waited_for(echo: Child) -> None:
    with pytest.raises(BackendError, match="the child says nothing for"):
        echo.line(0.05)


def test_a_child_that_leaves_is_quoted() -> None:
    with child("raise SystemExit('no luck today')") as one:
        with pytest.raises(BackendError, match="the child has left: no luck today"):
            one.line(10)
        # Its end of our pipe closes a moment after its own output does.
        os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(BackendError, match="has left"):
            one.send(b"x" * 1_000_000)


def test_a_child_that_has_left_is_not_alive(echo: Child) -> None:
    echo.check_alive()
    with child("raise SystemExit('gone')") as one:
        with pytest.raises(BackendError):
            one.line(10)
        os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(BackendError, match="the child has left with 1: gone"):
            one.check_alive()


def test_a_stopped_child_is_gone(echo: Child) -> None:
    echo.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(echo.pid, 0)


def test_cpu_time_of_all_threads_and_of_those_that_have_ended() -> None:
    code = (
        "import sys, threading, time\n"
        "def spin():\n"
        "    ends = time.thread_time() + 0.05\n"
        "    while time.thread_time() < ends: pass\n"
        "thread = threading.Thread(target=spin); thread.start(); thread.join()\n"
        "print('spun', flush=True); sys.stdin.read()\n"
    )
    with child(code) as one:
        assert one.line(10) == b"spun"
        assert one.cpu_ns() >= 50_000_000
        assert one.user_bytes() > 1_000_000


def test_who_is_killed_takes_along_whom_it_started() -> None:
    code = (
        "import subprocess, sys\nprint(subprocess.Popen(['sleep', '60']).pid, flush=True)\nsys.stdin.read()\n"
    )
    with child(code) as one:
        sleeper = int(one.line(10))
        assert one.family.pids() == [one.pid, sleeper]
        one.kill()
    assert not Family(sleeper).pids()

"""The harness itself, on small servers that misbehave: who does not start says why, nothing is left."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from services.family import alive, dwellers, family, parents
from services.ports import FIRST, HOST, LAST, accepts, choose_port
from services.server import DidNotStart, Server

LISTEN = """
import os, signal, socket, subprocess, sys, time
# One child in a session of its own, as PostgreSQL's are, and one more whose parent ends.
stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True)
subprocess.run(["sh", "-c", f"{sys.executable} -c '{stubborn}' >/dev/null 2>&1 &"])
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as sock:
    while True:
        time.sleep(1)
"""


class Small(Server):
    """A server in a few lines of Python; it has a child, and another that has lost its parent."""

    name = "small"
    start_s = 10.0

    def __init__(self, script: str = LISTEN, *, port: int = 0) -> None:
        super().__init__(port=port)
        self._script = script

    def command(self) -> list[str]:
        return [sys.executable, "-c", textwrap.dedent(self._script), str(self.port)]

    def answers(self) -> bool:
        return accepts(self.port) and len(dwellers(self.folder)) == 3


def gone(folder: Path) -> bool:
    """Whether a folder goes within some seconds; the guard removes it at its own pace."""
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not folder.exists()


def test_one_that_ends_says_why() -> None:
    one = Small("import sys; print('no room on the disk', flush=True); sys.exit(3)")
    with (
        pytest.raises(DidNotStart, match=r"(?s)small ended with 3 before it answered.*no room on the disk"),
        one,
    ):
        pass
    assert gone(one.folder)


def test_one_that_stays_silent_is_given_up_and_killed() -> None:
    one = Small("import time; print('thinking', flush=True); time.sleep(60)")
    one.start_s = 0.5  # type: ignore[misc]
    seen: list[int] = []
    one.answers = lambda: bool(seen.append(one.pid))  # type: ignore[method-assign, func-returns-value]
    with pytest.raises(DidNotStart, match=r"(?s)small did not answer within 0.5 s.*thinking"), one:
        pass
    assert not alive([seen[0]])


def test_a_port_that_is_taken_is_said() -> None:
    with (
        Small() as first,
        pytest.raises(DidNotStart, match=f"port {first.port} is in use"),
        Small(port=first.port),
    ):
        pass


def test_stop_ends_children_that_would_stay() -> None:
    with Small() as one:
        members = dwellers(one.folder)
        assert len(members) == 3
        one.stop()
        assert not alive(members)
        assert not one.running
        port = one.port
        one.start()
        assert one.port == port


def test_a_test_that_fails_leaves_nothing() -> None:
    members: list[int] = []
    one = Small()

    def failing() -> None:
        with one:
            members.extend(dwellers(one.folder))
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        failing()
    assert len(members) == 3
    assert not alive(members)
    assert gone(one.folder)


def test_one_that_will_not_stop_is_killed_and_told_of() -> None:
    with Small(LISTEN.replace("while True", "signal.signal(15, signal.SIG_IGN)\n    while True")) as one:
        one.stop_s = 0.3  # type: ignore[misc]
        members = dwellers(one.folder)
        time.sleep(0.2)
        with pytest.raises(AssertionError, match=r"small did not stop within 0.3 s"):
            one.stop()
        assert not alive(members)


def test_a_pause_holds_all_of_them() -> None:
    def states(members: list[int]) -> set[str]:
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in members]
        return {stat.rpartition(")")[2].split()[0] for stat in stats}

    with Small() as one:
        members = dwellers(one.folder)
        one.pause()
        assert states(members) == {"T"}
        one.resume()
        assert "T" not in states(members)
        one.pause()
        one.stop()
        assert not alive(members), "a paused one can be stopped"


def test_it_outlives_the_thread_that_started_it() -> None:
    one = Small()
    try:
        starter = threading.Thread(target=one.start)
        starter.start()
        starter.join(20)
        time.sleep(0.2)
        assert one.running
    finally:
        one.close()


def test_ports_are_none_that_a_client_could_take() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert FIRST <= choose_port() < LAST
    assert lowest > LAST


KILLED = """
import os, signal, sys
from services.test_server import Small
from services.family import dwellers

def test_it():
    one = Small().start()
    print(*dwellers(one.folder), one.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_tests_that_are_killed_leave_neither_server_nor_folder(tmp_path: Path) -> None:
    (tmp_path / "test_killed.py").write_text(KILLED)
    tests = Path(__file__).resolve().parent.parent
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-sq",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        env={**os.environ, "PYTHONPATH": str(tests)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert run.returncode == -signal.SIGKILL, run.stdout + run.stderr
    *pids, folder = run.stdout.split()
    members = [int(pid) for pid in pids]
    assert len(members) == 3
    assert gone(Path(folder))
    assert not alive(members)


def test_a_family_is_read_though_names_have_brackets(tmp_path: Path) -> None:
    odd = tmp_path / "a) Z 1 (b"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([odd, "30"]) as process:
        try:
            assert parents()[process.pid] == os.getpid()
            assert process.pid in family(os.getpid())
        finally:
            process.kill()
    assert HOST == "127.0.0.1"

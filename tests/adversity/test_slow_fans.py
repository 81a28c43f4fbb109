"""Readers that stall among healthy ones: they delay nobody, cost little, and end right or are closed."""

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adversity.supporters import Copy, SseSupporter, WsSupporter, blocks
from node_process import NodeProcess, declare, event

HEALTHY = 12
STALLED = 8
STALL_S = 3
TINY_BYTES = 2048
CORRECTIONS = 80
"""Each is a goal and its cancellation, so a full state of some 8 KB to every fan: more than buffers hold."""
LATE_S_MAX = 5.0
"""Generous: a healthy fan is told within some milliseconds, and waiting for one who stalls has no end."""
BODY = b"Host: test\r\nContent-Type: application/cloudevents+json\r\nContent-Length: 5000\r\n\r\n{"
GROWTH_BYTES_MAX = 64 * 1024 * 1024


class Loud(NodeProcess):
    """A node with a game that can be made loud."""

    number = 1

    def kick_off(self) -> None:
        self.start()
        self.key("acme")
        self.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
        self.settle("g1", 2)

    def correct(self) -> None:
        """A goal, and no goal: two rows, the second one a full state."""
        self.number += 2
        goal = event("g1", self.number - 1, "GOAL", team="home", period=1)
        none = event(
            "g1",
            self.number,
            "GOAL_CANCELLED",
            period=1,
            team="home",
            detail={"event": f"e{self.number - 1}"},
        )
        assert self.post("acme", [goal, none]).status_code == 202

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def resident_bytes(self) -> int:
        assert self.process is not None
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Loud]:
    """A node that waits long for those who stall."""
    one = Loud(tmp_path / "data", env={"SCOREWIRE__FANOUT__STALL_S": "120"})
    one.kick_off()
    yield one
    one.close()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Loud]:
    """A node that closes who stalls for three seconds, or does not finish a head or a body within one."""
    limits = {"SCOREWIRE__FANOUT__STALL_S": str(STALL_S), "SCOREWIRE__SERVER__HEAD_READ_S": "1"}
    limits["SCOREWIRE__SERVER__BODY_READ_S"] = "1"
    one = Loud(tmp_path / "data", env=limits)
    one.kick_off()
    yield one
    one.close()


class Stalled:
    """An SSE fan that reads only when it is told to."""

    def __init__(self, port: int) -> None:
        self.copy = Copy("g1")
        self.sock = socket.socket()
        self.sock.settimeout(10)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, TINY_BYTES)
        self.sock.connect(("127.0.0.1", port))
        self.sock.sendall(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: test\r\n\r\n")
        self.stream = blocks(self.sock)

    def drink(self, seq: int) -> None:
        """Read all that comes until the copy is at `seq`."""
        deadline = time.monotonic() + 20
        for fields in self.stream:
            if "data" in fields:
                self.copy.take(json.loads(fields["data"]))
            if self.copy.seq >= seq:
                return
            assert time.monotonic() < deadline, f"at {self.copy.seq}, not {seq}"


def healthy(node: Loud) -> list[SseSupporter | WsSupporter]:
    kinds = (SseSupporter, WsSupporter)
    fans = [kinds[n % 2](node.port, "g1") for n in range(HEALTHY)]
    for fan in fans:
        fan.come()
    for fan in fans:
        fan.reach(2)
    return fans


def burst(node: Loud, fans: list[SseSupporter | WsSupporter], corrections: int) -> list[float]:
    """Make corrections; how long after each answer the last healthy fan had it."""
    late = []
    for _ in range(corrections):
        node.correct()
        answered = time.monotonic()
        seq = node.number + 1
        for fan in fans:
            fan.reach(seq)
        late.append(max(next(at for n, _, at in fan.copy.told if n >= seq) for fan in fans) - answered)
    return late


def test_stalled_readers_delay_nobody_and_converge_when_they_read_again(patient: Loud) -> None:
    fans = healthy(patient)
    alone = burst(patient, fans, 20)
    before = patient.resident_bytes()
    stalled = [Stalled(patient.port) for _ in range(STALLED)]
    together = burst(patient, fans, CORRECTIONS)
    assert patient.metric("scorewire_fan_laggards") == STALLED, "nobody stalled: this test proves nothing"
    assert max(together) < LATE_S_MAX
    assert statistics.median(together) < 5 * statistics.median(alone) + 0.2
    assert patient.resident_bytes() - before < GROWTH_BYTES_MAX
    score = patient.score("g1")
    for one in stalled:
        one.drink(score["seq"])
        assert one.copy.state == score
        # It was given some states and not each of them, and the newest.
        assert len(one.copy.told) < CORRECTIONS
        one.sock.close()
    patient.correct()
    score = patient.settle("g1", patient.number + 1)
    for fan in fans:
        assert fan.reach(score["seq"]) == score
        assert fan.joins == 1
        fan.leave()


def test_a_reader_that_stalls_again_and_again_but_always_catches_up_is_not_cut(strict: Loud) -> None:
    """Each stall is shorter than what is allowed, all together are not; the kernel does not add them up."""
    one = Stalled(strict.port)
    began = time.monotonic()
    stalls = 0
    while time.monotonic() - began < 4 * STALL_S or stalls < 3:
        since = time.monotonic()
        while strict.metric("scorewire_fan_laggards") == 0:
            assert time.monotonic() - since < 20, "it did not stall: this test proves nothing"
            for _ in range(20):
                strict.correct()
        stalls += 1
        one.drink(strict.settle("g1", strict.number + 1)["seq"])
    assert strict.metric("scorewire_fan_stalled") == 0
    one.sock.close()


def test_stalled_readers_are_closed(strict: Loud) -> None:
    """One that reads nothing, one that takes a byte a second, and one whose process was stopped."""
    fans = healthy(strict)
    never, slow = Stalled(strict.port), Stalled(strict.port)
    ended = threading.Event()

    def sip() -> None:
        with contextlib.suppress(OSError):
            while not ended.wait(1.0) and slow.sock.recv(1):
                pass

    threading.Thread(target=sip, daemon=True).start()
    code = (
        "import sys, socket; from adversity.test_slow_fans import Stalled; one = Stalled(int(sys.argv[1]));"
    )
    code += "one.sock.recv(1); print(1, flush=True); one.drink(10**9)"
    tests = str(Path(__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (tests, os.environ.get("PYTHONPATH"))))}
    child = subprocess.Popen([sys.executable, "-c", code, str(strict.port)], env=env, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"1\n"
        child.send_signal(signal.SIGSTOP)
        assert strict.metric("scorewire_fan_connections") == HEALTHY + 3
        late = burst(strict, fans, CORRECTIONS)
        assert max(late) < STALL_S, "until who stalls was closed"
        # Seen from the node: what is on its way to a closed window cannot tell those fans that they are out.
        deadline = time.monotonic() + 5 * STALL_S
        while strict.metric("scorewire_fan_connections") != HEALTHY:
            assert time.monotonic() < deadline, "those who stall are still held"
            time.sleep(0.1)
    finally:
        ended.set()
        child.kill()
        child.wait()
        child.stdout.close()
    assert strict.metric("scorewire_fan_laggards") == 0
    for fan in fans:
        assert fan.joins == 1, "a healthy fan was closed too"
        fan.leave()
    for one in (never, slow):
        one.sock.close()


@pytest.mark.parametrize(
    "begun",
    [b"GET /v1/games/g1/score HTTP/1.1\r\nHost: test\r\nX: ", b"POST /v1/ingest/acme HTTP/1.1\r\n" + BODY],
    ids=["head", "body"],
)
def test_requests_that_come_a_byte_at_a_time_are_cut(strict: Loud, begun: bytes) -> None:
    fans = healthy(strict)
    slow = {socket.create_connection(("127.0.0.1", strict.port), timeout=5): b"" for _ in range(50)}
    for sock in slow:
        sock.sendall(begun)
    cut = 0
    started = time.monotonic()
    while cut < len(slow) and time.monotonic() - started < 20:
        assert max(burst(strict, fans, 1)) < LATE_S_MAX
        time.sleep(0.1)
        cut = sum(_is_cut(sock, slow) for sock in slow)
    for sock, answer in slow.items():
        sock.close()
        assert answer.startswith(b"HTTP/1.1 408 "), f"after {time.monotonic() - started:.0f} s: {answer!r}"
    for fan in fans:
        assert fan.joins == 1
        fan.leave()


def _is_cut(sock: socket.socket, answers: dict[socket.socket, bytes]) -> bool:
    """Send one byte more, and see what came."""
    if answers[sock]:
        return True
    with contextlib.suppress(OSError):
        sock.sendall(b"y")
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionResetError):
        answers[sock] += sock.recv(4096)
    sock.setblocking(True)
    return bool(answers[sock])

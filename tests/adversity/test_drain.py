"""A busy node is restarted on the same port: all are told, each at its time, and nobody misses an update."""

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adversity.feed import Provider, write
from adversity.supporters import SseSupporter, Supporter, WsSupporter
from node_process import NodeProcess

DRAIN_S = 3.0
FANS = 30
CALLS = 240
RESTARTS = 2
PAUSE_S = 0.02
"""Some 50 calls a second."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    env = {"SCOREWIRE__SERVER__DRAIN_S": str(DRAIN_S), "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense"}
    one = NodeProcess(tmp_path / "data", env=env).start()
    one.key("acme")
    yield one
    one.close()


class Told:
    """A stream that notes when it was told to go, and for how long."""

    def __init__(self, port: int, game_id: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.sock.sendall(f"GET /v1/stream?game={game_id} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        self.at_s = 0.0
        self.found = b""
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        while data := self.sock.recv(65_536):
            self.found += data
            if not self.at_s and b"event: bye" in self.found:
                self.at_s = time.monotonic()

    @property
    def retry_ms(self) -> int:
        bye = self.found.rpartition(b"event: bye\ndata: ")[2]
        said: int = json.loads(bye)["retry_ms"]
        assert b"retry: %d\nevent: bye" % said in self.found
        return said


def test_a_restart_under_load_loses_nobody_an_update(node: NodeProcess) -> None:
    match = write("g1", CALLS, random.Random(4))
    provider = Provider(node, match, pause_s=PAUSE_S)
    posting = threading.Thread(target=provider.run, daemon=True)
    posting.start()
    node.settle("g1", 2)
    kinds = (SseSupporter, WsSupporter)
    fans: list[Supporter] = [kinds[n % 2](node.port, "g1").come() for n in range(FANS)]
    for fan in fans:
        fan.reach(2)
    for n in range(1, RESTARTS + 1):
        while provider.answered < n * CALLS // (RESTARTS + 2):
            assert posting.is_alive()
            time.sleep(0.01)
        assert node.stop() == 0
        node.start()
    posting.join(45)
    assert not posting.is_alive()
    assert not provider.wrong
    assert provider.repeats > 0, "it was never refused: the node did not stop under load"
    score = node.settle("g1", len(match.versions) + 1)
    for fan in fans:
        # A Supporter breaks at a gap, a step back, or another epoch.
        assert fan.reach(score["seq"]) == score
        assert fan.byes.count("drain") == len(fan.byes) == RESTARTS, "cut, and not told"
        assert fan.joins == RESTARTS + 1
        assert all(reason in {"", "join", "rejoin", "correction"} for _, reason, _ in fan.copy.told)
        assert sum(reason == "join" for _, reason, _ in fan.copy.told) == 1, "it came back with its cursor"
        fan.leave()


def test_goodbyes_are_spread_and_each_has_its_own_time_to_come_back(node: NodeProcess) -> None:
    node.post("acme", write("g1", 5, random.Random(1)).calls[0])
    node.settle("g1", 1)
    fans = [Told(node.port, "g1") for _ in range(FANS)]
    idle = socket.create_connection(("127.0.0.1", node.port), timeout=20)
    deadline = time.monotonic() + 10
    while not all(b"full_state" in fan.found for fan in fans):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert node.process is not None
    begun = time.monotonic()
    node.process.terminate()
    refused_s = 0.0
    while not refused_s:
        try:
            socket.create_connection(("127.0.0.1", node.port), timeout=5).close()
            assert not all(fan.at_s for fan in fans), "it lets newcomers in to the end"
            time.sleep(0.02)
        except ConnectionRefusedError:
            refused_s = time.monotonic() - begun
    # Whoever is connected already is answered: a new stream with `bye`, a claim with 503.
    idle.sendall(b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: test\r\n\r\n")
    late = b""
    while data := idle.recv(65_536):
        late += data
    assert late.startswith(b"HTTP/1.1 200 ")
    assert b'event: bye\ndata: {"reason":"drain"' in late
    assert node.process.wait(40) == 0
    took_s = time.monotonic() - begun
    for fan in fans:
        fan.thread.join(5)
        fan.sock.close()
    idle.close()
    at_s = sorted(fan.at_s - begun for fan in fans)
    assert at_s[0] > 0, "somebody was cut and not told"
    assert DRAIN_S * 0.7 < at_s[-1] - at_s[0] < took_s
    half = FANS // 2
    assert min(later - at for at, later in zip(at_s, at_s[half:], strict=False)) > DRAIN_S / 8, "all at once"
    retries = [fan.retry_ms for fan in fans]
    assert len(set(retries)) == FANS
    assert all(1000 <= retry <= 5000 for retry in retries)

"""Fans behind a bad line: whatever it does to the bytes, they fold without a gap and end right."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adversity.feed import Provider, write
from adversity.supporters import SseSupporter, Supporter, WsSupporter
from node_process import NodeProcess
from services.link import Link

SEED = 11
CALLS = 120
HEARTBEAT_S = 1
SILENCE_S = 6.0
"""After so many missed heartbeats a client gives a connection up."""
FANS = 4


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    env = {
        "SCOREWIRE__FANOUT__HEARTBEAT_S": str(HEARTBEAT_S),
        "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense",
    }
    one = NodeProcess(tmp_path_factory.mktemp("link") / "data", env=env)
    try:
        one.start()
        one.key("acme")
        yield one
    finally:
        one.close()


class Ground:
    """One match, fans behind one link, and one that sits beside it on a good line."""

    def __init__(self, node: NodeProcess, game_id: str) -> None:
        self.node = node
        self.rng = random.Random(SEED)
        self.link = Link(node.port, rng=self.rng).open()
        self.match = write(game_id, CALLS, self.rng)
        self.provider = Provider(node, self.match, prefix=game_id, pause_s=0.01)
        self.posting = threading.Thread(target=self.provider.run, daemon=True)
        kinds = (SseSupporter, WsSupporter)
        self.fans: list[Supporter] = [
            kinds[n % 2](self.link.port, game_id, silence_s=SILENCE_S) for n in range(FANS)
        ]
        self.beside = SseSupporter(node.port, game_id)

    def kick_off(self) -> None:
        """Start the match, and let everybody in."""
        self.posting.start()
        self.node.settle(self.match.game_id, 2)
        for fan in (*self.fans, self.beside):
            fan.come()

    def playing(self) -> bool:
        return self.posting.is_alive()

    def check(self) -> None:
        """The line is good again: all have all of it."""
        self.posting.join(40)
        assert not self.posting.is_alive()
        assert not self.provider.wrong
        score = self.node.settle(self.match.game_id, len(self.match.versions) + 1)
        for fan in (*self.fans, self.beside):
            assert fan.reach(score["seq"]) == score
            assert "lost" not in fan.byes
        assert self.beside.joins == 1

    def close(self) -> None:
        self.provider.gone = True
        for fan in (*self.fans, self.beside):
            fan.leave()
        self.link.close()


@pytest.fixture
def ground(running: NodeProcess, request: pytest.FixtureRequest) -> Iterator[Ground]:
    one = Ground(running, request.node.name.removeprefix("test_")[:40].replace("_", "-"))
    try:
        yield one
    finally:
        one.close()


def test_late_and_torn(ground: Ground) -> None:
    ground.link.faults.late_s = 0.03
    ground.link.faults.piece_bytes = 7
    ground.kick_off()
    ground.check()
    assert all(fan.joins == 1 for fan in ground.fans), "bytes that come late are no reason to go"


def test_cut_again_and_again(ground: Ground) -> None:
    ground.link.faults.piece_bytes = 200  # so that cuts fall into the middle of frames
    ground.kick_off()
    cuts = 0
    while ground.playing():
        cuts += ground.link.cut(0.4)
        time.sleep(ground.rng.random() * 0.15)
    assert cuts >= FANS, "the line was never cut"
    ground.check()
    assert min(fan.joins for fan in ground.fans) > 1


def test_held_and_let_go(ground: Ground) -> None:
    ground.kick_off()
    while ground.playing():
        ground.link.faults.held = not ground.link.faults.held
        time.sleep(ground.rng.random() * 0.5)
    ground.link.faults.held = False
    ground.check()
    assert all(fan.joins == 1 for fan in ground.fans), "a pause shorter than the client's patience"


def test_lost_without_a_word(ground: Ground) -> None:
    """Half open: neither end is told. The client notices by the heartbeats that it misses."""
    ground.kick_off()
    for fan in ground.fans:
        fan.reach(2)
    assert ground.link.lose() == FANS
    ground.check()
    assert all(fan.joins == 2 for fan in ground.fans)


def test_the_link_itself_is_sound(running: NodeProcess, tmp_path: Path) -> None:
    """Through every fault a read is the same bytes; a link that changed them would prove nothing."""
    link = Link(running.port, rng=random.Random(SEED)).open()
    link.faults.piece_bytes = 3
    try:
        through = NodeProcess(tmp_path / "unused", port=link.port)
        assert through.get("/openapi.json").content == running.get("/openapi.json").content
        assert link.passed == 1
        link.faults.held = True
        started = time.monotonic()
        threading.Timer(0.3, lambda: setattr(link.faults, "held", False)).start()
        assert through.get("/livez").status_code == 200
        assert time.monotonic() - started > 0.25
    finally:
        link.close()

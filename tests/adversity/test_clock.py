"""The wall clock is set forward and back by an hour in the middle of a match; clock_shift.c steps it."""

import json
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adversity import disk
from adversity.supporters import SseSupporter, WsSupporter
from node_process import NodeProcess, declare, event, sign

SOURCE = Path(__file__).with_name("clock_shift.c")
HOUR_S = 3600
WAIT_S = 15.0
"""A gap is waited for half a second; this is that with all a busy machine may add, and far from an hour."""

pytestmark = pytest.mark.compiler


class SteppedNode(NodeProcess):
    """A node whose wall clock is ours to set; its provider lives by the same clock."""

    shift_s = 0
    game = other = ""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "shift"
        # A call that was signed before a step and came after it would be stale, and rightly so.
        self._lock = threading.Lock()
        self.file.write_bytes(bytes(8))
        env = {
            "LD_PRELOAD": str(disk.build(folder, SOURCE)),
            "CLOCK_SHIFT_FILE": str(self.file),
            "SCOREWIRE__PROVIDERS__ACME__SEQUENCE": "dense",
            "SCOREWIRE__FANOUT__HEARTBEAT_S": "1",
        }
        super().__init__(folder / "data", env=env)

    def step(self, shift_s: int) -> None:
        """Set the clock this far from the true time."""
        with self._lock:
            self._shift(shift_s)

    def _shift(self, shift_s: int) -> None:
        self.shift_s = shift_s
        with self.file.open("r+b", buffering=0) as file:
            os.pwrite(file.fileno(), struct.pack("q", shift_s * 1_000_000_000), 0)

    def say(self, *messages: dict, aside_s: int = 0) -> httpx.Response:
        """One call, signed by the node's clock, or `aside_s` beside it."""
        with self._lock:
            return self._post(json.dumps(list(messages)).encode(), aside_s)

    def _post(self, body: bytes, aside_s: int) -> httpx.Response:
        stamp = int(time.time()) + self.shift_s + aside_s
        signed = sign(self.secrets["acme"], body, f"w-{time.monotonic_ns()}", stamp)
        kind = {"content-type": "application/cloudevents-batch+json"}
        return httpx.post(f"{self.url}/v1/ingest/acme", content=body, headers={**kind, **signed}, timeout=10)

    def goal(self, number: int, game_id: str = "") -> None:
        answer = self.say(event(game_id or self.game, number, "GOAL", team="home", period=1))
        assert answer.status_code == 202, answer.text


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteppedNode]:
    one = SteppedNode(tmp_path_factory.mktemp("clock"))
    try:
        one.start()
        one.key("acme")
        yield one
    finally:
        one.close()


@pytest.fixture
def node(running: SteppedNode, request: pytest.FixtureRequest) -> SteppedNode:
    """The node at the true time, with two games of this test's own."""
    running.step(0)
    name = f"{zlib.crc32(request.node.name.encode()):x}"
    running.game, running.other = f"g-{name}", f"o-{name}"
    for game_id in (running.game, running.other):
        answer = running.say(declare(game_id), event(game_id, 1, "PERIOD_START", period=1))
        assert answer.status_code == 202
        running.settle(game_id, 2)
    return running


def test_the_shift_reaches_the_node(node: SteppedNode) -> None:
    node.step(HOUR_S)
    node.goal(2)
    assert abs(node.settle(node.game, 3)["updated_at"] / 1000 - time.time() - HOUR_S) < 60


def test_times_of_rows_never_go_back_and_streams_go_on(node: SteppedNode) -> None:
    fans = (SseSupporter(node.port, node.game).come(), WsSupporter(node.port, node.game).come())
    for fan in fans:
        fan.reach(2)
    number = 2
    for shift_s in (0, HOUR_S, 0, -HOUR_S, 0, HOUR_S, -HOUR_S):
        node.step(shift_s)
        for _ in range(3):
            node.goal(number)
            number += 1
            told_s = time.monotonic()
            for fan in fans:
                fan.reach(number)
            assert time.monotonic() - told_s < WAIT_S
    score = node.score(node.game)
    for fan in fans:
        assert fan.reach(number) == score
        assert fan.joins == 1, "a stream broke"
        fan.leave()
    rows = node.get(f"/v1/games/{node.game}/events?limit=100").json()["events"]
    times = [row["ts"] for row in rows]
    assert times == sorted(times)
    assert [row["seq"] for row in rows] == list(range(1, number + 1))
    assert node.get(f"/v1/games/{node.game}/score", headers={"if-none-match": "x"}).status_code == 200


@pytest.mark.parametrize("shift_s", [HOUR_S, -HOUR_S])
def test_signatures_are_judged_by_the_clock_of_now(node: SteppedNode, shift_s: int) -> None:
    node.step(shift_s)
    stale = node.say(event(node.game, 2, "GOAL", team="home", period=1), aside_s=-shift_s)
    assert (stale.status_code, stale.json()["code"]) == (401, "stale_timestamp")
    node.goal(2)
    assert node.settle(node.game, 3)["home"]["score"] == 1


@pytest.mark.parametrize("shift_s", [HOUR_S, -HOUR_S])
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_what_waits_behind_a_gap_goes_on(node: SteppedNode, shift_s: int, busy: bool) -> None:
    """Also while other games keep the log busy, as on any Saturday."""
    ended = threading.Event()

    def others() -> None:
        number = 2
        while not ended.wait(0.1):
            node.goal(number, node.other)
            number += 1

    trickle = threading.Thread(target=others, daemon=True)
    if busy:
        trickle.start()
    try:
        node.goal(3)
        node.step(shift_s)
        waited_s = time.monotonic()
        assert node.settle(node.game, 3)["home"]["score"] == 1
        assert time.monotonic() - waited_s < WAIT_S
        node.goal(5)  # and a gap that opens by the new clock
        waited_s = time.monotonic()
        assert node.settle(node.game, 4)["home"]["score"] == 2
        assert time.monotonic() - waited_s < WAIT_S
    finally:
        ended.set()
        if busy:
            trickle.join(10)


def test_a_node_that_starts_an_hour_early_goes_on(node: SteppedNode) -> None:
    node.goal(2)
    before = node.settle(node.game, 3)
    node.goal(4)  # waits when the node dies
    node.kill()
    node.step(-HOUR_S)
    node.start()
    assert node.settle(node.game, 4, timeout_s=WAIT_S)["updated_at"] >= before["updated_at"]
    node.goal(5)
    assert node.settle(node.game, 5)["home"]["score"] == 3

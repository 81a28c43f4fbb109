"""A delayed fan over real sockets: the history N seconds later on every transport, and after a restart."""

import contextlib
import json
import statistics
import threading
import time

import httpx
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from adversity.supporters import merge
from node_process import NodeProcess, declare, event, sse

pytestmark = pytest.mark.timeout(90)

DELAY_S = 5
SLACK_MS = 1500
"""How much later than due a frame may be, as a rule. It may never be early."""
BUSY_MS = 4500
"""And now and then, on a busy machine."""


class Fan(threading.Thread):
    """Reads until told to stop; keeps (wall ms, frame)."""

    def __init__(self, node: NodeProcess) -> None:
        super().__init__(daemon=True)
        self.node = node
        self.frames: list[tuple[int, dict]] = []
        self.over = threading.Event()
        self.last_id = ""

    def note(self, frame: dict) -> bool:
        self.frames.append((time.time_ns() // 1_000_000, frame))
        return self.over.is_set()

    def wait_for(self, seq: int, timeout_s: float = 20) -> None:
        deadline = time.monotonic() + timeout_s
        while not any(frame["seq"] >= seq for _, frame in self.frames):
            assert time.monotonic() < deadline, f"{type(self).__name__}: {self.frames[-1:]}, not {seq}"
            time.sleep(0.02)


class SseFan(Fan):
    query = "game=g1"

    def run(self) -> None:
        headers = {"last-event-id": self.last_id} if self.last_id else {}
        url = f"{self.node.url}/v1/stream?{self.query}&view=full&delay={DELAY_S}"
        try:
            with httpx.stream("GET", url, headers=headers, timeout=30) as response:
                for told in sse(response):
                    self.last_id = told["id"] or self.last_id
                    if told["event"] == "bye" or self.note(json.loads(told["data"])):
                        return
        except httpx.HTTPError:
            return


class LeagueFan(SseFan):
    query = "league=cup"


class WsFan(Fan):
    def run(self) -> None:
        address = self.node.url.replace("http", "ws") + "/v1/ws"
        with contextlib.suppress(WebSocketException, OSError), connect(address) as link:
            link.send(json.dumps({"action": "subscribe", "game_id": "g1", "delay": DELAY_S}))
            for message in link:
                frame = json.loads(message)
                if frame["type"] in {"full_state", "score_update"} and self.note(frame):
                    return


def fold(frames: list[tuple[int, dict]]) -> list[tuple[int, dict]]:
    states: list[tuple[int, dict]] = []
    for at_ms, frame in frames:
        if frame["type"] == "full_state":
            states.append((at_ms, frame["state"]))
            continue
        held = states[-1][1]
        assert frame["seq"] == held["seq"] + 1
        events = [*held["events"], frame["event"]][-50:] if "event" in frame else held["events"]
        last = {"events": events, "seq": frame["seq"], "updated_at": frame["ts"]}
        states.append((at_ms, {**merge(held, frame["patch"]), **last}))
    return states


def begin(node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    while node.get(f"/v1/games/g1/score?delay={DELAY_S}").status_code == 404:
        time.sleep(0.05)


def goals(node: NodeProcess, numbers: range) -> None:
    """A goal every 300 ms; every fourth takes the one before it back."""
    for number in numbers:
        detail = {"detail": {"event": f"e{number - 1}"}} if number % 4 == 0 else {}
        type_ = "GOAL_CANCELLED" if number % 4 == 0 else "GOAL"
        node.post("acme", event("g1", number, type_, team="home", period=1, **detail))
        time.sleep(0.3)


def test_every_transport_shows_the_history_n_seconds_later(node: NodeProcess) -> None:
    begin(node)
    fans = [kind(node) for kind in (SseFan, LeagueFan, WsFan)]
    for fan in fans:
        fan.start()
        fan.wait_for(2)
    reads: list[tuple[int, int, dict]] = []
    over = threading.Event()

    def poll() -> None:
        with httpx.Client(base_url=node.url) as client:
            while not over.wait(0.05):
                before = time.time_ns() // 1_000_000
                score = client.get(f"/v1/games/g1/score?delay={DELAY_S}").json()
                listed = client.get(f"/v1/games?delay={DELAY_S}").json()["games"][0]
                after = time.time_ns() // 1_000_000
                reads.extend(((before, after, score), (before, after, listed)))

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()
    goals(node, range(2, 22))
    rows = {row["seq"]: row for row in node.get("/v1/games/g1/events").json()["events"]}
    head = max(rows)
    for fan in fans:
        fan.wait_for(head)
        fan.over.set()
    over.set()
    poller.join(5)
    epoch = node.score("g1")["epoch"]
    states = {
        seq: node.get(f"/v1/games/g1/score?seq={seq}&epoch={epoch}").json() for seq in range(1, head + 1)
    }
    for fan in fans:
        told = fold(fan.frames)
        assert [state["seq"] for _, state in told][-1] == head
        late_ms = []
        for at_ms, state in told[1:]:
            assert state == states[state["seq"]]
            late_ms.append(at_ms - rows[state["seq"]]["ts"] - DELAY_S * 1000)
        assert min(late_ms) >= 0, type(fan).__name__
        assert statistics.median(late_ms) < SLACK_MS, type(fan).__name__
        assert max(late_ms) < BUSY_MS, type(fan).__name__
        assert len(told) > 15
        assert any(frame.get("reason") == "correction" for _, frame in fan.frames)
    assert len(reads) > 50
    old = 0
    for before, after, read in reads:
        seqs = [seq for seq, row in rows.items() if row["ts"] <= after - DELAY_S * 1000]
        assert read["seq"] <= max(seqs), "newer than it may be"
        due = [seq for seq, row in rows.items() if row["ts"] <= before - DELAY_S * 1000 - SLACK_MS]
        old += read["seq"] < max(due, default=0)
    assert old < len(reads) / 10, "older than they need be"


def test_a_restart_changes_nothing_for_who_comes_back_later(node: NodeProcess) -> None:
    begin(node)
    fan = SseFan(node)
    fan.start()
    fan.wait_for(2)
    goals(node, range(2, 12))
    fan.wait_for(4)
    assert node.stop() == 0
    fan.join(10)
    node.start()
    back = SseFan(node)
    back.last_id = fan.last_id
    back.start()
    rows = {row["seq"]: row for row in node.get("/v1/games/g1/events").json()["events"]}
    assert node.get(f"/v1/games/g1/score?delay={DELAY_S}").json()["seq"] <= max(rows)
    back.wait_for(max(rows))
    back.over.set()
    for at_ms, frame in back.frames:
        assert at_ms - rows[frame["seq"]]["ts"] >= DELAY_S * 1000
    told = fold([*fan.frames, *back.frames])
    assert told[-1][1] == node.score("g1")
    assert {frame.get("reason") for _, frame in back.frames} <= {None, "correction"}


def test_who_comes_back_after_a_restart_is_given_what_it_missed(node: NodeProcess) -> None:
    """Without a delay: ring empty, the journal has it, and updates are smaller than a full state."""
    begin(node)
    for number in range(2, 32):
        node.post("acme", event("g1", number, "GOAL", team="away", period=1))
    score = node.settle("g1", 32)
    node.stop()
    node.start()
    headers = {"last-event-id": f"{score['epoch']}!g1!29"}
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", headers=headers, timeout=10) as response:
        told = sse(response)
        frames = [json.loads(next(told)["data"]) for _ in range(3)]
    assert [(frame["type"], frame["seq"]) for frame in frames] == [
        ("score_update", seq) for seq in (30, 31, 32)
    ]
    then = node.get(f"/v1/games/g1/score?seq=29&epoch={score['epoch']}").json()
    assert (
        fold([(0, {"type": "full_state", "state": then}), *((0, frame) for frame in frames)])[-1][1] == score
    )

"""Real proxies in front of a real node, with the configurations of deploy/: what they must not break."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from e2e.followers import SseFollower, WsFollower
from node_process import WORKERS, NodeProcess, declare, event, sse
from services.fronts import Front

PER_ADDRESS = 3
HEARTBEAT_S = 1
ENV = {
    "SCOREWIRE__SERVER__TRUSTED_PROXIES": "127.0.0.1",
    "SCOREWIRE__FANOUT__CONNECTIONS_PER_ADDRESS_MAX": str(PER_ADDRESS),
    "SCOREWIRE__FANOUT__HEARTBEAT_S": str(HEARTBEAT_S),
}
DRAIN_S = 7.0
SEEN_DOWN_S = 4.5
"""HAProxy asks every two seconds, and believes the second refusal."""
AT_ONCE_S = 5.0
"""Of a buffer a frame comes out when that is full: after a thousand heartbeats, or never."""


class Ground:
    """A game, and a proxy before the node that plays it."""

    def __init__(self, node: NodeProcess, front: Front) -> None:
        self.node = node
        self.front = front
        self.through = NodeProcess(node.data.parent / "unused", port=front.port)
        self.number = 1
        self.game = f"{front.kind}-{time.monotonic_ns()}"
        assert node.post("acme", [declare(self.game), self.say("PERIOD_START")]).json()["accepted"] == 2
        node.settle(self.game, 2)

    def say(self, type_: str, **data: object) -> dict:
        said = event(self.game, self.number, type_, period=1, **data)
        self.number += 1
        return said

    def shoot(self) -> int:
        """A goal; returns the seq of its row."""
        assert self.node.post("acme", self.say("GOAL", team="home")).status_code == 202
        return self.number

    def hot_reads(self, status: int) -> float:
        if self.node.workers:
            time.sleep(0.5)  # a worker tells of its counts every 0.3 s
        wanted = f'scorewire_hot_reads_total{{status="{status}"}}'
        for line in self.node.get("/metrics").text.splitlines():
            if line.startswith(wanted):
                return float(line.rsplit(" ", 1)[1])
        return 0.0


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    # Each worker counts for itself, so an address may have as many fans of two.
    one = NodeProcess(tmp_path_factory.mktemp("fronts") / "data", env=ENV, workers=min(WORKERS, 1))
    try:
        one.start()
        one.key("acme")
        yield one
    finally:
        one.close()


@pytest.fixture(
    params=[pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in ("nginx", "haproxy", "varnish")]
)
def ground(request: pytest.FixtureRequest, played: NodeProcess) -> Iterator[Ground]:
    front = Front(request.param, played.port).start()
    try:
        deadline = time.monotonic() + 30
        while httpx.get(f"{front.url}/readyz").status_code != 200:
            assert time.monotonic() < deadline, front.log.read_text()
            time.sleep(0.1)
        yield Ground(played, front)
    finally:
        front.close()


def test_sse_is_not_held_back(ground: Ground) -> None:
    with httpx.stream("GET", f"{ground.front.url}/v1/stream?game={ground.game}", timeout=10) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-cache, no-transform"
        assert response.headers["access-control-allow-origin"] == "*"
        events = sse(response)
        assert json.loads(next(events)["data"])["reason"] == "join"
        for _ in range(3):
            begun = time.monotonic()
            seq = ground.shoot()
            told = next(events)
            assert time.monotonic() - begun < AT_ONCE_S
            assert json.loads(told["data"])["seq"] == seq
            assert told["id"].endswith(f"!{seq}")
    with httpx.stream("GET", f"{ground.front.url}/v1/stream?game={ground.game}", timeout=10) as response:
        beats, begun = 0, time.monotonic()
        for line in response.iter_lines():
            beats += line == ":"
            if beats == 3:
                break
        assert time.monotonic() - begun < 3 * HEARTBEAT_S + AT_ONCE_S, "heartbeats are held back"


def test_a_stream_that_is_refused_says_why(ground: Ground) -> None:
    answer = httpx.get(f"{ground.front.url}/v1/stream?game=nowhere", timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_game")


def test_websocket_is_upgraded(ground: Ground) -> None:
    url = ground.front.url.replace("http", "ws") + "/v1/ws"
    with connect(url, subprotocols=[Subprotocol("scorewire.v1.json")]) as link:
        assert link.subprotocol == "scorewire.v1.json"
        link.send(json.dumps({"action": "subscribe", "game_id": ground.game}))
        assert [json.loads(link.recv(timeout=15))["type"] for _ in range(2)] == ["subscribed", "full_state"]
        begun = time.monotonic()
        seq = ground.shoot()
        assert json.loads(link.recv(timeout=15))["seq"] == seq
        assert time.monotonic() - begun < AT_ONCE_S
        time.sleep(2.5 * HEARTBEAT_S)  # pings and pongs pass in between
        link.send('{"action":"ping"}')
        assert json.loads(link.recv(timeout=15)) == {"type": "pong"}
        assert link.ping().wait(15)


def test_reads_are_named_and_compared(ground: Ground) -> None:
    url = f"{ground.front.url}/v1/games/{ground.game}/score"
    first = httpx.get(url)
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert tag.strip('W/"').startswith(f"{ground.game}-")
    assert httpx.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert httpx.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    seq = ground.shoot()
    ground.node.settle(ground.game, seq)
    deadline = time.monotonic() + 10
    while httpx.get(url, headers={"If-None-Match": tag}).status_code == 304:
        assert time.monotonic() < deadline, "the old score is still given"
        time.sleep(0.1)
    assert httpx.get(url).json()["seq"] == seq


def test_caches_ask_once_for_many_and_revalidate(ground: Ground) -> None:
    if ground.front.kind == "haproxy":
        return  # it keeps nothing: what follows would ask the node each time
    url = f"{ground.front.url}/v1/games/{ground.game}/score"
    whole, unchanged = ground.hot_reads(200), ground.hot_reads(304)
    with httpx.Client() as client:
        begun = time.monotonic()
        answers = [client.get(url) for _ in range(200)]
        took = time.monotonic() - begun
        assert {answer.status_code for answer in answers} == {200}
        assert ground.hot_reads(200) + ground.hot_reads(304) - whole - unchanged <= 2 + took
        assert "HIT" in {answer.headers["x-cache"] for answer in answers}
        deadline = time.monotonic() + 20
        while ground.hot_reads(304) == unchanged:
            assert time.monotonic() < deadline, "it never asked whether the score has changed"
            client.get(url)
            time.sleep(0.2)
    assert ground.hot_reads(200) - whole <= 1, "what had not changed was fetched again"


def join(ground: Ground, source: str) -> tuple[socket.socket, bytes]:
    """A stream from an address of the loopback, which claims to be somebody else."""
    sock = socket.socket()
    sock.settimeout(10)
    sock.bind((source, 0))
    sock.connect(("127.0.0.1", ground.front.port))
    claim = f"X-Forwarded-For: 192.0.2.{time.monotonic_ns() % 250}\r\n"
    sock.sendall(f"GET /v1/stream?game={ground.game} HTTP/1.1\r\nHost: x\r\n{claim}\r\n".encode())
    found = b""
    while b"event: " not in found:
        data = sock.recv(65_536)
        assert data, found
        found += data
    return sock, found


def test_the_clients_own_address_is_what_limits_count(ground: Ground) -> None:
    tens = {"nginx": 10, "haproxy": 20, "varnish": 30}[ground.front.kind]
    held = [join(ground, f"127.0.0.{tens}") for _ in range(PER_ADDRESS + 1)]
    held.append(join(ground, f"127.0.0.{tens + 1}"))
    assert [b"overload" in found for _, found in held] == [False] * PER_ADDRESS + [True, False]
    for sock, _ in held:
        sock.close()


def test_what_is_the_operators_is_not_shown(ground: Ground) -> None:
    source = httpx.HTTPTransport(local_address="127.0.0.99")
    with httpx.Client(transport=source, base_url=ground.front.url) as client:
        assert client.get("/metrics").status_code == 403
        assert client.get("/v1/admin/status").status_code == 403
        assert client.get("/livez").status_code == 200


def test_a_restart_of_the_proxy_loses_no_update(ground: Ground) -> None:
    fans = [SseFollower(ground.through), WsFollower(ground.through)]
    for fan in fans:
        fan.games = (ground.game,)
        fan.come()
    try:
        for fan in fans:
            fan.reach(ground.game, 2)
        for _ in range(2):
            ground.shoot()
            ground.front.stop()
            ground.shoot()
            ground.front.start()
            ground.shoot()
        seq = ground.shoot()
        score = ground.node.settle(ground.game, seq)
        for fan in fans:
            assert fan.reach(ground.game, seq) == score
            # A fan breaks at a gap; what it missed came as updates or as one state, whichever is smaller.
            assert set(fan.holder.fulls[ground.game]) <= {"join", "rejoin"}
            assert fan.joins >= 2
    finally:
        for fan in fans:
            fan.leave()


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in ("nginx", "haproxy", "varnish")]
)
def test_every_fan_of_a_node_that_stops_is_told(tmp_path: Path, kind: str) -> None:
    """Its port is closed at once and a proxy sees it down soon; the streams must live on for `drain_s`."""
    node = NodeProcess(tmp_path / "data", env={"SCOREWIRE__SERVER__DRAIN_S": str(DRAIN_S)})
    with contextlib.ExitStack() as stack:
        stack.callback(node.start().close)
        front = Front(kind, node.port).start()
        stack.callback(front.close)
        client = stack.enter_context(httpx.Client(timeout=20))
        url = f"{front.url}/v1/stream?sport=soccer"
        streams = [stack.enter_context(client.stream("GET", url)) for _ in range(8)]
        parts = [stream.iter_text() for stream in streams]
        assert all("retry:" in next(part) for part in parts)
        began_s = time.monotonic()
        assert node.stop() == 0
        assert time.monotonic() - began_s > SEEN_DOWN_S, "over before a proxy could see it"
        assert ["event: bye" in "".join(part) for part in parts] == [True] * len(streams)


def test_a_restart_of_the_node_is_bridged(ground: Ground) -> None:
    """The proxy answers reads or says 5xx, fans come back through it by themselves."""
    fan = SseFollower(ground.through)
    fan.games = (ground.game,)
    fan.come()
    try:
        fan.reach(ground.game, 2)
        assert ground.node.stop() == 0
        ground.node.start()
        seq = ground.shoot()
        score = ground.node.settle(ground.game, seq)
        assert fan.reach(ground.game, seq) == score
    finally:
        fan.leave()

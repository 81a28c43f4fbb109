"""The PROXY protocol from a real HAProxy to a real node, in one process and with workers."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from node_process import NodeProcess, declare, event
from services.fronts import Front

PER_ADDRESS = 3
PROXY = "127.0.0.2"
"""Where HAProxy connects from, and nobody else on this machine: the tests ask the node from 127.0.0.1."""
SETTINGS = {
    "SCOREWIRE__SERVER__TRUSTED_PROXIES": PROXY,
    "SCOREWIRE__SERVER__PROXY_PROTOCOL": "true",
    "SCOREWIRE__FANOUT__CONNECTIONS_PER_ADDRESS_MAX": str(PER_ADDRESS),
}
AS_SHIPPED = {"# default-server send-proxy-v2-ssl": f"default-server send-proxy-v2-ssl source {PROXY}"}
"""deploy/haproxy/haproxy.cfg as it is, with its comment made true."""
PLAIN = """
defaults
    mode tcp
    timeout connect 3s
    timeout client 60s
    timeout server 60s
listen fans
    bind 127.0.0.1:{port}
    server node1 127.0.0.1:{node} {word} source {proxy} check inter 200ms
"""
WAYS = ("shipped", "send-proxy", "send-proxy-v2")

pytestmark = pytest.mark.haproxy


class PassingBytes(Front):
    """HAProxy that reads no HTTP, and so can say whom it brings in no other way."""

    def __init__(self, node_port: int, word: str) -> None:
        super().__init__("haproxy", node_port)
        self._word = word

    def prepare(self) -> None:
        text = PLAIN.format(port=self.port, node=self.node_port, word=self._word, proxy=PROXY)
        self.configuration.write_text(text)


@pytest.fixture(scope="module", params=[0, 1], ids=["one process", "a worker"])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    # With one worker, since each counts for itself.
    data = tmp_path_factory.mktemp("proxied") / "data"
    with closing(NodeProcess(data, env=SETTINGS, workers=request.param)) as one:
        one.start()
        one.key("acme")
        assert one.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)]).status_code == 202
        one.settle("g1", 2)
        yield one


@pytest.fixture(params=WAYS)
def front(request: pytest.FixtureRequest, node: NodeProcess) -> Iterator[Front]:
    if request.param == "shipped":
        one = Front("haproxy", node.port, changes=AS_SHIPPED)
    else:
        one = PassingBytes(node.port, request.param)
    try:
        one.start()
        deadline = time.monotonic() + 30
        while not _answers(one):
            assert time.monotonic() < deadline, one.log.read_text()
            time.sleep(0.1)
        yield one
    finally:
        one.close()


def _answers(front: Front) -> bool:
    try:
        return httpx.get(f"{front.url}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def come(port: int, source: str, path: str = "/v1/stream?game=g1", until: bytes = b"event: ") -> tuple:
    """A request from an address of the loopback, which claims another; and what was answered."""
    sock = socket.socket()
    sock.settimeout(20)
    sock.bind((source, 0))
    sock.connect(("127.0.0.1", port))
    claim = f"X-Forwarded-For: 192.0.2.{time.monotonic_ns() % 250}\r\n"
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{claim}\r\n".encode())
    found = b""
    while until not in found:
        data = sock.recv(65_536)
        if not data:
            break
        found += data
    return sock, found


def test_limits_count_the_client_that_the_proxy_names(node: NodeProcess, front: Front) -> None:
    tens = 10 * (1 + WAYS.index(front_way(front)))
    with ExitStack() as stack:
        held = []
        for last in (tens, tens, tens, tens, tens + 1):
            sock, found = come(front.port, f"127.0.0.{last}")
            stack.callback(sock.close)
            held.append(found)
        assert [b"overload" in found for found in held] == [False] * PER_ADDRESS + [True, False]


def test_reads_sockets_and_long_answers_pass(node: NodeProcess, front: Front) -> None:
    source = httpx.HTTPTransport(local_address="127.0.0.60")
    with httpx.Client(transport=source, base_url=front.url, timeout=10) as client:
        for _ in range(2):
            assert client.get("/v1/games/g1/score").json()["seq"] == 2
            assert client.get("/v1/games").json()["games"][0]["game_id"] == "g1"
            assert client.get("/nowhere").status_code == 404
    with connect(front.url.replace("http", "ws") + "/v1/ws") as link:
        link.send(json.dumps({"action": "subscribe", "game_id": "g1"}))
        assert [json.loads(link.recv(timeout=15))["type"] for _ in range(2)] == ["subscribed", "full_state"]


def test_health_checks_count_for_nobody(node: NodeProcess, front: Front) -> None:
    """They come from the proxy itself, far more often than an address may, and the node stays up."""
    before = refusals(node)
    time.sleep(1.5)
    assert refusals(node) == before
    assert httpx.get(f"{front.url}/livez", timeout=15).status_code == 200
    assert "DOWN" not in front.log.read_text()


def refusals(node: NodeProcess) -> list[str]:
    """Of connections and fans, as the metrics count them."""
    time.sleep(0.5)  # a worker tells of them every 0.3 s
    found = [line for line in node.get("/metrics").text.splitlines() if "scorewire_fan_refused" in line]
    assert found
    return found


def front_way(front: Front) -> str:
    text = front.configuration.read_text()
    return "shipped" if "mode http" in text else "send-proxy-v2" if "send-proxy-v2 " in text else "send-proxy"


@pytest.mark.parametrize("workers", [0, 1])
def test_the_proxys_own_connections_need_a_header_and_nobody_elses(tmp_path: Path, workers: int) -> None:
    with closing(NodeProcess(tmp_path / "data", env=SETTINGS, workers=workers)) as node:
        node.start()  # asked from 127.0.0.1, without a header
        sock, found = come(node.port, PROXY, "/livez", until=b"}")
        sock.close()
        assert found.startswith(b"HTTP/1.1 400 ")
        assert b"bad_proxy_header" in found
        told = subprocess.run(
            ["curl", "-sS", "--haproxy-protocol", "--interface", PROXY, f"{node.url}/livez"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert told.stdout == "ok\n", told.stderr
        assert node.stop() == 0


def test_a_node_that_trusts_nobody_does_not_start_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scorewire", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    env = {**NodeProcess(tmp_path / "unused").env, "SCOREWIRE__SERVER__PROXY_PROTOCOL": "true"}
    for more in ([], ["--workers", "1"]):
        ended = subprocess.run(
            [*command, *more], check=False, env=env, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 2
        assert "server.proxy_protocol" in ended.stderr

"""Clients that mean harm, over real sockets: each costs a bounded little, and the others are served.

Beside test_slow_fans.py (stalled readers, requests a byte at a time) and tests/e2e/test_bad_input.py (what is
sent is wrong). Every test here fails if the guard that it names is taken out.
"""

import contextlib
import json
import os
import random
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adversity.supporters import SseSupporter, WsSupporter
from node_process import NodeProcess, declare, event
from services.link import Link

STALL_S = 2
PER_ADDRESS = 20
GROWTH_BYTES_MAX = 48 * 1024 * 1024
SCORE = b"GET /v1/games/g1/score HTTP/1.1\r\nHost: test\r\n\r\n"
LIMITS = {
    "SCOREWIRE__FANOUT__STALL_S": str(STALL_S),
    "SCOREWIRE__FANOUT__HEARTBEAT_S": "1",
    "SCOREWIRE__FANOUT__CONNECTIONS_PER_ADDRESS_MAX": str(PER_ADDRESS),
    "SCOREWIRE__FANOUT__CONNECTIONS_MAX": "40",
    "SCOREWIRE__SERVER__REQUESTS_MAX": "2",
    "SCOREWIRE__SERVER__ORIGINS": "https://scores.example",
    "SCOREWIRE__SERVER__TRUSTED_PROXIES": "127.0.0.77",
}


class Besieged(NodeProcess):
    """A node with one game and narrow limits."""

    opened: list[socket.socket]

    def open(self, address: str = "127.0.0.2", *, receive_bytes: int = 0) -> socket.socket:
        """A connection from an address of the loopback, so that one test does not use up another's limit."""
        sock = socket.socket()
        self.opened.append(sock)
        sock.settimeout(20)
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.bind((address, 0))
        sock.connect(("127.0.0.1", self.port))
        return sock

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def descriptors_at_rest(self) -> int:
        """Without the connections of earlier calls, which the node is about to close."""
        looks = []
        for _ in range(5):
            looks.append(self.descriptors())
            time.sleep(0.1)
        return min(looks)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid


@pytest.fixture
def node(besieged: Besieged) -> Iterator[Besieged]:
    """The node, with nobody connected before and after."""
    besieged.opened = []
    yield besieged
    for sock in besieged.opened:
        sock.close()
    until(lambda: besieged.metric("scorewire_fan_connections") == 0, "fans that have left are still counted")


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    one = Besieged(tmp_path_factory.mktemp("hostile") / "data", env=LIMITS)
    try:
        one.start()
        one.key("acme")
        one.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
        one.settle("g1", 2)
        yield one
    finally:
        one.close()


def until(holds: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def read_all(sock: socket.socket) -> bytes:
    """Everything until the end, however it ends."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while data := sock.recv(65_536):
            found += data
    return found


def stream(game: str = "g1", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"GET /v1/stream?game={game} HTTP/1.1\r\nHost: test\r\n{lines}\r\n".encode()


def handshake(*headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return (
        "GET /v1/ws HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    ).encode()


def read_head(sock: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        data = sock.recv(1)
        assert data, found
        found += data
    return found


# Answers that nobody takes.


def test_hot_reads_asked_by_the_thousand_and_never_taken(node: Besieged) -> None:
    """Each request of 50 bytes would make an answer of some hundred; what waits is bounded, then cut."""
    before, descriptors = node.resident_bytes(), node.descriptors()
    socks = [node.open("127.0.0.3", receive_bytes=2048) for _ in range(8)]
    for sock in socks:
        sock.setblocking(False)
    sent = 0
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        for sock in socks:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                sent += sock.send(SCORE * 2000)
        assert node.resident_bytes() - before < GROWTH_BYTES_MAX, f"after {sent} bytes of requests"
    assert node.get("/livez").status_code == 200
    until(lambda: node.descriptors() <= descriptors, "they are still held")


def test_pages_asked_and_never_taken_are_given_up(node: Besieged) -> None:
    descriptors = node.descriptors_at_rest()
    socks = [node.open("127.0.0.4", receive_bytes=2048) for _ in range(8)]
    for sock in socks:
        sock.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: test\r\n\r\n" * 400)
    until(lambda: node.descriptors() > descriptors, "nobody came in")
    time.sleep(0.5)
    assert node.descriptors() > descriptors, "the answers fitted into the kernel: this proves nothing"
    until(lambda: node.descriptors() <= descriptors, "they are still held")


def test_what_was_asked_in_one_piece_is_answered_whole_once_it_is_taken(node: Besieged) -> None:
    """The guard holds requests back and loses none."""
    sock = node.open("127.0.0.5", receive_bytes=4096)
    count = 6000
    sock.setblocking(False)
    todo, found = SCORE * count + b"GET /livez HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            todo = todo[sock.send(todo) :] if todo else todo
        try:
            data = sock.recv(65_536)
        except BlockingIOError:
            time.sleep(0.001)
            continue
        if not data:
            break
        found.append(data)
    answers = b"".join(found)
    assert (answers.count(b"HTTP/1.1 200 OK"), answers.count(b'"game_id"')) == (count + 1, count)


# Too many.


def test_an_address_has_so_many_connections_and_no_more(node: Besieged) -> None:
    before = node.descriptors_at_rest()
    held = [node.open("127.0.0.6") for _ in range(PER_ADDRESS)]
    until(lambda: node.descriptors() >= before + PER_ADDRESS, "they have not come in")
    beyond, silent, other = node.open("127.0.0.6"), node.open("127.0.0.6"), node.open("127.0.0.7")
    beyond.sendall(SCORE)
    answer = read_all(beyond)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 5\r\n" in answer
    assert read_all(silent) == b"", "who does not even ask is let go at once"
    other.sendall(SCORE)
    assert read_head(other).startswith(b"HTTP/1.1 200 ")
    held[0].sendall(SCORE)
    assert read_head(held[0]).startswith(b"HTTP/1.1 200 ")
    for sock in node.opened:
        sock.close()
    until(lambda: node.descriptors() <= before, "they are still held")
    again = node.open("127.0.0.6")
    again.sendall(SCORE)
    assert read_head(again).startswith(b"HTTP/1.1 200 "), "those who have left do not count"


def test_streams_are_limited_by_address_behind_a_trusted_proxy_too(node: Besieged) -> None:
    """The address that the proxy names counts; what the client itself put before it does not."""

    def join(client: str) -> tuple[socket.socket, bytes]:
        sock = node.open("127.0.0.77")
        sock.sendall(stream("g1", f"X-Forwarded-For: 198.51.100.{random.randint(1, 99)}, {client}"))
        read_head(sock)
        found = b""
        while b"event: " not in found:
            found += sock.recv(65_536)
        return sock, found

    held = [join("192.0.2.1") for _ in range(PER_ADDRESS + 1)]
    other = join("192.0.2.2")
    houses = [join(f"2001:db8:1:2:{n:x}::1") for n in range(1, 19)]
    assert [b"overload" in found for _, found in held] == [False] * PER_ADDRESS + [True]
    assert b"overload" not in other[1]
    assert not any(b"overload" in found for _, found in houses)
    # The node is full now: 20 + 1 + 18 fans of 40, and one more.
    one_more = join("192.0.2.3")
    assert b"overload" not in one_more[1]
    full, found = join("192.0.2.4")
    assert b"retry: " in found
    assert read_all(full) == b"", "a stream that is turned away ends"
    upgrade = node.open("127.0.0.77")
    upgrade.sendall(handshake("X-Forwarded-For: 192.0.2.5"))
    refused = read_all(upgrade)
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 5\r\n" in refused
    assert node.get("/v1/games").status_code == 200, "a node full of fans still answers"


def test_one_customers_ipv6_network_counts_as_one(node: Besieged) -> None:
    socks = []
    for n in range(PER_ADDRESS + 1):
        sock = node.open("127.0.0.77")
        sock.sendall(stream("g1", f'Forwarded: for="[2001:db8:9:9::{n:x}]:4711"'))
        socks.append(sock)
    last = b""
    while b"event: " not in last:
        last += socks[-1].recv(65_536)
    assert b"overload" in last


def test_more_requests_at_once_than_are_worked_on(node: Besieged) -> None:
    """They arrive in one turn of the loop: the node sleeps while they are sent."""
    asked = {
        b"GET /v1/games HTTP/1.1": 16,
        b"GET /livez HTTP/1.1": 2,
    }
    before = node.descriptors_at_rest()
    socks = [(line, node.open("127.0.0.8")) for line, count in asked.items() for _ in range(count)]
    until(lambda: node.descriptors() >= before + len(socks), "they have not come in")
    os.kill(node.pid, signal.SIGSTOP)
    for line, sock in socks:
        sock.sendall(line + b"\r\nHost: test\r\nConnection: close\r\n\r\n")
    os.kill(node.pid, signal.SIGCONT)
    answers = [(line, read_all(sock)) for line, sock in socks]
    statuses = [answer[9:12] for line, answer in answers if b"/v1/games " in line]
    assert statuses.count(b"200") >= 2
    assert statuses.count(b"503") >= 8, statuses
    refused = next(answer for _, answer in answers if answer[9:12] == b"503")
    assert b"\r\nretry-after: 5\r\n" in refused
    assert b'"code":"unavailable"' in refused
    assert all(answer[9:12] == b"200" for line, answer in answers if b"/v1/games " not in line)
    assert node.get("/v1/games").status_code == 200, "it was not busy for longer than it took"


def test_bodies_that_come_slowly_do_not_use_up_the_requests(node: Besieged) -> None:
    begun = b"POST /v1/ingest/acme HTTP/1.1\r\nHost: t\r\nContent-Type: application/cloudevents+json\r\n"
    slow = [node.open("127.0.0.9") for _ in range(10)]
    for sock in slow:
        sock.sendall(begun + b"Content-Length: 500\r\n\r\n{")
    time.sleep(0.3)
    assert node.get("/v1/games").status_code == 200


# Gone without a word.


def test_fans_whose_proxy_has_lost_them_are_let_go(node: Besieged) -> None:
    """The proxy's kernel acknowledges every ping, so only the missing pongs can tell."""
    link = Link(node.port, rng=random.Random(1)).open()
    fan, healthy = WsSupporter(link.port, "g1", silence_s=60), WsSupporter(node.port, "g1")
    fan.come().reach(2)
    healthy.come().reach(2)
    assert link.lose() == 1
    until(lambda: node.metric("scorewire_fan_connections") == 1, "a fan that says nothing is still held")
    assert healthy.joins == 1, "who answers pings stays"
    healthy.leave()
    link.close()
    fan.leave()


# WebSocket: what breaks the policy.


def masked(opcode: int, data: bytes = b"", *, fin: bool = True) -> bytes:
    """A client's frame, masked with zeros."""
    assert len(data) < 126
    return struct.pack("!BB4x", (0x80 if fin else 0) | opcode, 0x80 | len(data)) + data


@pytest.mark.parametrize(
    "flood",
    [
        masked(1, b"{", fin=False) + masked(0, fin=False) * 5000,
        masked(9, b"x" * 100) * 5000,
        masked(10, b"unasked") * 5000,
        masked(1, b'{"action":"ping"}') * 5000,
    ],
    ids=["empty-fragments", "pings", "pongs", "messages"],
)
def test_a_flood_of_frames_is_closed_as_policy(node: Besieged, flood: bytes) -> None:
    sock = node.open("127.0.0.10")
    sock.sendall(handshake())
    assert read_head(sock).startswith(b"HTTP/1.1 101 ")
    with contextlib.suppress(OSError):
        sock.sendall(flood)
    answer = read_all(sock)
    assert b'"code":"too_many_messages"' in answer
    assert struct.pack("!H", 1008) in answer[-40:]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((), b"101"),
        (("Origin: https://scores.example",), b"101"),
        (("Origin: http://test",), b"101"),
        (("Origin: https://evil.example",), b"403"),
        (("Origin: null",), b"403"),
        (("Origin: https://scores.example.evil.example",), b"403"),
    ],
)
def test_streams_open_for_pages_that_are_named_only(
    node: Besieged, headers: tuple[str, ...], status: bytes
) -> None:
    sock = node.open("127.0.0.11")
    sock.sendall(handshake(*headers))
    assert read_head(sock)[9:12] == status
    sock = node.open("127.0.0.11")
    sock.sendall(stream("g1", *headers))
    assert read_head(sock)[9:12] == (b"403" if status == b"403" else b"200")


def test_after_all_that_fans_are_served(node: Besieged) -> None:
    fans = [SseSupporter(node.port, "g1").come(), WsSupporter(node.port, "g1").come()]
    for fan in fans:
        fan.reach(2)
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    for fan in fans:
        assert fan.reach(3) == json.loads(node.get("/v1/games/g1/score").text)
        fan.leave()

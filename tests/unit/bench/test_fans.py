"""The load client: markers across reads, heads, and what becomes of fans that miss one."""

import socket
import time
from collections.abc import Iterator

import pytest
from websockets.frames import Opcode
from websockets.server import ServerProtocol

from scorewire.bench.fans import (
    MARKER_BYTES_MAX,
    SOURCES,
    Crowd,
    Fan,
    Order,
    Refused,
    Search,
    after_head,
    masked_text,
    request_head,
    source_address,
)

MARKER = b'"seq":31,'


@pytest.fixture
def fan() -> Iterator[Fan]:
    """A fan whose connection is never used."""
    with socket.socket() as sock:
        yield Fan(sock)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """A crowd without fans yet."""
    made = Crowd()
    yield made
    made.close()


@pytest.fixture
def servers(crowd: Crowd) -> Iterator[list[socket.socket]]:
    """The server's ends of three fans."""
    pairs = [socket.socketpair() for _ in range(3)]
    for _, client in pairs:
        crowd.add(Fan(client))
    yield [server for server, _ in pairs]
    for server, _ in pairs:
        server.close()


@pytest.fixture
def order() -> Order:
    return Order(do="await", marker=MARKER.decode(), timeout_s=0.05)


def test_a_marker_is_found_however_it_is_cut(fan: Fan) -> None:
    text = b"x" * 5 + MARKER + b"y" * 5
    for cut in range(len(text) + 1):
        fan.tail = b""
        search = Search(MARKER)
        assert search.found(fan, text[:cut]) + search.found(fan, text[cut:]) == 1, cut


def test_a_marker_byte_by_byte_is_found_once(fan: Fan) -> None:
    search = Search(MARKER)
    found = [search.found(fan, bytes([byte])) for byte in b"abc" + MARKER + b"def"]
    assert found.count(True) == 1
    assert found.index(True) == 3 + len(MARKER) - 1


def test_the_next_marker_may_begin_right_behind(fan: Fan) -> None:
    assert Search(b"seq1,").found(fan, b"..seq1,se")
    assert Search(b"seq2,").found(fan, b"q2,..")


def test_a_tail_stays_short(fan: Fan) -> None:
    search = Search(MARKER)
    search.found(fan, b"z" * 100_000)
    assert len(fan.tail) < len(MARKER)
    search.found(fan, MARKER + b"z" * 100_000)
    assert len(fan.tail) <= MARKER_BYTES_MAX


def test_all_who_have_it_are_counted_with_their_times(
    crowd: Crowd, servers: list[socket.socket], order: Order
) -> None:
    began_s = time.monotonic()
    for server in servers:
        server.sendall(b"data: " + MARKER + b"\n\n")
    told = crowd.await_marker(order)
    assert told.fans == len(told.at_s) == 3
    assert told.at_s == sorted(told.at_s)
    assert began_s <= told.at_s[0]
    assert told.bytes == 3 * (len(MARKER) + 8)


def test_a_fan_without_it_and_a_closed_one_are_missing(
    crowd: Crowd, servers: list[socket.socket], order: Order
) -> None:
    has, lacks, closed = servers
    has.sendall(MARKER)
    lacks.sendall(b"another")
    closed.close()
    told = crowd.await_marker(order)
    assert (told.fans, len(told.at_s), told.closed) == (3, 1, 1)


def test_closed_fans_are_not_waited_for(crowd: Crowd, servers: list[socket.socket]) -> None:
    for server in servers:
        server.close()
    patient = Order(do="await", marker=MARKER.decode(), timeout_s=3600)
    assert crowd.await_marker(patient).closed == 3
    assert crowd.await_marker(patient).closed == 3


@pytest.mark.usefixtures("servers")
def test_what_came_with_the_head_counts(crowd: Crowd, order: Order) -> None:
    crowd.fans[0].tail = b'{"seq":30,"events":[' + MARKER + b"x" * 5000
    assert len(crowd.await_marker(order).at_s) == 1


def test_a_head_is_told_from_what_follows() -> None:
    server, client = socket.socketpair()
    with server, client:
        server.sendall(b"HTTP/1.1 200 OK\r\na: b\r\n\r\nretry: 1\n\n")
        assert after_head(client) == b"retry: 1\n\n"
        server.sendall(b"HTTP/1.1 503 Full\r\n\r\n")
        with pytest.raises(Refused, match="503"):
            after_head(client)
        server.close()
        with pytest.raises(Refused):
            after_head(client)


def test_a_stream_is_asked_for() -> None:
    head = request_head(Order(do="join", port=80, path="/v1/stream?game=g"))
    assert head.startswith(b"GET /v1/stream?game=g HTTP/1.1\r\nHost: 127.0.0.1:80\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert b"Upgrade" not in head


@pytest.mark.parametrize("size", [10, 125, 126, 300])
def test_an_upgrade_and_a_masked_text_are_real_websocket(size: int) -> None:
    server = ServerProtocol()
    server.receive_data(request_head(Order(do="join", port=80, path="/v1/ws", message="x")))
    (request,) = server.events_received()
    response = server.accept(request)  # type: ignore[arg-type]
    assert response.status_code == 101
    server.send_response(response)
    server.receive_data(masked_text(b"m" * size))
    (frame,) = server.events_received()
    assert (frame.opcode, frame.data) == (Opcode.TEXT, b"m" * size)  # type: ignore[union-attr]


def test_source_addresses_differ_and_come_round() -> None:
    assert len({source_address(number) for number in range(SOURCES)}) == SOURCES
    assert source_address(SOURCES) == source_address(0) == "127.0.1.2"
    assert source_address(SOURCES - 1) == "127.0.2.101"

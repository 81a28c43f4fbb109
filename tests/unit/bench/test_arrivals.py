"""Fans who come at once, come back, and come and go, at a server that says one thing to each."""

import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from scorewire.bench.arrivals import Arrivals, Order


def state(seq: int) -> bytes:
    return b'data: {"type":"full_state","game_id":"g","epoch":"e","seq":%d,"reason":"join"}\n\n' % seq


def update(seq: int) -> bytes:
    return b'data: {"type":"score_update","game_id":"g","seq":%d,"ts":1}\n\n' % seq


class Server:
    """Answers each connection with a head and `says`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.says = state(3)
        self.heads: list[str] = []
        self.held: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                fan, _ = self._listener.accept()
            except OSError:
                return
            self.held.append(fan)
            head = fan.recv(4096)
            self.heads.append(head.decode())
            fan.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + self.says)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for fan in self.held:
            fan.close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def arrivals() -> Iterator[Arrivals]:
    made = Arrivals(random.Random(1))
    yield made
    made.leave()
    made._poll.close()


def order(server: Server, **given: object) -> Order:
    fixed = {"port": server.port, "path": "/", "wanted": {"g": 3}, "window": 2, "timeout_s": 5.0}
    return Order(**(fixed | given))  # type: ignore[arg-type]


def test_all_come_and_come_back_with_what_they_had(server: Server, arrivals: Arrivals) -> None:
    came = arrivals.come(order(server, count=5))
    assert (came.came, came.behind, came.gaps, len(came.at_s)) == (5, 0, 0, 5)
    assert not any("Last-Event-ID" in head for head in server.heads)
    arrivals.leave()
    server.says = update(4)
    server.heads.clear()
    back = arrivals.come(order(server, epoch="e", wanted={"g": 4}))
    assert (back.came, back.gaps) == (5, 0)
    assert all("Last-Event-ID: e!g!3\r\n" in head for head in server.heads)


def test_who_comes_back_and_misses_something_is_counted(server: Server, arrivals: Arrivals) -> None:
    arrivals.come(order(server, count=2))
    arrivals.leave()
    server.says = update(5)
    back = arrivals.come(order(server, epoch="e", wanted={"g": 5}))
    assert (back.came, back.gaps) == (2, 2)


def test_who_is_never_told_is_behind(server: Server, arrivals: Arrivals) -> None:
    came = arrivals.come(order(server, count=2, wanted={"g": 9}, timeout_s=0.2))
    assert (came.came, came.behind) == (0, 2)


def test_who_comes_and_goes_leaves_nothing_behind(server: Server, arrivals: Arrivals) -> None:
    came = arrivals.churn(order(server, count=20))
    assert (came.came, came.behind) == (20, 0)
    assert len(server.heads) == 20
    assert not arrivals._by_fd


def test_who_is_cut_comes_back_when_it_was_told_to(server: Server, arrivals: Arrivals) -> None:
    bye = b"retry: 40\nevent: bye\ndata: {}\n\n"
    server.says = b"retry: 5000\n\n" + state(3) + bye
    arrivals.come(order(server, count=3))
    server.says = update(4)
    for fan in server.held:
        fan.close()
    arrivals._order = order(server, epoch="e", wanted={"g": 4})
    ends_s = time.monotonic() + 5
    while not all(one.page.seqs == {"g": 4} for one in arrivals.visitors) and time.monotonic() < ends_s:
        arrivals._round()
    came = arrivals._came(3)
    assert came.cut == 3
    assert 0.04 <= came.away_s[0] <= came.away_s[-1] <= came.silent_s[-1] < 4
    assert [head for head in server.heads if "Last-Event-ID: e!g!3" in head] == server.heads[3:]


def test_each_fan_asks_for_a_path_of_its_own_in_turns(server: Server, arrivals: Arrivals) -> None:
    arrivals.come(order(server, count=4, paths=["/a", "/b"]))
    assert sorted(head.split()[1] for head in server.heads) == ["/a", "/a", "/b", "/b"]


def test_who_is_refused_tries_again(arrivals: Arrivals) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        wanted = Order(count=1, port=closed.getsockname()[1], path="/", timeout_s=0.5)
        came = arrivals.come(wanted)
    assert came.behind == 1
    assert came.refused >= 2

"""The link's faults are what they are called, seen from a client and a server of plain sockets."""

import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from services.link import Link
from services.ports import HOST, choose_port

WHOLE = bytes(random.Random(3).randbytes(200_000))


class Echo:
    """A server that answers every read with the same bytes, and notes what it heard."""

    def __init__(self) -> None:
        self.port = choose_port()
        self.heard = bytearray()
        self._sock = socket.create_server((HOST, self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _accept(self) -> None:
        while True:
            try:
                taken, _ = self._sock.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(taken,), daemon=True).start()

    def _answer(self, taken: socket.socket) -> None:
        with taken:
            try:
                while data := taken.recv(65_536):
                    self.heard += data
                    taken.sendall(data)
            except OSError:
                pass


@pytest.fixture
def echo() -> Iterator[Echo]:
    one = Echo()
    yield one
    one.close()


@pytest.fixture
def link(echo: Echo) -> Iterator[Link]:
    with Link(echo.port, rng=random.Random(7)) as one:
        yield one


def call(link: Link, timeout_s: float = 5.0) -> socket.socket:
    return socket.create_connection((HOST, link.port), timeout_s)


def said(sock: socket.socket, data: bytes) -> bytes:
    """Send, and read as much back."""
    threading.Thread(target=sock.sendall, args=(data,), daemon=True).start()
    back = bytearray()
    while len(back) < len(data) and (more := sock.recv(65_536)):
        back += more
    return bytes(back)


def eventually(seen: object, timeout_s: float = 15.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not seen() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.01)
    return bool(seen())  # type: ignore[operator]


def test_bytes_stay_as_they_are_whatever_the_delay_and_the_pieces(link: Link) -> None:
    link.faults.late_s = 0.005
    link.up.piece_bytes = 700
    link.down.piece_bytes = 1_300
    with call(link) as sock:
        assert said(sock, WHOLE) == WHOLE


def test_late_is_late_and_reads_do_not_wait_for_each_other(link: Link) -> None:
    link.up.late_s = 0.1
    much = WHOLE * 20
    with call(link) as sock:
        begun = time.monotonic()
        assert said(sock, much) == much
        took = time.monotonic() - begun
    assert 0.1 < took < 5.0, "sixty reads in a row would take six seconds"


def test_a_partition_holds_both_ways_and_heals(link: Link, echo: Echo) -> None:
    with call(link, 0.3) as sock:
        assert said(sock, b"before") == b"before"
        link.faults.held = True
        sock.sendall(b"within")
        with pytest.raises(TimeoutError):
            sock.recv(10)
        assert echo.heard == b"before"
        link.faults.held = False
        sock.settimeout(5)
        assert sock.recv(10) == b"within"


def test_parted_nobody_can_even_connect_and_all_is_well_when_healed(link: Link, echo: Echo) -> None:
    with call(link, 0.3) as sock:
        assert said(sock, b"before") == b"before"
        for _ in range(2):
            link.part()
            sock.sendall(b"within")
            with pytest.raises(TimeoutError):
                sock.recv(10)
            with pytest.raises(TimeoutError):
                call(link, 0.3)
            waiting = socket.socket()
            waiting.settimeout(5)
            later = threading.Thread(target=waiting.connect, args=((HOST, link.port),))
            later.start()
            time.sleep(0.1)
            passed = link.passed
            link.heal()
            assert sock.recv(10) == b"within"
            later.join(5)
            with waiting:
                assert said(waiting, b"late") == b"late"
        assert (passed, link.passed) == (2, 3), "only what was let in is counted"


def test_one_way_the_server_hears_and_is_not_heard(link: Link, echo: Echo) -> None:
    with call(link, 0.3) as sock:
        link.down.held = True
        sock.sendall(b"hello")
        assert eventually(lambda: echo.heard == b"hello")
        with pytest.raises(TimeoutError):
            sock.recv(10)


def test_an_answer_that_is_dropped_never_comes_nor_what_follows(link: Link, echo: Echo) -> None:
    with call(link, 0.3) as sock:
        link.down.dropped = True
        sock.sendall(b"commit")
        assert eventually(lambda: echo.heard == b"commit")
        time.sleep(0.05)
        link.down.dropped = False
        sock.sendall(b"after")
        with pytest.raises(TimeoutError):
            sock.recv(10)
        assert link.cut() == 1
        with pytest.raises(ConnectionResetError):
            sock.recv(10)
    with call(link) as sock:
        assert said(sock, b"again") == b"again"


def test_who_is_cut_is_told_and_who_is_lost_is_not(link: Link) -> None:
    with call(link, 0.3) as sock:
        assert said(sock, b"1") == b"1"
        link.cut()
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    with call(link, 0.3) as sock:
        assert said(sock, b"1") == b"1"
        assert link.lose() == 1
        sock.sendall(b"2")
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_refused_and_admitted_on_the_same_port(link: Link) -> None:
    with call(link) as sock:
        assert said(sock, b"1") == b"1"
        link.refuse()
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    with pytest.raises(ConnectionRefusedError):
        call(link)
    link.admit()
    with call(link) as sock:
        assert said(sock, b"2") == b"2"


def test_a_partition_may_end_in_any_way(link: Link) -> None:
    link.part()
    link.refuse()
    with pytest.raises(ConnectionRefusedError):
        call(link)
    link.admit()
    with call(link) as sock:
        assert said(sock, b"1") == b"1"
        link.part()
        assert link.cut() == 1
        with pytest.raises(ConnectionResetError):
            sock.recv(1)


def test_an_end_that_has_said_all_still_hears(link: Link) -> None:
    link.faults.late_s = 0.05
    with call(link) as sock:
        sock.sendall(WHOLE)
        sock.shutdown(socket.SHUT_WR)
        back = bytearray()
        while more := sock.recv(65_536):
            back += more
    assert bytes(back) == WHOLE
    assert eventually(lambda: link.live == 0)


def test_a_server_that_is_down_resets() -> None:
    with Link(choose_port()) as link, pytest.raises(ConnectionResetError), call(link) as sock:
        sock.recv(1)

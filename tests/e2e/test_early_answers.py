"""Answers that come before the request's body is whole: every client reads them whole, over real sockets.

A socket that is closed while a body is on its way has its kernel send a reset, which takes the answer away.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from node_process import NodeProcess

TIMES = 200
LONG = b"Content-Length: 100000\r\n\r\n"
"""A worker collects what is shorter before it asks."""
CLOSE = b"Host: test\r\nConnection: close\r\n"
CALL = b"POST /v1/ingest/acme HTTP/1.1\r\n" + CLOSE
KIND = b"Content-Type: application/cloudevents+json\r\n"
EARLY = {
    "another type": (CALL + b"Content-Type: text/html\r\n" + LONG, b"415"),
    "too long": (CALL + KIND + b"Content-Length: 2000000\r\n\r\n", b"413"),
    "an unknown page": (b"POST /nowhere HTTP/1.1\r\n" + CLOSE + LONG, b"404"),
    "HTTP/1.0": (b"POST /v1/ingest/acme HTTP/1.0\r\n" + LONG, b"415"),
    "a head too large": (CALL + b"X: " + b"y" * 20_000, b"431"),
    "no request": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
}


@pytest.fixture(scope="module", params=[0, 1], ids=["one process", "a worker"])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    one = NodeProcess(tmp_path_factory.mktemp("early") / "data", workers=request.param)
    try:
        yield one.start()
    finally:
        one.close()


def dial(node: NodeProcess) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", node.port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_all(sock: socket.socket) -> bytes:
    found = b""
    while some := sock.recv(65_536):
        found += some
    return found


@pytest.mark.parametrize("what", EARLY)
def test_an_answer_that_comes_before_the_body_is_read_whole(node: NodeProcess, what: str) -> None:
    """The answer is on its way, unread, when the body comes late and in pieces."""
    head, status = EARLY[what]
    for _ in range(TIMES if what == "another type" else 10):
        with closing(dial(node)) as sock:
            sock.sendall(head)
            sock.recv(1, socket.MSG_PEEK)
            for piece in (b"{", b" ", b"}\n"):
                sock.sendall(piece)
                time.sleep(0.001)
            answer = read_all(sock)
        assert answer[9:12] == status, answer
        said, _, body = answer.partition(b"\r\n\r\n")
        assert f"\r\ncontent-length: {len(body)}".encode() in said.lower(), answer


def test_a_client_that_sends_all_of_its_body_before_it_reads_has_its_answer(node: NodeProcess) -> None:
    head, status = EARLY["too long"]
    for _ in range(5):
        with closing(dial(node)) as sock:
            sock.sendall(head)
            sock.recv(1, socket.MSG_PEEK)
            sock.sendall(b"x" * 2_000_000)
            assert read_all(sock)[9:12] == status


def test_what_is_still_to_come_of_a_body_is_not_the_next_request(node: NodeProcess) -> None:
    """On a connection that stays open: the body looks like requests, and is none."""
    trap = b"GET /livez HTTP/1.1\r\nHost: trap\r\n\r\n"
    body = trap * (100_000 // len(trap)) + b"\n" * (100_000 % len(trap))
    head = EARLY["another type"][0].replace(b"Connection: close\r\n", b"")
    with closing(dial(node)) as sock:
        sock.sendall(head)
        sock.recv(1, socket.MSG_PEEK)
        for at in range(0, len(body), 9_999):
            sock.sendall(body[at : at + 9_999])
        sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        answers = read_all(sock)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"415", b"200"], answers


def test_who_has_its_answer_and_neither_sends_nor_leaves_is_left(node: NodeProcess) -> None:
    """A byte now and then would hold it for as long as a body may take, and no longer: see the unit tests."""
    with closing(dial(node)) as sock:
        sock.sendall(EARLY["another type"][0])
        assert read_all(sock)[9:12] == b"415"
        assert not gone(sock)
        deadline = time.monotonic() + 20
        while not gone(sock):
            assert time.monotonic() < deadline, "the node still holds its side"
            time.sleep(0.1)


def gone(sock: socket.socket) -> bool:
    """Whether the node has closed its side: then the kernel's line of that names no file, or is no more."""
    ends = [f":{sock.getpeername()[1]:04X}", f":{sock.getsockname()[1]:04X}"]
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return all(line[9] == "0" for line in lines if [end[-5:] for end in line[1:3]] == ends)

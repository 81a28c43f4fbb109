"""The load client of reads."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from scorewire.bench.pulls import Order, header, pull, request

ANSWER = b'HTTP/1.1 200 OK\r\netag: "a"\r\nContent-Length: 4\r\n\r\nbody'


def test_a_conditional_request_carries_the_etag() -> None:
    assert b"If-None-Match" not in request(Order(port=1, path="/x"))
    assert request(Order(port=1, path="/x", etag='"a"')).endswith(b'If-None-Match: "a"\r\n\r\n')


def test_a_header_is_found_whatever_its_case() -> None:
    head = b"HTTP/1.1 200 OK\r\nETag:  x \r\nA: b"
    assert (header(head, b"etag"), header(head, b"none")) == ("x", "")


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server that gives the answers it was told, over and over, to one connection."""
    answers: list[bytes] = request.param
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        fan, _ = listener.accept()
        # The client leaves with a request under way.
        with fan, suppress(OSError):
            place = 0
            while fan.recv(4096):
                fan.sendall(answers[min(place, len(answers) - 1)])
                place += 1

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(5)
    listener.close()


@pytest.mark.parametrize("port", [[ANSWER]], indirect=True)
def test_answers_are_counted(port: int) -> None:
    pulled = pull(Order(port=port, path="/", connections=1, seconds=0.05))
    assert (pulled.status, pulled.etag, pulled.body, pulled.odd) == (200, '"a"', "body", 0)
    assert pulled.answers > 1


@pytest.mark.parametrize("port", [[ANSWER, ANSWER, ANSWER + b"x"]], indirect=True)
def test_an_answer_of_another_length_is_odd(port: int) -> None:
    pulled = pull(Order(port=port, path="/", connections=1, seconds=0.05))
    assert (pulled.answers, pulled.odd) == (1, 1)

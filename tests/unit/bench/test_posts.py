"""What counts as accepted, and calls that are made again."""

import re
import socket
import threading
from collections.abc import Iterator

import pytest

from scorewire.bench.calls import HttpAnswer
from scorewire.bench.posts import Provider, check
from scorewire.errors import BackendError


def test_all_accepted_passes() -> None:
    check(HttpAnswer(202, b'{"accepted":50,"duplicates":0,"rejected":[]}', b""), 50)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (202, b'{"accepted":49,"duplicates":1,"rejected":[]}'),
        (202, b'{"accepted":49,"duplicates":0,"rejected":[{"index":3}]}'),
        (200, b'{"accepted":50,"duplicates":0,"rejected":[]}'),
        (429, b'{"code":"rate_limited"}'),
    ],
)
def test_anything_else_ends_the_run(status: int, body: bytes) -> None:
    with pytest.raises(BackendError, match=f"the node answers {status} "):
        check(HttpAnswer(status, body, b""), 50)


class Moody:
    """Closes the first call unanswered, says 503 to the second, and takes the third."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for answer in (
            b"",
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            b'HTTP/1.1 202 Accepted\r\ncontent-length: 43\r\n\r\n{"accepted":1,"duplicates":0,"rejected":[]}',
        ):
            caller, _ = self._listener.accept()
            with caller:
                self.calls.append(caller.recv(65_536))
                caller.sendall(answer)

    def close(self) -> None:
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def moody() -> Iterator[Moody]:
    running = Moody()
    yield running
    running.close()


def test_a_call_that_nobody_answers_is_made_again_with_its_id(moody: Moody) -> None:
    with Provider(port=moody.port, secret="whsec_c2VjcmV0", patience_s=5) as provider:
        provider.post(b"{}")
        assert provider.calls_again == 2
    assert len({re.findall(rb"webhook-id: (\S+)", call)[0] for call in moody.calls}) == 1
    assert len(moody.calls) == 3


def test_without_patience_the_first_silence_is_the_end(moody: Moody) -> None:
    silent = pytest.raises(BackendError, match="connection to the node is lost")
    with Provider(port=moody.port, secret="whsec_c2VjcmV0") as provider, silent:
        provider.post(b"{}")
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", moody.port)) as other:
            other.sendall(b"x")
            other.recv(1)

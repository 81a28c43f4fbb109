"""One fan on SSE within the load process, for times that need no second process."""

import socket
import time
from types import TracebackType

from scorewire.errors import BackendError

READ_BYTES = 65_536


class Watcher:
    """A stream of one game. Use it as `with`.

    `text` is what has come since the last `forget`.
    """

    def __init__(self, *, port: int, game_id: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.text = b""
        self.sock.sendall(
            f"GET /v1/stream?game={game_id} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()

    def read(self) -> None:
        """Read what has come.

        Raises:
            BackendError: the stream has ended.
        """
        some = self.sock.recv(READ_BYTES)
        if not some:
            raise BackendError(f"the stream has ended after {self.text[-200:]!r}", retryable=False)
        self.text += some

    def until(self, marker: bytes, *, limit_s: float) -> float:
        """Wait for the message that holds the marker; returns when its last byte was here.

        Raises:
            BackendError: the stream has ended, or it took longer than `limit_s`.
        """
        ends_s = time.monotonic() + limit_s
        while not self.holds(marker):
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                raise BackendError(f"a fan still lacks {marker!r} after {limit_s:g} s", retryable=False)
            self.sock.settimeout(left_s)
            try:
                self.read()
            except TimeoutError:
                continue
        return time.monotonic()

    def holds(self, marker: bytes) -> bool:
        """Whether the message with the marker is here, to its end."""
        at = self.text.find(marker)
        return at >= 0 and self.text.find(b"\n\n", at) >= 0

    def forget(self) -> bytes:
        """Start afresh; returns what was held."""
        held, self.text = self.text, b""
        return held


def data_of(text: bytes, marker: bytes) -> bytes:
    """The `data` of the event that holds the marker."""
    at = text.index(marker)
    begin = text.rindex(b"data: ", 0, at) + len(b"data: ")
    return text[begin : text.index(b"\n", at)]

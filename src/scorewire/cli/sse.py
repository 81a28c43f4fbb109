"""Server-sent events, read from bytes in whatever pieces they come; pure.

Source: WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6.
"""

from dataclasses import dataclass

BLOCK_BYTES_MAX = 1_048_576
"""One event; a full state is 8 KB."""


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched event."""

    event: str
    data: str


class EventReader:
    """Feed it bytes, take messages; keeps the last event id and the server's `retry` beside them."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry_ms: int | None = None
        self._rest = b""
        self._event = ""
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that are complete with this chunk.

        Raises:
            ValueError: a line without an end; whatever this is, it is no event stream.
        """
        self._rest += chunk
        if len(self._rest) > BLOCK_BYTES_MAX and b"\n" not in self._rest:
            raise ValueError("this is not an event stream")
        *lines, self._rest = self._rest.replace(b"\r\n", b"\n").split(b"\n")
        found: list[Message] = []
        for line in lines:
            if line:
                self._field(line.decode(errors="replace"))
                continue
            if self._id is not None:
                self.last_id = self._id
            if self._data:
                found.append(Message(self._event or "message", "\n".join(self._data)))
            self._event, self._data, self._id = "", [], None
        return found

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.retry_ms = int(value)

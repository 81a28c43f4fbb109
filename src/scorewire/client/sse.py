"""Server-sent events, read from bytes in whatever pieces they come; pure.

Source: WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6.
"""

import codecs
import re
from dataclasses import dataclass

BLOCK_CHARACTERS_MAX = 1_048_576
"""One event; a full state is 8 KB."""
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched event; `last_id` is the stream's last event id as it stands then."""

    event: str
    data: str
    last_id: str = ""


class EventReader:
    """Feed it bytes, take messages; keeps the last event id and the server's `retry` beside them.

    Args:
        last_id: what a resumed stream begins with.
    """

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry_ms: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest = ""
        self._after_cr = False
        self._held = 0
        self._event = ""
        self._data: list[str] = []
        self._id = last_id

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that are complete with this chunk.

        Raises:
            ValueError: an event without an end; whatever this is, it is no event stream.
        """
        text = self._decoder.decode(chunk)
        if not text:
            return []
        # A line that ended with CR is over at once; the LF that may follow it is part of the same end.
        if self._after_cr and text[0] == "\n":
            text = text[1:]
        self._after_cr = text.endswith("\r")
        *lines, self._rest = _LINE_END.split(self._rest + text)
        found: list[Message] = []
        for line in lines:
            if line:
                self._held += len(line)
                self._field(line)
            else:
                found += self._dispatch()
        if self._held + len(self._rest) > BLOCK_CHARACTERS_MAX:
            raise ValueError("this is not an event stream")
        return found

    def _dispatch(self) -> list[Message]:
        self.last_id = self._id
        found = [Message(self._event or "message", "\n".join(self._data), self.last_id)] if self._data else []
        self._event, self._data, self._held = "", [], 0
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
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry_ms = int(value)

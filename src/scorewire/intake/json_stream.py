"""JSON objects out of an endless body: bytes in as they come, whole objects out; pure.

A push stream is concatenated JSON objects with white space between them, and promises neither one object a
chunk nor one a line. So objects are found by their braces and quotes, and by nothing else: the same bytes
give the same objects however they are cut. Whether an object is sound JSON inside is its decoder's to say.

Source: provider notes on push feeds (chunked transfer encoding); RFC 8259 sections 2 and 7.
"""

import re

from scorewire.errors import FeedError

OBJECT_BYTES_MAX = 1_048_576
"""One object of a stream; a play with its statistics is some 10 KB."""

_BETWEEN = re.compile(rb"[ \t\r\n,\x1e\xef\xbb\xbf]*")
"""White space, and what streams are known to put between objects: a comma, RS (RFC 7464), a BOM."""
_STRUCTURE = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')


class JsonStream:
    """Finds whole JSON objects and arrays in bytes that come in pieces.

    Guarantees: independent of how the bytes are cut; every byte is looked at once; at most `object_bytes_max`
    bytes and one piece are held.

    Args:
        object_bytes_max: a longer object is an error, and so is its stream: nobody knows where it ends.
    """

    __slots__ = ("_buffer", "_depth", "_escaped", "_fault", "_in_string", "_looked", "_object_bytes_max")

    def __init__(self, *, object_bytes_max: int = OBJECT_BYTES_MAX) -> None:
        self._object_bytes_max = object_bytes_max
        self._buffer = bytearray()
        self._looked = 0
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._fault: FeedError | None = None

    @property
    def waiting(self) -> int:
        """Bytes of an object whose end has not come."""
        return len(self._buffer)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; returns the objects that they complete.

        Raises:
            FeedError: `not_a_json_stream` (text between objects, a bracket that closes nothing),
                `object_too_large`. The stream cannot be read any further. What was complete before the fault
                is given out first, and the fault raised by the next call.
        """
        found: list[bytes] = []
        try:
            if self._fault is not None:
                raise self._fault
            self._buffer += chunk
            while (end := self._end()) is not None:
                found.append(bytes(self._buffer[:end]))
                del self._buffer[:end]
                self._looked = 0
            if len(self._buffer) > self._object_bytes_max:
                raise self._too_large()
        except FeedError as fault:
            if not found:
                raise
            self._fault = fault
        return found

    def _too_large(self) -> FeedError:
        return FeedError("object_too_large", f"an object is longer than {self._object_bytes_max} bytes")

    def _end(self) -> int | None:
        """Where the first object ends; None while it does not."""
        buffer = self._buffer
        if self._depth == 0:
            skipped = _BETWEEN.match(buffer)
            assert skipped is not None
            del buffer[: skipped.end()]
            if not buffer:
                return None
            if buffer[0] not in b"{[":
                raise FeedError("not_a_json_stream", "there is something between the objects")
        at = self._looked
        while at < len(buffer):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            mark = (_IN_STRING if self._in_string else _STRUCTURE).search(buffer, at)
            if mark is None:
                break
            at = mark.end()
            if self._step(mark[0]):
                if at > self._object_bytes_max:
                    raise self._too_large()
                return at
        self._looked = max(at, len(buffer)) if not self._escaped else at
        return None

    def _step(self, mark: bytes) -> bool:
        """Take one mark; whether it ends the object."""
        if self._in_string:
            self._escaped = mark == b"\\"
            self._in_string = mark != b'"'
        elif mark == b'"':
            self._in_string = True
        elif mark in b"{[":
            self._depth += 1
        else:
            self._depth -= 1
        return self._depth == 0 and not self._in_string

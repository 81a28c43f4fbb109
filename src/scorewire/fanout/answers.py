"""HTTP answers that this layer writes itself: the head of a stream, and refusals."""

from http import HTTPStatus

from scorewire.errors import RequestError
from scorewire.fanout.codes import problem_body

STREAM_HEAD = (
    b"content-type: text/event-stream\r\n"
    b"cache-control: no-cache, no-transform\r\n"
    b"x-accel-buffering: no\r\n"
    b"access-control-allow-origin: *\r\n"
    b"x-content-type-options: nosniff\r\n"
    b"connection: close\r\n\r\n"
)
"""Everything of a stream's head below the server's own lines; the end of the connection ends the stream."""


def status_line(status: int) -> bytes:
    """`HTTP/1.1 200 OK`, with its line end."""
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


OK_LINE = status_line(200)


def problem_answer(error: RequestError, server_lines: bytes, *, keep: bool) -> bytes:
    """A refusal as a whole answer, RFC 9457.

    Args:
        server_lines: Date and what else the server adds to every answer, each with its line end.
        keep: whether the connection stays open.
    """
    body = problem_body(error)
    lines = [
        status_line(error.status),
        server_lines,
        b"content-type: application/problem+json\r\n",
        b"content-length: %d\r\n" % len(body),
        b"cache-control: no-store\r\n",
        b"access-control-allow-origin: *\r\n",
        b"x-content-type-options: nosniff\r\n",
    ]
    if error.retry_after_s is not None:
        # Scripts of other origins see it only so.
        lines.append(
            b"access-control-expose-headers: retry-after\r\nretry-after: %d\r\n" % error.retry_after_s
        )
    if error.status == 401:
        lines.append(b'www-authenticate: Bearer realm="scorewire"\r\n')
    if error.status == 426:
        lines.append(b"upgrade: websocket\r\nsec-websocket-version: 13\r\n")
    if not keep:
        lines.append(b"connection: close\r\n")
    return b"".join([*lines, b"\r\n", body])

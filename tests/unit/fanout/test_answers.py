"""Answers that this layer writes are HTTP that httptools reads."""

import httptools
import pytest

from scorewire.fanout.answers import OK_LINE, STREAM_HEAD, problem_answer
from scorewire.fanout.codes import CODES, refusal


class Reading:
    """What an HTTP client makes of bytes."""

    def __init__(self, data: bytes) -> None:
        self.headers: dict[str, str] = {}
        self.body = b""
        self.done = False
        self.parser = httptools.HttpResponseParser(self)
        self.parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.done = True


@pytest.mark.parametrize("code", [code for code, row in CODES.items() if row.status])
@pytest.mark.parametrize("keep", [True, False])
def test_a_problem_is_one_whole_answer(code: str, keep: bool) -> None:
    error = refusal(code, "why", retry_after_s=5 if code == "unavailable" else None)
    found = Reading(problem_answer(error, b"date: x\r\n", keep=keep))
    assert found.done
    assert found.parser.get_status_code() == CODES[code].status
    assert found.headers["content-type"] == "application/problem+json"
    assert (found.headers.get("connection") == "close") is not keep
    assert found.headers.get("retry-after") == ("5" if code == "unavailable" else None)
    seen = found.headers.get("access-control-expose-headers")
    assert seen == ("retry-after" if code == "unavailable" else None)
    assert found.headers.get("upgrade") == ("websocket" if code == "upgrade_required" else None)


def test_a_stream_ends_with_its_connection() -> None:
    found = Reading(OK_LINE + STREAM_HEAD + b"data: x\n\n")
    assert found.headers["connection"] == "close"
    assert not {"content-length", "transfer-encoding"} & set(found.headers)
    assert found.body == b"data: x\n\n"
    assert not found.done

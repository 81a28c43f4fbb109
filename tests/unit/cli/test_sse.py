"""Event streams are read the same however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.cli.sse import BLOCK_BYTES_MAX, EventReader, Message

STREAM = (
    b'retry: 2500\n\n: beat\n\nid: e!g!1\nevent: full_state\ndata: {"seq":1}\n\n'
    b'event: score_update\r\ndata: {"seq":2,\r\ndata: "x":"\xc3\xa9"}\r\n\r\n'
    b"id: e!g!2\n\ndata:bare\n\nevent: bye\n\n"
)
MESSAGES = [
    Message("full_state", '{"seq":1}'),
    Message("score_update", '{"seq":2,\n"x":"é"}'),
    Message("message", "bare"),
]


def test_a_stream_is_read() -> None:
    reader = EventReader()
    assert reader.feed(STREAM) == MESSAGES
    assert reader.retry_ms == 2500
    assert reader.last_id == "e!g!2"


@given(st.lists(st.integers(1, 20), max_size=60))
def test_reading_is_independent_of_chunks(lengths: list[int]) -> None:
    reader = EventReader()
    found: list[Message] = []
    at = 0
    for length in lengths:
        found += reader.feed(STREAM[at : at + length])
        at += length
    found += reader.feed(STREAM[at:])
    assert found == MESSAGES
    assert reader.last_id == "e!g!2"


def test_an_id_counts_only_when_its_block_is_complete() -> None:
    reader = EventReader()
    reader.feed(b"id: one\n\nid: two\ndata: x\n")
    assert reader.last_id == "one"
    reader.feed(b"\n")
    assert reader.last_id == "two"


def test_what_is_no_stream_does_not_fill_the_memory() -> None:
    reader = EventReader()
    reader.feed(b"x" * BLOCK_BYTES_MAX)
    with pytest.raises(ValueError, match="not an event stream"):
        reader.feed(b"x")

"""Event streams are read by the letter of the standard, the same however they are cut."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.client.sse import BLOCK_CHARACTERS_MAX, EventReader

TABLE = json.loads((Path(__file__).resolve().parents[2] / "protocol_cases" / "event_stream.json").read_text())


def raw(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()


def read(reader: EventReader, pieces: list[bytes]) -> list[list[str]]:
    return [[one.event, one.data, one.last_id] for piece in pieces for one in reader.feed(piece)]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_a_case_of_the_table(case: dict[str, Any]) -> None:
    data = raw(case)
    for size in (len(data) or 1, 1, 2, 5):
        reader = EventReader()
        events = read(reader, [data[at : at + size] for at in range(0, len(data), size)])
        assert (events, reader.last_id, reader.retry_ms) == (
            case["events"],
            case["last_id"],
            case["retry_ms"],
        ), size


@given(st.text(alphabet='\r\n:\0 ﻿adiretvn"é🏟3', max_size=80), st.lists(st.integers(1, 9), max_size=40))
def test_reading_is_independent_of_chunks(text: str, lengths: list[int]) -> None:
    data, pieces, at = text.encode(), [], 0
    for length in lengths:
        pieces.append(data[at : at + length])
        at += length
    whole, cut = EventReader(), EventReader()
    assert read(whole, [data]) == read(cut, [*pieces, data[at:]])
    assert (whole.last_id, whole.retry_ms) == (cut.last_id, cut.retry_ms)


def test_an_id_counts_only_when_its_block_is_complete() -> None:
    reader = EventReader()
    reader.feed(b"id: one\n\nid: two\ndata: x\n")
    assert reader.last_id == "one"
    reader.feed(b"\n")
    assert reader.last_id == "two"


@pytest.mark.parametrize("filler", [b"x", b"data: xxx\n"])
def test_what_is_no_stream_does_not_fill_the_memory(filler: bytes) -> None:
    reader = EventReader()
    piece = filler * (BLOCK_CHARACTERS_MAX // len(filler))
    reader.feed(piece[: BLOCK_CHARACTERS_MAX // 2])
    with pytest.raises(ValueError, match="not an event stream"):
        reader.feed(piece)

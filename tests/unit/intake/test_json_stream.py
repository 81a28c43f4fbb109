"""Objects come out whole, whatever the chunks, and nothing unbounded is held."""

import json
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.intake.json_stream import JsonStream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), max_size=6)
BETWEEN = st.sampled_from(["", "\n", "\r\n", "  ", ",\n", "\x1e"])


def fed(body: bytes, cuts: list[int]) -> list[bytes]:
    stream = JsonStream()
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    return [one for start, end in pairwise(edges) for one in stream.feed(body[start:end])]


@pytest.mark.slow
@given(OBJECTS, BETWEEN, st.booleans(), st.lists(st.integers(0, 400), max_size=12))
def test_the_same_objects_come_out_however_the_bytes_are_cut(objects, between, ascii_, cuts):
    body = between.join(json.dumps(one, ensure_ascii=ascii_) for one in objects).encode()
    whole = fed(body, [])
    assert [json.loads(one) for one in whole] == objects
    assert fed(body, cuts) == whole
    assert fed(body, list(range(len(body)))) == whole


@pytest.mark.parametrize(
    "text",
    ['{"a":"}{"}', '{"a":"\\""}', '{"a":"\\\\"}', '{"a":"\\\\\\""}', '{"a":[{"b":"]"}]}', '[{"a":1}]', "{}"],
)
def test_braces_and_quotes_in_strings_are_text(text: str):
    body = f"{text}\n{text}".encode()
    assert fed(body, list(range(len(body)))) == [text.encode()] * 2


def test_an_object_cut_short_waits_and_is_not_given_out():
    stream = JsonStream()
    assert stream.feed(b'{"a":1}{"b":') == [b'{"a":1}']
    assert stream.waiting == 5
    assert stream.feed(b"2}") == [b'{"b":2}']
    assert stream.waiting == 0


@pytest.mark.parametrize("body", [b"<html>", b"true", b"}", b"null{}", b'"text"'])
def test_what_is_no_object_ends_the_stream(body: bytes):
    with pytest.raises(FeedError, match="not_a_json_stream"):
        JsonStream().feed(body)


def test_what_was_whole_before_a_fault_is_given_out_first():
    stream = JsonStream()
    assert stream.feed(b'{"a":1}x') == [b'{"a":1}']
    with pytest.raises(FeedError, match="not_a_json_stream"):
        stream.feed(b"")


@pytest.mark.parametrize("chunk", [b'{"a":"' + b"x" * 100, b'{"a":"' + b"x" * 100 + b'"}'])
def test_an_object_beyond_the_limit_is_refused_and_not_kept(chunk: bytes):
    with pytest.raises(FeedError, match="object_too_large"):
        JsonStream(object_bytes_max=64).feed(chunk)


def test_many_small_objects_in_one_chunk_are_not_one_large_one():
    assert len(JsonStream(object_bytes_max=64).feed(b'{"a":1}\n' * 1000)) == 1000


@given(st.binary(max_size=200))
def test_any_bytes_give_objects_or_a_feed_error(body: bytes):
    stream = JsonStream(object_bytes_max=100)
    found: list[bytes] = []
    with suppress(FeedError):
        for at in range(0, len(body), 7):
            found += stream.feed(body[at : at + 7])
    assert stream.waiting <= 107
    assert all(len(one) <= 100 and one[:1] in b"{[" and one[-1:] in b"}]" for one in found)

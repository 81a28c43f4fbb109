"""Reading XML from strangers: names without namespaces, and no way to make us work or reach out."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.providers.xml import DEPTH_MAX, children, number, read_xml

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>"""
OUTSIDE = b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l>&x;</l>'


def test_names_come_without_their_namespace() -> None:
    root = read_xml(b'<a xmlns="urn:x" xmlns:y="urn:y" y:k="1"><y:b>text</y:b></a>', "a list")
    assert (root.tag, root.attrib, [(one.tag, one.text) for one in children(root)]) == (
        "a",
        {"k": "1"},
        [("b", "text")],
    )
    assert list(children(None)) == []


@pytest.mark.parametrize("body", [LAUGHS, OUTSIDE, b"", b"<a>", b"<a></b>", b"<a/><b/>", b"\xff\xfe<", b"{}"])
def test_what_is_no_plain_document_is_refused_at_once(body: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(FeedError) as refused:
        read_xml(body, "a list")
    assert refused.value.rule == "unreadable_payload"
    assert time.monotonic() - began < 1


def test_depth_is_bounded() -> None:
    read_xml(b"<a>" * DEPTH_MAX + b"</a>" * DEPTH_MAX, "a list")
    with pytest.raises(FeedError, match="levels"):
        read_xml(b"<a>" * (DEPTH_MAX + 1) + b"</a>" * (DEPTH_MAX + 1), "a list")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_feed_error(body: bytes) -> None:
    with suppress(FeedError):
        read_xml(b"<a>" + body + b"</a>", "a list")


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), ("", None), (None, None), ("x", None), ("inf", None), ("nan", None)]
)
def test_number(text: str | None, value: float | None) -> None:
    assert number(text) == value

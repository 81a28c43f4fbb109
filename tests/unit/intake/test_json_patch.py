"""Patches lead to the same document as fetching it whole, or say that they do not."""

import copy
import json
from itertools import pairwise

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.intake.json_patch import PatchedDocument


def at(timecode: str, **fields: object) -> dict:
    return {"metaData": {"timeStamp": timecode}, **fields}


def diff(old: dict, new: dict) -> dict:
    return {"diff": jsonpatch.make_patch(old, new).patch}


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


A, B, C = at("20240713_041901", runs=[0]), at("20240713_041905", runs=[0, 1]), at("20240713_041910", runs=[1])


def opened(document: dict = A) -> PatchedDocument:
    patched = PatchedDocument()
    assert json.loads(patched.take(encoded(document))) == document
    return patched


def test_patches_lead_to_the_document():
    patched = opened()
    assert json.loads(patched.take(encoded([diff(A, B), diff(B, C)]))) == C
    assert patched.timecode == "20240713_041910"


def test_what_was_applied_before_is_left_out():
    patched = opened()
    patched.take(encoded([diff(A, B)]))
    assert json.loads(patched.take(encoded([diff(A, B), diff(A, B), diff(B, C)]))) == C
    assert patched.duplicates == 2
    assert patched.take(encoded([diff(B, C)])) is None
    assert patched.take(b"[]") is None


def test_a_bare_list_of_operations_is_one_patch():
    assert json.loads(opened().take(encoded(diff(A, B)["diff"]))) == B


def test_a_whole_document_instead_of_patches_is_taken_and_an_older_one_is_not():
    patched = opened()
    assert json.loads(patched.take(encoded(B))) == B
    assert patched.take(encoded(A)) is None
    assert patched.take(encoded(B)) is None
    assert patched.timecode == "20240713_041905"


STAMP = {"op": "replace", "path": "/metaData/timeStamp", "value": "20240713_041999"}


@pytest.mark.parametrize(
    "patch",
    [
        [{"diff": [STAMP, {"op": "replace", "path": "/nowhere/0", "value": 1}]}],
        [{"diff": [STAMP, {"op": "test", "path": "/runs/0", "value": 9}]}],
        [{"diff": [{"op": "replace", "path": "/runs/0", "value": 1}]}],
        [{"diff": [STAMP], "startTimecode": "20240713_041900"}],
        [{"diff": [STAMP, {"op": "remove", "path": "/metaData"}]}],
        [{"diff": [STAMP, {"op": "copy", "path": "/x"}]}],
        [{"diff": [STAMP, {"op": "wish", "path": "/x"}]}],
        [{"diff": [STAMP, {"op": "add", "path": "/runs/-7", "value": 1}]}],
        [{"diff": [STAMP, {"op": "add", "path": 7, "value": 1}]}],
    ],
)
def test_what_does_not_fit_is_a_gap_and_the_document_is_fetched_again(patch: list):
    patched = opened()
    with pytest.raises(FeedError, match="patch_gap"):
        patched.take(encoded(patch))
    assert patched.timecode == ""
    with pytest.raises(FeedError, match="patch_gap"):
        patched.take(encoded([diff(A, B)]))
    assert json.loads(patched.take(encoded(C))) == C


def test_a_list_that_breaks_halfway_leaves_no_half():
    patched = opened()
    with pytest.raises(FeedError, match="patch_gap"):
        patched.take(encoded([diff(A, B), {"diff": [STAMP, {"op": "remove", "path": "/no"}]}]))
    assert patched.timecode == ""


@pytest.mark.parametrize(
    "body", [b"", b"{", b"7", b'"x"', b"{}", b"[7]", b'[{"diff":7}]', b"\xff", b"[[[7]]]"]
)
def test_what_is_neither_document_nor_patches(body: bytes):
    with pytest.raises(FeedError, match="unreadable_payload"):
        opened().take(body)


def test_copies_cannot_blow_the_document_up():
    patched = PatchedDocument(document_bytes_max=10_000)
    patched.take(encoded(at("1", big=["x" * 100])))
    bomb = [STAMP, *({"op": "copy", "from": "/big", "path": "/big/-"} for _ in range(60))]
    with pytest.raises(FeedError, match="document_too_large"):
        patched.take(encoded([{"diff": bomb}]))


TREES = st.recursive(
    st.integers(0, 5) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(TREES, min_size=1, max_size=6), st.data())
def test_any_overlapping_lists_lead_to_the_newest_document(trees, data):
    documents = [at(f"{number:03}", play=tree) for number, tree in enumerate(trees)]
    patches = [diff(one, other) for one, other in pairwise(documents)]
    patched = opened(documents[0])
    reached = 0
    while reached < len(patches):
        since = data.draw(st.integers(0, reached))
        upto = data.draw(st.integers(reached + 1, len(patches)))
        said = copy.deepcopy(patches[since:upto])
        assert json.loads(patched.take(encoded(said))) == documents[upto]
        reached = upto


@given(st.binary(max_size=60) | TREES.map(lambda tree: encoded([{"diff": [STAMP, tree]}])))
def test_any_bytes_give_a_document_or_a_feed_error(body: bytes):
    patched = opened()
    try:
        patched.take(body)
    except FeedError:
        assert patched.timecode == ""

"""Ids, and the cursors and ETags that are made of them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.model.ids import CURSOR_BYTES_MAX, ID_CHARACTERS, Id, etag, is_id, read_cursor, write_cursor

IDS = st.from_regex(rf"\A{ID_CHARACTERS}\Z")
SEQS = st.integers(0, 10**12 - 1)


@pytest.mark.parametrize("text", ["wc2022-final", "0022000001", "a", "x" * 64, "A.b_c~d:e@f-g"])
def test_what_may_be_an_id(text: str) -> None:
    assert is_id(text)
    assert msgspec.convert(text, Id) == text


@pytest.mark.parametrize("text", ["", "-a", "a b", "a!b", 'a"b', "a,b", "x" * 65, "a\n", "é"])
def test_what_may_not(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Id)


def test_an_etag_names_game_epoch_and_seq() -> None:
    assert etag("g1", "k3v9x2aa", 31) == '"g1-k3v9x2aa-31"'


@given(IDS, st.dictionaries(IDS, SEQS, max_size=20))
def test_a_cursor_reads_as_it_was_written(epoch: str, seqs: dict[str, int]) -> None:
    assert read_cursor(write_cursor(epoch, list(seqs.items()))) == (epoch, seqs)


def test_a_cursor_leaves_out_what_does_not_fit_and_never_more() -> None:
    seqs = [(f"game-{n:058}", n) for n in range(100)]
    text = write_cursor("epoch", seqs)
    assert len(text) <= CURSOR_BYTES_MAX
    read = read_cursor(text)
    assert read is not None
    assert list(read[1].items()) == seqs[: len(read[1])]
    assert len(write_cursor("epoch", seqs[: len(read[1]) + 1])) == len(text)


@pytest.mark.parametrize(
    "text",
    ["", "!", "epoch!g", "epoch!g!x", "epoch!g!-1", "epoch!g h!1", "e" * 3000, "epoch!g!1!", "a b!g!1"],
)
def test_what_is_no_cursor_is_a_join(text: str) -> None:
    assert read_cursor(text) is None


@given(st.text(max_size=100))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    read = read_cursor(text)
    assert read is None or write_cursor(read[0], list(read[1].items())).count("!") == text.count("!")

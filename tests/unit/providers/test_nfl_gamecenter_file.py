"""The file's shape: entries in order of play, and what cannot be read is counted."""

from collections import Counter

import msgspec
import pytest

from scorewire.errors import FeedError
from scorewire.providers.nfl_gamecenter_file import entries, read
from unit.providers.nfl_made import GAME, entry, file


def test_the_order_is_that_of_the_ids_as_numbers() -> None:
    payload = msgspec.json.decode(file(entry("a")))
    payload[GAME]["drives"] = {
        "2": {"plays": {"1000": entry("c"), "36": entry("again")}},
        "1": {"plays": {"99": entry("b"), "36": entry("a")}},
        "crntdrv": 2,
    }
    number, game = read(msgspec.json.encode(payload))
    assert (number, game is not None) == (GAME, True)
    skipped = Counter[str]()
    assert game is not None
    assert [(key, one.desc) for key, one in entries(game, skipped).items()] == [
        (36, "again"),
        (99, "b"),
        (1000, "c"),
    ]
    assert skipped == {"twin": 1}


def test_what_cannot_be_read_is_counted() -> None:
    payload = msgspec.json.decode(file(entry("a")))
    payload[GAME]["drives"] |= {
        "2": {"plays": {"40": {"qtr": "first"}, "x": entry("b"), "41": entry("c", qtr=0)}},
        "3": {"plays": []},
    }
    _, game = read(msgspec.json.encode(payload))
    skipped = Counter[str]()
    assert game is not None
    assert list(entries(game, skipped)) == [36]
    assert skipped == {"unreadable_play": 3, "unreadable_drive": 1}


def test_a_file_before_its_game() -> None:
    assert read(b'{"2012092305": null}') == ("2012092305", None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"x": {}}', b'{"2012092305": {}}', b"\xff\xfe"])
def test_what_is_not_of_this_format(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        read(body)
    assert caught.value.rule == "unreadable_payload"

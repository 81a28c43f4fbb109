"""The state at any seq, from a real journal: what fans were shown then."""

import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from scorewire.games.book import Book
from scorewire.games.history import History, fold_stored, open_book
from scorewire.sports import SPORTS

from .conftest import declaration
from .test_owner import Stores, goal


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await Stores(tmp_path).open()
    await opened.say(declaration(), *(goal(number) for number in range(1, 21)))
    await opened.say(goal(3, action="retract", revision=99, sequence=None))
    await opened.own()
    yield opened
    await opened.close()


async def test_every_seq_shows_what_was_true_then(stores: Stores) -> None:
    history = History(journal=stores.journal, machines=SPORTS)
    for seq in range(1, 22):
        head = await history.state_at("g1", seq)
        assert head is not None
        assert (head.state.seq, head.state.home.score, head.corrected_seq) == (seq, seq - 1, 0)
    last = await history.state_at("g1", 22)
    assert last is not None
    assert (last.state.home.score, last.corrected_seq) == (19, 22)
    assert last.state == (await history.head("g1")).state  # type: ignore[union-attr]


async def test_every_seq_is_right_where_checkpoints_were_thinned_out(stores: Stores) -> None:
    for number in range(21, 61):
        await stores.say(goal(number))
        await stores.own()
    history = History(journal=stores.journal, machines=SPORTS)
    for seq in range(1, 63):
        head = await history.state_at("g1", seq)
        assert head is not None
        assert (head.state.seq, head.state.home.score) == (seq, seq - 1 if seq < 22 else seq - 3)


@pytest.mark.parametrize("seq", [-1, 0, 23])
async def test_there_is_no_state_where_there_is_no_row(stores: Stores, seq: int) -> None:
    assert await History(journal=stores.journal, machines=SPORTS).state_at("g1", seq) is None


async def test_a_game_is_folded_off_the_loop(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def noted(*args: Any) -> Book | None:
        threads.append(threading.current_thread().name)
        return fold_stored(*args)

    monkeypatch.setattr("scorewire.games.history.fold_stored", noted)
    await History(journal=stores.journal, machines=SPORTS).state_at("g1", 7)
    await open_book(stores.journal, SPORTS, "g1")
    assert [name.rpartition("_")[0] for name in threads] == ["journal-read", "journal-inner"]


async def test_an_unknown_game_has_no_book(stores: Stores) -> None:
    assert await open_book(stores.journal, SPORTS, "nobody") is None


async def test_what_made_no_row_is_remembered(stores: Stores) -> None:
    await stores.say(goal(30, event="pass", type="PASS", sequence=None, revision=8))
    await stores.own()
    book = await open_book(stores.journal, SPORTS, "g1")
    assert book is not None
    assert book.remembered[("acme", "pass")].revision == 8

"""Games that are polled: followed once, for a while."""

import asyncio

import pytest

from contract.scoreboard_suite import state, update
from scorewire.errors import BackendError
from scorewire.node import readers as module
from scorewire.node.readers import READ_S, Readers
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard


class Board(LocalScoreboard):
    """One that holds what is followed, as an edge's does, and notes what is said to it."""

    def __init__(self) -> None:
        super().__init__(load=self.load, heads_max=10)
        self.said: list[str] = []
        self.now_s = 0.0
        self.answers = True

    async def load(self, game_id: str) -> Head | None:
        self.said.append(f"load {game_id}")
        if not self.answers:
            await asyncio.sleep(60)
        return None if game_id == "nowhere" else Head(state=state(game_id, 1), corrected_seq=0)

    async def follow(self, game_id: str) -> None:
        self.said.append(f"follow {game_id}")

    async def unfollow(self, game_id: str) -> None:
        self.said.append(f"unfollow {game_id}")
        self._heads.forget(game_id)

    def readers(self) -> Readers:
        return Readers(self, now_s=lambda: self.now_s)


async def test_a_game_is_followed_for_a_while_by_whoever_asks_first() -> None:
    board = Board()
    readers = board.readers()
    found = [await readers.head("g1") for _ in range(3)]
    assert [head.state.seq for head in found if head] == [1, 1, 1]
    assert board.said == ["follow g1", "load g1"]
    await board.publish([update("g1", 2)])
    board.now_s = READ_S - 1
    await readers.head("g2")
    await readers.let_go()
    assert "unfollow g1" not in board.said
    board.now_s = READ_S
    await readers.let_go()
    assert board.said[-1] == "unfollow g1"
    await readers.head("g1")
    assert board.said[-2:] == ["follow g1", "load g1"]


async def test_what_does_not_exist_is_not_followed() -> None:
    board = Board()
    assert await board.readers().head("nowhere") is None
    assert board.said == ["follow nowhere", "load nowhere", "unfollow nowhere"]


async def test_beyond_so_many_games_nobody_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GAMES_MAX", 1)
    board = Board()
    readers = board.readers()
    for game_id in ("g1", "g2"):
        assert await readers.head(game_id) is not None
    assert board.said == ["follow g1", "load g1", "load g2"]


async def test_an_upstream_that_is_silent_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    board = Board()
    board.answers = False
    with pytest.raises(BackendError):
        await board.readers().head("g1")

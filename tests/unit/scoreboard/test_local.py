"""What the scoreboard of one process adds to the contract: one load for many, and a bound."""

import asyncio

import pytest

from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.local import LocalScoreboard


def head(game_id: str, seq: int = 1) -> Head:
    state = ScoreState(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=seq,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="a", name="A", abbr="A", score=0),
        away=SideState(id="b", name="B", abbr="B", score=0),
        updated_at=seq,
    )
    return Head(state=state, corrected_seq=0)


class Store:
    """Answers loads when it is told to."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self.gate = asyncio.Event()
        self.fails = False

    async def load(self, game_id: str) -> Head | None:
        self.loads.append(game_id)
        await self.gate.wait()
        if self.fails:
            raise OSError("the disk is gone")
        return None if game_id == "nowhere" else head(game_id)


async def test_many_who_wait_cause_one_load() -> None:
    store = Store()
    board = LocalScoreboard(load=store.load, heads_max=10)
    waiting = [asyncio.ensure_future(board.head("g1")) for _ in range(20)]
    unknown = [asyncio.ensure_future(board.head("nowhere")) for _ in range(3)]
    await asyncio.sleep(0)
    store.gate.set()
    assert {found.state.seq for found in await asyncio.gather(*waiting) if found} == {1}
    assert await asyncio.gather(*unknown) == [None, None, None]
    assert store.loads == ["g1", "nowhere"]


async def test_when_the_first_is_cancelled_the_next_loads() -> None:
    store = Store()
    board = LocalScoreboard(load=store.load, heads_max=10)
    first = asyncio.ensure_future(board.head("g1"))
    second = asyncio.ensure_future(board.head("g1"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    store.gate.set()
    assert await second == head("g1")


async def test_a_failed_load_is_not_an_unknown_game() -> None:
    store = Store()
    store.fails = True
    store.gate.set()
    board = LocalScoreboard(load=store.load, heads_max=10)
    for found in await asyncio.gather(board.head("g1"), board.head("g1"), return_exceptions=True):
        assert isinstance(found, OSError)


async def test_a_publish_that_overtakes_the_load_wins() -> None:
    store = Store()
    board = LocalScoreboard(load=store.load, heads_max=10)
    waiting = asyncio.ensure_future(board.head("g1"))
    await asyncio.sleep(0)
    newer = head("g1", 9).state
    await board.publish(
        [
            Update(
                game_id="g1",
                epoch=newer.epoch,
                seq=9,
                ts=9,
                correction=False,
                corrected_seq=4,
                event=None,
                patch={},
                state=newer,
            )
        ]
    )
    store.gate.set()
    found = await waiting
    assert found is not None
    assert (found.state.seq, found.corrected_seq) == (9, 4)


async def test_heads_that_nobody_follows_are_bounded() -> None:
    store = Store()
    store.gate.set()
    board = LocalScoreboard(load=store.load, heads_max=3)
    await board.follow("f1")
    await board.head("f1")
    for number in range(10):
        await board.head(f"g{number}")
    assert board.held("f1") is not None
    assert [number for number in range(10) if board.held(f"g{number}")] == [7, 8, 9]

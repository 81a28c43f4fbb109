"""One suite for every scoreboard: what scoreboard/base.py promises."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Scoreboard
from scorewire.scoreboard.local import LocalScoreboard

Store = dict[str, Head]
Open = Callable[[Store], Scoreboard]


def state(game_id: str, seq: int) -> ScoreState:
    return ScoreState(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=seq,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="arg", name="Argentina", abbr="ARG", score=seq),
        away=SideState(id="fra", name="France", abbr="FRA", score=0),
        updated_at=1000 + seq,
    )


def update(game_id: str, seq: int, *, correction: bool = False, corrected_seq: int = 0) -> Update:
    return Update(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=seq,
        ts=1000 + seq,
        correction=correction,
        corrected_seq=seq if correction else corrected_seq,
        event=None,
        patch={"home": {"score": seq}},
        state=state(game_id, seq),
    )


def open_local(store: Store) -> Scoreboard:
    async def load(game_id: str) -> Head | None:
        await asyncio.sleep(0)
        return store.get(game_id)

    return LocalScoreboard(load=load, heads_max=100)


@pytest.fixture(params=[open_local], ids=["local"])
def open_scoreboard(request: pytest.FixtureRequest) -> Open:
    found: Open = request.param
    return found


async def test_a_published_state_is_there_and_told(open_scoreboard: Open) -> None:
    board = open_scoreboard({})
    heard: list[Update] = []
    board.listen(heard.extend)
    await board.follow("g1")
    assert await board.publish([update("g1", 1), update("g1", 2)]) == {}
    head = await board.head("g1")
    assert head is not None
    assert head.state == state("g1", 2)
    assert [told.seq for told in heard] == [1, 2]


async def test_readers_see_the_new_state_when_listeners_hear(open_scoreboard: Open) -> None:
    board = open_scoreboard({})
    seen: list[int] = []

    def listener(updates: Sequence[Update]) -> None:
        held = board.held("g1")
        assert held is not None
        seen.append(held.state.seq)

    board.listen(listener)
    await board.follow("g1")
    await board.publish([update("g1", 1), update("g1", 2)])
    assert seen[-1] == 2


async def test_a_held_seq_is_ignored(open_scoreboard: Open) -> None:
    board = open_scoreboard({})
    heard: list[Update] = []
    board.listen(heard.extend)
    await board.follow("g1")
    await board.publish([update("g1", 1), update("g1", 2)])
    assert await board.publish([update("g1", 1), update("g1", 2), update("g1", 3)]) == {}
    assert [told.seq for told in heard] == [1, 2, 3]


async def test_a_gap_is_answered_with_the_held_seq_and_changes_nothing(open_scoreboard: Open) -> None:
    board = open_scoreboard({})
    heard: list[Update] = []
    board.listen(heard.extend)
    await board.follow("g1")
    await board.publish([update("g1", 1)])
    assert await board.publish([update("g1", 3), update("g2", 1)]) == {"g1": 1}
    head = await board.head("g1")
    assert head is not None
    assert head.state.seq == 1
    assert await board.publish([update("g1", 2), update("g1", 3)]) == {}
    assert [told.seq for told in heard if told.game_id == "g1"] == [1, 2, 3]


async def test_a_correction_bridges_a_gap(open_scoreboard: Open) -> None:
    board = open_scoreboard({})
    await board.follow("g1")
    await board.publish([update("g1", 1)])
    assert await board.publish([update("g1", 5, correction=True)]) == {}
    head = await board.head("g1")
    assert head is not None
    assert (head.state.seq, head.corrected_seq) == (5, 5)


async def test_an_absent_game_is_loaded(open_scoreboard: Open) -> None:
    board = open_scoreboard({"g1": Head(state=state("g1", 7), corrected_seq=3)})
    assert board.held("g1") is None
    heads = await asyncio.gather(board.head("g1"), board.head("g1"))
    assert [head.state.seq for head in heads if head] == [7, 7]
    assert await board.head("nowhere") is None

"""Shots are asked of the plays at the seq that is shown, and kept ready."""

import pytest

from scorewire.model.score_state import ScoreState

from .conftest import World


@pytest.fixture
def asked(world: World) -> list[int]:
    assert world.rooms.reads is not None
    found: list[int] = []

    async def shots(state: ScoreState) -> bytes:
        found.append(state.seq)
        return b'{"seq":%d}' % state.seq

    world.rooms.reads.shots = shots
    return found


async def test_shots_are_those_of_the_head_or_of_the_seq_that_is_named(
    world: World, asked: list[int]
) -> None:
    state = await world.started()
    answer = await world.http.get("/v1/games/g1/shots")
    assert (answer.status_code, answer.json()) == (200, {"seq": 3})
    assert answer.headers["surrogate-key"] == "g:g1 l:cup t:arg t:fra s:soccer"
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await world.http.get("/v1/games/g1/shots", headers=tag)).status_code == 304
    past = await world.http.get("/v1/games/g1/shots", params={"seq": 2, "epoch": state.epoch})
    assert past.json() == {"seq": 2}
    assert "immutable" not in past.headers["cache-control"]
    assert sorted(set(asked)) == [2, 3]


async def test_delayed_shots_know_nothing_newer(world: World, asked: list[int]) -> None:
    await world.started()
    world.clock.ms += 60_000
    await world.claim("GOAL", team="home")
    assert (await world.http.get("/v1/games/g1/shots", params={"delay": 30})).json() == {"seq": 3}
    assert (await world.http.get("/v1/games/g1/shots")).json() == {"seq": 4}
    assert asked[-1] == 4


async def test_who_asks_wrongly_is_told(world: World) -> None:
    await world.started()
    assert (await world.http.get("/v1/games/nobody/shots")).json()["code"] == "unknown_game"
    wrong = await world.http.get("/v1/games/g1/shots", params={"seq": 99})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "seq_above_head")


async def test_where_nobody_keeps_plays_there_are_no_shots(world: World) -> None:
    await world.started()
    assert (await world.http.get("/v1/games/g1/shots")).json() == {"game_id": "g1", "shots": []}

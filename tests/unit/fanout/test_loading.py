"""One load for many, and a memory of what does not exist that is bounded and short."""

import pytest

from scorewire.fanout import loading as module
from scorewire.fanout.loading import LOADS_AT_ONCE, UNKNOWN_MAX, UNKNOWN_S
from terrace import Match, Terrace


async def test_many_follows_of_one_league_cause_one_list_and_one_load_a_game() -> None:
    terrace = Terrace(Match("g1"), Match("g2"))
    terrace.lists = {("league", "l1"): ("g1", "g2")}
    terrace.gate.clear()
    fans = [terrace.sse("league=l1") for _ in range(20)]
    await terrace.settle()
    terrace.gate.set()
    await terrace.settle()
    for fan in fans:
        fan.read()
        assert set(fan.states) == {"g1", "g2"}
    assert sorted(terrace.loads) == ["g1", "g2"]


async def test_a_listed_game_that_is_gone_spoils_nothing() -> None:
    terrace = Terrace(Match("g1"))
    terrace.lists = {("league", "l1"): ("g1", "gone")}
    fan = terrace.sse("league=l1")
    await terrace.settle()
    fan.read()
    assert set(fan.states) == {"g1"}


async def test_unknown_is_forgotten_after_a_while_and_never_fills_memory() -> None:
    terrace = Terrace()
    loading = terrace.hub._live.loading
    for number in range(UNKNOWN_MAX + 50):
        loading._note_unknown(("game", f"n{number}"))
    assert len(loading._unknown) == UNKNOWN_MAX
    assert loading.is_unknown(("game", "n0"))
    loading.sweep(UNKNOWN_S + 0.1)
    assert not loading.is_unknown(("game", "n0"))


async def test_a_game_that_appears_while_its_league_loads_is_not_missed() -> None:
    terrace = Terrace(Match("g1"))
    terrace.lists = {("league", "l1"): ("g1",)}
    terrace.gate.clear()
    fan = terrace.sse("league=l1")
    await terrace.settle()
    await terrace.publish(Match("g2").first())
    terrace.gate.set()
    await terrace.settle()
    fan.read()
    assert set(fan.states) == {"g1", "g2"}


async def test_a_fan_that_leaves_while_its_game_loads_is_forgotten() -> None:
    terrace = Terrace(Match())
    terrace.gate.clear()
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.leave()
    terrace.gate.set()
    await terrace.settle()
    assert terrace.hub.fans == 0
    assert not fan.transport.sent


async def test_a_game_that_is_let_go_is_unfollowed() -> None:
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    followed = terrace.board._heads.followed  # type: ignore[attr-defined]
    assert followed == {"g1"}
    fan.leave()
    terrace.hub.wheel.turn(12.0)
    await terrace.settle()
    assert followed == set()


async def test_a_game_that_cannot_be_loaded_is_unfollowed() -> None:
    terrace = Terrace()
    terrace.fails = True
    for number in range(3):
        terrace.sse(f"game=g{number}")
    await terrace.settle()
    assert len(terrace.loads) == 3
    assert not terrace.hub._showings._followed


async def test_loads_are_bounded_and_what_nobody_waits_for_is_not_begun() -> None:
    terrace = Terrace(Match("g1"))
    terrace.gate.clear()
    flood = [terrace.sse(f"game=x{number}") for number in range(3 * LOADS_AT_ONCE)]
    await terrace.settle()
    assert len(terrace.loads) == LOADS_AT_ONCE
    for fan in flood:
        fan.leave()
    real = terrace.sse("game=g1")
    terrace.gate.set()
    await terrace.settle()
    real.read()
    assert real.reasons == ["join"]
    assert terrace.loads[LOADS_AT_ONCE:] == ["g1"]
    loading = terrace.hub._live.loading
    assert not loading._loads
    assert not loading._pending


async def test_where_no_more_loads_have_a_place_fans_are_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOADS_MAX", 2)
    terrace = Terrace(Match("g1"), Match("g2"), Match("g3"))
    terrace.gate.clear()
    both = terrace.sse("game=g1&game=g2")
    shares, one_more, socket = terrace.sse("game=g1"), terrace.sse("game=g3"), terrace.websocket()
    socket.say(action="subscribe", game_id="g3")
    assert [data["reason"] for _, data in one_more.read()] == ["overload"]
    assert [data["code"] for _, data in socket.read()] == ["unavailable"]
    terrace.gate.set()
    await terrace.settle()
    for fan in (both, shares):
        fan.read()
        assert fan.reasons
    socket.say(action="subscribe", game_id="g3")
    await terrace.settle()
    socket.read()
    assert set(socket.states) == {"g3"}


async def test_the_queue_does_not_grow_with_those_who_come_and_go() -> None:
    terrace = Terrace()
    terrace.gate.clear()
    for number in range(3 * module.LOADS_MAX):
        terrace.sse(f"game=x{number}").leave()
    assert len(terrace.hub._live.loading._queue) <= 2 * module.LOADS_MAX + 1
    terrace.gate.set()
    await terrace.settle()
    assert len(terrace.loads) == LOADS_AT_ONCE


@pytest.mark.parametrize("query", ["game=nowhere", "team=nobody", "game=g1&game=nowhere"])
async def test_where_nothing_more_can_be_remembered_the_load_itself_is_the_answer(query: str) -> None:
    terrace = Terrace(Match("g1"))
    for number in range(UNKNOWN_MAX):
        terrace.hub._live.loading._note_unknown(("game", f"n{number}"))
    fan = terrace.sse(query)
    await terrace.settle()
    assert fan.transport.sent.startswith(b"HTTP/1.1 404 ")
    assert terrace.loads.count("nowhere") <= 1
    assert not terrace.hub._live.interests.any()

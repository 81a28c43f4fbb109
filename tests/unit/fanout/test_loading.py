"""One load for many, and a memory of what does not exist that is bounded and short."""

from scorewire.fanout.loading import UNKNOWN_MAX, UNKNOWN_S
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
    loading = terrace.hub._loading
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
    followed = terrace.board._followed  # type: ignore[attr-defined]
    assert followed == {"g1"}
    fan.leave()
    terrace.hub.wheel.turn(12.0)
    await terrace.settle()
    assert followed == set()

"""Slices: everyone in order, no more than the budget at once, and no failure stops the others."""

from collections.abc import Callable
from typing import Any

from scorewire.fanout.turns import Each, Turn, Turns
from terrace import Match, Terrace, Transport, plain


def itself(item: Any) -> Any:
    return item


def test_each_is_done_in_slices() -> None:
    done: list[int] = []
    turn = Each(range(7), done.append, itself)
    sizes = []
    while turn.more():
        sizes.append(turn.run(3))
    assert sizes == [3, 3, 1]
    assert done == list(range(7))


def test_an_empty_turn_still_costs_something_so_that_no_loop_spins() -> None:
    turn = Each([], print, itself)
    assert not turn.more()
    assert turn.run(10) == 1


def test_an_item_that_fails_is_given_up_and_those_behind_it_are_served() -> None:
    done: list[float] = []
    given_up: list[object] = []
    calls: list[Callable[[], None]] = []

    def failed(_turn: Turn, error: Exception, fans: list[Any]) -> None:
        assert isinstance(error, ZeroDivisionError)
        given_up.extend(fans)
        raise RuntimeError("whoever is told fails too")

    turns = Turns(call_soon=calls.append, slice_writes=10, failed=failed)
    turns.add(Each([1, 2, 0, 4], lambda item: done.append(4 / item), itself))
    turns.add(Each([8], lambda item: done.append(8 / item), itself))
    raised = 0
    while calls:
        try:
            calls.pop(0)()
        except RuntimeError:
            raised += 1
    assert turns.idle()
    assert (raised, given_up) == (1, [0])
    assert sorted(done) == [1.0, 1.0, 2.0, 4.0]
    turns.add(Each([1], done.append, itself))
    assert len(calls) == 1, "what comes later is called again"


# In a hub.


class Broken(Transport):
    def write(self, data: bytes | bytearray | memoryview) -> None:
        raise RuntimeError("a transport that is out of order")


async def test_a_fan_whose_transport_raises_is_cut_and_the_others_see_every_update() -> None:
    match = Match()
    terrace = Terrace(match)
    before, broken, behind = (terrace.sse("game=g1") for _ in range(3))
    await terrace.settle()
    assert broken.fan is not None
    broken.fan.transport = Broken()
    broken.fan.transport.protocol = broken.fan
    for _ in range(2):
        await terrace.publish(match.goal())
        await terrace.settle()
    for fan in (before, behind):
        fan.read()
        assert fan.reasons == ["join"]
        assert fan.states["g1"] == plain(match.state)
    assert broken.fan.transport is None
    assert (terrace.hub.fans, terrace.hub.tally.failures) == (2, 1)


async def test_a_broadcast_that_cannot_go_on_loses_its_fans_and_no_others() -> None:
    first, second = Match("g1"), Match("g2")
    terrace = Terrace(first, second)
    fans = [terrace.sse("game=g1") for _ in range(5)]
    slow, other = terrace.sse("game=g1"), terrace.sse("game=g2")
    await terrace.settle()
    terrace.hub.pause(slow.fan)  # type: ignore[arg-type]
    audience = terrace.hub._live.stands.of("g1")[0]
    audience.channel.corrected_seq = None  # type: ignore[assignment]
    audience.channel.seq += 1
    terrace.hub._pace.queue(audience)
    await terrace.publish(second.goal())
    await terrace.settle()
    for fan in (*fans, slow):
        assert fan.read()[-1][1]["reason"] == "lost"
    other.read()
    assert other.states["g2"] == plain(second.state)
    again = terrace.sse("game=g1")
    await terrace.settle()
    await terrace.publish(first.goal())
    await terrace.settle()
    again.read()
    assert again.states["g1"] == plain(first.state)
    assert (terrace.hub.fans, terrace.hub.tally.failures) == (2, 1)


async def test_a_game_that_the_sweep_let_go_before_its_turn_is_brought_all_the_same() -> None:
    terrace = Terrace(Match("g1"))
    terrace.lists = {("league", "l1"): ("g1",)}
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("league=l1")
    await terrace.settle()
    new = Match("g2")
    await terrace.publish(new.first())
    for tick in range(120):  # the loop was busy elsewhere
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    await terrace.publish(new.goal())
    await terrace.settle()
    fan.read()
    assert fan.states["g2"] == plain(new.state, line=True)
    assert terrace.hub.tally.failures == 0

"""A game that millions follow is written to once an interval; all others at once."""

import asyncio

import pytest

from scorewire.errors import ConfigError
from scorewire.fanout.pace import intervals
from scorewire.settings import load
from terrace import Match, Terrace, plain


def paced(interval_s: float, *matches: Match) -> Terrace:
    return Terrace(*matches, interval_of=lambda game_id: interval_s if game_id == "huge" else 0.0)


async def test_the_first_update_goes_at_once_and_the_rest_of_the_interval_joined() -> None:
    huge, other = Match("huge"), Match("other")
    terrace = paced(0.05, huge, other)
    fans = [terrace.sse("game=huge"), terrace.websocket()]
    fans[1].say(action="subscribe", game_id="huge")  # type: ignore[union-attr]
    near = terrace.sse("game=other")
    await terrace.settle()
    for fan in (*fans, near):
        fan.read()
    await terrace.publish(huge.goal())
    await terrace.settle()
    assert [len(fan.read()) for fan in fans] == [1, 1]
    for _ in range(5):
        await terrace.publish(huge.goal(), other.goal())
        await terrace.settle()
        assert [len(fan.read()) for fan in (*fans, near)] == [0, 0, 1]
    broadcasts = terrace.hub.tally.broadcasts
    late = terrace.sse("game=huge")
    late.read()
    assert late.states["huge"] == plain(huge.state), "who joins is not made to wait"
    await asyncio.sleep(0.1)
    await terrace.settle()
    assert terrace.hub.tally.broadcasts == broadcasts + 1
    assert [len(fan.read()) for fan in fans] == [5, 5]
    assert late.read() == []
    for fan in (*fans, late):
        assert fan.states["huge"] == plain(huge.state)


async def test_after_a_quiet_interval_the_next_update_goes_at_once() -> None:
    huge = Match("huge")
    terrace = paced(0.02, huge)
    fan = terrace.sse("game=huge")
    await terrace.settle()
    fan.read()
    for _ in range(3):
        await terrace.publish(huge.goal())
        await terrace.settle()
        assert len(fan.read()) == 1
        await asyncio.sleep(0.05)


async def test_a_correction_within_the_interval_is_one_full_state() -> None:
    huge = Match("huge")
    terrace = paced(0.02, huge)
    fan = terrace.sse("game=huge")
    await terrace.settle()
    await terrace.publish(huge.goal())
    await terrace.settle()
    fan.read()
    await terrace.publish(huge.goal(), huge.correct(), huge.goal("away"))
    await asyncio.sleep(0.05)
    await terrace.settle()
    assert [data["reason"] for _, data in fan.read()] == ["correction"]
    assert fan.states["huge"] == plain(huge.state)


async def test_a_broadcast_longer_than_the_interval_is_followed_by_one_that_joins() -> None:
    huge = Match("huge")
    terrace = Terrace(huge, slice_writes=1, interval_of=lambda _: 0.001)
    fans = [terrace.sse("game=huge") for _ in range(60)]
    await terrace.settle()
    for _ in range(20):
        await terrace.publish(huge.goal())
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.1)
    await terrace.settle()
    for fan in fans:
        fan.read()
        assert fan.states["huge"] == plain(huge.state)


def test_intervals_are_named_by_game() -> None:
    assert intervals(0, ())("g1") == 0
    interval_of = intervals(100, ("wc2022-final=250", "g.1=0"))
    assert [interval_of(game_id) for game_id in ("wc2022-final", "g.1", "g2")] == [0.25, 0, 0.1]


@pytest.mark.parametrize("word", ["g1", "g1=", "=5", "g1=x", "g1=-1", "g 1=5", "g1=600000", "g1=1=2"])
def test_what_is_no_interval_is_refused_by_its_key(word: str) -> None:
    with pytest.raises(ConfigError, match=r"fanout\.min_intervals"):
        load(overrides={"fanout.min_intervals": ("ok=1", word)})

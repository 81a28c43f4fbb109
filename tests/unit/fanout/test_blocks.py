"""Shared cursors name what every fan has; own cursors what one has."""

from scorewire.fanout.blocks import own_cursor, settled_cursor
from scorewire.model.ids import CURSOR_BYTES_MAX, read_cursor
from terrace import EPOCH, Match, Terrace, plain


async def test_a_shared_cursor_never_runs_ahead_of_a_broadcast() -> None:
    first, second = Match("g1"), Match("g2")
    terrace = Terrace(first, second, slice_writes=1)
    fans = [terrace.sse("game=g1&game=g2") for _ in range(3)]
    await terrace.settle()
    fan = fans[0].fan
    assert fan is not None
    await terrace.publish(first.goal())
    assert read_cursor(settled_cursor(fan.audiences)) == (EPOCH, {"g1": 1, "g2": 1})
    await terrace.settle()
    assert read_cursor(settled_cursor(fan.audiences)) == (EPOCH, {"g1": 2, "g2": 1})


async def test_a_laggard_gets_no_block_until_it_has_what_the_block_says() -> None:
    first, second = Match("g1"), Match("g2")
    terrace = Terrace(first, second)
    fan = terrace.sse("game=g1&game=g2")
    await terrace.settle()
    fan.read()
    terrace.hub.wheel.turn(0.0)
    fan.transport.blocked, fan.transport.high = True, 10
    await terrace.publish(first.goal())
    await terrace.settle()
    await terrace.publish(first.goal())
    await terrace.settle()
    for tick in range(20):
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    assert b"\n\nid: " not in fan.transport.waiting
    assert not fan.transport.waiting.startswith(b"id: ")
    fan.transport.unblock()
    for tick in range(20, 40):
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    fan.read()
    assert fan.last_event_id == f"{EPOCH}!g1!3!g2!1"


async def test_who_is_ahead_of_us_is_not_set_back() -> None:
    first, second = Match("g1"), Match("g2")
    terrace = Terrace(first, second)
    fan = terrace.sse("game=g1&game=g2", last_event_id=f"{EPOCH}!g1!9!g2!1")
    await terrace.settle()
    fan.read()
    assert fan.last_event_id == f"{EPOCH}!g1!9!g2!1"
    fan.states["g2"] = {"seq": 1, "events": []}
    await terrace.publish(second.goal())
    await terrace.settle()
    for tick in range(12):
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    fan.read()
    assert fan.last_event_id == f"{EPOCH}!g1!9!g2!2"


async def test_a_cursor_stays_within_two_kibibytes() -> None:
    matches = [Match(f"game-with-a-rather-long-name-{number:04}") for number in range(100)]
    terrace = Terrace(*matches)
    fan = terrace.sse("&".join(f"game={match.state.game_id}" for match in matches))
    await terrace.settle()
    assert fan.fan is not None
    text = own_cursor(fan.fan, None)
    assert 1900 < len(text) <= CURSOR_BYTES_MAX
    assert read_cursor(text) is not None


async def test_a_stream_of_several_games_has_no_ids_but_blocks() -> None:
    first, second = Match("g1"), Match("g2")
    terrace = Terrace(first, second)
    fan = terrace.sse("game=g1&game=g2")
    await terrace.settle()
    assert b"id: " in fan.transport.sent
    fan.read()
    assert fan.last_event_id == f"{EPOCH}!g1!1!g2!1"
    await terrace.publish(first.goal(), second.goal(), first.goal())
    await terrace.settle()
    assert b"id: " not in fan.transport.sent
    for tick in range(12):
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    fan.read()
    assert fan.last_event_id == f"{EPOCH}!g1!3!g2!2"
    for tick in range(12, 24):
        terrace.hub.wheel.turn(tick / 10)
    await terrace.settle()
    assert not fan.transport.sent, "a block follows a delivery, not a clock"
    back = terrace.sse("game=g1&game=g2", last_event_id=f"{EPOCH}!g1!3!g2!1", states=fan.states)
    await terrace.settle()
    assert [name for name, _ in back.read()] == ["full_state"] or back.states["g2"] == plain(second.state)

"""Every fan sees seq after seq or a full state, and ends at the newest; whatever happens in between."""

import asyncio
import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.fanout.fan import Fan
from terrace import EPOCH, Match, Reader, SseReader, Terrace, WsReader, plain


async def test_a_fan_joins_and_follows() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.read()
    assert fan.head is not None
    assert fan.head.startswith("HTTP/1.1 200 OK\r\nserver: test\r\ncontent-type: text/event-stream\r\n")
    assert 1000 <= fan.retries[0] <= 5000
    assert fan.reasons == ["join"]
    assert fan.last_event_id == f"{EPOCH}!g1!1"
    await terrace.publish(match.goal(), match.goal("away"))
    await terrace.settle()
    assert [name for name, _ in fan.read()] == ["score_update", "score_update"]
    assert fan.states["g1"] == plain(match.state)
    assert fan.last_event_id == f"{EPOCH}!g1!3"


async def test_a_second_fan_joins_at_once_and_one_load_serves_many() -> None:
    terrace = Terrace(Match())
    terrace.gate.clear()
    fans = [terrace.sse("game=g1") for _ in range(50)]
    await terrace.settle()
    terrace.gate.set()
    await terrace.settle()
    assert all(fan.read() for fan in fans)
    assert terrace.loads == ["g1"]
    late = terrace.sse("game=g1")
    assert late.read(), "a loaded game is joined without waiting"


async def test_updates_during_a_load_are_neither_lost_nor_doubled() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.gate.clear()
    fan = terrace.sse("game=g1")
    await asyncio.sleep(0)
    await terrace.publish(match.goal())
    await terrace.publish(match.goal())
    terrace.store["g1"] = Match().head  # the store's read was older than what has passed since
    terrace.gate.set()
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == plain(match.state)
    await terrace.publish(match.goal())
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == plain(match.state)
    assert fan.reasons == ["join"]


async def test_unknown_games_are_a_problem_before_the_stream_and_asked_for_once() -> None:
    terrace = Terrace()
    first = terrace.sse("game=nowhere")
    await terrace.settle()
    again = terrace.sse("game=nowhere")
    for fan in (first, again):
        answer = fan.transport.take().decode()
        assert answer.startswith("HTTP/1.1 404 Not Found\r\n")
        assert "application/problem+json" in answer
        assert '"code":"unknown_game"' in answer
        assert fan.transport.closing
    assert terrace.loads == ["nowhere"]
    assert terrace.hub.fans == 0


async def test_an_unknown_game_is_known_as_soon_as_it_is_declared() -> None:
    terrace = Terrace()
    terrace.sse("game=g1")
    await terrace.settle()
    match = Match()
    await terrace.publish(match.first())
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == plain(match.state)


async def test_a_failed_load_asks_to_come_back() -> None:
    terrace = Terrace()
    terrace.fails = True
    fan = terrace.sse("game=g1")
    await terrace.settle()
    assert fan.read() == [("bye", {"reason": "overload", "retry_ms": fan.retries[-1]})]
    assert fan.transport.closing


async def test_a_correction_is_a_full_state_for_everyone_asleep_or_not() -> None:
    match = Match()
    terrace = Terrace(match)
    awake, asleep = terrace.sse("game=g1"), terrace.sse("game=g1")
    await terrace.settle()
    awake.read(), asleep.read()
    cursor = asleep.last_event_id
    asleep.leave()
    await terrace.publish(match.goal())
    await terrace.publish(match.correct())
    await terrace.publish(match.goal("away"))
    await terrace.settle()
    awake.read()
    assert awake.reasons == ["join", "correction"]
    assert awake.states["g1"] == plain(match.state)
    back = terrace.sse("game=g1", last_event_id=cursor)
    back.read()
    assert back.reasons == ["correction"]
    assert back.states["g1"] == plain(match.state)


async def test_resume_fills_the_gap_or_gives_a_full_state() -> None:
    match = Match()
    terrace = Terrace(match, ring_frames_max=4)
    keep = terrace.sse("game=g1")
    await terrace.settle()
    for _ in range(3):
        await terrace.publish(match.goal())
    await terrace.settle()
    held = {"g1": {**plain(match.state), "seq": 3}}
    near = terrace.sse("game=g1", last_event_id=f"{EPOCH}!g1!3", states=held)
    assert [name for name, _ in near.read()] == ["score_update"]
    here = terrace.sse("game=g1", last_event_id=f"{EPOCH}!g1!4")
    assert here.read() == []
    assert here.head is not None
    for _ in range(6):
        await terrace.publish(match.quiet())
    await terrace.settle()
    far = terrace.sse("game=g1", last_event_id=f"{EPOCH}!g1!4")
    far.read()
    assert far.reasons == ["rejoin"]
    other = terrace.sse("game=g1", last_event_id="elsewhere!g1!4")
    other.read()
    assert other.reasons == ["resync"]
    nonsense = terrace.sse("game=g1", last_event_id="so!what")
    nonsense.read()
    assert nonsense.reasons == ["join"]
    keep.read()
    assert keep.states["g1"] == plain(match.state)


async def test_a_cursor_ahead_of_us_waits_then_goes_on_or_is_lost() -> None:
    match = Match()
    terrace = Terrace(match)
    keep = terrace.sse("game=g1")
    await terrace.settle()
    terrace.hub.wheel.turn(100.0)
    ahead = terrace.sse("game=g1", last_event_id=f"{EPOCH}!g1!3")
    lost = terrace.sse("game=g1", last_event_id=f"{EPOCH}!g1!9")
    await terrace.settle()
    assert ahead.read() == lost.read() == []
    ahead.states["g1"] = {**plain(match.state), "seq": 3}
    await terrace.publish(match.goal(), match.goal())
    await terrace.settle()
    assert ahead.read() == []
    ahead.states["g1"] = plain(match.state)
    await terrace.publish(match.goal())
    await terrace.settle()
    ahead.read()
    assert ahead.states["g1"] == plain(match.state)
    terrace.hub.wheel.turn(104.0)
    assert lost.read() == []
    terrace.hub.wheel.turn(107.0)
    assert [(name, data["reason"]) for name, data in lost.read()] == [("bye", "lost")]
    assert lost.transport.closing
    assert not ahead.transport.closing
    assert keep.read()


async def test_another_epoch_is_a_resync_for_those_who_listen() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    await terrace.publish(match.goal(), match.goal(), match.goal())
    await terrace.settle()
    restored = Match()
    await terrace.publish(restored.reborn("newepoch"))
    await terrace.settle()
    fan.read()
    assert fan.reasons[0] == "join"
    assert fan.reasons[-1] == "resync"
    assert fan.states["g1"] == plain(restored.state)


# Several games.


async def test_fixtures_that_appear_later_join_by_themselves() -> None:
    old = Match("g1")
    terrace = Terrace(old)
    terrace.lists = {("league", "l1"): ("g1",), ("team", "arg"): ("g1",), ("sport", "soccer"): ("g1",)}
    league, team = terrace.sse("league=l1"), terrace.sse("team=arg&view=full")
    other = terrace.websocket()
    other.say(action="subscribe", sport="soccer")
    await terrace.settle()
    new = Match("g2")
    await terrace.publish(new.first())
    await terrace.publish(new.goal())
    await terrace.publish(Match("g3", league="l2", home="x", away="y", sport="tennis").first())
    await terrace.settle()
    for fan in (league, team, other):
        fan.read()
        assert set(fan.states) == {"g1", "g2"}
    assert league.states["g2"] == other.states["g2"] == plain(new.state, line=True)
    assert team.states["g2"] == plain(new.state)


async def test_a_known_team_without_games_waits_and_an_unknown_one_is_refused() -> None:
    terrace = Terrace()
    terrace.lists = {("team", "arg"): ()}
    waits, refused = terrace.sse("team=arg"), terrace.sse("team=nobody")
    await terrace.settle()
    waits.read()
    assert waits.head is not None
    assert b'"code":"unknown_team"' in refused.transport.sent
    match = Match()
    await terrace.publish(match.first())
    await terrace.settle()
    waits.read()
    assert waits.states["g1"] == plain(match.state)


async def test_a_game_named_twice_comes_once_in_full() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.lists = {("league", "l1"): ("g1",)}
    fan = terrace.sse("league=l1&game=g1")
    await terrace.settle()
    await terrace.publish(match.goal())
    await terrace.settle()
    names = [name for name, _ in fan.read()]
    assert names == ["full_state", "score_update"]
    assert fan.states["g1"] == plain(match.state)


async def test_no_more_than_so_many_games_come_in_full() -> None:
    matches = [Match(f"g{number}", status="scheduled") for number in range(6)]
    matches[4] = Match("g4")
    terrace = Terrace(*matches, full_games_max=2)
    terrace.lists = {("league", "l1"): tuple(f"g{number}" for number in range(6))}
    fan = terrace.sse("league=l1&view=full")
    await terrace.settle()
    fan.read()
    full = {game_id for game_id, state in fan.states.items() if "events" in state}
    assert len(full) == 2
    assert "g4" in full, "what is under way comes first"


# Slow fans.


async def test_a_slow_fan_is_conflated_and_delays_nobody() -> None:
    match = Match()
    terrace = Terrace(match)
    slow, quick = terrace.sse("game=g1"), terrace.sse("game=g1")
    await terrace.settle()
    slow.transport.blocked = True
    slow.transport.high = 100
    for _ in range(40):
        await terrace.publish(match.goal())
    await terrace.settle()
    assert terrace.hub.laggards == 1
    assert len(slow.transport.waiting) < 5000
    quick.read()
    assert quick.states["g1"] == plain(match.state)
    slow.transport.unblock()
    assert terrace.hub.laggards == 0
    slow.read()
    assert slow.states["g1"] == plain(match.state)
    assert slow.reasons[-1] == "resync"
    await terrace.publish(match.goal())
    await terrace.settle()
    slow.read()
    assert slow.states["g1"] == plain(match.state)


async def test_a_stalled_fan_is_closed() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.transport.blocked, fan.transport.high = True, 10
    await terrace.publish(match.goal())
    await terrace.settle()
    terrace.hub.wheel.turn(59.0)
    assert not fan.transport.closing
    terrace.hub.wheel.turn(61.5)
    assert fan.transport.closing
    assert terrace.hub.fans == terrace.hub.laggards == 0


async def test_a_game_without_fans_is_let_go() -> None:
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.leave()
    assert terrace.hub.games == 1
    terrace.hub.wheel.turn(12.0)
    await terrace.settle()
    assert terrace.hub.games == 0


# Limits and goodbye.


async def test_a_full_node_says_so_in_words_that_a_browser_obeys() -> None:
    terrace = Terrace(Match(), connections_max=2, connections_per_address_max=1)
    first = terrace.sse("game=g1", address="192.0.2.1")
    same = terrace.sse("game=g1", address="192.0.2.1")
    terrace.sse("game=g1", address="192.0.2.2")
    third = terrace.sse("game=g1", address="192.0.2.3")
    await terrace.settle()
    for fan in (same, third):
        assert [data["reason"] for _, data in fan.read()] == ["overload"]
        assert fan.head is not None
        assert fan.head.startswith("HTTP/1.1 200 OK")
        assert fan.retries
        assert fan.transport.closing
    first.leave()
    again = terrace.sse("game=g1", address="192.0.2.1")
    await terrace.settle()
    again.read()
    assert again.states


async def test_drain_tells_everyone_a_time_of_their_own() -> None:
    matches = [Match("g1"), Match("g2")]
    terrace = Terrace(*matches)
    singles = [terrace.sse("game=g1") for _ in range(50)]
    several = [terrace.sse("game=g1&game=g2") for _ in range(10)]
    sockets = [terrace.websocket() for _ in range(5)]
    await terrace.settle()
    await terrace.hub.drain(0.1)
    times = []
    for fan in (*singles, *several, *sockets):
        name, data = fan.read()[-1]
        assert (name, data["reason"]) == ("bye", "drain")
        times.append(data["retry_ms"])
    assert len(set(times)) == len(times)
    assert all(fan.retries[-1] == time for fan, time in zip(singles, times, strict=False))
    assert all(fan.last_event_id == f"{EPOCH}!g1!1!g2!1" for fan in several)
    assert all(fan.close_code == 1001 and fan.transport.eof for fan in sockets)
    assert terrace.hub.fans == 0
    late = terrace.sse("game=g1")
    assert [data["reason"] for _, data in late.read()] == ["drain"]


async def test_big_and_small_games_take_turns() -> None:
    big, small = Match("big"), Match("small")
    terrace = Terrace(big, small, slice_writes=10)
    crowd = [terrace.sse("game=big") for _ in range(100)]
    few = terrace.sse("game=small")
    await terrace.settle()
    for fan in (*crowd, few):
        fan.transport.take()
    await terrace.publish(big.goal())
    await terrace.publish(small.goal())
    for _ in range(3):
        await asyncio.sleep(0)
    assert few.transport.sent, "the small game does not wait for the crowd"
    assert not crowd[-1].transport.sent
    await terrace.settle()
    assert all(fan.transport.sent for fan in crowd)


# Freed by reference count alone.


@pytest.mark.slow
async def test_a_hundred_thousand_come_and_go_without_the_collector() -> None:
    match = Match()
    terrace = Terrace(match)
    keep = terrace.sse("game=g1")
    terrace.lists = {("league", "l1"): ("g1",)}
    terrace.sse("league=l1")
    await terrace.settle()
    gc.collect()
    before = sum(isinstance(one, Fan) for one in gc.get_objects())
    tracked = len(gc.get_objects())
    gc.disable()
    try:
        for number in range(100_000):
            if number % 10 < 6:
                fan: Reader = terrace.sse("game=g1")
            elif number % 10 < 9:
                fan = terrace.sse("game=g1&league=l1")
            else:
                fan = terrace.websocket()
                fan.say(action="subscribe", game_id="g1")
            if number % 7 == 0:
                fan.transport.blocked, fan.transport.high = True, 1
                terrace.hub.pause(fan.fan)
            fan.leave()
            if number % 10_000 == 0:
                await terrace.publish(match.goal())
                await terrace.settle()
        del fan
        after = sum(isinstance(one, Fan) for one in gc.get_objects())
        assert after == before
        assert len(gc.get_objects()) < tracked + 2000
    finally:
        gc.enable()
    keep.read()
    assert keep.states["g1"] == plain(match.state)


# The property that all of it serves.

GAME = ["goal", "goal", "quiet", "correct"]
FANS = ["join", "join", "several", "socket", "league"]
LINKS = ["block", "unblock", "drop", "tick", "turn", "turn"]
ACTS = st.lists(st.tuples(st.sampled_from([*GAME, *FANS, *LINKS]), st.integers(0, 9)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(acts=ACTS, frames=st.integers(1, 6), width=st.integers(1, 4))
def test_every_fan_ends_at_the_newest(acts: list[tuple[str, int]], frames: int, width: int) -> None:
    asyncio.run(_play(acts, frames, width))


async def _play(acts: list[tuple[str, int]], frames: int, width: int) -> None:
    matches = [Match("g0"), Match("g1")]
    terrace = Terrace(*matches, ring_frames_max=frames, slice_writes=width)
    terrace.lists = {("league", "l1"): ("g0", "g1")}
    fans: list[Reader] = []
    now_s = 0.0
    for act, number in acts:
        match = matches[number % 2]
        if act in ("goal", "quiet", "correct"):
            await terrace.publish(getattr(match, act)())
        elif act == "join":
            fans.append(terrace.sse(f"game=g{number % 2}"))
        elif act == "several":
            fans.append(terrace.sse("game=g0&game=g1"))
        elif act == "league":
            fans.append(terrace.sse("league=l1"))
        elif act == "socket":
            reader = terrace.websocket()
            reader.say(action="subscribe", game_id=f"g{number % 2}")
            fans.append(reader)
        elif act == "turn":
            await asyncio.sleep(0)
        elif act == "tick":
            now_s += 0.5
            terrace.hub.wheel.turn(now_s)
        elif fans:
            _disturb(terrace, fans, act, number % len(fans))
    for fan in fans:
        fan.transport.unblock()
    await terrace.settle()
    for fan in fans:
        fan.read()
        line = isinstance(fan, SseReader) and fan.line
        for game_id, state in fan.states.items():
            assert state == plain(matches[int(game_id[1])].state, line=line)
        assert fan.states


def _disturb(terrace: Terrace, fans: list[Reader], act: str, at: int) -> None:
    fan = fans[at]
    if act == "block":
        fan.transport.blocked, fan.transport.high = True, 300
    elif act == "unblock":
        fan.transport.unblock()
    elif isinstance(fan, WsReader):
        fan.read()
        seq = int(str(fan.states["g0" if "g0" in fan.states else "g1"]["seq"])) if fan.states else 0
        fan.leave()
        back = terrace.websocket()
        game_id = next(iter(fan.states), "g0")
        back.states.update(fan.states)
        back.say(action="subscribe", game_id=game_id, since_seq=seq, epoch=EPOCH)
        fans[at] = back
    else:
        assert isinstance(fan, SseReader)
        fan.read()
        fan.leave()
        # What a stream of several games repeats, a client that has it already ignores.
        again = terrace.sse(fan.query, last_event_id=fan.last_event_id, states=fan.states)
        fans[at] = again

"""A delayed fan sees exactly the history, N seconds later, and nothing newer through anything."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.fanout.interests import FINISHED_S
from scorewire.fanout.stands import LINGER_S
from terrace import EPOCH, START_MS, Match, Terrace, plain

LEFT_OUT = {"events", "detail"}


async def told(terrace: Terrace, *matches: Match) -> None:
    """Every game's first row, which is of the start."""
    for match in matches:
        terrace.log[match.state.game_id] = [match.first()]
    await terrace.pass_time(0.1)


async def test_a_goal_is_told_when_it_is_as_old_as_the_delay() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(29.9)
    live, delayed = terrace.sse("game=g1"), terrace.sse("game=g1&delay=30")
    link = terrace.websocket()
    link.say(action="subscribe", game_id="g1", delay=30)
    await terrace.settle()
    first = plain(match.state)
    for fan in (live, delayed, link):
        fan.read()
        assert fan.states["g1"] == first
    assert link.events[0][1]["follow"] == {"game_id": "g1", "view": "full", "delay": 30}
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    await terrace.pass_time(29.9)
    assert [name for name, _ in live.read()] == ["score_update"]
    assert delayed.read() == link.read() == []
    await terrace.pass_time(0.2)
    for fan in (delayed, link):
        assert [name for name, _ in fan.read()] == ["score_update"]
        assert fan.states["g1"] == plain(match.state)


async def test_corrections_come_late_as_well() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(10)
    fan = terrace.sse("game=g1&delay=10")
    await terrace.settle()
    fan.read()
    states = []
    for act in (match.goal, match.correct, match.quiet):
        match.at(terrace.now_ms)
        await terrace.publish(act())
        states.append(plain(match.state))
        await terrace.pass_time(1)
    await terrace.pass_time(7.2)
    seen = []
    for _ in range(3):
        fan.read()
        seen.append(fan.states["g1"])
        await terrace.pass_time(1)
    assert seen == states
    assert fan.reasons == ["join", "correction"]


async def test_a_game_that_is_younger_than_the_delay_does_not_exist_yet() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.lists = {("league", "l1"): ()}
    follower = terrace.sse("league=l1&delay=15")
    await terrace.settle()
    assert follower.read() == []
    await terrace.publish(match.first())
    terrace.lists = {("league", "l1"): ("g1",)}
    early, second = terrace.sse("game=g1&delay=15"), terrace.sse("league=l1&delay=15")
    third = terrace.sse("sport=soccer&delay=20&view=full")
    terrace.lists[("sport", "soccer")] = ("g1",)
    await terrace.settle()
    assert b"404 Not Found" in early.transport.take()
    for fan in (follower, second, third):
        assert fan.read() == []
        assert fan.head is not None
    await terrace.pass_time(15.1)
    for fan in (follower, second):
        assert [name for name, _ in fan.read()] == ["full_state"]
        assert fan.states["g1"] == plain(match.state, line=True)
    assert third.read() == []
    await terrace.pass_time(5)
    third.read()
    assert third.states["g1"] == plain(match.state)


async def test_a_fan_joins_in_the_middle_of_the_delay_and_after_a_restart() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    states = {match.state.seq: plain(match.state)}
    for _ in range(40):
        await terrace.pass_time(1)
        match.at(terrace.now_ms)
        await terrace.publish(match.goal())
        states[match.state.seq] = plain(match.state)
    fan = terrace.sse("game=g1&delay=15")
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == states[match.state.seq - 15]
    again = Terrace(match)  # another process over the same journal
    again.log, again.now_ms = terrace.log, terrace.now_ms
    back = again.sse("game=g1&delay=15", last_event_id=fan.last_event_id, states=dict(fan.states))
    await again.settle()
    assert back.read() == []
    for second in range(1, 16):
        await again.pass_time(1)
        back.read()
        assert back.states["g1"] == states[match.state.seq - 15 + second]
    assert back.reasons == []


async def test_a_longer_delay_waits_and_does_not_rewind() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(60)
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    live = terrace.sse("game=g1")
    await terrace.settle()
    live.read()
    later = terrace.sse("game=g1&delay=30", last_event_id=live.last_event_id, states=dict(live.states))
    await terrace.settle()
    await terrace.pass_time(29)
    assert later.read() == []
    match.at(terrace.now_ms)
    await terrace.publish(match.goal("away"))
    await terrace.pass_time(29.5)
    assert later.read() == []
    await terrace.pass_time(1)
    assert [name for name, _ in later.read()] == ["score_update"]
    assert later.states["g1"] == plain(match.state)


async def test_where_two_delays_bring_a_game_the_longer_one_holds() -> None:
    match, other = Match(), Match("g2")
    terrace = Terrace(match, other)
    await told(terrace, match, other)
    terrace.lists = {("league", "l1"): ("g1", "g2")}
    await terrace.pass_time(60)
    link = terrace.websocket()
    link.say(action="subscribe", game_id="g1", delay=30)
    link.say(action="subscribe", league_id="l1")
    await terrace.settle()
    link.read()
    for one in (match, other):
        one.at(terrace.now_ms)
        await terrace.publish(one.goal())
    await terrace.pass_time(1)
    assert [data["game_id"] for _, data in link.read()] == ["g2"]
    await terrace.pass_time(30)
    assert [data["game_id"] for _, data in link.read()] == ["g1"]
    link.say(action="subscribe", league_id="l1", delay=60)
    await terrace.settle()
    other.at(terrace.now_ms)
    await terrace.publish(other.goal())
    await terrace.pass_time(59)
    assert [data["type"] for _, data in link.read()] == ["subscribed"]
    await terrace.pass_time(2)
    assert [data["game_id"] for _, data in link.read()] == ["g2"]
    assert link.states["g2"] == plain(other.state, line=True)


@pytest.mark.parametrize("delay_s", [0, 30])
async def test_a_game_that_ended_a_moment_ago_stays_with_the_first_who_follows_its_league(
    delay_s: int,
) -> None:
    match = Match()
    terrace = Terrace(match)
    await terrace.publish(match.first(), match.ends())
    terrace.lists = {("league", "l1"): ("g1",)}
    terrace.now_ms += 1000 * (delay_s + 2)
    fan = terrace.sse(f"league=l1&delay={delay_s}")
    await terrace.settle()
    fan.read()
    await terrace.pass_time(FINISHED_S - 2)
    fan.read()
    assert fan.reasons == ["join"]
    assert fan.fan is not None
    assert len(fan.fan.audiences) == 1
    await terrace.pass_time(4)
    assert fan.fan.audiences == ()


async def test_a_finished_game_leaves_the_delayed_follow_later_and_nothing_is_kept() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    terrace.lists = {("league", "l1"): ("g1",)}
    await terrace.pass_time(30)
    fan = terrace.sse("league=l1&delay=30")
    await terrace.settle()
    fan.read()
    match.at(terrace.now_ms)
    await terrace.publish(match.ends())
    await terrace.pass_time(29)
    assert fan.read() == []
    await terrace.pass_time(2)
    assert [data["patch"] for _, data in fan.read()] == [{"status": "final"}]
    assert fan.fan is not None
    assert len(fan.fan.audiences) == 1
    await terrace.pass_time(FINISHED_S + 1)
    assert fan.fan.audiences == ()
    fan.leave()
    await terrace.pass_time(2 * LINGER_S + 2)
    assert terrace.hub._showings._delayed == {}
    assert terrace.hub.games == 0


async def test_live_fans_pay_nothing_and_nothing_is_kept_for_nobody() -> None:
    match, other = Match(), Match("g2")
    terrace = Terrace(match, other)
    await told(terrace, match, other)
    live = terrace.sse("game=g1")
    await terrace.pass_time(5)
    assert terrace.hub._showings._delayed == {}
    delayed = terrace.sse("game=g1&delay=5")
    await terrace.settle()
    for _ in range(10):
        for one in (match, other):
            one.at(terrace.now_ms)
            await terrace.publish(one.goal())
    backlog = terrace.hub._showings.of(5).backlog
    assert backlog is not None
    assert len(backlog) == 10, "of g1 alone"
    await terrace.pass_time(5.1)
    assert len(backlog) == 0
    live.read(), delayed.read()
    assert delayed.states == live.states


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([5, 10, 45]))
def test_at_every_moment_the_delayed_state_is_the_one_of_then(rng: random.Random, delay_s: int) -> None:
    import asyncio

    async def play() -> None:
        match = Match()
        terrace = Terrace(match)
        await told(terrace, match)
        history = [(START_MS, plain(match.state))]
        fans = []
        for _ in range(120):
            await terrace.pass_time(rng.choice((0.1, 0.5, 1.0, 3.0)))
            for _ in range(rng.choice((0, 0, 1, 3))):
                match.at(terrace.now_ms)
                await terrace.publish(getattr(match, rng.choice(("goal", "quiet", "correct", "goal")))())
                history.append((terrace.now_ms, plain(match.state)))
            if rng.random() < 0.1 and terrace.now_ms - START_MS >= delay_s * 1000:
                cursor = rng.choice([None, *(fan.last_event_id for fan in fans)])
                held = next((fan.states for fan in fans if cursor and fan.last_event_id == cursor), {})
                fans.append(terrace.sse(f"game=g1&delay={delay_s}", last_event_id=cursor, states=dict(held)))
                await terrace.settle()
            then = [state for ts, state in history if ts <= terrace.now_ms - delay_s * 1000]
            for fan in fans:
                fan.read()
                # The wheel goes by tenths of a second, and never ahead.
                assert fan.states["g1"] == then[-1]

    asyncio.run(play())


async def test_more_rows_than_are_read_back_end_in_a_full_state_at_their_time() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(30)
    for _ in range(8):
        match.at(terrace.now_ms)
        await terrace.publish(match.goal())
    whole = terrace.log["g1"]
    terrace.log["g1"] = whole[:4]  # the limit of one reading
    fan = terrace.sse("game=g1&delay=30")
    await terrace.settle()
    fan.read()
    assert fan.states["g1"]["seq"] == 1
    await terrace.pass_time(29.5)
    assert fan.read() == []
    await terrace.pass_time(1)
    fan.read()
    assert fan.states["g1"] == plain(match.state)


async def test_an_unreadable_past_is_said() -> None:
    match = Match()
    terrace = Terrace(match)

    async def since(game_id: str, cutoff_ms: int) -> None:
        raise OSError("the disk is gone")

    terrace.since = since  # type: ignore[assignment,method-assign]
    fan = terrace.sse("game=g1&delay=30")
    await terrace.settle()
    assert fan.read()[0][0] == "bye"
    assert EPOCH not in fan.text


# Lost on the way.


async def test_a_lost_update_is_read_back_once_for_all_fans() -> None:
    match = Match()
    terrace = Terrace(match)
    fans = [terrace.sse("game=g1") for _ in range(20)]
    await terrace.settle()
    for fan in fans:
        fan.read()
    lost = match.goal()
    terrace.log["g1"] = [lost]
    later = [match.goal(), match.goal("away")]
    terrace.log["g1"] += later
    for update in later:
        terrace.hub.offer([update])
    await terrace.settle()
    assert terrace.recalls == [("g1", 1)]
    assert terrace.hub.tally.repairs == 1
    for fan in fans:
        assert [data["seq"] for _, data in fan.read()] == [2, 3, 4]
        assert fan.states["g1"] == plain(match.state)


async def test_what_cannot_be_read_back_is_a_full_state() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.read()
    terrace.fails = True
    match.goal()
    terrace.hub.offer([match.goal()])
    await terrace.settle()
    assert [data["reason"] for _, data in fan.read()] == ["resync"]
    assert fan.states["g1"] == plain(match.state)


async def test_the_last_update_of_a_burst_is_missed_by_the_scoreboards_head() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.read()
    terrace.board.listen(lambda _: None)  # the backplane loses everything
    await terrace.publish(match.goal(), match.goal())
    await terrace.pass_time(2.1)
    assert [data["seq"] for _, data in fan.read()] == [2, 3]
    terrace.fails = True
    await terrace.publish(match.goal())
    await terrace.pass_time(2.1)
    assert [data["type"] for _, data in fan.read()] == ["full_state"]
    assert fan.states["g1"] == plain(match.state)
    await terrace.pass_time(10)
    assert terrace.hub.tally.repairs == 2


# Coming back to an empty ring.


async def test_after_a_restart_the_journal_fills_the_ring_once() -> None:
    match = Match()
    terrace = Terrace(match)
    states = {1: plain(match.state)}
    for _ in range(40):
        await terrace.publish(match.goal())
        states[match.state.seq] = plain(match.state)
    again = Terrace(match)
    again.log = terrace.log
    fans = {
        seq: again.sse("game=g1", last_event_id=f"{EPOCH}!g1!{seq}", states={"g1": states[seq]})
        for seq in (36, 37, 38, 40)
    }
    fans[41] = again.sse("game=g1&view=line", last_event_id=f"{EPOCH}!g1!39")
    fans[41].states["g1"] = {name: value for name, value in states[39].items() if name not in LEFT_OUT}
    await again.settle()
    assert again.recalls == [("g1", 0)], "once for all, whatever their view"
    for seq, fan in fans.items():
        fan.read()
        assert fan.reasons == [], "updates are smaller"
        assert fan.states["g1"] == plain(match.state, line=seq == 41)


async def test_several_games_in_one_cursor_each_find_their_own_way() -> None:
    """Ring, journal, full state, correction: four games of one id."""
    ring, journal, far, wrong = (Match(name) for name in ("ring", "journal", "far", "wrong"))
    for _ in range(30):
        journal.goal()
    terrace = Terrace(ring, journal, far, wrong, ring_frames_max=100)
    query = "&".join(f"game={match.state.game_id}" for match in (ring, journal, far, wrong))
    first = terrace.sse(query)
    await terrace.settle()
    await terrace.pass_time(1)
    first.read()
    cursor, states = first.last_event_id, dict(first.states)
    assert cursor is not None
    first.leave()
    for match, rows in ((journal, 3), (far, 90)):
        for _ in range(rows):
            await terrace.publish(match.goal())
    await terrace.publish(wrong.goal(), wrong.correct())
    again = Terrace(ring, journal, far, wrong, ring_frames_max=100)
    again.log = terrace.log
    keep = again.sse("game=ring")
    await again.settle()
    await again.publish(ring.goal())
    keep.leave()
    back = again.sse(query, last_event_id=cursor, states=states)
    back.repeats = True
    await again.settle()
    back.read()
    told = {(data["game_id"], name, data.get("reason")) for name, data in back.events}
    assert told == {
        ("ring", "score_update", None),
        ("journal", "score_update", None),
        ("far", "full_state", "rejoin"),
        ("wrong", "full_state", "correction"),
    }
    assert {game_id for game_id, _ in again.recalls} == {"journal"}
    for match in (ring, journal, far, wrong):
        assert back.states[match.state.game_id] == plain(match.state)


async def test_a_journal_that_cannot_be_read_means_a_full_state() -> None:
    match = Match()
    terrace = Terrace(match)
    for _ in range(5):
        await terrace.publish(match.goal())
    again = Terrace(match)

    async def updates(game_id: str, since_seq: int, limit: int) -> None:
        raise OSError("the disk is gone")

    again.updates = updates  # type: ignore[assignment,method-assign]
    back = again.sse("game=g1", last_event_id=f"{EPOCH}!g1!3")
    await again.settle()
    back.read()
    assert back.reasons == ["rejoin"]


async def test_what_a_scoreboard_missed_reaches_delayed_fans_in_its_time() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(30)
    fan = terrace.sse("game=g1&delay=10")
    await terrace.settle()
    fan.read()
    terrace.board.listen(lambda _: None)  # the link is down
    for act in (match.goal, match.correct, match.goal):
        match.at(terrace.now_ms)
        await terrace.publish(act())
        await terrace.pass_time(1)
    terrace.hub.compare()
    await terrace.settle()
    await terrace.pass_time(6.9)
    assert fan.read() == []
    seqs = []
    for _ in range(3):
        await terrace.pass_time(1)
        seqs += [data["seq"] for _, data in fan.read()]
    assert seqs == [2, 3, 4]
    assert fan.states["g1"] == plain(match.state)


async def test_what_cannot_be_read_back_for_delayed_fans_is_a_full_state_in_its_time() -> None:
    match = Match()
    terrace = Terrace(match)
    await told(terrace, match)
    await terrace.pass_time(30)
    fan = terrace.sse("game=g1&delay=10")
    await terrace.settle()
    fan.read()
    terrace.board.listen(lambda _: None)
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    terrace.fails = True
    terrace.hub.compare()
    await terrace.pass_time(9.9)
    assert fan.read() == []
    await terrace.pass_time(0.2)
    assert [data["reason"] for _, data in fan.read()] == ["resync"]
    assert fan.states["g1"] == plain(match.state)

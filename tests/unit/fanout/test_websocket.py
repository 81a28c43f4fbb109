"""A fan on WebSocket: messages in any pieces, errors that leave it open, and closes that do not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.fanout.interests import FINISHED_S
from scorewire.fanout.websocket import MESSAGES_MAX, WsFan
from terrace import EPOCH, Match, Terrace, WsReader, plain


def types(reader: WsReader) -> list[str]:
    return [name for name, _ in reader.read()]


async def test_subscribed_comes_before_the_state_and_again_gives_it_again() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.websocket()
    fan.say(action="subscribe", game_id="g1")
    await terrace.settle()
    assert types(fan) == ["subscribed", "full_state"]
    fan.say(action="subscribe", game_id="g1")
    assert types(fan) == ["subscribed", "full_state"]
    await terrace.publish(match.goal())
    await terrace.settle()
    assert types(fan) == ["score_update"]
    fan.say(action="subscribe", game_id="g1", since_seq=2, epoch=EPOCH)
    assert types(fan) == ["subscribed"]
    fan.say(action="subscribe", game_id="g1", view="line")
    fan.read()
    assert fan.states["g1"] == plain(match.state, line=True)


async def test_what_two_follows_bring_stays_until_both_have_ended() -> None:
    match = Match()
    terrace = Terrace(match)
    terrace.lists = {("league", "l1"): ("g1",)}
    fan = terrace.websocket()
    fan.say(action="subscribe", league_id="l1")
    fan.say(action="subscribe", game_id="g1", view="line")
    await terrace.settle()
    fan.read()
    for follow, still in (({"game_id": "g1"}, True), ({"league_id": "l1"}, False)):
        fan.say(action="unsubscribe", **follow)
        assert types(fan) == ["unsubscribed"]
        await terrace.publish(match.goal())
        await terrace.settle()
        assert bool(fan.read()) is still


async def soon_and_late(now: str, later: str) -> tuple[Match, Terrace, WsReader]:
    """A fan who follows a game at once, and later its league, so that it comes later; a goal has fallen."""
    match = Match()
    terrace = Terrace(match)
    await terrace.publish(match.first())
    terrace.lists = {("league", "l1"): ("g1",)}
    await terrace.pass_time(60)
    fan = terrace.websocket()
    fan.say(action="subscribe", game_id="g1", view=now)
    fan.say(action="subscribe", league_id="l1", delay=30, view=later)
    await terrace.settle()
    fan.read()
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    await terrace.pass_time(1)
    assert fan.read() == []
    return match, terrace, fan


@pytest.mark.parametrize(
    ("now", "later", "told"),
    [
        ("full", "full", "score_update"),
        ("full", "line", "score_update"),
        ("line", "full", "full_state"),
        ("line", "line", "score_update"),
    ],
)
async def test_a_game_comes_at_once_again_where_the_follow_that_delayed_it_has_ended(
    now: str, later: str, told: str
) -> None:
    match, terrace, fan = await soon_and_late(now, later)
    fan.say(action="unsubscribe", league_id="l1")
    await terrace.settle()
    assert types(fan) == ["unsubscribed", told]
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    await terrace.settle()
    assert types(fan) == ["score_update"]
    assert fan.states["g1"] == plain(match.state, line=now == "line")


async def test_a_game_comes_at_once_again_where_the_follow_that_delayed_it_is_refused() -> None:
    match, terrace, fan = await soon_and_late("full", "full")
    terrace.lists = {}
    fan.say(action="subscribe", league_id="l1", delay=180)
    await terrace.settle()
    assert types(fan) == ["error", "full_state"]
    assert fan.states["g1"] == plain(match.state)


async def test_a_game_that_comes_later_comes_in_the_fuller_form_and_after_its_league_has_let_it_go() -> None:
    match, terrace, fan = await soon_and_late("full", "line")
    await terrace.pass_time(31)
    fan.read()
    assert fan.states["g1"] == plain(match.state)
    for news, seconds in ((match.ends, FINISHED_S + 40), (match.correct, 40)):
        match.at(terrace.now_ms)
        await terrace.publish(news())
        for _ in range(round(seconds / 20)):
            fan.say(action="ping")
            await terrace.pass_time(20)
        fan.read()
        assert fan.states["g1"] == plain(match.state)
    assert fan.reasons[-1] == "correction"


async def test_a_game_that_comes_later_as_a_line_comes_in_full_to_who_asks_for_it_in_full() -> None:
    match = Match()
    terrace = Terrace(match)
    await terrace.publish(match.first())
    terrace.lists = {("league", "l1"): ("g1",)}
    await terrace.pass_time(60)
    fan = terrace.websocket()
    fan.say(action="subscribe", league_id="l1", delay=30)
    await terrace.settle()
    fan.read()
    assert fan.states["g1"] == plain(match.state, line=True)
    before = match.state
    match.at(terrace.now_ms)
    await terrace.publish(match.goal())
    fan.say(action="subscribe", game_id="g1")
    await terrace.settle()
    assert types(fan) == ["subscribed", "full_state"]
    assert fan.states["g1"] == plain(before), "in full, and nothing of the goal"
    await terrace.pass_time(31)
    assert types(fan) == ["score_update"]
    assert fan.states["g1"] == plain(match.state)
    fan.say(action="subscribe", game_id="g1", view="line")
    await terrace.settle()
    assert types(fan) == ["subscribed"], "the longer delay holds, and the fuller form"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"action": "subscribe", "game_id": "g1", "team_id": "arg"}, "bad_message"),
        ({"action": "subscribe", "game_id": "g1", "colour": "red"}, "bad_message"),
        ({"action": "subscribe", "game_id": "g1", "view": "wide"}, "bad_message"),
        ({"action": "subscribe", "game_id": "no id"}, "unknown_game"),
        ({"action": "subscribe", "sport": "chess"}, "unknown_sport"),
        ({"action": "subscribe", "game_id": "g1", "delay": 12}, "bad_parameter"),
        ({"action": "subscribe", "game_id": "g1", "delay": -1}, "bad_parameter"),
        ({"action": "unsubscribe", "sport": "chess"}, "not_followed"),
    ],
)
async def test_errors_leave_it_open(message: dict[str, Any], code: str) -> None:
    terrace = Terrace(Match())
    fan = terrace.websocket()
    fan.say(**message)
    await terrace.settle()
    assert [(name, data["code"]) for name, data in fan.read()] == [("error", code)]
    fan.say(action="ping")
    assert types(fan) == ["pong"]


async def test_follows_are_bounded() -> None:
    matches = [Match(f"g{number}") for number in range(3)]
    terrace = Terrace(*matches)
    fan = terrace.websocket(follows_max=2)
    for number in (0, 1, 1, 2):
        fan.say(action="subscribe", game_id=f"g{number}")
        await terrace.settle()
    assert types(fan).count("subscribed") == 3
    assert fan.events[-1][1]["code"] == "too_many_follows"


async def test_pending_subscriptions_count_and_a_second_word_replaces_the_first() -> None:
    terrace = Terrace(*(Match(f"g{number}") for number in range(9)))
    fan = terrace.websocket(follows_max=3)
    terrace.gate.clear()
    for number in (0, 1, 1, 2, 3, 4):
        fan.say(action="subscribe", game_id=f"g{number}", view="line" if number else "full")
    assert [data["code"] for _, data in fan.read()] == ["too_many_follows"] * 2
    terrace.gate.set()
    await terrace.settle()
    assert types(fan).count("subscribed") == 3
    assert set(fan.states) == {"g0", "g1", "g2"}


async def test_unsubscribing_what_is_pending_takes_it_back() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.websocket()
    terrace.gate.clear()
    for action in ("subscribe", "unsubscribe"):
        fan.say(action=action, game_id="g1")
    assert types(fan) == ["unsubscribed"]
    terrace.gate.set()
    await terrace.settle()
    await terrace.publish(match.goal())
    await terrace.settle()
    assert fan.read() == []
    assert fan.fan is not None
    assert fan.fan.audiences == fan.fan.follows == ()


async def test_subscribing_to_much_again_and_again_is_a_flood() -> None:
    games = [f"g{number}" for number in range(200)]
    terrace = Terrace(*(Match(game_id) for game_id in games))
    terrace.lists = {("league", "l1"): tuple(games)}
    fan = terrace.websocket()
    for _ in range(MESSAGES_MAX // 20):
        fan.say(action="subscribe", league_id="l1")
        await terrace.settle()
        fan.say(action="unsubscribe", league_id="l1")
    assert fan.read()[-1][1]["code"] == "too_many_messages"
    assert fan.close_code == 1008


@pytest.mark.parametrize(
    ("data", "opcode", "code"),
    [(b"x", 2, 1003), (b"\xff", 1, 1007), (b"x" * 4097, 1, 1009), (b"", 3, 1002), (b"\x03\xe8", 8, 1000)],
)
async def test_closes(data: bytes, opcode: int, code: int) -> None:
    terrace = Terrace(Match())
    fan = terrace.websocket()
    fan.send(data, opcode=opcode)
    fan.read()
    assert fan.close_code == code
    assert fan.transport.eof
    assert terrace.hub.fans == 0
    fan.send(b"more")  # is not looked at


async def test_a_message_of_the_size_allowed_is_read() -> None:
    terrace = Terrace(Match())
    fan = terrace.websocket()
    fan.send(b" " * (4096 - 17) + b'{"action":"ping"}')
    assert types(fan) == ["pong"]


async def test_a_flood_is_closed_with_its_reason() -> None:
    terrace = Terrace(Match())
    fan = terrace.websocket()
    for _ in range(MESSAGES_MAX + 1):
        fan.say(action="ping")
    assert fan.read()[-1][1]["code"] == "too_many_messages"
    assert fan.close_code == 1008


async def test_heartbeats_are_pings_and_an_idle_fan_holds_no_parser() -> None:
    terrace = Terrace(Match(), heartbeat_s=1)
    fan = terrace.websocket()
    held = fan.fan
    assert isinstance(held, WsFan)
    for tick in range(21):
        terrace.hub.wheel.turn(tick / 10)
    fan.read()
    assert fan.pings == 2
    fan.send(b"", opcode=10)
    assert held._parser is None
    fan.send(b"hello", opcode=9)
    assert fan.transport.sent.endswith(b"\x8a\x05hello")
    assert held._parser is None


async def test_who_does_not_read_may_not_ask() -> None:
    match = Match()
    terrace = Terrace(match)
    fan = terrace.websocket()
    fan.say(action="subscribe", game_id="g1")
    await terrace.settle()
    fan.transport.blocked, fan.transport.high = True, 10
    await terrace.publish(match.goal())
    await terrace.settle()
    assert not fan.transport.reading
    fan.transport.unblock()
    assert fan.transport.reading


@given(data=st.data())
async def test_pieces_do_not_matter(data: st.DataObject) -> None:
    terrace = Terrace(Match())
    fan = terrace.websocket()
    text = json.dumps(
        {
            "action": "ping",
        }
    ).encode()
    stream = (
        fan.frame(text[:3], fin=False)
        + fan.frame(b"", opcode=9)
        + fan.frame(text[3:], opcode=0)
        + fan.frame(text)
        + fan.frame(b"{}" * 100)
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=8)))
    assert fan.fan is not None
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        fan.fan.data_received(stream[start:end])  # type: ignore[attr-defined]
    assert types(fan) == ["pong", "pong", "error"]

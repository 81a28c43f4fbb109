"""A fan on SSE: what it is told first, last, and in between."""

from terrace import EPOCH, Match, Terrace


async def test_heartbeats_are_comments_and_only_on_an_open_stream() -> None:
    terrace = Terrace(Match(), heartbeat_s=1)
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    terrace.gate.clear()
    waiting = terrace.sse("game=later")
    for tick in range(1, 31):
        terrace.hub.wheel.turn(tick / 10)
    fan.read()
    assert fan.comments == 3
    assert not waiting.transport.sent
    terrace.gate.set()
    await terrace.settle()


async def test_the_last_words_of_a_stream_of_several_are_its_cursor_and_bye() -> None:
    terrace = Terrace(Match("g1"), Match("g2"))
    fan = terrace.sse("game=g1&game=g2")
    await terrace.settle()
    fan.transport.take()
    assert fan.fan is not None
    terrace.hub.say_bye(fan.fan, "drain", 1500)
    assert fan.transport.take() == (
        b"id: %b!g1!1!g2!1\n\n" % EPOCH.encode()
        + b'retry: 1500\nevent: bye\ndata: {"reason":"drain","retry_ms":1500}\n\n'
    )


async def test_a_stream_that_has_not_begun_says_bye_all_the_same() -> None:
    terrace = Terrace(Match())
    terrace.gate.clear()
    fan = terrace.sse("game=g1")
    await terrace.settle()
    await terrace.hub.drain(0.05)
    assert [data["reason"] for _, data in fan.read()] == ["drain"]
    terrace.gate.set()
    await terrace.settle()
    assert not fan.transport.sent, "nothing after goodbye"


async def test_slow_goodbyes_and_pauses_do_not_bring_a_fan_back() -> None:
    terrace = Terrace(Match())
    fan = terrace.sse("game=g1")
    await terrace.settle()
    fan.transport.blocked, fan.transport.high = True, 1
    assert fan.fan is not None
    terrace.hub.say_bye(fan.fan, "drain")
    assert terrace.hub.laggards == terrace.hub.fans == 0
    fan.transport.unblock()
    assert terrace.hub.laggards == terrace.hub.fans == 0

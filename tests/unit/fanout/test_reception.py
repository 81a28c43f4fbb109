"""Requests that are answered in this layer: what is remembered of them, and what never is."""

import pytest

from entrance import HOT, PAGE, STREAM, Port, open_port
from scorewire.fanout.request import HEADS_KEPT
from scorewire.fanout.sse import SseFan
from terrace import EPOCH


def returning(seq: int) -> bytes:
    return STREAM[:-2] + f"Last-Event-ID: {EPOCH}!g1!{seq}\r\n\r\n".encode()


async def greeted(head: bytes, port: Port) -> bytes:
    """What a new connection of the same gateway is told."""
    again = Port(port.terrace, gateway=port.gateway)
    again.receive(head)
    assert isinstance(again.protocol, SseFan)
    await port.terrace.settle()
    told = bytes(again.transport.sent)
    again.transport.lose()
    return told


async def test_the_same_words_later_are_answered_by_what_is_true_then() -> None:
    port = await open_port()
    match = port.terrace.matches[0]
    for seq in range(2, 5):
        head = returning(seq - 1)
        first = await greeted(head, port)
        assert b"event:" not in first
        await port.terrace.publish(match.goal())
        second = await greeted(head, port)
        assert f"id: {EPOCH}!g1!{seq}".encode() in second
        assert second.count(b"event: score_update") == 1


async def test_what_cannot_be_served_is_refused_each_time() -> None:
    for _ in range(2):
        port = await open_port()
        port.receive(STREAM.replace(b"game=g1", b"game=g1&delay=7"))
        assert port.transport.sent.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("place", [b"http://x", b"HTTPS://x:8080"])
async def test_a_stream_may_be_asked_for_in_the_absolute_form(place: bytes) -> None:
    port = await open_port()
    head = STREAM.replace(b"/v1/", place + b"/v1/", 1)
    assert b"event: full_state" in await greeted(head, port)
    port.receive(PAGE + head)
    await port.settle()
    assert isinstance(port.protocol, SseFan)
    hot = await open_port()
    hot.receive(HOT.replace(b"/v1/", place + b"/v1/", 1))
    assert b'"game_id"' in hot.transport.sent


async def test_a_stream_with_a_body_is_left_to_the_framework() -> None:
    port = await open_port()
    port.receive(STREAM[:-2] + b"Content-Length: 2\r\n\r\nhi")
    await port.settle()
    assert port.transport.sent.endswith(b"app:hi")


async def test_a_stream_with_a_body_of_no_bytes_is_a_stream() -> None:
    port = await open_port()
    assert b"event: full_state" in await greeted(STREAM[:-2] + b"Content-Length: 0\r\n\r\n", port)


async def test_few_heads_are_remembered() -> None:
    port = await open_port()
    for number in range(HEADS_KEPT + 10):
        port.receive(HOT[:-2] + b"X: %d\r\n\r\n" % number)
    assert port.transport.sent.count(b"HTTP/1.1 200 OK") == HEADS_KEPT + 10


async def test_a_fan_that_has_not_taken_earlier_answers_waits_for_that() -> None:
    port = await open_port()
    await greeted(STREAM, port)  # the game is at hand
    port.transport.high = 60_000
    port.transport.blocked = True
    while len(port.transport.waiting) < 40_000:
        port.receive(HOT)
    before = len(port.transport.waiting)
    port.receive(returning(1))
    fan = port.protocol
    assert isinstance(fan, SseFan)
    assert port.terrace.hub.lags(fan)
    await port.terrace.publish(port.terrace.matches[0].goal())
    await port.terrace.settle()
    assert b"score_update" not in port.transport.waiting[before:]
    port.transport.unblock()
    assert port.transport.sent.count(b"event: score_update") == 1

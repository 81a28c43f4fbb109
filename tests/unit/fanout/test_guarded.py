"""The limits of uvicorn's connections without sockets: what passes, what is cut. Real sockets: tests/e2e."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrance import CHUNKED, HOT, PAGE, POST, STREAM, echo, open_port
from scorewire.fanout.sse import SseFan


@pytest.mark.slow
@given(data=st.data())
async def test_answers_do_not_depend_on_how_the_bytes_come(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from([HOT, PAGE, POST, CHUNKED]), min_size=1, max_size=4))
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=6)))
    port = await open_port()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        port.receive(stream[start:end])
        if data.draw(st.booleans()):
            await port.settle()
    for _ in parts:
        await port.settle()
    sent = bytes(port.transport.sent)
    assert sent.count(b"HTTP/1.1 200 OK") == len(parts)
    assert sent.count(b'"game_id"') + sent.count(b"app:") == len(parts)
    port.transport.lose()


async def test_taking_over_leaves_nothing_of_uvicorns() -> None:
    port = await open_port()
    port.receive(PAGE)
    await port.settle()
    guarded = port.guarded
    assert guarded.timeout_keep_alive_task is not None
    port.receive(STREAM + b"left over")
    assert isinstance(port.protocol, SseFan)
    assert guarded.timeout_keep_alive_task is None
    assert not port.state.connections
    assert guarded.transport is guarded.parser is None
    await port.settle()
    assert b"text/event-stream" in port.transport.sent


@pytest.mark.parametrize("ahead", [PAGE, PAGE + PAGE, HOT + PAGE])
async def test_a_stream_behind_a_running_response_waits_for_its_end(ahead: bytes) -> None:
    port = await open_port()
    port.receive(ahead + STREAM[:20])
    port.receive(STREAM[20:])
    assert port.guarded.transport is port.transport
    await port.settle()
    assert isinstance(port.protocol, SseFan)
    answers = bytes(port.transport.sent).split(b"HTTP/1.1 200 OK")[1:]
    assert [b"text/event-stream" in answer for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert len(answers) == ahead.count(b"HTTP/1.1") + 1
    assert not port.state.connections
    port.transport.lose()


async def test_a_stream_waits_for_a_response_longer_than_its_head_may_take() -> None:
    begun, ends = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await ends.wait()
        await echo(scope, receive, send)

    port = await open_port(app=slow)
    port.receive(PAGE + STREAM)
    await begun.wait()
    port.wait(40.0)
    assert not port.transport.closing
    assert not port.transport.sent
    assert not port.transport.reading
    ends.set()
    await port.settle()
    assert isinstance(port.protocol, SseFan)
    assert port.transport.sent.count(b"HTTP/1.1 200 OK") == 2
    assert port.transport.reading
    port.transport.lose()


async def test_a_head_that_does_not_end_is_cut_in_time() -> None:
    port = await open_port()
    port.receive(STREAM[:-2])
    port.wait(9.0)
    assert not port.transport.closing
    port.receive(b"X: y\r\n")  # a byte now and then buys no time
    port.wait(11.0)
    assert port.transport.eof
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    port.transport.lose()


async def test_a_body_that_does_not_end_is_cut_in_time() -> None:
    port = await open_port()
    port.receive(POST[:-2])
    await port.terrace.settle()
    port.wait(29.0)
    assert not port.transport.closing
    port.wait(31.0)
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    assert port.transport.eof
    port.transport.lose()
    await port.settle()


async def test_an_idle_connection_is_closed_after_hot_reads_too() -> None:
    port = await open_port()
    port.receive(PAGE)
    await port.settle()
    port.wait(3.0)
    port.receive(HOT)
    port.wait(7.0)
    assert not port.transport.closing
    port.wait(9.0)
    assert port.transport.closing
    assert b"408" not in port.transport.sent
    port.transport.lose()


async def test_a_head_behind_a_body_is_bounded_too() -> None:
    port = await open_port()
    port.receive(POST + b"GET / HTTP/1.1\r\nX: ")
    for _ in range(20):
        if port.transport.closing:
            break
        port.receive(b"y" * 100)
    assert port.transport.closing
    port.transport.lose()
    await port.settle()

"""The port without sockets: what passes, what is taken over, what is cut. Real sockets: tests/e2e."""

import asyncio
from typing import Any

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.hot import HotScores
from scorewire.fanout.protocol import Gateway, GatewayProtocol
from scorewire.fanout.request import Proxies
from terrace import Match, Terrace, Transport

HOT = b"GET /v1/games/g1/score HTTP/1.1\r\nHost: x\r\n\r\n"
PAGE = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n\r\n\r\n0\r\n\r\n"
STREAM = b"GET /v1/stream?game=g1 HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [(b"content-length", str(len(body) + 4).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"app:" + body})


class Port:
    """One connection to a gateway."""

    def __init__(self, terrace: Terrace) -> None:
        hot = HotScores(scoreboard=terrace.board, now_ms=lambda: 0)
        gateway = Gateway(
            hub=terrace.hub,
            hot=hot,
            proxies=Proxies(()),
            gatekeeper=Gatekeeper(connections_max=100, address_max=100, requests_max=100, origins=()),
            head_bytes_max=1024,
            head_read_s=10.0,
            body_read_s=30.0,
            write_buffer_bytes_max=32_768,
            stall_s=60.0,
            follows_max=100,
            message_bytes_max=4096,
            silent_beats_max=4,
        )
        config = uvicorn.Config(echo, ws="none", lifespan="off", log_config=None, access_log=False)
        self.state = ServerState()
        self.terrace = terrace
        self.protocol: GatewayProtocol = gateway.protocol(config, self.state, {})
        self.transport = Transport()
        self.transport.protocol = self.protocol
        self.protocol.connection_made(self.transport)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def open_port() -> Port:
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    await terrace.board.head("g1")
    return Port(terrace)


@given(data=st.data())
async def test_answers_do_not_depend_on_how_the_bytes_come(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from([HOT, PAGE, POST, CHUNKED]), min_size=1, max_size=4))
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=6)))
    port = await open_port()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        assert port.transport.protocol is port.protocol
        port.protocol.data_received(stream[start:end])
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
    port.protocol.data_received(PAGE)
    await port.settle()
    assert port.protocol.timeout_keep_alive_task is not None
    assigned: list[Any] = []
    port.transport.set_protocol = assigned.append  # type: ignore[method-assign]
    port.protocol.data_received(STREAM + b"left over")
    assert len(assigned) == 1
    assert port.protocol.timeout_keep_alive_task is None
    assert not port.state.connections
    assert port.protocol.transport is port.protocol.parser is None
    await port.settle()
    assert b"text/event-stream" in port.transport.sent


async def test_a_stream_behind_a_running_response_is_not_taken_over() -> None:
    port = await open_port()
    port.protocol.data_received(PAGE + STREAM)
    assert port.protocol.transport is port.transport
    await port.settle()
    port.transport.lose()


def wait(port: Port, until_s: float) -> None:
    for tick in range(round(until_s * 10) + 1):
        port.terrace.hub.wheel.turn(tick / 10)


async def test_a_head_that_does_not_end_is_cut_in_time() -> None:
    port = await open_port()
    port.protocol.data_received(STREAM[:-2])
    wait(port, 9.0)
    assert not port.transport.closing
    port.protocol.data_received(b"X: y\r\n")  # a byte now and then buys no time
    wait(port, 11.0)
    assert port.transport.closing
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    port.transport.lose()


async def test_a_body_that_does_not_end_is_cut_in_time() -> None:
    port = await open_port()
    port.protocol.data_received(POST[:-2])
    await port.terrace.settle()
    wait(port, 29.0)
    assert not port.transport.closing
    wait(port, 31.0)
    assert port.transport.closing
    port.transport.lose()
    await port.settle()


async def test_an_idle_connection_is_closed_after_hot_reads_too() -> None:
    port = await open_port()
    wait(port, 3.0)
    port.protocol.data_received(HOT)
    wait(port, 7.0)
    assert not port.transport.closing
    wait(port, 9.0)
    assert port.transport.closing
    assert b"408" not in port.transport.sent
    port.transport.lose()


async def test_a_head_behind_a_body_is_bounded_too() -> None:
    port = await open_port()
    port.protocol.data_received(POST + b"GET / HTTP/1.1\r\nX: ")
    for _ in range(20):
        if port.transport.closing:
            break
        port.protocol.data_received(b"y" * 100)
    assert port.transport.closing
    port.transport.lose()
    await port.settle()

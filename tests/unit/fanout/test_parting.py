"""The end of a connection whose client is still sending: its answer leaves whole, and its time is bounded."""

import asyncio
from typing import Any

import pytest

from entrance import PAGE, Port, open_port
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.parting import BYTES_MAX, QUIET_S, Parting

HEAD = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n"
BODY_S = 30.0


async def hasty(scope: Any, receive: Any, send: Any) -> None:
    """Answers without a look at the body."""
    await send({"type": "http.response.start", "status": 415, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


async def parted(**settings: Any) -> Port:
    """A connection that has been answered before its body came."""
    port = await open_port(app=hasty, **settings)
    port.receive(HEAD + b"Connection: close\r\n\r\n")
    await port.settle()
    return port


def nothing_is_left(port: Port) -> bool:
    gatekeeper = port.gateway.gatekeeper
    return not port.state.connections and not gatekeeper.full(99) and gatekeeper.bodies == 0


async def test_our_side_ends_first_and_what_comes_is_thrown_away() -> None:
    port = await parted()
    assert port.transport.sent.endswith(b"connection: close\r\n\r\nno")
    assert port.transport.eof
    assert not port.transport.closing
    for _ in range(5):
        port.receive(PAGE)
    assert port.transport.sent.count(b"HTTP/1.1") == 1
    port.transport.lose()  # the client has ended its side
    assert nothing_is_left(port)


async def test_it_keeps_its_place_among_connections_and_has_none_among_requests() -> None:
    port = await parted()
    assert [type(one) for one in port.state.connections] == [GuardedProtocol]
    assert port.gateway.gatekeeper.full(99)
    assert port.gateway.gatekeeper.bodies == 0
    assert not port.state.tasks
    port.transport.lose()
    assert nothing_is_left(port)


async def test_a_client_that_is_silent_is_left_soon() -> None:
    port = await parted()
    port.wait(QUIET_S - 0.2)
    assert not port.transport.closing
    port.wait(QUIET_S + 0.5)
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_a_client_that_sends_on_has_as_long_as_a_body_may_take() -> None:
    port = await parted()
    for tick in range(1, round(BODY_S) + 3):
        port.terrace.hub.wheel.turn(float(tick))
        if tick < BODY_S:
            assert not port.transport.closing, tick
            port.receive(b"x")
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_what_it_sends_is_bounded() -> None:
    port = await parted()
    piece = bytes(1_048_576)
    for _ in range(BYTES_MAX // len(piece)):
        port.receive(piece)
    assert not port.transport.closing
    port.receive(b"x")
    assert port.transport.closing
    port.transport.lose()


async def test_an_answer_that_leaves_slowly_is_waited_for_and_not_for_ever() -> None:
    port = await open_port(app=hasty)
    port.transport.blocked = True
    port.receive(HEAD + b"Connection: close\r\n\r\n")
    await port.settle()
    port.wait(BODY_S - 1)
    assert not port.transport.closing
    port.wait(BODY_S + 1)
    assert port.transport.closing
    assert port.transport.protocol is not None
    port.wait(BODY_S + 62)
    assert port.transport.protocol is None
    assert nothing_is_left(port)


async def test_a_body_that_is_whole_ends_at_once() -> None:
    port = await open_port(app=hasty)
    port.receive(b"POST /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")
    await port.settle()
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_the_servers_end_is_its_end() -> None:
    port = await parted()
    for connection in list(port.state.connections):
        connection.shutdown()
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_who_has_too_many_connections_is_held_no_longer_than_it_could_have_been_silent() -> None:
    port = await open_port(address_max=0)
    port.receive(HEAD + b"\r\n")
    assert port.transport.sent.startswith(b"HTTP/1.1 503 ")
    for tenth in range(1, 13):
        port.receive(b"x")
        port.terrace.hub.wheel.turn(tenth / 10)
    assert port.transport.closing
    port.transport.lose()


async def test_a_late_body_is_told_so_and_its_application_hears_that_nothing_more_comes() -> None:
    heard: list[str] = []

    async def patient(scope: Any, receive: Any, send: Any) -> None:
        while not heard or heard[-1] != "http.disconnect":
            heard.append((await receive())["type"])
        await hasty(scope, receive, send)

    port = await open_port(app=patient)
    port.receive(HEAD + b"\r\nx")
    await port.settle()
    port.wait(BODY_S + 1)
    await port.settle()
    assert heard == ["http.request", "http.disconnect"]
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    assert port.transport.sent.count(b"HTTP/1.1") == 1
    assert isinstance(port.protocol, Parting)
    port.transport.lose()
    assert nothing_is_left(port)


@pytest.mark.parametrize("ends", ["early", "late"])
async def test_a_connection_that_stays_open_reads_the_body_to_its_end(ends: str) -> None:
    """Whatever it looks like; and nobody waits for it any more."""
    port = await open_port(app=hasty)
    port.receive(b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (2 * len(PAGE)))
    await port.settle()
    assert port.gateway.gatekeeper.bodies == 0
    port.receive(PAGE + PAGE[:10])
    await port.settle()
    assert port.transport.sent.count(b"HTTP/1.1") == 1
    if ends == "early":
        port.wait(BODY_S + 1)
        assert port.transport.sent.count(b"HTTP/1.1") == 1
        assert isinstance(port.protocol, Parting)
    else:
        port.receive(PAGE[10:] + PAGE)
        await port.settle()
        assert port.transport.sent.count(b"HTTP/1.1") == 2
    port.transport.lose()
    await asyncio.sleep(0)
    assert nothing_is_left(port)

"""The light first protocol: who is handed on from it, who stays, and who goes in."""

import pytest

from entrance import HOT, PAGE, STREAM, Port, open_port
from scorewire.fanout.doorstep import Doorstep
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.sse import SseFan


def nothing_is_left(port: Port) -> bool:
    """Whether the port knows nothing of a connection any more."""
    return not port.state.connections and not port.gateway.gatekeeper.full(99)


async def test_a_stream_is_a_fans_and_nothing_else_is_left() -> None:
    port = await open_port()
    doorstep = port.protocol
    assert isinstance(doorstep, Doorstep)
    assert [type(one) for one in port.state.connections] == [Doorstep]
    assert port.gateway.gatekeeper.full(99)
    port.receive(STREAM)
    assert isinstance(port.protocol, SseFan)
    assert nothing_is_left(port)
    assert doorstep.transport is None
    await port.terrace.settle()
    port.wait(60.0)
    assert not port.transport.closing
    assert b"text/event-stream" in port.transport.sent


async def test_hot_reads_stay_at_the_doorstep() -> None:
    port = await open_port()
    for _ in range(3):
        port.receive(HOT)
    assert isinstance(port.protocol, Doorstep)
    assert port.transport.sent.count(b"HTTP/1.1 200 OK") == 3
    port.transport.lose()
    assert nothing_is_left(port)


@pytest.mark.parametrize("data", [PAGE, HOT + HOT, HOT[:-1], HOT + b"H", STREAM[:10], b"\r\n"])
async def test_all_else_goes_in_with_the_place_it_has(data: bytes) -> None:
    port = await open_port()
    port.receive(data)
    assert list(port.state.connections) == [port.guarded]
    assert port.gateway.gatekeeper.full(99)
    assert not port.gateway.gatekeeper.full(98)
    await port.settle()
    port.transport.lose()
    await port.settle()
    assert nothing_is_left(port)


@pytest.mark.parametrize("data", [HOT + b"x", b"\x16\x03\x01"])
async def test_what_is_no_request_goes_in_and_ends_there(data: bytes) -> None:
    port = await open_port()
    port.receive(data)
    assert [type(one) for one in port.state.connections] == [GuardedProtocol]
    assert b"HTTP/1.1 400 " in port.transport.sent
    assert b'"code":"bad_request"' in port.transport.sent
    port.transport.lose()
    assert nothing_is_left(port)


async def test_two_hot_reads_at_once_are_two_answers() -> None:
    port = await open_port()
    port.receive(HOT + HOT)
    assert port.transport.sent.count(b"HTTP/1.1 200 OK") == 2
    port.transport.lose()


async def test_a_problem_with_the_query_keeps_the_connection() -> None:
    port = await open_port()
    port.receive(STREAM.replace(b"game=g1", b"game=g1&view=none"))
    assert isinstance(port.protocol, Doorstep)
    assert port.transport.take().startswith(b"HTTP/1.1 400 ")
    port.receive(STREAM)
    assert isinstance(port.protocol, SseFan)


async def test_who_does_not_take_its_answers_goes_in_and_is_cut() -> None:
    port = await open_port()
    port.transport.blocked = True
    while isinstance(port.protocol, Doorstep):
        port.receive(HOT)
    guarded = port.guarded
    waiting = len(port.transport.waiting)
    port.receive(HOT)
    assert len(port.transport.waiting) == waiting
    assert not port.transport.reading
    port.wait(59.0)
    assert port.protocol is guarded
    port.wait(62.0)
    assert port.transport.protocol is None


async def test_who_takes_its_answers_again_is_answered_again() -> None:
    port = await open_port()
    port.transport.blocked = True
    while isinstance(port.protocol, Doorstep):
        port.receive(HOT)
    port.receive(HOT)
    asked = port.transport.waiting.count(b"HTTP/1.1 200 OK") + 1
    port.transport.unblock()
    assert port.transport.sent.count(b"HTTP/1.1 200 OK") == asked
    assert port.transport.reading
    port.transport.lose()


async def test_an_idle_connection_is_closed_after_hot_reads_too() -> None:
    port = await open_port()
    port.wait(3.0)
    port.receive(HOT)
    port.wait(7.0)
    assert not port.transport.closing
    port.wait(9.0)
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_a_head_waits_as_long_as_it_would_have_from_the_start() -> None:
    port = await open_port()
    port.receive(STREAM[:-2])
    port.wait(9.0)
    assert not port.transport.closing
    port.wait(11.0)
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    port.transport.lose()


async def test_who_has_too_many_connections_is_told_and_has_a_second_to_ask() -> None:
    port = await open_port(address_max=0)
    assert isinstance(port.protocol, GuardedProtocol)
    port.receive(HOT)
    assert port.transport.sent.startswith(b"HTTP/1.1 503 ")
    assert port.transport.eof
    port.receive(HOT)
    assert port.transport.sent.count(b"HTTP/1.1") == 1
    port.wait(1.5)
    assert port.transport.closing
    silent = await open_port(address_max=0)
    silent.wait(1.5)
    assert silent.transport.protocol is None


async def test_the_servers_end_closes_who_stands_here() -> None:
    port = await open_port()
    for connection in list(port.state.connections):
        connection.shutdown()
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)

"""Before the doorstep: whose a connection is by its PROXY header, and what a wrong one meets."""

import json
import socket
import struct
from typing import Any

import pytest

from entrance import HOT, PAGE, POST, STREAM, Port, make_gateway, open_port
from scorewire.fanout.doorstep import Doorstep
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.porch import Porch
from scorewire.fanout.proxy_header import SIGNATURE
from scorewire.fanout.sse import SseFan
from scorewire.fanout.websocket import WsFan

PROXY = "10.0.0.5"
TRUSTED = (PROXY,)
LINE = b"PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n"
CLIENT = "192.0.2.7"
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"
SECURE = (
    SIGNATURE
    + b"\x21\x11"
    + struct.pack("!H", 12 + 8)
    + socket.inet_aton(CLIENT)
    + socket.inet_aton("198.51.100.1")
    + struct.pack("!HH", 51_234, 443)
    + b"\x20\x00\x05\x01\x00\x00\x00\x00"
)
CLAIMED = STREAM[:-2] + b"X-Forwarded-For: 203.0.113.9\r\n\r\n"
WEBSOCKET = (
    b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def who(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what the application is told of the connection."""
    await receive()
    told = json.dumps([scope["scheme"], scope["client"], scope["server"]]).encode()
    headers = [(b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


async def proxied(**settings: Any) -> Port:
    return await open_port(**{"peer": PROXY, "trusted": TRUSTED, **settings})


def nothing_is_left(port: Port) -> bool:
    return not port.state.connections and not port.gateway.gatekeeper.full(99)


@pytest.mark.parametrize(
    ("header", "request_", "address"),
    [
        (LINE, STREAM, CLIENT),
        (LINE, WEBSOCKET, CLIENT),
        (SECURE, STREAM, CLIENT),
        (LINE, CLAIMED, CLIENT),
        (LOCAL, STREAM, ""),
        (LOCAL, CLAIMED, "203.0.113.9"),
        (b"PROXY UNKNOWN\r\n", CLAIMED, ""),
        (b"PROXY TCP4 10.0.0.5 198.51.100.1 1 443\r\n", CLAIMED, "203.0.113.9"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 1 443\r\n", STREAM, "2001:db8::/64"),
    ],
)
async def test_a_fan_has_the_address_that_the_proxy_names(
    header: bytes, request_: bytes, address: str
) -> None:
    for pieces in ([header + request_], [header, request_], [bytes([one]) for one in header] + [request_]):
        port = await proxied()
        assert isinstance(port.protocol, Porch)
        for piece in pieces:
            port.receive(piece)
        fan = port.protocol
        assert isinstance(fan, SseFan | WsFan)
        assert fan.address == address
        assert nothing_is_left(port)
        await port.terrace.settle()


async def test_the_application_is_told_of_the_clients_connection() -> None:
    told = {}
    for header in (LINE, SECURE, LOCAL, b"PROXY UNKNOWN\r\n"):
        port = await proxied(app=who)
        port.receive(header + PAGE)
        await port.settle()
        told[header] = json.loads(port.transport.take().rpartition(b"\r\n\r\n")[2])
        port.transport.lose()
    named = [[CLIENT, 51_234], ["198.51.100.1", 443]]
    assert told[LINE] == ["http", *named]
    assert told[SECURE] == ["https", *named]
    assert told[LOCAL][:2] == ["http", [PROXY, 4711]]
    assert told[b"PROXY UNKNOWN\r\n"][:2] == ["http", None]


async def test_hot_reads_and_what_comes_after_them_follow_the_header() -> None:
    port = await proxied()
    port.receive(LINE + HOT)
    assert isinstance(port.protocol, Doorstep)
    port.receive(HOT)
    assert port.transport.take().count(b"HTTP/1.1 200 OK") == 2
    port.receive(POST)
    await port.settle()
    assert b"app:hello" in port.transport.take()
    port.transport.lose()
    assert nothing_is_left(port)


async def test_connections_are_limited_by_the_clients_address() -> None:
    first = await proxied(address_max=1)
    first.receive(LINE)
    shared = {"gateway": first.gateway, "peer": PROXY, "trusted": TRUSTED}
    second = Port(first.terrace, **shared)
    second.receive(LINE + HOT)
    assert second.transport.sent.startswith(b"HTTP/1.1 503 ")
    other = Port(first.terrace, **shared)
    other.receive(LINE.replace(b".7 ", b".8 ") + HOT)
    assert other.transport.sent.startswith(b"HTTP/1.1 200 ")
    checks = [Port(first.terrace, **shared) for _ in range(3)]
    for check in checks:
        check.receive(LOCAL + HOT)
        assert check.transport.sent.startswith(b"HTTP/1.1 200 ")
    for port in (first, second, other, *checks):
        port.transport.lose()
    assert not first.gateway.gatekeeper.full(99)


async def test_who_is_no_trusted_proxy_needs_no_header_and_is_not_believed_with_one() -> None:
    port = await proxied(peer="192.0.2.99")
    assert type(port.protocol) is Doorstep
    port.receive(STREAM)
    assert isinstance(port.protocol, SseFan)
    assert port.protocol.address == "192.0.2.99"
    liar = await proxied(peer="192.0.2.99")
    liar.receive(LINE + STREAM)
    await liar.settle()
    assert liar.transport.sent.startswith(b"HTTP/1.1 400 ")
    assert liar.transport.eof
    liar = await proxied(peer="192.0.2.99")
    liar.receive(SECURE + STREAM)
    await liar.settle()
    assert liar.transport.sent.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("data", [STREAM, b"\x16\x03\x01", b"PROXY " + b"A" * 5000, SIGNATURE + b"\xff" * 4])
async def test_a_trusted_proxy_without_its_header_is_told_and_nothing_more_is_heard(data: bytes) -> None:
    port = await proxied()
    for one in data:
        port.receive(bytes([one]))
    port.receive(LINE + STREAM)
    assert [type(one) for one in port.state.connections] == [Porch]
    told = port.transport.take()
    assert told.startswith(b"HTTP/1.1 400 ")
    assert told.count(b"HTTP/1.1") == 1
    assert b"bad_proxy_header" in told
    assert port.terrace.hub.tally.refusals == 1
    port.wait(3.0)
    assert port.transport.closing
    port.wait(64.0)  # its answer is not taken
    assert port.transport.protocol is None
    assert nothing_is_left(port)


@pytest.mark.parametrize("data", [b"", b"PROXY TCP4 1", SIGNATURE + b"\x21\x11\x03\x00"])
async def test_a_header_that_never_ends_has_the_time_of_a_head(data: bytes) -> None:
    port = await proxied()
    for second in range(11):
        port.wait(float(second))
        if data and not port.transport.closing:
            port.receive(data if second == 0 else b"1")
    assert not port.transport.closing
    port.wait(11.0)
    assert port.transport.sent.startswith(b"HTTP/1.1 408 ")
    assert port.transport.eof
    port.transport.lose()
    assert nothing_is_left(port)


async def test_a_proxy_counts_while_it_has_not_said_whom_it_brings() -> None:
    port = await proxied()
    assert port.gateway.gatekeeper.full(99)
    assert [type(one) for one in port.state.connections] == [Porch]
    for connection in list(port.state.connections):
        connection.shutdown()
    assert port.transport.closing
    port.transport.lose()
    assert nothing_is_left(port)


async def test_without_a_descriptor_to_spare_nobody_waits() -> None:
    port = await proxied()
    held = [Port(port.terrace, gateway=port.gateway, peer=PROXY, trusted=TRUSTED) for _ in range(99)]
    late = Port(port.terrace, gateway=port.gateway, peer=PROXY, trusted=TRUSTED)
    assert late.transport.protocol is None
    assert port.terrace.hub.tally.overloads == 1
    for one in (port, *held):
        one.transport.lose()
    assert nothing_is_left(port)


async def test_who_has_too_many_connections_goes_in_with_what_it_has_asked() -> None:
    port = await proxied(address_max=0, gateway=None)
    port.receive(LINE)
    assert isinstance(port.protocol, GuardedProtocol)
    assert port.guarded.peer == CLIENT
    port.receive(HOT)
    assert port.transport.sent.startswith(b"HTTP/1.1 503 ")


async def test_a_gateway_that_trusts_nobody_has_no_porch() -> None:
    port = await open_port()
    gateway = make_gateway(port.terrace, 1)
    assert type(Port(port.terrace, gateway=gateway).protocol) is Doorstep

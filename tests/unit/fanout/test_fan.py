"""What a fan costs, and how its socket is set."""

import asyncio
import socket
import sys

import pytest

from scorewire.fanout.fan import Fan, settle_listener, settle_socket
from scorewire.fanout.sse import SseFan
from scorewire.fanout.websocket import WsFan
from terrace import Match, Terrace


def test_no_fan_has_a_dictionary() -> None:
    for kind in (Fan, SseFan, WsFan):
        assert not hasattr(kind, "__dict__") or "__dict__" not in kind.__dict__
        assert all("__slots__" in vars(base) for base in kind.__mro__ if base is not object)


async def test_fans_of_one_game_share_their_list_of_games() -> None:
    terrace = Terrace(Match())
    first, second = terrace.sse("game=g1"), terrace.sse("game=g1")
    await terrace.settle()
    assert first.fan is not None
    assert second.fan is not None
    assert first.fan.audiences is second.fan.audiences
    assert sys.getsizeof(first.fan) < 150


async def test_a_lost_connection_leaves_nothing_behind() -> None:
    terrace = Terrace(Match())
    fan = terrace.sse("game=g1")
    await terrace.settle()
    held = fan.fan
    assert held is not None
    fan.leave()
    assert (held.audiences, held.follows, held.slot, held.transport) == ((), (), -1, None)
    assert terrace.hub.wheel.fans() == []


async def test_a_goodbye_that_nobody_hears_is_cut() -> None:
    terrace = Terrace(Match())
    terrace.hub.wheel.turn(0.0)
    fan = terrace.sse("game=g1")
    await terrace.settle()
    assert fan.fan is not None
    terrace.hub.say_bye(fan.fan, "drain")
    assert fan.fan.transport is not None
    for tick in range(80):
        terrace.hub.wheel.turn(tick / 10)
    assert fan.fan.transport is None


def told_to_notice(sock: socket.socket) -> bool:
    """Whether a connection has what `settle_socket` promises of the kernel."""
    keeps = sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        keeps = keeps and sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000
    if sys.platform == "linux":
        keeps = keeps and sock.getsockopt(socket.IPPROTO_TCP, 25) == 4096
    return keeps


async def test_the_kernel_is_told_to_notice_the_dead() -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    async with server:
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, *server.sockets[0].getsockname()[:2]
        )
        sock = transport.get_extra_info("socket")
        settle_socket(transport, write_buffer_bytes_max=4096, stall_s=7, inherited=True)
        assert not told_to_notice(sock)
        settle_socket(transport, write_buffer_bytes_max=4096, stall_s=7, inherited=False)
        assert told_to_notice(sock)
        assert transport.get_write_buffer_limits()[1] == 4096
        transport.abort()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_connections_have_from_their_listener_what_it_says_they_have(family: socket.AddressFamily) -> None:
    with socket.socket(family) as listener:
        listener.bind(("127.0.0.1" if family is socket.AF_INET else "::1", 0))
        listener.listen()
        inherited = settle_listener(listener, write_buffer_bytes_max=4096, stall_s=7)
        assert inherited or sys.platform != "linux"
        with socket.socket(family) as client:
            client.connect(listener.getsockname())
            accepted, _ = listener.accept()
            with accepted:
                assert told_to_notice(accepted) or not inherited


def test_of_a_unix_socket_the_kernel_knows_when_it_ends() -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        assert not settle_listener(listener, write_buffer_bytes_max=4096, stall_s=7)

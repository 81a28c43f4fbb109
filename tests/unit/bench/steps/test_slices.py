"""A slice at a time, round-robin over games; a cursor's broadcast is sliced the same way."""

import asyncio
from typing import Any

import pytest

from scorewire.bench.steps.cursor import Cursors
from scorewire.bench.steps.message import score_update, sse
from scorewire.bench.steps.protocols import Fan, Protocols
from scorewire.bench.steps.slices import SLICE_WRITES, Slices


class Taken:
    """A transport that notes what it is given, and when."""

    def __init__(self, order: list[str], game: str) -> None:
        self.order, self.game, self.data = order, game, b""

    def write(self, data: bytes) -> None:
        self.order.append(self.game)
        self.data += data

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def get_extra_info(self, _name: str) -> Any:
        return self

    def setsockopt(self, *_option: int) -> None:
        pass


def fans_of(server: Protocols, game: str, count: int, order: list[str]) -> list[Taken]:
    """So many fans that have joined."""
    made = []
    for _ in range(count):
        fan = Fan(server)
        fan.transport = Taken(order, game)
        fan.data_received(f"GET /?game={game} HTTP/1.1\r\n\r\n".encode())
        made.append(fan.transport)
        fan.transport.data = b""
    order.clear()
    return made


async def rest() -> None:
    """Until every turn has been taken."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("kind", [Slices, Cursors])
async def test_a_small_game_waits_for_one_slice(kind: type[Slices | Cursors]) -> None:
    server, order = kind(), list[str]()
    many = fans_of(server, "big", 3 * SLICE_WRITES, order)
    few = fans_of(server, "small", 3, order)
    order.clear()
    await server.tell("big")
    await server.tell("small")
    await rest()
    assert order.index("small") == SLICE_WRITES
    assert all(one.data == sse(score_update("big", 2)) for one in many)
    assert all(one.data == sse(score_update("small", 2)) for one in few)


@pytest.mark.parametrize("kind", [Slices, Cursors])
async def test_what_comes_amid_a_broadcast_follows_it_joined_and_in_order(
    kind: type[Slices | Cursors],
) -> None:
    server, order = kind(), list[str]()
    fans = fans_of(server, "big", 2 * SLICE_WRITES, order)
    await server.tell("big")
    await asyncio.sleep(0)
    await server.tell("big")
    await server.tell("big")
    await rest()
    assert {one.data for one in fans} == {b"".join(sse(score_update("big", seq)) for seq in (2, 3, 4))}
    assert len(order) == 2 * len(fans)


async def test_who_pauses_leaves_the_list_and_comes_back_by_one_write() -> None:
    server, order = Cursors(), list[str]()
    fan = Fan(server)
    fan.transport = Taken(order, "g")
    fan.data_received(b"GET /?game=g HTTP/1.1\r\n\r\n")
    fan.pause_writing()
    fan.transport.data = b""
    order.clear()
    for _ in range(3):
        await server.tell("g")
    await rest()
    assert order == []
    fan.resume_writing()
    assert order == ["g"]
    assert fan.transport.data == b"".join(sse(score_update("g", seq)) for seq in (2, 3, 4))
    await server.tell("g")
    await rest()
    assert fan.transport.data.endswith(sse(score_update("g", 5)))


async def test_who_leaves_is_forgotten() -> None:
    server = Cursors()
    for pauses in (False, True):
        fan = Fan(server)
        fan.transport = Taken([], "g")
        fan.connection_lost(None)  # before it has asked for anything
        fan.data_received(b"GET /?game=g HTTP/1.1\r\n\r\n")
        if pauses:
            fan.pause_writing()
        fan.connection_lost(None)
    assert not server.rings["g"].live
    assert not server.rings["g"].lagging

"""Who is let in at the link, over real sockets; what stands before the door is as small as can be."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from uvicorn.server import ServerState
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus

from scorewire.errors import RequestError
from scorewire.fanout.answers import problem_answer
from scorewire.fanout.gatekeeper import Gatekeeper
from scorewire.fanout.request import HeadReader
from scorewire.node import link_door as module
from scorewire.node.link_door import LinkDoor

TOKEN = "0123456789abcdef0123456789abcdef"


class Porter(asyncio.Protocol):
    """One connection, whose first head is shown to the door."""

    peer: str | None = None

    def __init__(self, door: LinkDoor) -> None:
        self.transport: Any = None
        self.server_state = ServerState()
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        end = data.index(b"\r\n\r\n") + 4
        request = HeadReader().read(data[:end])
        assert request is not None
        self._door(self, request, data[:end], data[end:])

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        self.transport.set_protocol(protocol)

    def say(self, answer: bytes) -> None:
        self.transport.write(answer)

    def tell(self, error: RequestError, *, keep: bool) -> None:
        assert not keep, "each try costs a connection"
        self.say(problem_answer(error, b"", keep=keep))
        self.transport.close()


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@contextlib.asynccontextmanager
async def opened(
    *, serve: Callable[..., Any] = echo, open_: Callable[[], bool] = lambda: True, room: int = 5
) -> AsyncIterator[str]:
    keeper = Gatekeeper(connections_max=room, address_max=5, requests_max=5, origins=())
    door = LinkDoor(serve, token=TOKEN, gatekeeper=keeper, open_=open_)
    server = await asyncio.get_running_loop().create_server(lambda: Porter(door), "127.0.0.1", 0)
    try:
        async with asyncio.timeout(10):
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/link"
            while keeper.full(room - 1):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # a link that has ended has left its place
    finally:
        server.close()


async def enter(url: str, authorization: str | None) -> ClientConnection:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await connect(url, additional_headers=headers, compression=None, proxy=None)


async def test_who_knows_the_token_is_served() -> None:
    async with (
        opened() as url,
        await enter(url, f"Bearer {TOKEN}") as one,
        await enter(url, f"bearer  {TOKEN}") as other,
    ):
        for link in (one, other):
            await link.send(b"hello")
            assert await link.recv() == b"hello"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer " + TOKEN[:-1],
        "Bearer " + TOKEN + "0",
        "Bearer " + TOKEN.upper(),
        "Bearer " + 7_000 * "x",
        "Bearer \u00e9" + TOKEN[1:],
        "Basic " + TOKEN,
        TOKEN,
        f"Bearer {TOKEN}, Bearer {TOKEN}",
    ],
)
async def test_nobody_else_is(authorization: str | None) -> None:
    async with opened() as url:
        with pytest.raises(InvalidStatus) as refused:
            await enter(url, authorization)
    response = refused.value.response
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.body is not None
    assert TOKEN.encode() not in response.body


async def test_it_is_closed_while_there_is_nothing_to_tell() -> None:
    async with opened(open_=lambda: False) as url:
        with pytest.raises(InvalidStatus) as refused:
            await enter(url, f"Bearer {TOKEN}")
        assert refused.value.response.status_code == 503
        assert "retry-after" in refused.value.response.headers
        with pytest.raises(InvalidStatus) as refused:
            await enter(url, "Bearer x")
        assert refused.value.response.status_code == 401, "and only those who may know learn of it"


@pytest.mark.parametrize(("links", "room"), [(1, 5), (5, 1)])
async def test_so_many_come_in_and_no_more(links: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINKS_MAX", links)
    async with opened(room=room) as url:
        async with await enter(url, f"Bearer {TOKEN}"):
            with pytest.raises(InvalidStatus) as refused:
                await enter(url, f"Bearer {TOKEN}")
            assert refused.value.response.status_code == 503
        while True:  # the place of one that has gone is free as soon as its end was seen
            with contextlib.suppress(InvalidStatus):
                await (await enter(url, f"Bearer {TOKEN}")).close()
                break
            await asyncio.sleep(0.01)


async def test_one_that_fails_ends_alone() -> None:
    async def fail(connection: ServerConnection) -> None:
        if await connection.recv() == b"fail":
            raise OSError("the disk is gone")
        await connection.send(b"fine")

    async with opened(serve=fail) as url:
        one, other = [await enter(url, f"Bearer {TOKEN}") for _ in range(2)]
        await one.send(b"fail")
        await one.wait_closed()
        await other.send(b"go on")
        assert await other.recv() == b"fine"
        await other.wait_closed()


async def test_who_is_no_websocket_is_told_so() -> None:
    async with opened() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /v1/link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 426 ")
        writer.close()

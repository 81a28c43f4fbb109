"""The WebSocket client against a real server on loopback: it asks, reads, notices and comes again."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from feed_server import FeedServer, Talk
from scorewire.clock import SystemClock
from scorewire.intake.connection import Arrived, Lost, Opened, Resume, Signal
from scorewire.intake.socket_feed import SocketFeed

Turn = Callable[[ServerConnection, int], Awaitable[None]]
BEAT = '{"heartbeat":{"interval":5000}}'


def message(number: int) -> str:
    return f'{{"metadata":{{"sequence":{number}}}}}'


@asynccontextmanager
async def serving(
    turn: Turn, refuse: Callable[[ServerConnection, Request], Response | None] | None = None
) -> AsyncIterator[tuple[str, list[ServerConnection]]]:
    """A server whose n-th connection gets `turn(connection, n)`."""
    met: list[ServerConnection] = []

    async def handle(connection: ServerConnection) -> None:
        met.append(connection)
        await turn(connection, len(met))

    async with serve(handle, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/live", met
        server.close(close_connections=True)


async def heard(url: str, count: int, **given: object) -> list[Signal]:
    async def no_wait(_: float) -> None:
        await asyncio.sleep(0)

    wanted = {
        "url": url, "headers": {"x-api-key": "SECRET"}, "clock": SystemClock(), "rng": random.Random(1),
        "sleep": no_wait, **given,
    }  # fmt: skip
    async with asyncio.timeout(10), SocketFeed(**wanted) as source:  # type: ignore[arg-type]
        return [await source.next() for _ in range(count)]


async def test_it_shows_its_key_says_hello_and_takes_each_message_for_a_payload() -> None:
    said: list[str | bytes] = []

    async def turn(connection: ServerConnection, _: int) -> None:
        said.append(await connection.recv())
        await connection.send(BEAT)
        await connection.send(message(1))
        await connection.send(message(2).encode())
        await connection.wait_closed()

    async with serving(turn) as (url, met):
        signals = await heard(url, 3, hello='{"follow":"all"}')
        assert met[0].request is not None
        assert met[0].request.headers["x-api-key"] == "SECRET"
        assert met[0].request.headers["user-agent"].startswith("scorewire/")
    assert signals == [Opened(), Arrived(message(1).encode()), Arrived(message(2).encode())]
    assert said == ['{"follow":"all"}']


async def test_when_the_server_closes_or_drops_it_comes_again_behind_the_last_message() -> None:
    said: list[str | bytes] = []

    async def turn(connection: ServerConnection, number: int) -> None:
        said.append(await connection.recv())
        await connection.send(message(number))
        if number == 1:
            await connection.close(1012)
        elif number == 2:
            connection.transport.abort()
        else:
            await connection.wait_closed()

    async with serving(turn) as (url, met):
        resume = Resume(field="metadata.sequence", parameter="since")
        signals = await heard(url, 8, resume=resume, hello="from {last}")
        paths = [one.request.path for one in met if one.request is not None]
    assert [type(one) for one in signals] == [Opened, Arrived, Lost] * 2 + [Opened, Arrived]
    assert [one.resumed for one in signals if isinstance(one, Opened)] == [False, True, True]
    assert said == ["from ", "from 1", "from 2"]
    assert paths == ["/live", "/live?since=1", "/live?since=2"]


async def test_silence_is_noticed_though_the_connection_stands() -> None:
    async def turn(connection: ServerConnection, _: int) -> None:
        await connection.send(BEAT)
        await connection.wait_closed()

    async with serving(turn) as (url, _):
        assert await heard(url, 3, silence_s=0.2) == [Opened(), Lost("silent for 0.2 s"), Opened()]


async def test_a_message_too_large_costs_the_connection() -> None:
    async def turn(connection: ServerConnection, _: int) -> None:
        await connection.send(message(1))
        await connection.send("x" * 5000)
        await connection.wait_closed()

    async with serving(turn) as (url, _):
        signals = await heard(url, 3, object_bytes_max=2000)
    assert signals[1:] == [Arrived(message(1).encode()), Lost("ConnectionClosedError")]


async def test_a_refused_handshake_is_waited_out_as_long_as_it_says() -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        answer = connection.respond(503, "full\n")
        answer.headers["retry-after"] = "7"
        return answer

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def turn(connection: ServerConnection, _: int) -> None:
        await connection.wait_closed()

    async with serving(turn, refuse) as (url, _):
        assert await heard(url, 2, sleep=sleep) == [Lost("status 503")] * 2
    assert 7 <= slept[0] <= 7.5


async def test_no_redirect_is_followed_with_the_key() -> None:
    async def away(talk: Talk) -> None:
        await talk.redirect("/elsewhere")

    async with FeedServer(away) as server:
        signals = await heard(server.url.replace("http", "ws") + "/live", 1)
        assert [talk.path for talk in server.talks] == ["/live"]
    assert signals == [Lost("status 302")]


async def test_what_is_no_websocket_or_nobody_is_lost() -> None:
    async def page(talk: Talk) -> None:
        await talk.reply(200, b"<html>")

    async with FeedServer(page) as server:
        url = server.url.replace("http", "ws")
        assert await heard(url, 1) == [Lost("status 200")]
    assert isinstance((await heard(url, 1))[0], Lost)

"""A stream that is passed on ends with whichever end goes first, and says why where it is ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from scorewire.errors import RequestError
from scorewire.node.courier import Lost, over_unix
from scorewire.node.streamed import Streamed, is_stream, pass_on

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b"event: row\ndata: 1\n\n"


class Upstream:
    """One stream: what it was asked, what a test has it say, and that its reader has gone."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "upstream.sock")
        self.asked = b""
        self.says: asyncio.Queue[bytes] = asyncio.Queue()
        self.left = asyncio.Event()

    def say(self, *events: bytes) -> None:
        for event in events:
            self.says.put_nowait(b"%x\r\n%b\r\n" % (len(event), event))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(20):
            self.asked = await reader.readuntil(b"\r\n\r\n")
            writer.write(HEAD)
            while not self.says.empty():
                writer.write(await self.says.get())
            assert await reader.read() == b""
            self.left.set()
            writer.close()


@asynccontextmanager
async def upstream(folder: Path) -> AsyncIterator[Upstream]:
    one = Upstream(folder)
    server = await asyncio.start_unix_server(one.serve, one.path)
    async with asyncio.timeout(20):
        yield one
        if one.asked:
            await one.left.wait()
    server.close()


class Client:
    """A request as uvicorn shows it."""

    def __init__(self, **headers: str) -> None:
        self.scope: dict[str, Any] = {
            "method": "GET",
            "path": "/v1/games/g/replay",
            "raw_path": b"/v1/games/g/replay",
            "query_string": b"speed=60",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        self.gone = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.heard: Callable[[bytes], None] = lambda _body: None

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        self.heard(message.get("body", b""))

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent if "body" in message)


def streamed(path: str, *, streams_max: int = 5, stopping: Callable[[], bool] = lambda: False) -> Streamed:
    return Streamed(
        dial=over_unix(path),
        authority="scores.example",
        streams_max=streams_max,
        address_max=1,
        address_of=lambda scope: str(scope.get("address", "")),
        stopping=stopping,
    )


async def test_what_comes_leaves_and_who_leaves_ends_it(tmp_path: Path) -> None:
    async with upstream(tmp_path) as one:
        client = Client(last_event_id="replay!e!g!4", accept="text/event-stream", cookie="secret")
        client.heard = lambda body: client.gone.set() if body else None
        one.say(EVENT)
        await streamed(one.path)(client.scope, client.receive, client.send)
        assert client.sent[0]["status"] == 200
        assert (b"content-type", b"text/event-stream") in client.sent[0]["headers"]
        assert client.body == EVENT
        await one.left.wait()
        assert one.asked.startswith(b"GET /v1/games/g/replay?speed=60 HTTP/1.1\r\nhost: scores.example\r\n")
        assert b"last-event-id: replay!e!g!4" in one.asked
        assert b"cookie" not in one.asked


@pytest.mark.parametrize(("said", "bye"), [(EVENT, True), (EVENT[:-1], False)])
async def test_a_process_that_stops_says_so_between_two_events(
    tmp_path: Path, said: bytes, bye: bool
) -> None:
    async with upstream(tmp_path) as one:
        client, stops = Client(), asyncio.Event()
        client.heard = lambda body: stops.set() if body else None
        one.say(said)
        await streamed(one.path, stopping=stops.is_set)(client.scope, client.receive, client.send)
        assert (b'"reason":"drain"' in client.body) == bye
        assert client.sent[-1]["more_body"] is False
        await one.left.wait()


async def test_a_stream_that_breaks_off_is_not_called_whole(tmp_path: Path) -> None:
    async with upstream(tmp_path) as one:
        courier = await over_unix(one.path)()
        courier.ask(b"GET", b"/", [(b"host", b"x")], has_body=False)
        await courier.headed
        assert is_stream(courier)
        client = Client()
        courier.close()
        with pytest.raises(Lost):
            await pass_on(courier, client.receive, client.send, stopping=lambda: False)
        assert client.sent == []


async def test_the_end_of_the_stream_is_the_end(tmp_path: Path) -> None:
    async with upstream(tmp_path) as one:
        client = Client()
        one.say(EVENT, EVENT, b"")
        app = streamed(one.path)
        await app(client.scope, client.receive, client.send)
        assert client.body == EVENT * 2
        assert client.sent[-1]["more_body"] is False
        app.close()


async def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    async with upstream(tmp_path) as one:
        app = streamed(one.path)
        first, second, told = Client(), Client(), asyncio.Event()
        first.heard = lambda body: told.set() if body else None
        first.scope["address"] = second.scope["address"] = "192.0.2.1"
        under_way = asyncio.ensure_future(app(first.scope, first.receive, first.send))
        one.say(EVENT)
        await told.wait()
        await app(second.scope, second.receive, second.send)
        assert second.sent[0]["status"] == 200
        assert b'"reason":"overload"' in second.body
        first.gone.set()
        await under_way


async def test_an_upstream_that_is_away(tmp_path: Path) -> None:
    client = Client()
    with pytest.raises(RequestError) as refused:
        await streamed(str(tmp_path / "nobody"))(client.scope, client.receive, client.send)
    assert (refused.value.status, client.sent) == (503, [])

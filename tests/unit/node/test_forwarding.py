"""What passes between a client and the pipeline, and what happens while there is none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from scorewire.clock import SystemClock
from scorewire.fanout.request import Proxies
from scorewire.node import forwarding as module
from scorewire.node.courier import over_unix
from scorewire.node.forwarding import KEPT_BYTES, Forwarding

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Pipeline:
    """Gives its `answers` in turn, and notes the heads and bodies that it read.

    An answer that is empty, or says so, ends the connection.
    """

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "pipeline.sock")
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.answers: list[bytes] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        Path(self.path).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                answer = self.answers.pop(0) if self.answers else OK
                if not answer.startswith(b"HTTP/1.1 413"):
                    self.bodies.append(await reader.readexactly(int(length or 0)))
                writer.write(answer)
                if not answer or b"Connection: close" in answer:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Client:
    """One request as uvicorn shows it; `parts` of its body come one by one, None says that it left."""

    def __init__(
        self, method: str = "GET", path: str = "/v1/games", query: bytes = b"", **headers: str
    ) -> None:
        given = {"host": "test", **headers}
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "client": ("203.0.113.7", 4711),
            "scheme": "http",
        }
        self.parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []

    def says(self, *parts: bytes | None) -> "Client":
        for part in parts:
            self.parts.put_nowait(part)
        return self

    async def receive(self) -> dict[str, Any]:
        part = await self.parts.get()
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": part != b""}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        found: int = self.sent[0]["status"]
        return found

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def whole(self) -> bool:
        return bool(self.sent) and self.sent[-1].get("more_body") is False


@asynccontextmanager
async def forwarding(
    tmp_path: Path, *, trusted: tuple[str, ...] = (), wait_s: float = 2.0
) -> AsyncIterator[tuple[Pipeline, Callable[[Client], Awaitable[Client]], list[str]]]:
    pipeline = Pipeline(tmp_path)
    await pipeline.start()
    answered: list[str] = []
    app = Forwarding(
        dial=over_unix(pipeline.path),
        proxies=Proxies(trusted),
        now_s=SystemClock().monotonic_s,
        wait_s=wait_s,
        answered=answered.append,
    )

    async def ask(client: Client) -> Client:
        await app(client.scope, client.receive, client.send)
        return client

    async with asyncio.timeout(10):
        yield pipeline, ask, answered
    app.close()
    await asyncio.sleep(0.01)  # what has just connected must be accepted before the server may close
    pipeline.stop()


async def test_what_is_of_one_connection_stays_there(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, answered):
        pipeline.answers = [
            b"HTTP/1.1 200 OK\r\nETag: x\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        ]
        client = await ask(
            Client(query=b"a=%2F", accept="*/*", connection="x-own", x_own="1", te="trailers", expect="it")
        )
        assert pipeline.heads == [
            b"GET /v1/games?a=%2F HTTP/1.1\r\n"
            b"host: test\r\naccept: */*\r\nx-forwarded-for: 203.0.113.7\r\n\r\n"
        ]
        assert client.sent[0]["headers"] == [(b"etag", b"x")]
        assert (client.status, client.body, client.whole) == (200, b"ok", True)
        assert answered == [], "it has a query"
        await ask(Client(path="/v1/games/g1/score"))
        assert answered == ["/v1/games/g1/score"]


async def test_a_body_is_never_the_next_request(tmp_path: Path) -> None:
    hidden = b"GET /v1/hidden HTTP/1.1\r\nhost: test\r\n\r\n"
    length = str(len(hidden))
    async with forwarding(tmp_path) as (pipeline, ask, _):
        client = Client("POST", "/v1/ingest/acme", content_length=length, connection="Content-Length, host")
        await ask(client.says(hidden, b""))
        assert client.status == 200
        assert (await ask(Client())).status == 200
        assert f"content-length: {length}\r\n".encode() in pipeline.heads[0]
        assert b"host: test\r\n" in pipeline.heads[0]
        assert pipeline.bodies == [hidden, b""]


async def test_only_a_trusted_proxy_says_whom_it_speaks_for(tmp_path: Path) -> None:
    claims = {
        "x_forwarded_for": "198.51.100.1",
        "forwarded": "for=198.51.100.1",
        "x_forwarded_proto": "https",
    }
    async with forwarding(tmp_path) as (pipeline, ask, _):
        await ask(Client(**claims))
        assert b"198.51.100.1" not in pipeline.heads[0]
        assert b"https" not in pipeline.heads[0]
    (tmp_path / "other").mkdir()
    async with forwarding(tmp_path / "other", trusted=("203.0.113.0/24",)) as (pipeline, ask, _):
        await ask(Client(**claims))
        assert b"x-forwarded-for: 198.51.100.1\r\n" in pipeline.heads[0]
        assert b"x-forwarded-for: 203.0.113.7\r\n" in pipeline.heads[0]
        assert b"x-forwarded-proto: https\r\n" in pipeline.heads[0]


async def test_a_connection_that_was_encrypted_is_called_so_once(tmp_path: Path) -> None:
    async with forwarding(tmp_path, trusted=("203.0.113.0/24",)) as (pipeline, ask, _):
        for client in (Client(), Client(x_forwarded_proto="http")):
            client.scope["scheme"] = "https"
            await ask(client)
        assert b"\r\nx-forwarded-proto: https\r\n" in pipeline.heads[0]
        assert b"https" not in pipeline.heads[1], "a proxy before the one that relays knows better"


async def test_an_old_client_needs_no_host(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        client = Client()
        client.scope["headers"] = []
        await ask(client)
        assert pipeline.heads[0].startswith(b"GET /v1/games HTTP/1.1\r\nhost: pipeline\r\n")


async def test_an_answer_is_passed_on_before_the_body_is_whole(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        pipeline.answers = [b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"]
        client = Client("POST", "/v1/ingest/acme", content_length="2000000").says(b"x" * 100)
        await ask(client)  # the rest of the body never comes
        assert (client.status, client.body, client.whole) == (413, b"no", True)


async def test_slow_bodies_take_no_place_from_anybody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECTIONS_MAX", 2)
    monkeypatch.setattr(module, "LONG_BODIES_MAX", 2)
    async with forwarding(tmp_path) as (pipeline, ask, _):
        slow = [
            Client("POST", "/v1/ingest/acme", **given).says(b"x")
            for given in 3 * ({"content_length": "20"}, {"content_length": "200000"})
        ]
        asking = [asyncio.ensure_future(ask(client)) for client in slow]
        await asyncio.sleep(0.1)
        assert len(pipeline.heads) == 2, "the long ones that have a place"
        assert (await ask(Client())).status == 200
        whole = Client("POST", "/v1/ingest/acme", content_length="4").says(b"ab", b"cd", b"")
        assert (await ask(whole)).status == 200
        assert pipeline.bodies[-1] == b"abcd"
        for client in slow:
            client.says(None)
        await asyncio.gather(*asking)
        assert not any(client.sent for client in slow)


async def test_one_address_sends_so_many_long_bodies_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_BODIES_OF_ONE_MAX", 2)

    def long(of: str, **given: str) -> Client:
        client = Client("POST", "/v1/ingest/acme", **(given or {"content_length": "200000"})).says(b"x")
        client.scope["client"] = (of, 4711)
        return client

    async with forwarding(tmp_path, trusted=("203.0.113.0/24",)) as (pipeline, ask, _):
        named = {"content_length": "200000", "x_forwarded_for": "198.51.100.1"}
        slow = [
            *(long("198.51.100.1") for _ in range(2)),
            *(long("203.0.113.9") for _ in range(3)),  # a proxy that names nobody
            long("198.51.100.2", transfer_encoding="chunked"),
        ]
        asking = [asyncio.ensure_future(ask(client)) for client in slow]
        await asyncio.sleep(0.1)
        assert len(pipeline.heads) == len(slow)
        for client in (long("198.51.100.1"), long("203.0.113.7", **named)):
            await ask(client)
            assert client.status == 503
            assert dict(client.sent[0]["headers"])[b"retry-after"] == b"2"
        short = Client("POST", "/v1/ingest/acme", content_length="2").says(b"ab", b"")
        short.scope["client"] = ("198.51.100.1", 4711)
        assert (await ask(short)).status == 200
        for client in slow:
            client.says(None)
        await asyncio.gather(*asking)
        again = long("198.51.100.1", content_length="200000")
        again.says(b"x" * 199_999, b"")
        assert (await ask(again)).status == 200, "those who left are counted out"


async def test_a_client_that_leaves_is_given_up(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (_, ask, _):
        client = await ask(Client("POST", "/v1/ingest/acme", content_length="20").says(b"x", None))
        assert client.sent == []
        assert (await ask(Client())).status == 200


async def test_a_pipeline_that_is_away_is_waited_for(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        pipeline.stop()
        clients = [
            Client(),
            Client("POST", "/v1/admin/keys", content_length="2").says(b"{}", b""),
            Client("POST", "/v1/ingest/acme", transfer_encoding="chunked").says(b"{}", b""),
        ]
        asking = [asyncio.ensure_future(ask(client)) for client in clients]
        await asyncio.sleep(0.2)
        assert not any(client.sent for client in clients)
        await pipeline.start()
        await asyncio.gather(*asking)
        assert [client.status for client in clients] == [200, 200, 200]


async def test_a_pipeline_that_stays_away_is_said_in_time(tmp_path: Path) -> None:
    async with forwarding(tmp_path, wait_s=0.1) as (pipeline, ask, _):
        pipeline.stop()
        client = await ask(Client())
        headers = dict(client.sent[0]["headers"])
        assert client.status == 503
        assert headers[b"retry-after"] == b"2"
        assert headers[b"access-control-expose-headers"] == b"retry-after"
        assert headers[b"content-type"] == b"application/problem+json"
        assert int(headers[b"content-length"]) == len(client.body)
        assert b'"code":"unavailable"' in client.body
        await pipeline.start()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/games", 200),
        ("HEAD", "/v1/games", 200),
        ("POST", "/v1/ingest/acme", 200),
        ("POST", "/v1/admin/keys", 503),
        ("DELETE", "/v1/admin/keys/k1", 503),
    ],
)
async def test_only_what_may_be_asked_twice_is(tmp_path: Path, method: str, path: str, status: int) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        pipeline.answers = [b"", OK if method != "HEAD" else OK[:-2]]
        has_body = method == "POST"
        client = Client(method, path, **({"content_length": "4"} if has_body else {}))
        await ask(client.says(b"ab", b"cd", b"") if has_body else client)
        assert client.status == status
        assert pipeline.bodies == [b"abcd" if has_body else b""] * (2 if status == 200 else 1)


async def test_a_long_body_is_not_kept_to_be_sent_twice(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        pipeline.answers = [b""]
        size = KEPT_BYTES + 1
        client = Client("POST", "/v1/ingest/acme", content_length=str(size))
        await ask(client.says(b"x" * size, b""))
        assert client.status == 503
        assert len(pipeline.heads) == 1


async def test_an_answer_that_breaks_off_is_not_called_whole(tmp_path: Path) -> None:
    async with forwarding(tmp_path) as (pipeline, ask, _):
        pipeline.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf"]
        client = await ask(Client())
        assert (client.status, client.body, client.whole) == (200, b"half", False)


async def test_a_worker_lives_without_a_pipeline(tmp_path: Path) -> None:
    async with forwarding(tmp_path, wait_s=0.1) as (pipeline, ask, answered):
        pipeline.stop()
        found = [await ask(Client(method, "/livez").says(b"")) for method in ("GET", "HEAD")]
        assert [(one.status, one.body, one.whole) for one in found] == [(200, b"ok\n", True)] * 2
        assert (await ask(Client(path="/readyz").says(b""))).status == 503
    assert not pipeline.heads
    assert not answered

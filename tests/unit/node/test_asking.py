"""What an edge asks of an upstream that is scripted byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scorewire.clock import SystemClock
from scorewire.errors import RequestError
from scorewire.node import asking as module
from scorewire.node.asking import Asking
from scorewire.node.courier import over_tcp
from scorewire.node.shared_answers import Question

GAMES = Question(b"GET", b"/v1/games?limit=1", ((b"accept", b"*/*"),))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Upstream:
    """Gives its answers in turn, the last one for ever; one that is empty ends the connection."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Asking]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        asking = self.asking()
        try:
            async with asyncio.timeout(10):
                yield asking
        finally:
            asking.close()
            await asyncio.sleep(0.01)
            server.close()

    def asking(self) -> Asking:
        return Asking(
            dial=over_tcp("127.0.0.1", self.port, tls=None),
            authority="scores.example",
            now_s=SystemClock().monotonic_s,
            away_s=0.2,
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if not answer:
                    return
                writer.write(answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def test_one_connection_carries_one_question_after_another() -> None:
    upstream = Upstream(
        b"HTTP/1.1 200 OK\r\nDate: now\r\nServer: x\r\nETag: e\r\nConnection: x-hop\r\nX-Hop: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    )
    async with upstream.listening() as ask:
        reply = await ask(GAMES)
        assert reply == (200, ((b"etag", b"e"), (b"content-length", b"3")), b"abc")
        assert (await ask(GAMES)).status == 404
    first = upstream.heads[0].decode().split("\r\n")
    assert first[:2] == ["GET /v1/games?limit=1 HTTP/1.1", "host: scores.example"]
    assert first[2].startswith("user-agent: scorewire-edge/")
    assert first[3:] == ["accept: */*", "", ""]
    assert upstream.connections == 1


async def test_a_connection_that_ends_under_a_question_is_asked_again() -> None:
    upstream = Upstream(b"", OK)
    async with upstream.listening() as ask:
        assert (await ask(GAMES)).body == b"ok"
    assert upstream.connections == 2


@pytest.mark.parametrize("status", [b"502 Bad Gateway", b"503 Unavailable", b"504 Gateway Timeout"])
async def test_what_a_proxy_says_of_an_upstream_that_is_away_is_that_it_is_away(status: bytes) -> None:
    upstream = Upstream(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nno")
    async with upstream.listening() as ask:
        with pytest.raises(RequestError) as refused:
            await ask(GAMES)
    assert (refused.value.status, refused.value.retry_after_s) == (503, 2)


async def test_an_upstream_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.1)
    upstream = Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    async with upstream.listening() as ask:
        with pytest.raises(RequestError) as refused:
            await ask(GAMES)
        assert refused.value.status == 503
        upstream.answers = [OK]
        assert (await ask(GAMES)).body == b"ok", "and nothing of the first is taken for the second"


async def test_one_that_is_not_there_is_knocked_at_for_a_while() -> None:
    upstream = Upstream(OK)
    async with upstream.listening():
        pass
    ask = upstream.asking()
    with pytest.raises(RequestError):
        await ask(GAMES)
    asked = asyncio.ensure_future(ask(GAMES))
    await asyncio.sleep(0.05)
    async with upstream.listening():
        assert (await asked).body == b"ok"
        ask.close()


async def test_an_answer_without_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BODY_BYTES_MAX", 100)
    async with Upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + 101 * b"x").listening() as ask:
        with pytest.raises(RequestError):
            await ask(GAMES)

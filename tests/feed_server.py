"""A provider's server on loopback, down to its bytes: it redirects, streams, stalls and breaks as told.

Each connection gets a `Talk`; the test's `answer` decides what is said on it. Nothing here is the product's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from urllib.parse import parse_qs, urlsplit


class Talk:
    """One request, and the ways to answer it."""

    def __init__(self, number: int, line: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.method, self.target, _ = line.split(" ")
        self.path = urlsplit(self.target).path
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}
        self.headers = headers
        self._writer = writer

    async def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; `retry_after="3"` is the header `retry-after`."""
        named = {"content-length": str(len(body)), "connection": "close"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        await self._head(status, named)
        await self._write(body)

    async def redirect(self, location: str) -> None:
        await self.reply(302, location=location)

    async def begin(self) -> None:
        """The head of an endless answer."""
        await self._head(200, {"content-type": "application/json", "transfer-encoding": "chunked"})

    async def chunk(self, data: bytes) -> None:
        await self._write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """The proper end of a chunked body."""
        await self._write(b"0\r\n\r\n")

    async def cut(self, data: bytes = b"") -> None:
        """Announce more than is sent, and reset the connection."""
        if data:
            await self._write(b"%x\r\n%b" % (len(data) + 100, data))
        self._writer.transport.abort()

    async def _head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        await self._write("\r\n".join(lines).encode())

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


Answer = Callable[[Talk], Awaitable[None]]


class FeedServer:
    """Listens on a free port; `talks` are all requests so far."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.talks: list[Talk] = []
        self.faults: list[BaseException] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "FeedServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        assert not self.faults, self.faults

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.split("\r\n")
            pairs = (one.split(":", 1) for one in rest if ":" in one)
            headers = {name.strip().lower(): value.strip() for name, value in pairs}
            talk = Talk(len(self.talks) + 1, line, headers, writer)
            self.talks.append(talk)
            await self._answer(talk)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as fault:  # a mistake of the test itself must not look like a broken feed
            self.faults.append(fault)
        finally:
            self._open.discard(task)
            writer.close()

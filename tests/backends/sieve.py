"""A TCP proxy that can swallow what a server says: what Redis pub/sub does when it loses a message."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

READ_BYTES = 1 << 20


class Sieve:
    """Between clients and a server on this machine.

    Attributes:
        port: where it listens.
        swallow: whether a piece that the server wrote is dropped; a piece is what arrived at once, so the
            server must be otherwise quiet.
        swallowed: how many were.
        sent, received: bytes, as the clients see it.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.swallow: Callable[[bytes], bool] = lambda _data: False
        self.swallowed = 0
        self.sent = 0
        self.received = 0
        self._server_port = server_port
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Sieve"]:
        """Pass bytes on, until the end of the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        """End every connection."""
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
            ends.append(back)
            self._open.update(ends)
            await asyncio.gather(self._pass(reader, back, sift=False), self._pass(there, writer, sift=True))
        except OSError:
            pass
        finally:
            for end in ends:
                self._open.discard(end)
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, sift: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(READ_BYTES):
                if sift and self.swallow(data):
                    self.swallowed += 1
                    continue
                if sift:
                    self.received += len(data)
                else:
                    self.sent += len(data)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

"""A TCP link with faults, between a client and a server on this machine.

    client ─► Link.port ─► [late, torn into pieces, held, cut, dead] ─► server

It runs an asyncio loop in a thread of its own; a test sets its faults from outside, at any time. Bytes are
never changed, lost or reordered within a connection that lives: that is what TCP promises.
"""

import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

READ_BYTES = 65_536


@dataclass
class Faults:
    """What the link does to both directions.

    Attributes:
        late_s: how long each read takes to arrive, up to twice this by chance.
        piece_bytes: the largest piece that is handed on at once; 0 leaves reads whole.
        held: nothing passes, and nobody is told; what waits passes when it is set back.
    """

    late_s: float = 0.0
    piece_bytes: int = 0
    held: bool = False


class Link:
    """See the module; `async with` is not needed: `open`, and `close` when done.

    Attributes:
        passed: connections that were made through it.
    """

    def __init__(self, server_port: int, *, rng: random.Random) -> None:
        self.faults = Faults()
        self.passed = 0
        self.port = 0
        self._server_port = server_port
        self._rng = rng
        self._live: dict[int, tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}
        self._dead: set[int] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def open(self) -> "Link":
        """Begin to listen."""
        self._thread.start()
        self._do(self._listen())
        return self

    def close(self) -> None:
        """End all connections and the thread."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self, share: float = 1.0) -> int:
        """Reset a share of the connections, by chance; returns how many."""
        return self._do(self._each(share, self._reset))

    def lose(self, share: float = 1.0) -> int:
        """Let a share of the connections die in silence: neither end hears anything, ever again."""
        return self._do(self._each(share, self._dead.add))

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for number in list(self._live):
            self._reset(number)
        own = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _each(self, share: float, act: Callable[[int], object]) -> int:
        chosen = [number for number in self._live if self._rng.random() < share]
        for number in chosen:
            act(number)
        return len(chosen)

    def _reset(self, number: int) -> None:
        for writer in self._live.get(number, ()):
            # Lingering for no time makes the kernel send RST and forget what was on its way.
            sock: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.passed += 1
        number = self.passed
        try:
            upstream = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._live[number] = (writer, upstream[1])
        try:
            await asyncio.gather(
                self._carry(number, reader, upstream[1]), self._carry(number, upstream[0], writer)
            )
        except OSError:
            pass
        finally:
            self._reset(number)
            del self._live[number]
            self._dead.discard(number)

    async def _carry(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction of one connection."""
        while data := await reader.read(READ_BYTES):
            if self.faults.late_s:
                await asyncio.sleep(self.faults.late_s * 2 * self._rng.random())
            while data:
                while self.faults.held or number in self._dead:  # noqa: ASYNC110 (set from another thread)
                    await asyncio.sleep(0.01)
                size = self._rng.randint(1, self.faults.piece_bytes) if self.faults.piece_bytes else len(data)
                writer.write(data[:size])
                await writer.drain()
                data = data[size:]
                if data:
                    await asyncio.sleep(0)
        writer.write_eof()

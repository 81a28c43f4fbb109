"""A TCP link with faults, between a client and a server on this machine.

    client ─► Link.port ─► [late, torn into pieces, held, dropped, cut, dead, refused] ─► server

It runs an asyncio loop in a thread of its own; a test sets its faults from outside, at any time, for both
directions or for one. Bytes are never changed, lost or reordered within a connection that lives: that is what
TCP promises. Where bytes are lost, nothing passes on that connection in that direction ever again.

    a slow network           link.faults.late_s = 0.05
    a partition that heals   link.part(), link.heal(): connections stand still, new ones cannot even be made
    a pause                  link.faults.held = True, and False again: what waited passes, late
    the same, one way        link.down.held = True: the server hears its clients, and they do not hear it
    an answer that is lost   link.down.dropped = True, then link.cut(): was it done? the client cannot know
    half open                link.lose(): neither end is told, ever
    the server's host died   link.refuse(), link.admit()

A server that tells clients its own address (a Redis Cluster, Kafka, the primary that Sentinel names) must be
told to announce the link's: `cluster-announce-port`, `replica-announce-port`, `advertised.listeners`.
"""

import asyncio
import contextlib
import errno
import random
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from services.ports import HOST, choose_port

READ_BYTES = 65_536
WAITING_READS_MAX = 64
"""What may be on its way in one direction of one connection; more waits at the sender's."""
LOOK_S = 0.01
BACKLOG = 100


def _none(_data: bytes) -> bool:
    return False


@dataclass
class Faults:
    """What the link does to bytes.

    Attributes:
        late_s: how long a read takes to arrive, up to twice this by chance; reads do not wait for each other.
        piece_bytes: the largest piece that is handed on at once; 0 leaves reads whole.
        held: nothing passes, and nobody is told; what waits passes when it is set back.
        dropped: what is read now never arrives, nor anything that is read after it on the same connection.
        swallowed: which reads never arrive, while those after them do: no network does that, but Redis loses
            messages of pub/sub so, each of them whole.
    """

    late_s: float = 0.0
    piece_bytes: int = 0
    held: bool = False
    dropped: bool = False
    swallowed: Callable[[bytes], bool] = _none


@dataclass
class Line:
    """One connection that lives.

    Attributes:
        ends: the client's and the server's.
        dead: nothing passes any more, in either direction.
    """

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    dead: bool = False


@dataclass
class Way:
    """One direction of one connection.

    Attributes:
        waiting: reads with the time at which they may arrive, and an empty one for the end.
        hole: something was dropped, so nothing may follow.
    """

    line: Line
    faults: tuple[Faults, Faults]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    waiting: asyncio.Queue[tuple[float, bytes]] = field(
        default_factory=lambda: asyncio.Queue(WAITING_READS_MAX)
    )
    hole: bool = False


class Link:
    """See the module. A context manager, or `open` it, and `close` it when done.

    Args:
        server_port: of the loopback; the server need not run yet.
        rng: chance, so that a seed repeats the faults.
        port: where it listens; 0 chooses one.

    Attributes:
        faults: of both directions.
        up, down: of one direction, besides: to the server, from the server.
        passed: connections that were made through it.
    """

    def __init__(self, server_port: int, *, rng: random.Random | None = None, port: int = 0) -> None:
        self.faults = Faults()
        self.up = Faults()
        self.down = Faults()
        self.passed = 0
        self.port = port or choose_port()
        self._server_port = server_port
        self._rng = rng or random.Random(0)
        self._live: dict[int, Line] = {}
        self._parted = False
        self._door: socket.socket | None = None
        self._stuffing: list[socket.socket] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._accepting: asyncio.Task[None] | None = None
        self._calls: set[asyncio.Task[None]] = set()

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

    def __enter__(self) -> "Link":
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def live(self) -> int:
        """Connections through it now, dead ones too."""
        return len(self._live)

    def cut(self, share: float = 1.0) -> int:
        """Reset a share of the connections, by chance; returns how many."""
        return int(self._do(self._each(share, _reset)))

    def lose(self, share: float = 1.0) -> int:
        """Let a share of the connections die in silence: neither end hears anything, ever again."""
        return int(self._do(self._each(share, _kill)))

    def refuse(self) -> None:
        """Listen no more, and reset what is open: as if the server's host were there and the server not."""
        self._do(self._unlisten())
        self.cut()

    def admit(self) -> None:
        """Listen again, after `refuse`."""
        self._do(self._listen())

    def part(self) -> None:
        """Nothing passes, and who comes anew hears nothing, not even that it is connected."""
        self._do(self._part())

    def heal(self) -> None:
        """After `part`: what waited passes, and who knocks is let in at its next knock, within seconds."""
        self._do(self._heal())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._door is None:
            self._door = socket.create_server((HOST, self.port), backlog=BACKLOG)
            self._door.setblocking(False)
            self._accepting = asyncio.ensure_future(self._accept_all(self._door))

    async def _unlisten(self) -> None:
        if self._door is not None and self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
            self._door.close()
            self._door = None
        self._unstuff()
        self._parted = False

    async def _part(self) -> None:
        assert self._door is not None
        assert self._accepting is not None
        self._parted = True
        self._accepting.cancel()
        await asyncio.wait([self._accepting])
        # Who listens with a full queue is silent to who knocks: the kernel drops the first packet.
        self._door.listen(0)
        for _ in range(BACKLOG):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex((HOST, self.port))
            self._stuffing.append(one)
            await asyncio.sleep(LOOK_S)
            if one.connect_ex((HOST, self.port)) not in (0, errno.EISCONN):
                return

    async def _heal(self) -> None:
        assert self._door is not None
        self._unstuff()
        self._door.listen(BACKLOG)
        self._accepting = asyncio.ensure_future(self._accept_all(self._door))
        self._parted = False

    def _unstuff(self) -> None:
        for one in self._stuffing:
            one.close()
        self._stuffing.clear()

    async def _accept_all(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            sock, _ = await loop.sock_accept(door)
            call = asyncio.ensure_future(self._accept(sock))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _end(self) -> None:
        await self._unlisten()
        for line in list(self._live.values()):
            _reset(line)
        own = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _each(self, share: float, act: Callable[[Line], object]) -> int:
        chosen = [line for line in self._live.values() if self._rng.random() < share]
        for line in chosen:
            act(line)
        return len(chosen)

    async def _accept(self, sock: socket.socket) -> None:
        if _gone(sock):
            sock.close()
            return
        reader, writer = await asyncio.open_connection(sock=sock)
        self.passed += 1
        number = self.passed
        try:
            upstream = await asyncio.open_connection(HOST, self._server_port)
        except OSError:
            _abort(writer)
            return
        line = self._live[number] = Line((writer, upstream[1]))
        ways = [
            Way(line, (self.faults, self.up), reader, upstream[1]),
            Way(line, (self.faults, self.down), upstream[0], writer),
        ]
        # An end that breaks ends both ways; an end that has said all leaves the other to go on.
        works = [asyncio.ensure_future(work(way)) for way in ways for work in (self._take, self._hand)]
        try:
            await asyncio.gather(*works)
            for writer in line.ends:
                writer.close()
            for writer in line.ends:
                await writer.wait_closed()  # a reset would forget what is still on its way
        except OSError:
            pass
        finally:
            for work in works:
                work.cancel()
            _reset(line)
            del self._live[number]

    async def _take(self, way: Way) -> None:
        """Read, and note when it may arrive."""
        due, now = 0.0, asyncio.get_running_loop().time
        while data := await way.reader.read(READ_BYTES):
            late_s = sum(faults.late_s for faults in way.faults)
            way.hole = way.hole or any(faults.dropped for faults in way.faults)
            if not way.hole and not any(faults.swallowed(data) for faults in way.faults):
                due = now() + late_s * 2 * self._rng.random()
                await way.waiting.put((due, data))
        await way.waiting.put((due, b""))

    async def _hand(self, way: Way) -> None:
        """Hand on what is due."""
        now = asyncio.get_running_loop().time
        while True:
            due, data = await way.waiting.get()
            if (wait := due - now()) > 0:
                await asyncio.sleep(wait)
            await self._held(way)
            if not data:
                break
            await self._hand_pieces(way, data)
        if not way.hole:
            way.writer.write_eof()

    async def _hand_pieces(self, way: Way, data: bytes) -> None:
        pieces = [faults.piece_bytes for faults in way.faults if faults.piece_bytes]
        while data:
            await self._held(way)
            size = self._rng.randint(1, min(pieces)) if pieces else len(data)
            way.writer.write(data[:size])
            await way.writer.drain()
            data = data[size:]
            if data:
                await asyncio.sleep(0)

    async def _held(self, way: Way) -> None:
        while self._parted or way.line.dead or any(faults.held for faults in way.faults):  # noqa: ASYNC110 (set by another thread)
            await asyncio.sleep(LOOK_S)


def _gone(sock: socket.socket) -> bool:
    """Whether who knocked has gone before the door was opened; the stuffing has, too."""
    try:
        return not sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _kill(line: Line) -> None:
    line.dead = True


def _reset(line: Line) -> None:
    for writer in line.ends:
        _abort(writer)


def _abort(writer: asyncio.StreamWriter) -> None:
    # Lingering for no time makes the kernel send RST and forget what was on its way.
    sock: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()

"""The load client: thousands of fans in one process of their own, light enough not to be the bottleneck.

It is driven by lines on its standard input and answers on its standard output, JSON a line:

    {"do": "join", "count": 1000, "port": 8080, "path": "/v1/stream?game=g", "message": ""}
        -> {"joined": 1000, "seconds": 0.4}
    {"do": "await", "marker": "\"seq\":31,", "timeout_s": 10}
        -> {}       it listens now
        -> {"at_s": [...], "fans": 1000, "closed": 0, "cpu_s": 0.01, "bytes": 371000}
    {"do": "record", "games": 1}
        -> {}       it listens now, and notes every update of every fan until it is told
    {"wanted": {"g": 35}, "timeout_s": 10}
        -> {"told": [...], "fans": 1000, "behind": 0, "gaps": 0, ...}    once every fan is there

`await` waits until every fan has received the marker; times are on CLOCK_MONOTONIC, which all processes of
a machine share. A fan's bytes are only searched for the marker, with a tail kept across reads, so a marker
that is split between two reads is found. What no event follows was not received: `at_s` is shorter then.
"""

import select
import socket
import sys
import time

import msgspec
from msgspec import Struct

from scorewire.bench.logbook import Logbook, Page, Told, reached

READ_BYTES = 262_144
MARKER_BYTES_MAX = 200
SOURCES = 200
"""Source addresses 127.0.1.2 and up: one address has only some 28,000 ports towards one server port."""
CONNECTS_IN_FLIGHT = 512
"""Connections that one process has made and the server not answered yet; several processes share this
many between them and a few more, so that no listen queue (2,048 long, usually) runs over."""
EVENTS_MAX = 1024
JOIN_S = 30.0
HEAD_BYTES_MAX = 65_536


class Order(Struct, frozen=True, kw_only=True):
    """One line of input; see the module's docstring.

    Attributes:
        ports: which fans take in turns, where there is more than one server.
        path: of every fan; or `paths`, which they take in turns.
        message: what each fan sends once it is upgraded to WebSocket, a line a message; empty for SSE.
        upgrade: WebSocket without a message.
        receive_bytes: of a fan's receive buffer; the kernel doubles it.
        games: how many games each fan follows.
        wanted: the seq of each game at which a recording ends.
        first: number of the first fan, so that several processes use different source addresses.
    """

    do: str
    count: int = 0
    port: int = 0
    ports: list[int] = []
    in_flight: int = CONNECTS_IN_FLIGHT
    path: str = ""
    paths: list[str] = []
    message: str = ""
    upgrade: bool = False
    first: int = 0
    receive_bytes: int = 65_536
    games: int = 1
    wanted: dict[str, int] = {}
    marker: str = ""
    timeout_s: float = 10.0


_DECODER = msgspec.json.Decoder(Order)


class Joined(Struct, frozen=True, kw_only=True):
    """All fans are connected, and each has the head of its answer."""

    joined: int
    seconds: float


class Awaited(Struct, frozen=True, kw_only=True):
    """When each fan had the marker, in ascending order; `closed`: fans whose connection has ended."""

    at_s: list[float]
    fans: int
    closed: int
    cpu_s: float
    bytes: int


class Recorded(Struct, frozen=True, kw_only=True):
    """What every fan was told; `behind`: fans that are not where they should be, for whatever reason."""

    told: list[Told]
    fans: int
    behind: int
    gaps: int
    repeated: int
    disordered: int
    cpu_s: float
    bytes: int


class Fan:
    """One connection. `tail` is the end of what was read, as long as a marker could be."""

    __slots__ = ("closed", "complete", "page", "sock", "tail")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.tail = b""
        self.complete = False
        self.closed = False
        self.page = Page()


class Refused(Exception):
    """The server does not take a fan."""


def request_head(order: Order, number: int = 0) -> bytes:
    """What fan `number` sends: a GET, or a WebSocket upgrade."""
    path = order.paths[number % len(order.paths)] if order.paths else order.path
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{order.port}"]
    if order.message or order.upgrade:
        lines += [
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: c2NvcmV3aXJlLWJlbmNoLQ==",
        ]
    else:
        lines += ["Accept: text/event-stream"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def masked_text(message: bytes) -> bytes:
    """A WebSocket text frame from a client; the mask is zero, which a server may not tell apart."""
    size = len(message)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2)
    return b"\x81" + length + bytes(4) + message


def source_address(number: int) -> str:
    """Where fan `number` connects from."""
    place = number % SOURCES
    return f"127.0.{1 + place // 100}.{2 + place % 100}"


class Search:
    """Looks for one marker in the bytes of many fans."""

    def __init__(self, marker: bytes) -> None:
        assert 0 < len(marker) <= MARKER_BYTES_MAX
        self.marker = marker
        self.keep = len(marker) - 1

    def found(self, fan: Fan, data: bytes) -> bool:
        """Take a fan's next bytes; whether the marker is in them, or in them and what came before."""
        whole = fan.tail + data if fan.tail else data
        if self.marker in whole:
            # What lies behind may hold the beginning of the next one.
            fan.tail = whole[whole.index(self.marker) + len(self.marker) :][-MARKER_BYTES_MAX:]
            return True
        fan.tail = whole[-self.keep :] if self.keep else b""
        return False


class Crowd:
    """All fans of this process and the epoll that watches them."""

    def __init__(self) -> None:
        self.fans: list[Fan] = []
        self._by_fd: dict[int, Fan] = {}
        self._poll = select.epoll()
        self._view = memoryview(bytearray(READ_BYTES))

    def join(self, order: Order) -> Joined:
        """Connect `count` fans; each has the head of its answer before this returns.

        Raises:
            Refused: the server answers otherwise than with a stream.
        """
        began_s = time.monotonic()
        head = request_head(order)
        message = b"".join(masked_text(line.encode()) for line in order.message.splitlines())
        for first in range(0, order.count, order.in_flight):
            numbers = range(first, min(first + order.in_flight, order.count))
            fresh = [_connect(order, number) for number in numbers]
            for number, fan in zip(numbers, fresh, strict=True):
                fan.sock.sendall(request_head(order, order.first + number) if order.paths else head)
            for fan in fresh:
                fan.tail = after_head(fan.sock)
                if message:
                    fan.sock.sendall(message)
                self.add(fan)
        return Joined(joined=len(self.fans), seconds=time.monotonic() - began_s)

    def add(self, fan: Fan) -> None:
        """Take in a fan that is connected."""
        fan.sock.setblocking(False)
        self.fans.append(fan)
        self._by_fd[fan.sock.fileno()] = fan
        self._poll.register(fan.sock.fileno(), select.EPOLLIN)

    def close(self) -> None:
        """Close all connections."""
        self._poll.close()
        for fan in self.fans:
            fan.sock.close()

    def await_marker(self, order: Order) -> Awaited:
        """Wait until every fan has read the marker, or time runs out."""
        search = Search(order.marker.encode())
        times: list[float] = []
        cpu_before = time.process_time()
        missing = received = 0
        for fan in self.fans:
            # It may have come together with the head, or with the marker before.
            fan.complete = search.found(fan, b"")
            if fan.complete:
                times.append(time.monotonic())
            elif not fan.closed:
                missing += 1
        ends_s = time.monotonic() + order.timeout_s
        while missing:
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                break
            for fd, _ in self._poll.poll(left_s, EVENTS_MAX):
                fan = self._by_fd[fd]
                data = self._read(fan)
                received += len(data)
                if fan.complete:
                    # Bytes behind the marker: kept for the next search.
                    fan.tail = (fan.tail + data)[-READ_BYTES:]
                elif search.found(fan, data):
                    times.append(time.monotonic())
                    fan.complete = True
                    missing -= 1
                elif fan.closed:
                    missing -= 1
        times.sort()
        return Awaited(
            at_s=times,
            fans=len(self.fans),
            closed=sum(fan.closed for fan in self.fans),
            cpu_s=time.process_time() - cpu_before,
            bytes=received,
        )

    def record(self, orders: int, first: Order) -> Recorded:
        """Note every update of every fan; once told what is wanted, until all fans have that.

        Args:
            orders: the descriptor at which the second order arrives.
        """
        book = Logbook()
        cpu_before, received = time.process_time(), 0
        wanted: Order | None = None
        missing: set[Fan] = set()
        for fan in self.fans:
            book.take(fan.page, fan.tail, time.monotonic())
            fan.tail = b""
        self._poll.register(orders, select.EPOLLIN)
        ends_s = float("inf")
        while (wanted is None or missing) and time.monotonic() < ends_s:
            for fd, _ in self._poll.poll(1.0 if wanted is None else 0.1, EVENTS_MAX):
                if fd == orders:
                    wanted = _DECODER.decode(sys.stdin.buffer.readline() or b'{"do":"end"}')
                    ends_s = time.monotonic() + wanted.timeout_s
                    missing = {fan for fan in self.fans if not reached(fan.page, wanted.wanted, first.games)}
                    self._poll.unregister(orders)
                    continue
                fan = self._by_fd[fd]
                data = self._read(fan)
                received += len(data)
                if data and book.take(fan.page, data, time.monotonic()) and fan in missing:
                    assert wanted is not None
                    if reached(fan.page, wanted.wanted, first.games):
                        missing.discard(fan)
        return Recorded(
            told=book.told(),
            fans=len(self.fans),
            behind=len(missing),
            gaps=book.gaps,
            repeated=book.repeated,
            disordered=book.disordered,
            cpu_s=time.process_time() - cpu_before,
            bytes=received,
        )

    def _read(self, fan: Fan) -> bytes:
        try:
            count = fan.sock.recv_into(self._view)
        except BlockingIOError:
            return b""
        except OSError:
            count = 0
        if count == 0:
            fan.closed = True
            self._poll.unregister(fan.sock.fileno())
        return bytes(self._view[:count])


def _connect(order: Order, number: int) -> Fan:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, order.receive_bytes)
    sock.settimeout(JOIN_S)
    number += order.first
    sock.bind((source_address(number), 0))
    sock.connect(("127.0.0.1", order.ports[number % len(order.ports)] if order.ports else order.port))
    return Fan(sock)


def after_head(sock: socket.socket) -> bytes:
    """Read an answer's head; returns what came behind it."""
    data = b""
    while b"\r\n\r\n" not in data:
        some = sock.recv(HEAD_BYTES_MAX)
        data += some
        if not some or len(data) > HEAD_BYTES_MAX:
            break
    head, _, rest = data.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20] and b" 101 " not in head[:20]:
        raise Refused(f"the server answers {data[:300]!r}")
    return rest


def main() -> None:
    """Obey one order a line until the input ends."""
    crowd = Crowd()
    encoder = msgspec.json.Encoder()

    def tell(answer: object) -> None:
        sys.stdout.buffer.write(encoder.encode(answer) + b"\n")
        sys.stdout.buffer.flush()

    for line in sys.stdin.buffer:
        order = _DECODER.decode(line)
        if order.do == "join":
            tell(crowd.join(order))
        elif order.do == "record":
            tell({})
            tell(crowd.record(sys.stdin.fileno(), order))
        else:
            tell({})
            tell(crowd.await_marker(order))


if __name__ == "__main__":
    main()

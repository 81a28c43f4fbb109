"""The load client of arrivals: fans who come at once, leave, come back with what they had, or come and go.

Driven like `fans.py`, by JSON lines; each fan follows one game on SSE.

    {"do": "come", "count": 1000, "port": 8080, "path": "/v1/stream?game=g", "wanted": {"g": 31}}
        -> {"at_s": [...], "came": 1000, "behind": 0, "gaps": 0, ...}     once each holds seq 31
    {"do": "leave"}                                 -> the same, with nothing in it
    {"do": "come", "count": 0, "epoch": "k3v9", ...}        those who left come back, with their cursors
    {"do": "churn", "count": 100000, "window": 500, ...}    each leaves as soon as it has the wanted seq
    {"do": "stay", "epoch": "k3v9"}     -> {}               who is cut comes back by itself, after a while
    {"wanted": {"g": 99}, "timeout_s": 60}                  -> as above, once each holds that

At most `window` fans are on their way in at a time, so that a listen queue is filled and not merely flooded.
"""

import errno
import random
import re
import select
import socket
import struct
import sys
import time
from collections import deque

import msgspec
from msgspec import Struct

from scorewire.bench.fans import HEAD_BYTES_MAX, source_address
from scorewire.bench.logbook import Logbook, Page, reached
from scorewire.model.ids import write_cursor

READ_BYTES = 262_144
EVENTS_MAX = 1024
TICK_S = 0.05
BACK_S = (1.0, 5.0)
"""After how long who is cut comes back, if it was never told a `retry`."""
TRY_AGAIN_S = 0.2
"""After a connection is refused: the node is not there yet."""
IP_BIND_ADDRESS_NO_PORT = 24
"""Linux: the port is chosen when connecting, so that an address has all ports towards each server."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that leaves nothing behind; fans that come and go would else use up all ports in TIME_WAIT."""


_RETRY = re.compile(rb"(?:^|\n)retry: (\d+)\n")


class Order(Struct, frozen=True, kw_only=True):
    """One line of input; see the module's docstring.

    Attributes:
        path: of every fan; or `paths`, which they take in turns.
    """

    do: str = ""
    count: int = 0
    port: int = 0
    path: str = ""
    paths: list[str] = []
    epoch: str = ""
    wanted: dict[str, int] = {}
    window: int = 2000
    first: int = 0
    timeout_s: float = 60.0


class Came(Struct, frozen=True, kw_only=True):
    """What became of an order.

    Attributes:
        at_s: when each fan held what was wanted, ascending.
        behind: fans that never did, or never came; `gaps` to `leapt` as in logbook.py.
        refused: connections that were refused or cut on their way in, each tried again.
        cut: connections that ended although their fan had not left.
        away_s: of fans that were cut, the longest time until each had an answer again, ascending;
        silent_s: until each was told something newer.
        bytes: read, heads of answers included.
    """

    at_s: list[float] = []
    away_s: list[float] = []
    silent_s: list[float] = []
    began_s: float = 0.0
    came: int = 0
    behind: int = 0
    gaps: int = 0
    repeated: int = 0
    disordered: int = 0
    leapt: int = 0
    refused: int = 0
    cut: int = 0
    cpu_s: float = 0.0
    bytes: int = 0


_DECODER = msgspec.json.Decoder(Order)


class Visitor:
    """One fan: `page` outlives its connections; `flying` from the dial until it holds what is wanted.

    Attributes:
        retry_s: after how long it was told to come back; 0 if never.
        cut_s: when it was cut, until it is told something newer; 0 else.
        away_s, silent_s: the longest that it took until it had an answer, until it was told something.
    """

    __slots__ = (
        "away_s",
        "cut_s",
        "due_s",
        "flying",
        "number",
        "open",
        "page",
        "retry_s",
        "silent_s",
        "sock",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.page = Page()
        self.sock: socket.socket | None = None
        self.open = False
        self.flying = False
        self.due_s = 0.0
        self.retry_s = 0.0
        self.cut_s = 0.0
        self.away_s = 0.0
        self.silent_s = 0.0


class Arrivals:
    """All fans of this process.

    Args:
        rng: for when those who are cut come back.
    """

    def __init__(self, rng: random.Random) -> None:
        self.visitors: list[Visitor] = []
        self._rng = rng
        self._by_fd: dict[int, Visitor] = {}
        self._poll = select.epoll()
        self._order = Order()
        self._begin(Order())

    def _begin(self, order: Order) -> None:
        self._order = order
        self._book = Logbook()
        self._there: dict[Visitor, float] = {}
        self._flying = 0
        self._bytes = self._refused = self._cut = 0
        self._waiting: deque[Visitor] = deque()
        self._later: list[Visitor] = []
        self._cpu_s = time.process_time()
        self._began_s = time.monotonic()

    def come(self, order: Order) -> Came:
        """Have new fans come, or all who left come back; ends when each holds what is wanted."""
        self._begin(order)
        if order.count:
            self.visitors = [Visitor(order.first + number) for number in range(order.count)]
        self._waiting.extend(self.visitors)
        ends_s = self._began_s + order.timeout_s
        while len(self._there) < len(self.visitors) and time.monotonic() < ends_s:
            self._round()
        return self._came(len(self.visitors))

    def churn(self, order: Order) -> Came:
        """Have `count` fans come, each of whom leaves when it holds what is wanted."""
        self._begin(order)
        ends_s = self._began_s + order.timeout_s
        sent = 0
        while len(self._there) < order.count and time.monotonic() < ends_s:
            while sent < order.count and self._flying + len(self._waiting) < order.window:
                self._waiting.append(Visitor(order.first + sent))
                sent += 1
            self._round(leaving=True)
        return self._came(order.count)

    def stay(self, order: Order, orders: int) -> Came:
        """Read, and have everyone who is cut come back; once told what is wanted, until each holds it."""
        before = self._order
        self._begin(
            msgspec.structs.replace(order, port=before.port, path=before.path, paths=before.paths, wanted={})
        )
        self._there = dict.fromkeys(self.visitors, self._began_s)
        self._poll.register(orders, select.EPOLLIN)
        ends_s = float("inf")
        told = False
        while (not told or len(self._there) < len(self.visitors)) and time.monotonic() < ends_s:
            if self._round(orders=orders):
                line = sys.stdin.buffer.readline()
                last = _DECODER.decode(line or b"{}")
                self._poll.unregister(orders)
                told, ends_s = True, time.monotonic() + last.timeout_s
                self._order = msgspec.structs.replace(self._order, wanted=last.wanted)
                held, self._there = self._there, {}
                for visitor in held:
                    self._look(visitor, time.monotonic())
        return self._came(len(self.visitors))

    def leave(self) -> Came:
        """Everyone goes, and remembers what it had."""
        for visitor in self.visitors:
            self._close(visitor)
        return Came()

    def _came(self, count: int) -> Came:
        return Came(
            at_s=sorted(self._there.values()),
            away_s=sorted(visitor.away_s for visitor in self.visitors if visitor.away_s),
            silent_s=sorted(visitor.silent_s for visitor in self.visitors if visitor.silent_s),
            began_s=self._began_s,
            came=len(self._there),
            behind=count - len(self._there),
            gaps=self._book.gaps,
            repeated=self._book.repeated,
            disordered=self._book.disordered,
            leapt=self._book.leapt,
            refused=self._refused,
            cut=self._cut,
            cpu_s=time.process_time() - self._cpu_s,
            bytes=self._bytes,
        )

    def _round(self, *, leaving: bool = False, orders: int = -1) -> bool:
        """Dial whom there is room for, and read; whether an order has come."""
        now_s = time.monotonic()
        if self._later:
            self._waiting.extend(visitor for visitor in self._later if visitor.due_s <= now_s)
            self._later = [visitor for visitor in self._later if visitor.due_s > now_s]
        while self._waiting and self._flying < self._order.window:
            self._dial(self._waiting.popleft())
        told = False
        for fd, events in self._poll.poll(TICK_S, EVENTS_MAX):
            if fd == orders:
                told = True
                continue
            visitor = self._by_fd[fd]
            if events & select.EPOLLOUT:
                self._ask(visitor)
            else:
                self._read(visitor, leaving=leaving)
        return told

    def _dial(self, visitor: Visitor) -> None:
        sock = visitor.sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((source_address(visitor.number), 0))
        visitor.open = False
        visitor.page.tail = b""
        failed = sock.connect_ex(("127.0.0.1", self._order.port))
        self._flying += 1
        visitor.flying = True
        self._by_fd[sock.fileno()] = visitor
        self._poll.register(sock.fileno(), select.EPOLLOUT)
        if failed not in (0, errno.EINPROGRESS):
            self._lost(visitor)

    def _ask(self, visitor: Visitor) -> None:
        sock = visitor.sock
        assert sock is not None
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._lost(visitor)
            return
        order = self._order
        path = order.paths[visitor.number % len(order.paths)] if order.paths else order.path
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
        if order.epoch and visitor.page.seqs:
            lines.append(f"Last-Event-ID: {write_cursor(order.epoch, list(visitor.page.seqs.items()))}")
        sock.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._poll.modify(sock.fileno(), select.EPOLLIN)

    def _read(self, visitor: Visitor, *, leaving: bool) -> None:
        assert visitor.sock is not None
        try:
            data = visitor.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost(visitor)
            return
        self._bytes += len(data)
        if not visitor.open:
            data = visitor.page.tail + data
            head, ended, data = data.partition(b"\r\n\r\n")
            if not ended:
                assert len(head) < HEAD_BYTES_MAX
                visitor.page.tail = head
                return
            if b" 200 " not in head[:20]:
                raise SystemExit(f"the server answers {head[:300]!r}")
            visitor.open = True
            visitor.page.tail = b""
            if visitor.cut_s:
                visitor.away_s = max(visitor.away_s, time.monotonic() - visitor.cut_s)
        now_s = time.monotonic()
        if b"retry: " in data and (told := _RETRY.findall(data)):
            visitor.retry_s = int(told[-1]) / 1000
        if self._book.take(visitor.page, data, now_s) and visitor.cut_s:
            visitor.silent_s = max(visitor.silent_s, now_s - visitor.cut_s)
            visitor.cut_s = 0.0
        self._look(visitor, now_s)
        if leaving and visitor in self._there:
            self._close(visitor)

    def _look(self, visitor: Visitor, now_s: float) -> None:
        """Note a fan that holds what is wanted."""
        if visitor not in self._there and reached(visitor.page, self._order.wanted, 1):
            self._there[visitor] = now_s
            self._land(visitor)

    def _land(self, visitor: Visitor) -> None:
        if visitor.flying:
            visitor.flying = False
            self._flying -= 1

    def _lost(self, visitor: Visitor) -> None:
        """Its connection has ended, or never came to be: it comes again."""
        was_open = visitor.open
        self._close(visitor)
        self._land(visitor)
        self._there.pop(visitor, None)
        if was_open:
            self._cut += 1
            now_s = time.monotonic()
            visitor.due_s = now_s + (visitor.retry_s or self._rng.uniform(*BACK_S))
            visitor.cut_s = visitor.cut_s or now_s
        else:
            self._refused += 1
            visitor.due_s = time.monotonic() + TRY_AGAIN_S
        self._later.append(visitor)

    def _close(self, visitor: Visitor) -> None:
        sock, visitor.sock = visitor.sock, None
        if sock is None:
            return
        self._by_fd.pop(sock.fileno(), None)
        self._poll.unregister(sock.fileno())
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        sock.close()
        visitor.open = False


def main() -> None:
    """Obey one order a line until the input ends."""
    arrivals = Arrivals(random.Random())
    encoder = msgspec.json.Encoder()

    def tell(answer: object) -> None:
        sys.stdout.buffer.write(encoder.encode(answer) + b"\n")
        sys.stdout.buffer.flush()

    for line in sys.stdin.buffer:
        order = _DECODER.decode(line)
        if order.do == "come":
            tell(arrivals.come(order))
        elif order.do == "churn":
            tell(arrivals.churn(order))
        elif order.do == "stay":
            tell({})
            tell(arrivals.stay(order, sys.stdin.fileno()))
        else:
            tell(arrivals.leave())


if __name__ == "__main__":
    main()

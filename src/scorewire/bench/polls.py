"""The load client of a spike: polls whose rate rises, and a stream beside them that says what was true when.

Open loop: a poll is sent when it is due, whoever is still waiting, over as many connections as that takes. A
process of its own; one order a line in; out comes READY when it begins, and a line with the result.

    calm ──► rise to `factor` times the rate, from the goal on ──► hold

An answer is behind by the time that a newer score had been told to fans when its question was asked.
"""

import re
import select
import socket
import sys
import time
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from scorewire.bench.calls import seq_in

READ_BYTES = 262_144
CONNECT_S = 10.0
LAST_S = 5.0
"""For answers that are still under way at the end."""
CONNECTIONS_MAX = 2000
READY = b"ready"

_TOLD = re.compile(rb'"seq":(\d+)')
_AGE = re.compile(rb"\r\nage: *(\d+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Order(Struct, frozen=True, kw_only=True):
    """What to ask: `paths` in turn, the first of them being the score of the game that is watched."""

    port: int
    node_port: int
    game: str
    paths: tuple[str, ...]
    rate: float
    factor: float
    calm_s: float
    rise_s: float
    hold_s: float


class Polled(Struct, frozen=True, kw_only=True):
    """What came from the goal on: `behind_ms` of the watched score, `took_ms` and `age_s` of all."""

    sent: int
    answers: int
    hits: int
    errors: int
    unanswered: int
    calm: int
    peak_per_s: float
    late_ms: float
    age_s: list[int]
    behind_ms: list[float]
    took_ms: list[float]
    cpu_s: float


@dataclass(slots=True)
class _Line:
    """One connection, and the poll that is under way on it."""

    sock: socket.socket
    sent_s: float = 0.0
    watched: bool = False
    held: bytes = b""


@dataclass(slots=True)
class _Answer:
    """One whole answer."""

    sent_s: float
    took_s: float
    status: int
    hit: bool
    age_s: int
    seq: int


@dataclass
class _Poller:
    """See the module."""

    order: Order
    idle: list[_Line] = field(default_factory=list)
    busy: dict[int, _Line] = field(default_factory=dict)
    answers: list[_Answer] = field(default_factory=list)
    told_s: dict[int, float] = field(default_factory=dict)
    lost: int = 0
    late_s: float = 0.0

    def __post_init__(self) -> None:
        order = self.order
        self.requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in order.paths]
        self.poll = select.epoll()
        self.stream = socket.create_connection(("127.0.0.1", order.node_port), CONNECT_S)
        asked = f"GET /v1/stream?game={order.game} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        self.stream.sendall(asked.encode())
        self.poll.register(self.stream, select.EPOLLIN)

    def run(self) -> Polled:
        order, cpu_s = self.order, time.process_time()
        began_s = time.monotonic()
        goal_s = began_s + order.calm_s
        ends_s = goal_s + order.rise_s + order.hold_s
        due_s, count, calm = began_s, 0, 0
        while (now_s := time.monotonic()) < ends_s:
            while due_s <= now_s:
                self.late_s = max(self.late_s, now_s - due_s)
                self._send(count, now_s)
                count += 1
                calm += now_s < goal_s
                due_s += 1 / self._rate(due_s - goal_s)
            self._read(max(min(due_s, ends_s) - time.monotonic(), 0))
        last_s = time.monotonic() + LAST_S
        while self.busy and time.monotonic() < last_s:
            self._read(0.05)
        return self._told(goal_s, count, calm, time.process_time() - cpu_s)

    def _rate(self, since_goal_s: float) -> float:
        """Polls a second: `factor` times as many after `rise_s`, by the same factor in each second of it."""
        order = self.order
        part = min(max(since_goal_s / order.rise_s, 0.0), 1.0)
        return float(order.rate * order.factor**part)

    def _send(self, number: int, now_s: float) -> None:
        which = number % len(self.requests)
        line = self.idle.pop() if self.idle else self._connect()
        if line is None:
            self.lost += 1
            return
        line.sent_s, line.watched, line.held = now_s, which == 0, b""
        self.busy[line.sock.fileno()] = line
        try:
            line.sock.send(self.requests[which])
        except OSError:
            self._end(line)

    def _connect(self) -> _Line | None:
        if len(self.busy) >= CONNECTIONS_MAX:
            return None
        sock = socket.create_connection(("127.0.0.1", self.order.port), CONNECT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self.poll.register(sock, select.EPOLLIN)
        return _Line(sock)

    def _end(self, line: _Line) -> None:
        self.busy.pop(line.sock.fileno(), None)
        self.lost += 1
        self.poll.unregister(line.sock)
        line.sock.close()

    def _read(self, wait_s: float) -> None:
        for fd, _ in self.poll.poll(wait_s, 1024):
            line = self.busy.get(fd)
            if fd == self.stream.fileno():
                self._listen()
            elif line is not None:
                self._receive(line)
            else:  # an idle one that Varnish has closed
                line = next(one for one in self.idle if one.sock.fileno() == fd)
                self.idle.remove(line)
                self.poll.unregister(line.sock)
                line.sock.close()

    def _listen(self) -> None:
        some = self.stream.recv(READ_BYTES)
        if not some:
            self.poll.unregister(self.stream)
            return
        now_s = time.monotonic()
        for seq in _TOLD.findall(some):
            self.told_s.setdefault(int(seq), now_s)

    def _receive(self, line: _Line) -> None:
        try:
            some = line.sock.recv(READ_BYTES)
        except OSError:
            some = b""
        if not some:
            self._end(line)
            return
        line.held += some
        head, found, body = line.held.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or length is None or len(body) < int(length[1]):
            return
        age = _AGE.search(head)
        self.answers.append(
            _Answer(
                sent_s=line.sent_s,
                took_s=time.monotonic() - line.sent_s,
                status=int(head[9:12]),
                hit=b"\r\nx-cache: hit" in head.lower(),
                age_s=int(age[1]) if age else 0,
                seq=seq_in(body) if line.watched else 0,
            )
        )
        del self.busy[line.sock.fileno()]
        self.idle.append(line)

    def _told(self, goal_s: float, count: int, calm: int, cpu_s: float) -> Polled:
        spike = [one for one in self.answers if one.sent_s >= goal_s]
        good = [one for one in spike if one.status == 200]
        last_s = goal_s + self.order.rise_s
        peak = sum(one.sent_s >= last_s for one in spike) / self.order.hold_s
        return Polled(
            sent=count - calm,
            answers=len(spike),
            hits=sum(one.hit for one in good),
            errors=len(spike) - len(good),
            unanswered=self.lost + len(self.busy),
            calm=calm,
            peak_per_s=peak,
            late_ms=self.late_s * 1000,
            age_s=[one.age_s for one in good],
            behind_ms=[self._behind_s(one) * 1000 for one in good if one.seq],
            took_ms=[one.took_s * 1000 for one in good],
            cpu_s=cpu_s,
        )

    def _behind_s(self, answer: _Answer) -> float:
        """For how long a newer score had been told when the question was asked; 0 if none had."""
        newer_s = self.told_s.get(answer.seq + 1)
        return 0.0 if newer_s is None else max(answer.sent_s - newer_s, 0.0)


def main() -> None:
    """Obey one order a line until the input ends."""
    decoder, encoder = msgspec.json.Decoder(Order), msgspec.json.Encoder()
    for line in sys.stdin.buffer:
        poller = _Poller(decoder.decode(line))
        sys.stdout.buffer.write(READY + b"\n")
        sys.stdout.buffer.flush()
        sys.stdout.buffer.write(encoder.encode(poller.run()) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

"""The load client: thousands of fans in one process of their own, light enough not to be the bottleneck.

It is driven by lines on its standard input and answers on its standard output, JSON a line:

    {"do": "join", "count": 1000, "host": "127.0.0.1", "port": 8080, "path": "/v1/stream?game=g"}
        -> {"joined": 1000, "seconds": 0.4}
    {"do": "await", "marker": "\"seq\":31,", "timeout_s": 10}
        -> {"complete": 1000, "first_s": ..., "last_s": ..., "p50_s": ..., "p99_s": ..., "cpu_s": ...}

`await` waits until every fan has received the marker; times are on CLOCK_MONOTONIC, which all processes of
a machine share, so the server's publishing time can be subtracted. A fan's bytes are only searched for the
marker, with a tail kept across reads, so a marker that is split between two reads is found.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass

import msgspec

READ_BYTES = 262_144
SOURCES = 200
"""Source addresses 127.0.0.2 and up: one address has only some 28,000 ports towards one server port."""
CONNECTS_IN_FLIGHT = 512


class Order(msgspec.Struct, kw_only=True):
    """One line of input; see the module's docstring."""

    do: str
    count: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    path: str = ""
    upgrade: bool = False
    marker: str = ""
    timeout_s: float = 10.0


@dataclass(slots=True)
class Fan:
    """One connection. `tail` is the end of what was read, as long as a marker could be."""

    sock: socket.socket
    tail: bytes = b""
    at_s: float = 0.0
    bytes_read: int = 0


def request_head(order: Order) -> bytes:
    """What a fan sends: a GET, or a WebSocket upgrade."""
    lines = [f"GET {order.path} HTTP/1.1", f"Host: {order.host}:{order.port}"]
    if order.upgrade:
        lines += [
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: c2NvcmV3aXJlLWJlbmNoLTE=",
        ]
    else:
        lines += ["Accept: text/event-stream"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def subscribe_frame(game_id: str) -> bytes:
    """A masked WebSocket text frame that subscribes; the mask is zero, which a server may not tell apart."""
    payload = json.dumps({"action": "subscribe", "game_id": game_id}).encode()
    return bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload


class Crowd:
    """All fans of this process and the selector that watches them."""

    def __init__(self) -> None:
        self.fans: list[Fan] = []
        self.selector = selectors.EpollSelector()
        self.buffer = bytearray(READ_BYTES)

    def join(self, order: Order) -> dict[str, object]:
        """Connect `count` fans; each has the first bytes of its answer before this returns."""
        started_s = time.monotonic()
        head = request_head(order)
        game_id = order.path.rpartition("=")[2]
        for first in range(0, order.count, CONNECTS_IN_FLIGHT):
            batch = range(first, min(first + CONNECTS_IN_FLIGHT, order.count))
            fresh = [self._connect(order, n) for n in batch]
            for fan in fresh:
                fan.sock.sendall(head)
            for fan in fresh:
                fan.tail = fan.sock.recv(65536)
                if b" 200 " not in fan.tail[:20] and b" 101 " not in fan.tail[:20]:
                    raise SystemExit(f"refused: {fan.tail[:200]!r}")
                if order.upgrade:
                    fan.sock.sendall(subscribe_frame(game_id))
                fan.sock.setblocking(False)
                self.selector.register(fan.sock, selectors.EVENT_READ, fan)
            self.fans += fresh
        return {"joined": len(self.fans), "seconds": time.monotonic() - started_s}

    def _connect(self, order: Order, number: int) -> Fan:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        sock.bind((f"127.0.{1 + number % SOURCES // 100}.{2 + number % 100}", 0))
        sock.settimeout(30)
        sock.connect((order.host, order.port))
        return Fan(sock)

    def await_marker(self, order: Order) -> dict[str, object]:
        """Wait until every fan has read the marker; says how many have if time runs out."""
        marker = order.marker.encode()
        keep = len(marker) - 1
        missing = 0
        cpu_before = time.process_time()
        for fan in self.fans:
            fan.at_s = time.monotonic() if marker in fan.tail else 0.0
            missing += not fan.at_s
        deadline_s = time.monotonic() + order.timeout_s
        while missing and time.monotonic() < deadline_s:
            for key, _ in self.selector.select(0.5):
                fan = key.data
                data = self._read(fan)
                if fan.at_s == 0.0 and marker in data:
                    fan.at_s = time.monotonic()
                    missing -= 1
                fan.tail = data[-keep:]
        times = sorted(fan.at_s for fan in self.fans if fan.at_s)
        return {
            "complete": len(times),
            "fans": len(self.fans),
            "first_s": times[0] if times else None,
            "last_s": times[-1] if times else None,
            "p50_s": times[len(times) // 2] if times else None,
            "p99_s": times[len(times) * 99 // 100] if times else None,
            "cpu_s": time.process_time() - cpu_before,
            "bytes": sum(fan.bytes_read for fan in self.fans),
        }

    def _read(self, fan: Fan) -> bytes:
        try:
            count = fan.sock.recv_into(self.buffer)
        except (BlockingIOError, ConnectionResetError):
            return fan.tail
        if count == 0:
            self.selector.unregister(fan.sock)
            return fan.tail
        fan.bytes_read += count
        return fan.tail + bytes(self.buffer[:count])


def main() -> None:
    """Obey one order a line until the input ends."""
    crowd = Crowd()
    decoder = msgspec.json.Decoder(Order)
    for line in sys.stdin:
        order = decoder.decode(line)
        answer = crowd.join(order) if order.do == "join" else crowd.await_marker(order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

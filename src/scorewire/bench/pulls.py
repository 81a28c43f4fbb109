"""The load client of reads: connections that stay, each with one request under way, in a process of its own.

All answers to the same request are equally long, so the first is read with care and the others are counted
by their bytes: the client costs less than any server that it asks.

    {"port": 8080, "path": "/v1/games/g/score", "etag": "", "connections": 50, "seconds": 5}
        -> {"status": 200, "answers": 512345, "seconds": 5.0, "length": 1630, "odd": 0, "cpu_s": 4.1}
"""

import select
import socket
import sys
import time

import msgspec
from msgspec import Struct

READ_BYTES = 65_536
EVENTS_MAX = 1024
CONNECT_S = 10.0


class Order(Struct, frozen=True, kw_only=True):
    """What to ask; `etag` makes it a conditional request."""

    port: int
    path: str
    etag: str = ""
    connections: int = 50
    seconds: float = 5.0


class Pulled(Struct, frozen=True, kw_only=True):
    """What came: `odd` counts answers of another length or status, which should be none."""

    status: int
    etag: str
    body: str
    answers: int
    seconds: float
    length: int
    odd: int
    cpu_s: float


def request(order: Order) -> bytes:
    """The whole request."""
    lines = [f"GET {order.path} HTTP/1.1", "Host: 127.0.0.1"]
    if order.etag:
        lines.append(f"If-None-Match: {order.etag}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def first_answer(sock: socket.socket) -> tuple[bytes, bytes]:
    """Read one whole answer: its head, and its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(header(head, b"content-length") or 0) if b" 304 " not in head[:20] else 0
    while len(body) < size:
        body += _some(sock)
    return head, body


def header(head: bytes, name: bytes) -> str:
    """One header of an answer; empty where it is not."""
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""


def pull(order: Order) -> Pulled:
    """Ask for as long as was ordered."""
    asked = request(order)
    socks = [socket.create_connection(("127.0.0.1", order.port), CONNECT_S) for _ in range(order.connections)]
    socks[0].sendall(asked)
    head, body = first_answer(socks[0])
    status, length = int(head[9:12]), len(head) + 4 + len(body)
    begins = head[:12]
    poll = select.epoll()
    held = {sock.fileno(): 0 for sock in socks}
    by_fd = {sock.fileno(): sock for sock in socks}
    for sock in socks:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        poll.register(sock.fileno(), select.EPOLLIN)
    cpu_s, began_s = time.process_time(), time.monotonic()
    ends_s = began_s + order.seconds
    answers = odd = 0
    for sock in socks:
        sock.send(asked)
    now_s = began_s
    while now_s < ends_s:
        for fd, _ in poll.poll(1.0, EVENTS_MAX):
            data = by_fd[fd].recv(READ_BYTES)
            before = held[fd]
            if before == 0 and not data.startswith(begins):
                odd += 1
            got = before + len(data)
            if got == length:
                held[fd] = 0
                answers += 1
                by_fd[fd].send(asked)
            elif data and got < length:
                held[fd] = got
            else:
                # Longer than the first, or the end: nothing more can be counted on this connection.
                odd += 1
                poll.unregister(fd)
        now_s = time.monotonic()
    lasted_s, spent_s = now_s - began_s, time.process_time() - cpu_s
    poll.close()
    for sock in socks:
        sock.close()
    return Pulled(
        status=status,
        etag=header(head, b"etag"),
        body=body.decode("latin-1"),
        answers=answers,
        seconds=lasted_s,
        length=length,
        odd=odd,
        cpu_s=spent_s,
    )


def _some(sock: socket.socket) -> bytes:
    some = sock.recv(READ_BYTES)
    if not some:
        raise SystemExit("the server has closed a connection")
    return some


def main() -> None:
    """Obey one order a line until the input ends."""
    decoder, encoder = msgspec.json.Decoder(Order), msgspec.json.Encoder()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(encoder.encode(pull(decoder.decode(line))) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

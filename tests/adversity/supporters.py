"""Fans on sockets of their own, who fold what they are told and check every frame; nothing here is ours.

A Copy raises Broken if a frame steps back, leaves a gap, or comes from another epoch. A fan that meets one
keeps it in `broken` and stops, so that a test asks `check` at its end.
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

EVENTS_KEPT = 50
State = dict[str, Any]


class Broken(AssertionError):
    """A promise to fans does not hold."""


def merge(target: object, patch: object) -> Any:
    """RFC 7396, by the letter of its section 2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


class Copy:
    """What one fan holds of one game.

    Attributes:
        told: (seq, reason of a full state, or "" for an update, when it came), in order.
    """

    def __init__(self, game_id: str, *, on_frame: Callable[["Copy"], None] | None = None) -> None:
        self.game_id = game_id
        self.state: State | None = None
        self.seq = 0
        self.epoch = ""
        self.told: list[tuple[int, str, float]] = []
        self._on_frame = on_frame

    def take(self, frame: State) -> None:
        """Fold one `full_state` or `score_update`."""
        seq, epoch = frame["seq"], frame.get("epoch", self.epoch)
        if self.epoch and epoch != self.epoch:
            raise Broken(f"epoch {self.epoch} became {epoch}")
        if frame["type"] == "full_state":
            # The same state again is no step back: it is what a fan that has everything is given to join.
            if seq < self.seq:
                raise Broken(f"a full state ({frame['reason']}) led back from {self.seq} to {seq}")
            self.state = frame["state"]
        else:
            if self.state is None or seq != self.seq + 1:
                raise Broken(f"an update to {seq} for a fan at {self.seq}")
            self.state = self._updated(self.state, frame)
        self.seq, self.epoch = seq, epoch
        self.told.append((seq, frame.get("reason", ""), time.monotonic()))
        if self._on_frame is not None:
            self._on_frame(self)

    @staticmethod
    def _updated(state: State, frame: State) -> State:
        events = state.get("events", [])
        if "event" in frame:
            events = [*events, frame["event"]][-EVENTS_KEPT:]
        patched: State = merge(state, frame["patch"])
        return {**patched, "events": events, "seq": frame["seq"], "updated_at": frame["ts"]}


def blocks(sock: socket.socket, *, size: int = 65_536) -> Iterator[dict[str, str]]:
    """The blocks of an SSE answer without chunks, from after its head; raises EOFError at its end."""
    held = b""
    while b"\r\n\r\n" not in held:
        held += _some(sock, size)
    head, _, held = held.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    while True:
        block, mark, rest = held.partition(b"\n\n")
        if not mark:
            held += _some(sock, size)
            continue
        held = rest
        fields: dict[str, str] = {}
        for line in block.decode().split("\n"):
            if line and not line.startswith(":"):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        yield fields


def _some(sock: socket.socket, size: int) -> bytes:
    data = sock.recv(size)
    if not data:
        raise EOFError("the stream has ended")
    return data


class Supporter:
    """A fan that comes back whenever its stream ends, until `leave`; subclasses speak one protocol.

    Args:
        silence_s: a stream that says nothing, not even a heartbeat, for this long is given up.
        receive_bytes: of the socket's buffer; 0 leaves it to the kernel.
    """

    def __init__(
        self,
        port: int,
        game_id: str,
        *,
        silence_s: float = 20.0,
        retry_s: float = 0.1,
        receive_bytes: int = 0,
        on_frame: Callable[[Copy], None] | None = None,
    ) -> None:
        self.copy = Copy(game_id, on_frame=on_frame)
        self.joins = 0
        self.byes: list[str] = []
        self.broken: Broken | None = None
        self.last_id = ""
        self._port = port
        self._silence_s = silence_s
        self._retry_s = retry_s
        self._receive_bytes = receive_bytes
        self._left = threading.Event()
        self._link: Any = None
        self._thread: threading.Thread | None = None

    def come(self) -> "Supporter":
        """Follow the game, from where this fan left it."""
        self._left.clear()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()
        return self

    def drop(self) -> None:
        """Lose the connection without a word; the fan comes back by itself."""
        link = self._link
        if link is not None:
            with contextlib.suppress(OSError):
                self._socket(link).shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Go, and keep the copy and its cursor."""
        self._left.set()
        self.drop()
        if self._thread is not None:
            self._thread.join(10)
            assert not self._thread.is_alive(), "a fan does not let go"

    def check(self) -> None:
        """Raise what was broken."""
        if self.broken is not None:
            raise self.broken

    def reach(self, seq: int, timeout_s: float = 20.0) -> State:
        """Wait until the copy is at `seq`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self.check()
            if self.copy.seq >= seq and self.copy.state is not None:
                return self.copy.state
            time.sleep(0.01)
        raise AssertionError(f"{type(self).__name__} is at {self.copy.seq}, not {seq}; joined {self.joins}x")

    def _follow(self) -> None:
        while not self._left.is_set():
            try:
                self._listen()
            except Broken as broken:
                self.broken = broken
                return
            except (OSError, EOFError, WebSocketException):
                pass
            self._left.wait(self._retry_s)

    def _dial(self) -> socket.socket:
        sock = socket.socket()
        sock.settimeout(self._silence_s)
        if self._receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_bytes)
        try:
            sock.connect(("127.0.0.1", self._port))
        except OSError:
            sock.close()
            raise
        return sock

    def _listen(self) -> None:
        raise NotImplementedError

    def _socket(self, link: Any) -> socket.socket:
        raise NotImplementedError


class SseSupporter(Supporter):
    """Over SSE, with `Last-Event-ID`."""

    def _listen(self) -> None:
        with self._dial() as sock:
            self._link = sock
            cursor = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
            path = f"/v1/stream?game={self.copy.game_id}"
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\n{cursor}\r\n".encode())
            for n, fields in enumerate(blocks(sock)):
                self.joins += n == 0
                if fields.get("event") == "bye":
                    self.byes.append(json.loads(fields["data"])["reason"])
                elif "data" in fields:
                    self.copy.take(json.loads(fields["data"]))
                self.last_id = fields.get("id", self.last_id)

    def _socket(self, link: Any) -> socket.socket:
        return link


class WsSupporter(Supporter):
    """Over WebSocket, with `since_seq` and `epoch`."""

    def _listen(self) -> None:
        wanted: State = {"action": "subscribe", "game_id": self.copy.game_id}
        if self.copy.epoch:
            wanted |= {"since_seq": self.copy.seq, "epoch": self.copy.epoch}
        sock = self._dial()
        url = f"ws://127.0.0.1:{self._port}/v1/ws"
        with connect(
            url, sock=sock, open_timeout=self._silence_s, close_timeout=0.2, ping_interval=None
        ) as link:
            self._link = link
            link.send(json.dumps(wanted))
            while True:
                try:
                    frame = json.loads(link.recv(timeout=self._silence_s))
                except TimeoutError as error:
                    raise EOFError("silence") from error
                self.joins += frame["type"] == "subscribed"
                if frame["type"] in {"full_state", "score_update"}:
                    self.copy.take(frame)
                elif frame["type"] == "bye":
                    self.byes.append(frame["reason"])
                elif frame["type"] == "error":
                    raise Broken(str(frame))

    def _socket(self, link: Any) -> socket.socket:
        sock: socket.socket = link.socket
        return sock

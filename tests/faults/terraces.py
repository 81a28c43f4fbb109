"""Fans of several games each, over SSE and WebSocket, who come back as browsers do and check every frame.

A fan goes to the other gateway when its own has gone, as through a balancer, with the cursor that it has.
"""

import asyncio
import json
import random
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from adversity import supporters
from adversity.supporters import Broken

SILENCE_S: Final = 45.0
"""docs/protocol.md 3.1: a stream that says nothing for so long is given up."""
FIRST_RETRY_S: Final = 3.0
"""What a browser waits before a server has said `retry:`."""
BACKOFF_S: Final = (0.5, 8.0)
"""Of those who follow over WebSocket: the first, and the longest; each times a chance, "full jitter"."""


class Copy(supporters.Copy):
    """What a fan holds of one game, and when it first saw each goal.

    Attributes:
        seen: when the first, second ... goal was seen.
        epochs: how often the journal's epoch changed, which a full state must tell.
        repeated: updates that it had; a fan that comes back may be told about a second again.
    """

    def __init__(self, game_id: str) -> None:
        super().__init__(game_id)
        self.seen: list[float] = []
        self.epochs = 0
        self.repeated = 0

    def take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "score_update" and frame["seq"] <= self.seq:
            self.repeated += 1
            return
        if frame["type"] == "full_state" and self.epoch and frame["epoch"] != self.epoch:
            self.seq, self.epoch = 0, ""
            self.epochs += 1
        super().take(frame)
        assert self.state is not None
        goals = self.state["home"].get("score", 0) + self.state["away"].get("score", 0)
        self.seen += [time.monotonic()] * (goals - len(self.seen))


class Fan:
    """One fan; subclasses speak one protocol.

    Attributes:
        copies: by game.
        joins: how often it was let in.
        broken: what promise was broken; "" while none is.
    """

    def __init__(self, ports: Sequence[int], games: Sequence[str], rng: random.Random) -> None:
        self.copies = {game: Copy(game) for game in games}
        self.joins = 0
        self.broken = ""
        self._ports = ports
        self._turn = rng.randrange(len(ports))
        self._rng = rng
        self._wait_s = 0.0

    async def follow(self) -> None:
        """Follow the games until it is cancelled, or a promise is broken."""
        while True:
            try:
                await self._listen(self._ports[self._turn % len(self._ports)])
            except Broken as broken:
                self.broken = str(broken)
                return
            except (OSError, EOFError, TimeoutError, WebSocketException):
                pass
            except Exception as error:  # what no fan can read
                self.broken = repr(error)
                return
            self._turn += 1
            await asyncio.sleep(self._pause_s())

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] in {"full_state", "score_update"}:
            self.copies[frame["game_id"]].take(frame)
        elif frame["type"] == "bye":
            self._wait_s = frame["retry_ms"] / 1000

    async def _listen(self, port: int) -> None:
        raise NotImplementedError

    def _pause_s(self) -> float:
        raise NotImplementedError


class SseFan(Fan):
    """As a browser's EventSource: `Last-Event-ID`, and `retry` is how long it stays away."""

    _last_id = ""
    _retry_s = FIRST_RETRY_S

    def _pause_s(self) -> float:
        wait_s, self._wait_s = self._wait_s, 0.0
        return wait_s or self._retry_s

    async def _listen(self, port: int) -> None:
        async with asyncio.timeout(SILENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            cursor = f"Last-Event-ID: {self._last_id}\r\n" if self._last_id else ""
            query = "&".join(f"game={game}" for game in self.copies)
            writer.write(f"GET /v1/stream?{query} HTTP/1.1\r\nHost: test\r\n{cursor}\r\n".encode())
            head = await self._block(reader, b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise ConnectionError(head.split(b"\r\n")[0].decode())
            self.joins += 1
            while True:
                self._read(await self._block(reader, b"\n\n"))
        finally:
            writer.close()

    @staticmethod
    async def _block(reader: asyncio.StreamReader, end: bytes) -> bytes:
        async with asyncio.timeout(SILENCE_S):
            return await reader.readuntil(end)

    def _read(self, block: bytes) -> None:
        fields: dict[str, str] = {}
        for line in block.decode().split("\n"):
            if line and not line.startswith(":"):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        if "retry" in fields:
            self._retry_s = int(fields["retry"]) / 1000
        if "data" in fields:
            self._take({"type": fields["event"], **json.loads(fields["data"])})
        self._last_id = fields.get("id", self._last_id)


class WsFan(Fan):
    """With `since_seq` and `epoch`, and exponential back-off."""

    _failures = 0

    def _pause_s(self) -> float:
        wait_s, self._wait_s = self._wait_s, 0.0
        first_s, longest_s = BACKOFF_S
        self._failures += 1
        return wait_s or self._rng.random() * min(longest_s, first_s * 2**self._failures)

    async def _listen(self, port: int) -> None:
        url = f"ws://127.0.0.1:{port}/v1/ws"
        async with connect(url, open_timeout=SILENCE_S, close_timeout=0.2, ping_interval=None) as link:
            for game, copy in self.copies.items():
                wanted: dict[str, object] = {"action": "subscribe", "game_id": game}
                if copy.epoch:
                    wanted |= {"since_seq": copy.seq, "epoch": copy.epoch}
                await link.send(json.dumps(wanted))
            while True:
                async with asyncio.timeout(SILENCE_S):
                    frame = json.loads(await link.recv())
                if frame["type"] == "subscribed":
                    self.joins += 1
                    self._failures = 0
                elif frame["type"] == "error":
                    raise ConnectionError(frame["code"])
                self._take(frame)


class Terraces:
    """All fans, in a thread of their own; use it as `with`.

    Args:
        ports: of the gateways.
        sse, websocket: how many of each; each follows `each` of the games.
    """

    def __init__(
        self, ports: Sequence[int], games: Sequence[str], *, sse: int = 24, websocket: int = 8, each: int = 3
    ) -> None:
        rng = random.Random(0)
        kinds: list[type[Fan]] = [SseFan] * sse + [WsFan] * websocket
        self.fans = [
            kind(ports, [games[(n * each + k) % len(games)] for k in range(each)], rng)
            for n, kind in enumerate(kinds)
        ]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Terraces":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._leave)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the fans do not go"

    @property
    def broken(self) -> list[str]:
        """Promises that did not hold."""
        return [f"{type(fan).__name__}: {fan.broken}" for fan in self.fans if fan.broken]

    def all_at(self, heads: dict[str, int]) -> bool:
        """Whether everybody holds each game at this seq."""
        return all(copy.seq == heads[game] for fan in self.fans for game, copy in fan.copies.items())

    def longest_wait_s(self, goals: dict[str, list[float]]) -> float:
        """From a goal until the last fan had seen it: of all goals and fans the longest."""
        return max(
            seen_s - happened_s
            for fan in self.fans
            for game, copy in fan.copies.items()
            for happened_s, seen_s in zip(goals[game], copy.seen, strict=True)
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._tasks = [self._loop.create_task(fan.follow()) for fan in self.fans]
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()

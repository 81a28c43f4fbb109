"""Many fans of one game over SSE in one loop, each of whom checks that nothing is missing or out of order.

Nothing here is ours. A fan comes back with its cursor after `retry` or a moment; what it finds wrong is kept
in `wrong`, by fan.
"""

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field

BACK_S = 0.1
"""Before it comes back, whatever it was told, so that tests are short."""


@dataclass
class Fan:
    """What one fan holds: where it is, and how it came there."""

    seq: int = 0
    last_id: str = ""
    joins: int = 0
    updates: int = 0
    byes: list[tuple[str, int]] = field(default_factory=list)
    fulls: list[str] = field(default_factory=list)
    wrong: str = ""

    def take(self, block: bytes) -> None:
        """One event of the stream."""
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if b": " in line)
        kind = fields.get(b"event", b"").decode()
        if b"data" in fields:
            data = json.loads(fields[b"data"])
            if kind == "bye":
                self.byes.append((data["reason"], data["retry_ms"]))
            elif kind == "full_state":
                self.fulls.append(data["reason"])
                if data["seq"] < self.seq:
                    self.wrong = f"a full state led back from {self.seq} to {data['seq']}"
                self.seq = data["seq"]
            elif kind == "score_update":
                self.updates += 1
                if data["seq"] != self.seq + 1:
                    self.wrong = f"an update to {data['seq']} for a fan at {self.seq}"
                self.seq = data["seq"]
        if b"id" in fields:
            self.last_id = fields[b"id"].decode()


class Crowd:
    """`size` fans of one game, in a thread of their own; use it as `with`."""

    def __init__(self, port: int, game_id: str, size: int) -> None:
        self.fans = [Fan() for _ in range(size)]
        self._port = port
        self._game_id = game_id
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._leave)
        self._thread.join(20)
        assert not self._thread.is_alive()

    def behind(self, seq: int) -> int:
        """How many have not reached `seq`."""
        return sum(fan.seq < seq for fan in self.fans)

    @property
    def wrong(self) -> list[str]:
        """What they complain of."""
        return [fan.wrong for fan in self.fans if fan.wrong]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._tasks = [self._loop.create_task(self._follow(fan)) for fan in self.fans]
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _follow(self, fan: Fan) -> None:
        while not fan.wrong:
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                await self._listen(fan)
            await asyncio.sleep(BACK_S)

    async def _listen(self, fan: Fan) -> None:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            cursor = f"Last-Event-ID: {fan.last_id}\r\n" if fan.last_id else ""
            path = f"/v1/stream?game={self._game_id}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\n{cursor}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise EOFError(head)
            fan.joins += 1
            held = b""
            while some := await asyncio.wait_for(reader.read(65_536), 30):
                *blocks, held = (held + some).split(b"\n\n")
                for block in blocks:
                    fan.take(block)
        finally:
            writer.close()

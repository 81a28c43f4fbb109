"""Steps 4 and 5: a protocol with three fields instead of two streams and a task; then another loop."""

import asyncio
from collections import defaultdict
from typing import Any

from scorewire.bench.steps.listener import listener
from scorewire.bench.steps.message import HEAD, Message, full_state, game_in, score_update, sse

HEAD_BYTES_MAX = 8192


class Fan(asyncio.Protocol):
    """One connection. `game` is empty until its request has come."""

    __slots__ = ("game", "head", "server", "transport")

    def __init__(self, server: "Protocols") -> None:
        self.server = server
        self.transport: Any = None
        self.game = ""
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """The request; what comes behind it is of no interest."""
        if self.game:
            return
        self.head += data
        if b"\r\n\r\n" in self.head:
            self.game, self.head = game_in(self.head), b""
            self.server.join(self)
        elif len(self.head) > HEAD_BYTES_MAX:
            self.transport.abort()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        self.server.pause(self)

    def resume_writing(self) -> None:
        """The transport's buffer has drained."""
        self.server.resume(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """See asyncio.Protocol."""
        self.server.leave(self)


class Protocols:
    """Step 4, and on uvloop step 5: a fan is a transport and the name of a game."""

    def __init__(self) -> None:
        self.seqs: dict[str, int] = defaultdict(lambda: 1)
        self.fans: dict[str, dict[Fan, None]] = defaultdict(dict)

    async def open(self) -> int:
        """Listen; returns the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Fan(self), sock=listener())
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def tell(self, game: str) -> None:
        """Make the game's next update, and tell it to everyone who follows it."""
        self.seqs[game] += 1
        self.publish(game, score_update(game, self.seqs[game]))

    def publish(self, game: str, update: Message) -> None:
        """One encoding, then only writes."""
        frame = sse(update)
        for fan in self.fans[game]:
            fan.transport.write(frame)

    def join(self, fan: Fan) -> None:
        """The fan's request has come."""
        fan.transport.write(HEAD + sse(full_state(fan.game, self.seqs[fan.game])))
        self.fans[fan.game][fan] = None

    def leave(self, fan: Fan) -> None:
        """The fan is gone; harmless if it never joined."""
        self.fans[fan.game].pop(fan, None)

    def pause(self, fan: Fan) -> None:
        """Nothing is done: whatever is told goes into the fan's buffer."""

    def resume(self, fan: Fan) -> None:
        """Nothing is done."""

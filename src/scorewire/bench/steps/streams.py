"""Steps 1 to 3, on asyncio's streams: what a first evening's work looks like, and two improvements."""

import asyncio
from collections import defaultdict

from scorewire.bench.steps.listener import listener
from scorewire.bench.steps.message import HEAD, Message, full_state, game_in, score_update, sse


class Streams:
    """What the three share: a reader and a writer for each connection, and a coroutine that attends to it."""

    def __init__(self) -> None:
        self.seqs: dict[str, int] = defaultdict(lambda: 1)
        self.fans: dict[str, dict[asyncio.StreamWriter, None]] = defaultdict(dict)

    async def open(self) -> int:
        """Listen; returns the port."""
        server = await asyncio.start_server(self._attend, sock=listener())
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def tell(self, game: str) -> None:
        """Make the game's next update, and tell it to everyone who follows it."""
        self.seqs[game] += 1
        await self.publish(game, score_update(game, self.seqs[game]))

    async def publish(self, game: str, update: Message) -> None:
        """What a step is."""
        raise NotImplementedError

    async def stay(self, fan: asyncio.StreamWriter, reader: asyncio.StreamReader, game: str) -> None:
        """Until the fan leaves."""
        self.fans[game][fan] = None
        try:
            await reader.read()
        finally:
            del self.fans[game][fan]

    async def _attend(self, reader: asyncio.StreamReader, fan: asyncio.StreamWriter) -> None:
        try:
            game = game_in(await reader.readuntil(b"\r\n\r\n"))
            fan.write(HEAD + sse(full_state(game, self.seqs[game])))
            await self.stay(fan, reader, game)
        except (OSError, asyncio.IncompleteReadError):
            pass  # it is gone
        finally:
            fan.close()


class NaiveLoop(Streams):
    """Step 1: for each fan, encode, write, wait."""

    async def publish(self, game: str, update: Message) -> None:
        """One fan after the other."""
        for fan in list(self.fans[game]):
            fan.write(sse(update))
            await fan.drain()


class Queues(Streams):
    """Step 2: a queue and a task for each fan, so that one who does not read holds up nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.queues: dict[str, dict[asyncio.Queue[Message], None]] = defaultdict(dict)

    async def publish(self, game: str, update: Message) -> None:
        """Into every queue."""
        for queue in self.queues[game]:
            queue.put_nowait(update)

    async def stay(self, fan: asyncio.StreamWriter, reader: asyncio.StreamReader, game: str) -> None:  # noqa: ARG002
        """The fan's own task."""
        queue: asyncio.Queue[Message] = asyncio.Queue()
        self.queues[game][queue] = None
        try:
            while True:
                fan.write(sse(await queue.get()))
                await fan.drain()
        finally:
            del self.queues[game][queue]


class EncodedOnce(Streams):
    """Step 3: the same bytes for all, and nobody is waited for."""

    async def publish(self, game: str, update: Message) -> None:
        """One encoding, then only writes."""
        frame = sse(update)
        for fan in self.fans[game]:
            fan.write(frame)

"""Step 6: a slice of fans at a time, round-robin over the games that have something to tell."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from scorewire.bench.steps.message import Message, sse
from scorewire.bench.steps.protocols import Fan, Protocols

SLICE_WRITES = 500
"""Fans written to before another game gets its turn: about 3 ms."""


@dataclass(slots=True)
class Broadcast:
    """One game's: what is being written, to whom, and how far that is; `pending` goes out after it."""

    game: str
    pending: list[bytes] = field(default_factory=list)
    payload: bytes = b""
    fans: list[Fan] = field(default_factory=list)
    at: int = 0


class Slices(Protocols):
    """See the module. A fan who joins amid a broadcast may be told twice; a cursor mends that too."""

    def __init__(self) -> None:
        super().__init__()
        self.broadcasts: dict[str, Broadcast] = {}
        self.turns: deque[Broadcast] = deque()

    def publish(self, game: str, update: Message) -> None:
        """Give the game a turn, unless it waits for one."""
        broadcast = self.broadcasts.get(game)
        if broadcast is None:
            broadcast = self.broadcasts[game] = Broadcast(game)
            self.turns.append(broadcast)
            if len(self.turns) == 1:
                asyncio.get_running_loop().call_soon(self.run)
        broadcast.pending.append(sse(update))

    def run(self) -> None:
        """One slice, shared by as many games as fit; who is not done goes to the end of the row."""
        budget = SLICE_WRITES
        while budget > 0 and self.turns:
            broadcast = self.turns[0]
            budget -= self.write(broadcast, budget)
            self.turns.popleft()
            if broadcast.at < len(broadcast.fans) or broadcast.pending:
                self.turns.append(broadcast)
            else:
                del self.broadcasts[broadcast.game]
        if self.turns:
            asyncio.get_running_loop().call_soon(self.run)

    def write(self, broadcast: Broadcast, budget: int) -> int:
        """Write to at most `budget` fans; returns how many, at least 1."""
        if broadcast.at >= len(broadcast.fans):
            broadcast.payload = b"".join(broadcast.pending)
            broadcast.pending.clear()
            broadcast.fans, broadcast.at = list(self.fans[broadcast.game]), 0
        some = broadcast.fans[broadcast.at : broadcast.at + budget]
        for fan in some:
            fan.transport.write(broadcast.payload)
        broadcast.at += len(some)
        return max(len(some), 1)

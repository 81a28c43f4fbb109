"""Step 7: a fan is a place in a ring of frames, not a buffer.

Whoever keeps up stands in the game's live dictionary at its newest seq. Whoever's transport asks to pause
leaves it with the place where it stood, and is brought to the head by one write when it has drained.
"""

import asyncio
import socket
from collections import deque
from itertools import islice

from scorewire.bench.steps.message import HEAD, Message, full_state, score_update, sse
from scorewire.bench.steps.protocols import Fan, Protocols

SLICE_WRITES = 500
RING_FRAMES_MAX = 256
WRITE_BUFFER_BYTES_MAX = 32_768
TCP_NOTSENT_LOWAT = 25
"""Linux: how much unsent the kernel keeps before it says that a socket cannot be written to."""


class Ring:
    """One game: its newest frames, the fans that keep up, and those that do not; each with its place."""

    def __init__(self, game: str) -> None:
        self.game = game
        self.seq = 1
        self.frames: deque[bytes] = deque(maxlen=RING_FRAMES_MAX)
        self.live: dict[Fan, int] = {}
        self.lagging: dict[Fan, int] = {}
        self.prev = self.target = 1
        self.payload = b""
        self.turn: list[Fan] = []
        self.at = 0

    def advance(self, frame: bytes) -> None:
        """A row has happened; its frame is encoded."""
        self.frames.append(frame)
        self.seq += 1

    def since(self, seq: int) -> bytes:
        """What brings a fan from `seq` to the head: what it missed, or the full state if that is smaller."""
        first = self.seq - len(self.frames)
        state = sse(full_state(self.game, self.seq))
        if seq < first:
            return state
        missed = b"".join(islice(self.frames, seq - first, None))
        return missed if len(missed) <= len(state) else state

    def news(self, seq: int) -> bytes:
        """The same for those who keep up: every frame that the ring has."""
        first = self.seq - len(self.frames)
        return b"".join(islice(self.frames, seq - first, None)) if seq >= first else self.since(seq)


class Cursors(Protocols):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.rings: dict[str, Ring] = {}
        self.turns: deque[Ring] = deque()

    async def tell(self, game: str) -> None:
        """Make the game's next update, and give the game a turn, unless it waits for one."""
        ring = self.ring(game)
        self.publish(game, score_update(game, ring.seq + 1))

    def publish(self, game: str, update: Message) -> None:
        """Into the ring, once."""
        ring = self.ring(game)
        ring.advance(sse(update))
        if ring not in self.turns:
            self.turns.append(ring)
            if len(self.turns) == 1:
                asyncio.get_running_loop().call_soon(self.run)

    def ring(self, game: str) -> Ring:
        """The game's."""
        return self.rings.get(game) or self.rings.setdefault(game, Ring(game))

    def run(self) -> None:
        """One slice, as in step 6."""
        budget = SLICE_WRITES
        while budget > 0 and self.turns:
            ring = self.turns[0]
            budget -= self.write(ring, budget)
            self.turns.popleft()
            if ring.at < len(ring.turn) or ring.target < ring.seq:
                self.turns.append(ring)
        if self.turns:
            asyncio.get_running_loop().call_soon(self.run)

    def write(self, ring: Ring, budget: int) -> int:
        """Write to at most `budget` fans; returns how many were looked at, at least 1."""
        if ring.at >= len(ring.turn):
            ring.prev, ring.target = ring.target, ring.seq
            ring.payload = ring.news(ring.prev)
            ring.turn, ring.at = list(ring.live), 0
        some = ring.turn[ring.at : ring.at + budget]
        for fan in some:
            seq = ring.live.get(fan)
            if seq == ring.prev:
                # First the place, then the bytes: the write may make the transport ask to pause.
                ring.live[fan] = ring.target
                fan.transport.write(ring.payload)
            elif seq is not None and seq < ring.target:
                ring.live[fan] = ring.seq
                fan.transport.write(ring.since(seq))
        ring.at += len(some)
        return max(len(some), 1)

    def join(self, fan: Fan) -> None:
        """At the head, with the full state."""
        fan.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES_MAX)
        sock = fan.transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, WRITE_BUFFER_BYTES_MAX)
        ring = self.ring(fan.game)
        ring.live[fan] = ring.seq
        fan.transport.write(HEAD + sse(full_state(fan.game, ring.seq)))

    def pause(self, fan: Fan) -> None:
        """Its place is noted, and broadcasts pass it by."""
        ring = self.ring(fan.game)
        if fan in ring.live:
            ring.lagging[fan] = ring.live.pop(fan)

    def resume(self, fan: Fan) -> None:
        """One write brings it to the head."""
        ring = self.ring(fan.game)
        seq = ring.lagging.pop(fan, None)
        if seq is not None:
            ring.live[fan] = ring.seq
            if seq < ring.seq:
                fan.transport.write(ring.since(seq))

    def leave(self, fan: Fan) -> None:
        """Harmless if it never joined."""
        if fan.game in self.rings:
            self.rings[fan.game].live.pop(fan, None)
            self.rings[fan.game].lagging.pop(fan, None)

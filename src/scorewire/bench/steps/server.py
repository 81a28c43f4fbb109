"""Runs one step as a process: `python -m scorewire.bench.steps.server naive`.

Prints its port, then obeys its standard input, JSON a line, one after the other:

    {"tell": ["bench-big", "bench-small"]}  makes and publishes one update of each game, in this order
    {"collect": true}                       collects all garbage
        -> {"collection_s": 0.021, "longest_s": 0.002, "objects": 31000}

`longest_s` is the longest collection that came by itself so far; `objects` are
those that a collection has to look at.
"""

import asyncio
import gc
import importlib.util
import os
import sys
import time
from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from scorewire.bench.steps.cursor import Cursors
from scorewire.bench.steps.protocols import Protocols
from scorewire.bench.steps.slices import Slices
from scorewire.bench.steps.streams import EncodedOnce, NaiveLoop, Queues

READ_BYTES = 1 << 16
COLLECTIONS = 3


class Server(Protocol):
    """What a step is to this process."""

    async def open(self) -> int:
        """Listen; returns the port."""
        ...

    async def tell(self, game: str) -> None:
        """Make the game's next update, and tell it to everyone who follows it."""
        ...


SERVERS: dict[str, type[Server]] = {
    "naive": NaiveLoop,
    "queues": Queues,
    "encoded-once": EncodedOnce,
    "protocol": Protocols,
    "uvloop": Protocols,
    "slices": Slices,
    "cursor": Cursors,
}
ON_UVLOOP = frozenset({"uvloop", "slices", "cursor"})


class Order(Struct, frozen=True, kw_only=True):
    """One line of input; see the module."""

    tell: list[str] = []
    collect: bool = False


class Collected(Struct, frozen=True, kw_only=True):
    """What a collection took, and what the longest of those that came by themselves did."""

    collection_s: float
    longest_s: float
    objects: int


class Pauses:
    """Measures the collections of this process."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._began_s = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began_s = time.perf_counter()
        else:
            self.longest_s = max(self.longest_s, time.perf_counter() - self._began_s)

    def collect(self) -> Collected:
        """Collect everything, the first time with what is garbage; the quickest was not interrupted."""
        longest_s = self.longest_s  # not one of those that follow
        took_s = []
        for _ in range(COLLECTIONS):
            began_s = time.perf_counter()
            gc.collect()
            took_s.append(time.perf_counter() - began_s)
        return Collected(collection_s=min(took_s), longest_s=longest_s, objects=len(gc.get_objects()))


async def orders(received: asyncio.Queue[bytes], server: Server) -> None:
    """Obey until the input ends."""
    decoder, pauses = msgspec.json.Decoder(Order), Pauses()
    held = b""
    while data := await received.get():
        *lines, held = (held + data).split(b"\n")
        for line in lines:
            order = decoder.decode(line)
            for game in order.tell:
                await server.tell(game)
            if order.collect:
                say(msgspec.json.encode(pauses.collect()))
            # What was written is sent, and who left is noted, before the next order.
            await asyncio.sleep(0)


async def serve(server: Server) -> None:
    """Serve until the input ends."""
    received: asyncio.Queue[bytes] = asyncio.Queue()
    stdin = sys.stdin.fileno()

    def read() -> None:
        received.put_nowait(os.read(stdin, READ_BYTES))

    say(b"%d" % await server.open())
    loop = asyncio.get_running_loop()
    loop.add_reader(stdin, read)
    try:
        await orders(received, server)
    finally:
        loop.remove_reader(stdin)


def say(line: bytes) -> None:
    """To whoever started us."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def run(name: str, work: Coroutine[Any, Any, None]) -> None:
    """On the loop that the step is about; on the standard one where uvloop is not there."""
    if name in ON_UVLOOP and importlib.util.find_spec("uvloop") is not None:
        import uvloop

        uvloop.run(work)
    else:
        asyncio.run(work)


if __name__ == "__main__":
    run(sys.argv[1], serve(SERVERS[sys.argv[1]]()))

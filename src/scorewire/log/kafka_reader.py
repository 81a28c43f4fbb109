"""Entries of a topic's partitions by offset, fetched ahead by a thread of their own.

    read(partition, after) ─► Run in memory ─(it begins elsewhere)─► seek ─► thread: assign, poll ─► Run

Reading is by position and joins no group: the journal says where its reader goes on (ADR 2). The thread owns
the consumer; the runs are the loop's. What the thread found before a seek is told from what it found after by
a number that the seek carries.
"""

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

from scorewire.errors import BackendError
from scorewire.log.kafka_fetching import SETTINGS, Decode, Fetched, Fetching, Flow, Leave, Order, Seek
from scorewire.log.kafka_producer import CLIENT_LOG
from scorewire.log.kafka_run import Run
from scorewire.log.writing import Growth

READ_S: Final = 10.0
"""How long a reader waits for the brokers before it is told that they do not answer."""
KEPT: Final = 5_000
"""Entries kept behind a reader: an owner that begins anew goes back to what it held."""
ROOM: Final = 20_000
"""Entries that wait for their reader: some seconds of a busy weekend."""
ROOM_BYTES: Final = 32 * 1024 * 1024
ROUNDS_AHEAD: Final = 4
"""Rounds that the thread may be ahead of a loop that is busy."""

Item = TypeVar("Item")


@dataclass(slots=True)
class _Followed(Generic[Item]):
    """A partition as the loop sees it."""

    number: int
    run: Run[Item]
    flowing: bool = True
    fault: BackendError | None = None


class KafkaReader(Generic[Item]):
    """Reads one topic. Made and used in one loop; `start` it, and `close` it.

    Args:
        brokers, security: as for KafkaProducer.
        decode: a record as an entry.
        kept: entries kept in memory behind the reader of a partition.
        room: entries that may wait for it.
    """

    def __init__(
        self,
        *,
        brokers: str,
        security: Mapping[str, Any],
        topic: str,
        decode: Decode[Item],
        loop: asyncio.AbstractEventLoop,
        kept: int = KEPT,
        room: int = ROOM,
    ) -> None:
        self._kept = kept
        self._room = room
        self._topic = topic
        self._loop = loop
        self._followed: dict[int, _Followed[Item]] = {}
        self._written: dict[int, int] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._seeks = 0
        self._growth = Growth()
        self._closing = False
        self._broken = False
        self._ended = asyncio.Event()
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._ahead = threading.Semaphore(ROUNDS_AHEAD)
        settings = {
            **SETTINGS,
            **security,
            "bootstrap.servers": brokers,
            "logger": CLIENT_LOG,
            "log_level": 4,
        }
        fetching = Fetching(
            settings=settings,
            topic=topic,
            decode=decode,
            orders=self._orders,
            deliver=self._deliver,
            ended=lambda: self._call(self._thread_ended),
        )
        self._thread = threading.Thread(target=fetching.run, name=f"scorewire-read-{topic}", daemon=True)
        self._started = False

    def start(self) -> None:
        """Begin to fetch what is asked for."""
        self._started = True
        self._thread.start()

    def expect(self, partition: int, offset: int) -> None:
        """This process has written up to here: nobody is told that the end is before it."""
        self._written[partition] = max(self._written.get(partition, 0), offset)

    async def read(self, partition: int, after: int, limit: int) -> Sequence[Item]:
        """At most `limit` entries above `after`; empty at the end, which is no older than the last fetch.

        Raises:
            BackendError: the brokers do not answer, or no longer have what comes after `after`.
        """
        after = max(after, 0)
        try:
            # One at a time: two who read in different places would seek each other's entries away for ever.
            async with asyncio.timeout(READ_S), self._turns[partition]:
                while True:
                    found = self._take(partition, after, limit)
                    if found is not None:
                        return found
                    await self._growth.wait()
        except TimeoutError:
            raise BackendError(
                f"the brokers do not answer for {self._topic}:{partition}", retryable=True
            ) from None

    async def wait(self, partition: int, after: int, timeout_s: float) -> bool:
        """Whether something lies above `after` within the time; False at once when closed."""
        after = max(after, 0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not self._closing:
                    if await self._lies(partition, after):
                        return True
                    await self._growth.wait()
        return False

    async def _lies(self, partition: int, after: int) -> bool:
        """Whether something lies above `after`, as far as is known; seeks there if nobody reads there."""
        followed = self._followed.get(partition)
        try:
            if followed is None or not followed.run.covers(after):
                return bool(await self.read(partition, after, 1))
            return bool(self._take(partition, after, 1))
        except BackendError:
            # For `read` to tell, whose caller repeats it.
            return not self._closing

    def leave(self, partition: int) -> None:
        """Nobody here reads the partition any more: let go of what was fetched, until somebody does again."""
        followed = self._followed.pop(partition, None)
        if followed is not None:
            self._orders.put(Leave(partition, followed.number))
            self._growth.tell()  # who waits there all the same begins anew

    async def close(self) -> None:
        """End the thread; who waits is let go."""
        self._closing = True
        self._growth.tell()
        if self._started:
            self._orders.put(None)
            await self._ended.wait()

    def _take(self, partition: int, after: int, limit: int) -> list[Item] | None:
        """What is at hand; empty at the end of the partition; None if it must be waited for."""
        if self._closing:
            detail = "the log's reader has ended" if self._broken else "the log is closed"
            raise BackendError(detail, retryable=False)
        followed = self._followed.get(partition)
        if followed is None or not followed.run.covers(after):
            self._seek(partition, after)
            return None
        if followed.fault is not None:
            del self._followed[partition]  # the next call looks again
            raise followed.fault
        found = followed.run.after(after, limit)
        if not followed.flowing and not followed.run.full:
            followed.flowing = True
            self._orders.put(Flow(partition, followed.number, wanted=True))
        # What this process wrote is seen whole: a page is waited for that could be longer, and that has room.
        seen = followed.run.end >= self._written.get(partition, 0)
        if found and (seen or len(found) == limit or not followed.flowing):
            return found
        return [] if seen and followed.run.at_end and not found else None

    def _seek(self, partition: int, after: int) -> None:
        self._seeks += 1
        run: Run[Item] = Run(start=after, kept_max=self._kept, room=self._room, bytes_room=ROOM_BYTES)
        self._followed[partition] = _Followed(self._seeks, run)
        self._orders.put(Seek(partition, self._seeks, after))

    def _deliver(self, batches: Sequence[Fetched[Item]]) -> None:
        """In the thread: hand over a round, and wait while the loop has not taken the last few."""
        self._ahead.acquire()
        self._call(self._arrived, batches)

    def _arrived(self, batches: Sequence[Fetched[Item]]) -> None:
        self._ahead.release()
        for batch in batches:
            followed = self._followed.get(batch.partition)
            if followed is None or followed.number != batch.seek:
                continue
            followed.fault = batch.fault
            followed.run.extend(batch.offsets, batch.items, batch.sizes)
            if batch.end is not None:
                followed.run.reached(batch.end)
            if followed.flowing and followed.run.full:
                followed.flowing = False
                self._orders.put(Flow(batch.partition, followed.number, wanted=False))
        self._growth.tell()

    def _thread_ended(self) -> None:
        self._broken = not self._closing
        self._closing = True
        self._growth.tell()
        self._ended.set()

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody waits
            self._loop.call_soon_threadsafe(callback, *arguments)

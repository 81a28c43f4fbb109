"""Entries of a topic's partitions by offset, fetched ahead by a thread of their own.

    read(partition, after) ─► Run in memory ─(it begins elsewhere)─► seek ─► thread: assign, poll ─► Run

Reading is by position and joins no group: the journal says where its reader goes on (ADR 2). The thread owns
the consumer; the runs are the loop's. What the thread found before a seek is told from what it found after by
a number that the seek carries.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from scorewire.errors import BackendError
from scorewire.log.kafka_producer import CLIENT_LOG, MESSAGE_BYTES_MAX
from scorewire.log.kafka_records import UNREADABLE, Headers, kafka_offset, port_offset
from scorewire.log.kafka_run import Run

POLL_S: Final = 0.05
"""How long a seek may wait for the thread to look up."""
FETCH_RECORDS: Final = 2_000
READ_S: Final = 10.0
"""How long a reader waits for the brokers before it is told that they do not answer."""
KEPT: Final = 5_000
"""Entries kept behind a reader: an owner that begins anew goes back to what it held."""
ROOM: Final = 20_000
"""Entries that wait for their reader: some seconds of a busy weekend."""
ROOM_BYTES: Final = 32 * 1024 * 1024

SETTINGS: Final[Mapping[str, Any]] = {
    # Required by the client; nothing is ever committed under this name.
    "group.id": "scorewire-reader",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    # Where the log has no such offset, we decide: see `_begin_elsewhere`.
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    # How long the broker may think before it says that there is nothing; what comes is sent at once.
    "fetch.wait.max.ms": 100,
    "fetch.min.bytes": 1,
    # A larger record comes alone, so that none is too large to be read.
    "fetch.message.max.bytes": 1024 * 1024,
    "fetch.max.bytes": 2 * MESSAGE_BYTES_MAX,
    "receive.message.max.bytes": 2 * MESSAGE_BYTES_MAX + 1024,
    "queued.max.messages.kbytes": 65_536,
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 1000,
}

Item = TypeVar("Item")
Decode = Callable[[int, int, Headers, bytes], Item]
"""(partition, Kafka's offset, headers, value) to an entry; raises one of UNREADABLE."""

_log = structlog.get_logger("scorewire.log")


@dataclass(slots=True)
class Fetched(Generic[Item]):
    """What came of a partition in one round.

    Attributes:
        seek: the seek that it belongs to.
        end: the offset at which the partition ended after it, as the port counts; None if it went on.
        fault: why nothing can be read there.
    """

    partition: int
    seek: int
    offsets: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    end: int | None = None
    fault: BackendError | None = None


@dataclass(slots=True)
class _Seek:
    partition: int
    number: int
    after: int


@dataclass(slots=True)
class _Flow:
    partition: int
    number: int
    wanted: bool


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
    """

    def __init__(
        self,
        *,
        brokers: str,
        security: Mapping[str, Any],
        topic: str,
        decode: Decode[Item],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._topic = topic
        self._loop = loop
        self._followed: dict[int, _Followed[Item]] = {}
        self._written: dict[int, int] = {}
        self._seeks = 0
        self._waiters: set[asyncio.Future[None]] = set()
        self._closing = False
        self._ended = asyncio.Event()
        self._orders: SimpleQueue[_Seek | _Flow | None] = SimpleQueue()
        settings = {
            **SETTINGS,
            **security,
            "bootstrap.servers": brokers,
            "logger": CLIENT_LOG,
            "log_level": 4,
        }
        fetching = _Fetching(
            settings=settings,
            topic=topic,
            decode=decode,
            orders=self._orders,
            deliver=lambda batches: self._call(self._arrived, batches),
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
            async with asyncio.timeout(READ_S):
                while True:
                    found = self._take(partition, after, limit)
                    if found is not None:
                        return found
                    await self._growth()
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
                    followed = self._followed.get(partition)
                    # A fault is for `read` to tell, which its caller repeats.
                    if (followed is not None and followed.fault) or self._take(partition, after, 1):
                        return True
                    await self._growth()
        return False

    async def close(self) -> None:
        """End the thread; who waits is let go."""
        self._closing = True
        self._wake()
        if self._started:
            self._orders.put(None)
            await self._ended.wait()

    def _take(self, partition: int, after: int, limit: int) -> list[Item] | None:
        """What is at hand; empty at the end of the partition; None if it must be waited for."""
        if self._closing:
            raise BackendError("the log is closed", retryable=False)
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
            self._orders.put(_Flow(partition, followed.number, wanted=True))
        if found:
            return found
        run = followed.run
        return [] if run.at_end and run.end >= self._written.get(partition, 0) else None

    def _seek(self, partition: int, after: int) -> None:
        self._seeks += 1
        run: Run[Item] = Run(start=after, kept_max=KEPT, room=ROOM, bytes_room=ROOM_BYTES)
        self._followed[partition] = _Followed(self._seeks, run)
        self._orders.put(_Seek(partition, self._seeks, after))

    def _arrived(self, batches: Sequence[Fetched[Item]]) -> None:
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
                self._orders.put(_Flow(batch.partition, followed.number, wanted=False))
        self._wake()

    async def _growth(self) -> None:
        """Return when something has come, or the reader is closing."""
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _thread_ended(self) -> None:
        self._closing = True
        self._wake()
        self._ended.set()

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody waits
            self._loop.call_soon_threadsafe(callback, *arguments)


class _Fetching(Generic[Item]):
    """The thread's side: the consumer, and where it stands in each partition."""

    def __init__(
        self,
        *,
        settings: dict[str, Any],
        topic: str,
        decode: Decode[Item],
        orders: "SimpleQueue[_Seek | _Flow | None]",
        deliver: Callable[[Sequence[Fetched[Item]]], None],
        ended: Callable[[], None],
    ) -> None:
        self._consumer = Consumer(settings)
        self._topic = topic
        self._decode = decode
        self._orders = orders
        self._deliver = deliver
        self._ended = ended
        self._seeks: dict[int, _Seek] = {}

    def run(self) -> None:
        """Until the end is ordered."""
        consumer = self._consumer
        try:
            while self._obey(consumer):
                messages = self._poll(consumer)
                if messages:
                    self._deliver(self._sort(consumer, messages))
            consumer.close()
        finally:
            self._ended()

    def _obey(self, consumer: Consumer) -> bool:
        """Do what was ordered since the last look, or wait for an order with nothing to fetch; False: end."""
        waiting = not self._seeks
        while True:
            try:
                order = self._orders.get(block=waiting)
            except Empty:
                return True
            waiting = False
            if order is None:
                return False
            if isinstance(order, _Seek):
                self._go(consumer, order, kafka_offset(order.after))
            elif (seek := self._seeks.get(order.partition)) is not None and seek.number == order.number:
                place = [TopicPartition(self._topic, order.partition)]
                (consumer.resume if order.wanted else consumer.pause)(place)

    def _go(self, consumer: Consumer, seek: _Seek, offset: int) -> None:
        # Assigned anew rather than sought: that drops what was fetched ahead, in every state.
        if seek.partition in self._seeks:
            consumer.incremental_unassign([TopicPartition(self._topic, seek.partition)])
        self._seeks[seek.partition] = seek
        consumer.incremental_assign([TopicPartition(self._topic, seek.partition, offset)])

    def _poll(self, consumer: Consumer) -> "list[Message[Any, Any]]":
        """The first message as soon as it is there, and with it all that are; `consume` alone would wait."""
        first = consumer.poll(POLL_S)
        return [] if first is None else [first, *consumer.consume(FETCH_RECORDS, 0)]

    def _sort(self, consumer: Consumer, messages: "Sequence[Message[Any, Any]]") -> list[Fetched[Item]]:
        batches: dict[int, Fetched[Item]] = {}
        for message in messages:
            partition = message.partition()
            seek = None if partition is None else self._seeks.get(partition)
            if seek is None:
                # No partition's: brokers that are away for a while. librdkafka goes on by itself.
                _log.warning("log_brokers", detail=str(message.error()))
                continue
            batch = batches.setdefault(seek.partition, Fetched(seek.partition, seek.number))
            error = message.error()
            if error is None:
                self._read(batch, message)
            elif error.code() == KafkaError._PARTITION_EOF:
                batch.end = message.offset()  # the next of Kafka's offsets is the last of the port's
            elif error.code() == KafkaError._AUTO_OFFSET_RESET:
                batch.fault = self._begin_elsewhere(consumer, seek)
            else:
                _log.warning("log_partition", partition=partition, detail=error.str())
        for batch in batches.values():
            self._note_end(consumer, batch)
        return list(batches.values())

    def _note_end(self, consumer: Consumer, batch: Fetched[Item]) -> None:
        """The last fetch told where the partition ends: the word for it would come one empty fetch later."""
        if batch.end is None and batch.offsets:
            place = TopicPartition(self._topic, batch.partition)
            _, last = consumer.get_watermark_offsets(place, cached=True)
            if batch.offsets[-1] >= last:
                batch.end = batch.offsets[-1]

    def _read(self, batch: Fetched[Item], message: "Message[Any, Any]") -> None:
        offset, value = message.offset(), message.value() or b""
        assert offset is not None
        batch.end = None
        try:
            item = self._decode(batch.partition, offset, message.headers() or [], value)
        except UNREADABLE as error:
            # Not ours, or of a newer version: one such record must not stop every game behind it.
            _log.error("log_entry_unreadable", partition=batch.partition, offset=offset, detail=str(error))
            return
        batch.offsets.append(port_offset(offset))
        batch.items.append(item)
        batch.sizes.append(len(value))

    def _begin_elsewhere(self, consumer: Consumer, seek: _Seek) -> BackendError | None:
        """The log has no such offset: shortened at its old end, which can be gone over, or at its new."""
        place = TopicPartition(self._topic, seek.partition)
        try:
            first, last = consumer.get_watermark_offsets(place, timeout=READ_S / 2)
        except KafkaException as error:
            return self._give_up(consumer, seek, f"the log: {error.args[0].str()}")
        if kafka_offset(seek.after) < first:
            _log.error(
                "log_entries_lost", partition=seek.partition, after=seek.after, first=port_offset(first),
                detail="entries were deleted by age before they were read; see the topic's retention.ms",
            )  # fmt: skip
            self._go(consumer, seek, first)
            return None
        return self._give_up(
            consumer,
            seek,
            f"{self._topic}:{seek.partition} ends at {last}, and {seek.after} was read from it before:"
            " the topic was made anew, or its brokers lost what they had acknowledged",
        )

    def _give_up(self, consumer: Consumer, seek: _Seek, detail: str) -> BackendError:
        consumer.incremental_unassign([TopicPartition(self._topic, seek.partition)])
        del self._seeks[seek.partition]
        return BackendError(detail, retryable=True)

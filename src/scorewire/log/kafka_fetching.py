"""The thread behind a reader: it owns the consumer, obeys seeks, and hands over what came, round by round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from scorewire.errors import BackendError
from scorewire.log.kafka_producer import MESSAGE_BYTES_MAX
from scorewire.log.kafka_records import UNREADABLE, Headers, kafka_offset, port_offset

POLL_S: Final = 0.05
"""How long a seek may wait for the thread to look up."""
FETCH_RECORDS: Final = 2_000
ASK_S: Final = 5.0
"""How long the brokers may take to say where a partition begins and ends."""

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
class Seek:
    """Read a partition from here on; the number tells what came of it from what came before."""

    partition: int
    number: int
    after: int


@dataclass(slots=True)
class Flow:
    """Go on fetching a partition, or rest until the reader has room."""

    partition: int
    number: int
    wanted: bool


@dataclass(slots=True)
class Leave:
    """Fetch a partition no more."""

    partition: int
    number: int


Order = Seek | Flow | Leave


class Fetching(Generic[Item]):
    """The thread's side: the consumer, and where it stands in each partition."""

    def __init__(
        self,
        *,
        settings: dict[str, Any],
        topic: str,
        decode: Decode[Item],
        orders: "SimpleQueue[Order | None]",
        deliver: Callable[[Sequence[Fetched[Item]]], None],
        ended: Callable[[], None],
    ) -> None:
        self._consumer = Consumer(settings)
        self._topic = topic
        self._decode = decode
        self._orders = orders
        self._deliver = deliver
        self._ended = ended
        self._seeks: dict[int, Seek] = {}

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
            if isinstance(order, Seek):
                self._go(consumer, order, kafka_offset(order.after))
            elif (seek := self._seeks.get(order.partition)) is not None and seek.number == order.number:
                place = [TopicPartition(self._topic, order.partition)]
                if isinstance(order, Leave):
                    consumer.incremental_unassign(place)
                    del self._seeks[order.partition]
                else:
                    (consumer.resume if order.wanted else consumer.pause)(place)

    def _go(self, consumer: Consumer, seek: Seek, offset: int) -> None:
        # Assigned anew rather than sought: that drops what was fetched ahead, in every state.
        if seek.partition in self._seeks:
            consumer.incremental_unassign([TopicPartition(self._topic, seek.partition)])
        self._seeks[seek.partition] = seek
        place = [TopicPartition(self._topic, seek.partition, offset)]
        consumer.incremental_assign(place)
        # That a partition rests outlives its assignment.
        consumer.resume(place)

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

    def _begin_elsewhere(self, consumer: Consumer, seek: Seek) -> BackendError | None:
        """The log has no such offset: shortened at its old end, which can be gone over, or at its new."""
        place = TopicPartition(self._topic, seek.partition)
        try:
            first, last = consumer.get_watermark_offsets(place, timeout=ASK_S)
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

    def _give_up(self, consumer: Consumer, seek: Seek, detail: str) -> BackendError:
        consumer.incremental_unassign([TopicPartition(self._topic, seek.partition)])
        del self._seeks[seek.partition]
        return BackendError(detail, retryable=True)

"""Where a topic's partitions begin and end, and how far a group has come: asked of the brokers, in a thread.

Places are counted as the port counts: everything that lies after a place is yet to be read.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from scorewire.errors import BackendError
from scorewire.log.kafka_producer import CLIENT_LOG, MESSAGE_BYTES_MAX

ASK_S: Final = 5.0
"""How long the brokers may take for one answer."""

PASSING: Final = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    }
)
"""What brokers answer for a moment when a topic is new, or one of them has started or gone."""
TRIES: Final = 10
PAUSE_S: Final = 0.2

SETTINGS: Final[Mapping[str, Any]] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "error",
    "fetch.max.bytes": 2 * MESSAGE_BYTES_MAX,
    "receive.message.max.bytes": 2 * MESSAGE_BYTES_MAX + 1024,
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 1000,
}

Answer = TypeVar("Answer")


class Bounds(NamedTuple):
    """After `first` lies the oldest record that is still there; after `last` nothing lies yet."""

    first: int
    last: int


class KafkaPlaces:
    """Asks; must be closed.

    Args:
        brokers, security: as for KafkaProducer.
        group: whose commits are asked for; any name where none are.

    Raises:
        BackendError: of every method; the brokers do not answer.
    """

    def __init__(self, *, brokers: str, security: Mapping[str, Any], topic: str, group: str) -> None:
        self._topic = topic
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._consumer = Consumer(
            {
                **SETTINGS,
                **security,
                "bootstrap.servers": brokers,
                "group.id": group,
                "logger": CLIENT_LOG,
                "log_level": 4,
            }
        )

    async def partitions(self) -> int:
        """How many the topic has; 0 if there is no such topic."""

        def ask(consumer: Consumer) -> int:
            found = consumer.list_topics(self._topic, timeout=ASK_S).topics[self._topic]
            return 0 if found.error is not None else len(found.partitions)

        return await self._ask(ask)

    async def bounds(self, partitions: Iterable[int]) -> dict[int, Bounds]:
        """Where these begin and end, now."""

        def ask(consumer: Consumer) -> dict[int, Bounds]:
            return {
                number: Bounds(*consumer.get_watermark_offsets(self._place(number), timeout=ASK_S))
                for number in partitions
            }

        return await self._ask(ask)

    async def committed(self, partition: int) -> int | None:
        """How far the group has come; None if it has never been here."""

        def ask(consumer: Consumer) -> int | None:
            (place,) = consumer.committed([self._place(partition)], timeout=ASK_S)
            return place.offset if place.offset >= 0 else None

        return await self._ask(ask)

    async def at(self, partition: int, time_ms: int) -> int:
        """Before the first record of this time or later; the end if there is none."""

        def ask(consumer: Consumer) -> int:
            asked = [TopicPartition(self._topic, partition, time_ms)]
            (place,) = consumer.offsets_for_times(asked, timeout=ASK_S)
            if place.offset >= 0:
                return place.offset
            return consumer.get_watermark_offsets(self._place(partition), timeout=ASK_S)[1]

        return await self._ask(ask)

    async def newest(self, partition: int) -> "Message[Any, Any] | None":
        """The last record of a partition; None if it holds none."""

        def ask(consumer: Consumer) -> "Message[Any, Any] | None":
            first, last = consumer.get_watermark_offsets(self._place(partition), timeout=ASK_S)
            if last <= first:
                return None
            consumer.assign([TopicPartition(self._topic, partition, last - 1)])
            try:
                return _next(consumer)
            finally:
                consumer.unassign()

        return await self._ask(ask)

    async def close(self) -> None:
        """Let go of the brokers."""
        self._closing.set()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._lock:
            self._consumer.close()

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)

    async def _ask(self, ask: Callable[[Consumer], Answer]) -> Answer:
        return await asyncio.to_thread(self._asked, ask)

    def _asked(self, ask: Callable[[Consumer], Answer]) -> Answer:
        """In a thread: one question at a time, for `newest` assigns, and there is one assignment."""
        with self._lock:
            for tried in range(1, TRIES + 1):
                if self._closing.is_set():
                    break
                try:
                    return ask(self._consumer)
                except KafkaException as error:
                    if tried == TRIES or error.args[0].code() not in PASSING:
                        detail = f"{self._topic}: {error.args[0].str()}"
                        raise BackendError(detail, retryable=True) from error
                self._closing.wait(PAUSE_S)
        raise BackendError(f"{self._topic}: nobody asks any more", retryable=True)


def _next(consumer: Consumer) -> "Message[Any, Any] | None":
    """The next record; None where the partition ends before it, as when it was deleted in between."""
    message = consumer.poll(ASK_S)
    if message is None:
        raise BackendError("the brokers do not send the last record", retryable=True)
    error = message.error()
    if error is None:
        return message
    if error.code() in {KafkaError._PARTITION_EOF, KafkaError._AUTO_OFFSET_RESET}:
        return None
    raise KafkaException(error)

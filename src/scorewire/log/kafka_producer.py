"""The idempotent producer: a batch goes out, and what became of each work in it comes back.

acks=all with enable.idempotence: nothing that was acknowledged is lost while one in-sync replica lives, and
librdkafka's own retries neither double nor reorder. `murmur2_random` is the partitioner of the Java clients:
with librdkafka's own (CRC32) two programs would put one game on two partitions.
"""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from scorewire.errors import BackendError
from scorewire.log.kafka_records import Record, port_offset

DELIVERY_S: Final = 10.0
"""How long a record may wait for its acknowledgement: a broker's restart, or another leader's election."""
MESSAGE_BYTES_MAX: Final = 24 * 1024 * 1024
"""A dead letter may hold a whole snapshot that nobody could read."""
QUEUE_RECORDS: Final = 200_000

SETTINGS: Final[Mapping[str, Any]] = {
    "acks": "all",
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
    "compression.type": "lz4",
    # The batch is what waits already: only what one call brings is waited for.
    "linger.ms": 1,
    "message.timeout.ms": int(DELIVERY_S * 1000),
    "message.max.bytes": MESSAGE_BYTES_MAX,
    "queue.buffering.max.messages": QUEUE_RECORDS,
    "queue.buffering.max.kbytes": 1024 * 1024,
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 1000,
}

CLIENT_LOG: Final = logging.getLogger("scorewire.log.kafka")
"""What librdkafka has to say; from warnings on."""


@dataclass(slots=True)
class Delivery:
    """What became of a batch.

    Attributes:
        failed: by work, the first thing that went wrong with one of its records.
    """

    failed: dict[int, BackendError] = field(default_factory=dict)
    waiting: int = 0
    fatal: bool = False
    _upto: dict[tuple[str, int], int] = field(default_factory=dict)

    def upto(self, topic: str) -> dict[int, int]:
        """The highest offset that was written, by partition; as the port counts."""
        return {partition: offset for (name, partition), offset in self._upto.items() if name == topic}

    def report(self, work: int, error: KafkaError | None, message: "Message[Any, Any]") -> None:
        """librdkafka's delivery report of one record."""
        self.waiting -= 1
        if error is not None:
            self.fail(work, error)
            return
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        assert topic is not None
        assert partition is not None
        assert offset is not None
        place = (topic, partition)
        self._upto[place] = max(self._upto.get(place, 0), port_offset(offset))

    def fail(self, work: int, error: KafkaError) -> None:
        """A record was not acknowledged; it may lie on the log all the same."""
        # What `produce` raises says by its code only that the producer has failed for good.
        self.fatal = self.fatal or error.fatal() or error.code() == KafkaError._FATAL
        too_large = error.code() == KafkaError.MSG_SIZE_TOO_LARGE
        self.failed.setdefault(work, BackendError(f"the log: {error.str()}", retryable=not too_large))


class KafkaProducer:
    """Used by one thread.

    Args:
        brokers: `host:port`, several divided by commas.
        security: further settings of librdkafka: TLS, SASL.
    """

    def __init__(self, brokers: str, security: Mapping[str, Any]) -> None:
        self._settings = {
            **SETTINGS,
            **security,
            "bootstrap.servers": brokers,
            "logger": CLIENT_LOG,
            "log_level": 4,
        }
        self._producer = Producer(self._settings)

    def produce(self, messages: Sequence[tuple[int, str, Record]]) -> Delivery:
        """Send (work, topic, record), in order, and wait until each is acknowledged or has failed."""
        delivery = Delivery()
        for work, topic, record in messages:
            if work not in delivery.failed:
                self._send(delivery, work, topic, record)
        while delivery.waiting:
            self._producer.poll(1.0)
        if delivery.fatal:
            # An idempotent producer that lost count can never send again; a new one has a new identity.
            self._producer = Producer(self._settings)
        return delivery

    def close(self) -> None:
        """Nothing is under way between two batches, so nothing is lost."""
        self._producer.flush(0)

    def _send(self, delivery: Delivery, work: int, topic: str, record: Record) -> None:
        while True:
            try:
                self._producer.produce(
                    topic,
                    key=record.key or None,
                    value=record.value,
                    headers=record.headers,
                    on_delivery=functools.partial(delivery.report, work),
                )
            except BufferError:
                # Its own queue is full: room comes with acknowledgements.
                self._producer.poll(0.1)
                continue
            except KafkaException as error:
                delivery.fail(work, error.args[0])
                return
            delivery.waiting += 1
            # Reports are served along the way, so that a large batch does not pile them up.
            self._producer.poll(0)
            return

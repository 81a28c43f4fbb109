"""Logs on a real Kafka for the tests: topics of their own, and a ledger in a database of its own."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scorewire.log.kafka import KafkaLog
from scorewire.log.kafka_group import KafkaGroup
from scorewire.log.kafka_ledger import PostgresLedger
from scorewire.log.kafka_topics import KafkaTopics, Topic, compare, wanted

PARTITIONS = 3
HOLD_S = 15.0


class Place:
    """Topics on a broker and a database, in which logs may be opened again and again.

    Args:
        brokers: `host:port`.
        url: of PostgreSQL.
        prefix: of topics that another process has made.
    """

    def __init__(self, brokers: str, url: str, *, partitions: int = PARTITIONS, prefix: str = "") -> None:
        self.brokers = brokers
        self.url = url
        self.prefix = prefix or f"test-{secrets.token_hex(6)}."
        self.topics = wanted(prefix=self.prefix, partitions=partitions, replicas=1, retention_days=7)

    @property
    def claims_topic(self) -> str:
        return f"{self.prefix}claims"

    def make(self) -> None:
        """Create the topics."""
        KafkaTopics(self.brokers).repair(self.topics, compare(self.topics, {}))

    def found(self) -> dict[str, Topic]:
        """The topics as they are."""
        return KafkaTopics(self.brokers).find([topic.name for topic in self.topics])

    async def open(
        self, *, holder: str = "", hold_s: float = HOLD_S, group: KafkaGroup | None = None
    ) -> KafkaLog:
        """A log as an intake or an owner has it."""
        ledger = self.ledger(holder=holder, hold_s=hold_s)
        ledger.prepare()
        return await KafkaLog.open(
            brokers=self.brokers,
            claims_topic=self.claims_topic,
            letters_topic=f"{self.prefix}dead-letters",
            ledger=ledger,
            queue_max=1000,
            group=group,
        )

    def ledger(self, *, holder: str = "", hold_s: float = HOLD_S) -> PostgresLedger:
        """Of one process; an own one unless a holder is named."""
        return PostgresLedger(
            self.url, holder=holder or secrets.token_hex(8), hold_s=hold_s, webhook_ids_h=24
        )

    def group(self, *, session_s: float = 6.0, release_s: float = 10.0) -> KafkaGroup:
        """Membership of the group of owners."""
        return KafkaGroup(
            brokers=self.brokers,
            security={},
            topic=self.claims_topic,
            group=f"{self.prefix}games",
            session_s=session_s,
            release_s=release_s,
        )


@contextmanager
def made(brokers: str, url: str, *, partitions: int = PARTITIONS) -> Iterator[Place]:
    """A place with its topics."""
    place = Place(brokers, url, partitions=partitions)
    place.make()
    yield place


async def eventually(holds: Callable[[], bool], *, within_s: float) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it did not, within the time.
    """
    async with asyncio.timeout(within_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)

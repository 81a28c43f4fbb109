"""The topic `game-events` on a real Kafka, for tests of this folder: who announces, and what lies there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from backends.kafka_logs import PARTITIONS, Place
from scorewire.clock import SystemClock
from scorewire.log.kafka_announcing import GameEvents
from scorewire.log.kafka_game_events import Announced, read_announcement
from scorewire.log.kafka_reader import KafkaReader


def topic_of(place: Place) -> str:
    return f"{place.prefix}game-events"


@asynccontextmanager
async def announcing(place: Place) -> AsyncIterator[GameEvents]:
    """An owner's way to the topic."""
    events = await GameEvents.open(
        brokers=place.brokers,
        topic=topic_of(place),
        partitions=PARTITIONS,
        clock=SystemClock(),
    )
    try:
        yield events
    finally:
        await events.close()


async def announced(place: Place) -> Sequence[Announced]:
    """All that lies on the topic now, partition by partition."""
    reader: KafkaReader[Announced] = KafkaReader(
        brokers=place.brokers,
        security={},
        topic=topic_of(place),
        decode=read_announcement,
        loop=asyncio.get_running_loop(),
    )
    reader.start()
    found: list[Announced] = []
    for partition in range(PARTITIONS):
        after = 0
        while entries := await reader.read(partition, after, 1000):
            found += entries
            after = entries[-1].offset
    await reader.close()
    return found

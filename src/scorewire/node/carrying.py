"""What carries `game-events` from Kafka to somebody in this process, as the configuration has it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final

import structlog
from confluent_kafka import KafkaException

from scorewire.clock import Clock
from scorewire.config import Config
from scorewire.errors import BackendError, ConfigError
from scorewire.log.kafka_game_events import Announced, read_announcement
from scorewire.log.kafka_group import KafkaGroup
from scorewire.log.kafka_places import KafkaPlaces
from scorewire.log.kafka_reader import KafkaReader
from scorewire.node.outward import Spawn
from scorewire.node.stores import client_settings
from scorewire.regions.relay import Home, Receiver, Relay

ROOM: Final = 500
"""Updates of a partition in memory, some 30 KB each, before they are carried."""
SESSION_S: Final = 6.0
"""After so long without a sign of life another of the group carries on."""

_log = structlog.get_logger("scorewire.node")


async def open_relay(
    config: Config,
    *,
    group: str,
    outbox: Receiver,
    home: Home,
    clock: Clock,
    spawn: Spawn,
    stack: AsyncExitStack,
    session_s: float = SESSION_S,
) -> Relay:
    """Make a relay; nothing is read before it runs.

    Args:
        group: of all who share the topic's partitions for one purpose.
        session_s: see KafkaGroup.

    Raises:
        ConfigError: the client will not have these settings.
        BackendError: there is no topic.
    """
    log, security = config.log, client_settings(config.log)
    topic = f"{log.topics}game-events"
    try:
        places = KafkaPlaces(brokers=log.brokers, security=security, topic=topic, group=group)
        stack.push_async_callback(places.close)
        await _find_topic(places, topic)
        reader: KafkaReader[Announced] = KafkaReader(
            brokers=log.brokers,
            security=security,
            topic=topic,
            decode=read_announcement,
            loop=asyncio.get_running_loop(),
            kept=0,
            room=ROOM,
        )
        members = KafkaGroup(
            brokers=log.brokers, security=security, topic=topic, group=group, session_s=session_s
        )
    except KafkaException as error:
        raise ConfigError("log.client", str(error.args[0].str())) from error
    return Relay(
        group=members, reader=reader, places=places, outbox=outbox, home=home, clock=clock, spawn=spawn
    )


async def _find_topic(places: KafkaPlaces, topic: str) -> None:
    try:
        found = await places.partitions()
    except BackendError as error:
        # Who is cut off starts all the same, and goes on when it is not.
        _log.warning("the brokers do not answer yet", detail=str(error))
        return
    if not found:
        raise BackendError(f"there is no topic {topic}; run `scorewire topics`", retryable=False)

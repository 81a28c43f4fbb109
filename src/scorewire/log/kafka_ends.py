"""Where the partitions of a topic end, by the brokers' word of now."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from scorewire.errors import BackendError
from scorewire.log.kafka_producer import CLIENT_LOG

ASK_S: Final = 10.0


class KafkaEnds:
    """Asks the leaders of partitions; used in one loop.

    A reader's own fetch tells of an end that is some milliseconds old. That is not enough for who must know
    whether another process, which has answered its caller already, has written something.
    """

    def __init__(self, brokers: str, security: Mapping[str, Any]) -> None:
        self._settings = {**security, "bootstrap.servers": brokers, "logger": CLIENT_LOG, "log_level": 4}
        self._client: AdminClient | None = None

    async def of(self, topic: str, partitions: Sequence[int]) -> dict[int, int]:
        """The offset of the last entry of each, counted from 1; 0 if there never was one.

        Raises:
            BackendError: the brokers do not answer.
        """
        if not partitions:
            return {}
        try:
            return await self._ask(topic, partitions)
        except KafkaException:
            # A client may hold on to what it once knew of the leaders, whatever the brokers say to it.
            self._client = None
        try:
            return await self._ask(topic, partitions)
        except KafkaException as error:
            raise BackendError(f"the end of {topic}: {error.args[0].str()}", retryable=True) from error

    async def _ask(self, topic: str, partitions: Sequence[int]) -> dict[int, int]:
        if self._client is None:
            self._client = AdminClient(self._settings)
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = self._client.list_offsets(
            {TopicPartition(topic, number): latest for number in partitions}, request_timeout=ASK_S
        )
        # The next entry's offset by Kafka, which counts from 0, is the last one's by the port.
        return {place.partition: (await asyncio.wrap_future(end)).offset for place, end in asked.items()}

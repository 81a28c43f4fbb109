"""The topics: what each must be, how far what is there differs, and what of that can be put right.

No topic has a partitioner among its settings, so it cannot be seen here: every producer must use murmur2
of the key (`partitioner=murmur2_random` in librdkafka, the default in Java), or one game lies on two
partitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewTopic

from scorewire.errors import BackendError, ConfigError
from scorewire.log.kafka_producer import CLIENT_LOG, MESSAGE_BYTES_MAX

PARTITIONER: Final = "murmur2 of the game id (librdkafka: murmur2_random)"
DAY_MS: Final = 86_400_000
ADMIN_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be, or as it is.

    Attributes:
        settings: of the topic, by Kafka's names; those that we care for.
    """

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be.

    Attributes:
        what: `topic`, `partitions`, `replicas`, or a setting.
        found: empty for a topic that is missing.
        reparable: whether `repair` can put it right without harm.
    """

    topic: str
    what: str
    found: str
    wanted: str
    reparable: bool


def names(prefix: str) -> list[str]:
    """Of claims, game events and dead letters, in this order."""
    return [f"{prefix}claims", f"{prefix}game-events", f"{prefix}dead-letters"]


def wanted(*, prefix: str, partitions: int, replicas: int, retention_days: int) -> list[Topic]:
    """What Scorewire needs.

    Args:
        prefix: of the names, `scorewire.`.
        partitions: of claims and of game events: as many owners can share the games. Chosen once: with
            another number a game's later events lie on another partition than its earlier ones.
        replicas: of each partition; all but one must have a record before it is acknowledged.
        retention_days: of claims and dead letters; game events stay as long as regions may be cut off.
    """
    settings = {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_days * DAY_MS),
        "min.insync.replicas": str(max(1, replicas - 1)),
        "unclean.leader.election.enable": "false",
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
        "compression.type": "producer",
    }
    claims, game_events, letters = names(prefix)
    return [
        Topic(claims, partitions, replicas, settings),
        Topic(game_events, partitions, replicas, settings),
        # One partition: a letter's number is its offset, and all who fold the topic have the same letters.
        Topic(letters, 1, replicas, settings),
    ]


def compare(topics: Sequence[Topic], found: Mapping[str, Topic]) -> list[Difference]:
    """What of `topics` is missing or different. Pure."""
    differences: list[Difference] = []
    for topic in topics:
        there = found.get(topic.name)
        if there is None:
            size = f"{topic.partitions} partitions, {topic.replicas} replicas"
            differences.append(Difference(topic.name, "topic", "", size, reparable=True))
            continue
        for what, is_so, must_be in (
            ("partitions", there.partitions, topic.partitions),
            ("replicas", there.replicas, topic.replicas),
        ):
            if is_so != must_be:
                differences.append(Difference(topic.name, what, str(is_so), str(must_be), reparable=False))
        for what, value in topic.settings.items():
            if there.settings.get(what) != value:
                differences.append(
                    Difference(topic.name, what, there.settings.get(what, ""), value, reparable=True)
                )
    return differences


class KafkaTopics:
    """Reads and changes topics.

    Args:
        brokers, security: as for KafkaProducer.
        answer_s: how long the brokers may take for an answer.

    Raises:
        ConfigError: the client will not have these settings.
    """

    def __init__(
        self, brokers: str, security: Mapping[str, Any] | None = None, *, answer_s: float = ADMIN_S
    ) -> None:
        settings: dict[str, Any] = {
            **(security or {}), "bootstrap.servers": brokers, "logger": CLIENT_LOG, "log_level": 4
        }  # fmt: skip
        self._brokers = brokers
        self._answer_s = answer_s
        try:
            self._admin = AdminClient(settings)
        except KafkaException as error:
            raise ConfigError("log.client", str(error.args[0].str())) from error

    def find(self, names: Sequence[str]) -> dict[str, Topic]:
        """Those of the topics that exist.

        Raises:
            BackendError: the brokers do not answer, or refuse.
        """
        try:
            described = self._admin.list_topics(timeout=self._answer_s).topics
            there = [name for name in names if name in described and described[name].error is None]
            resources = [ConfigResource(ResourceType.TOPIC, name) for name in there]
            futures = (
                self._admin.describe_configs(resources, request_timeout=self._answer_s) if resources else {}
            )
            settings = {
                resource.name: {name: str(entry.value) for name, entry in future.result().items()}
                for resource, future in futures.items()
            }
        except KafkaException as error:
            raise self._failed(error) from error
        found: dict[str, Topic] = {}
        for name in there:
            partitions = described[name].partitions
            replicas = min((len(one.replicas) for one in partitions.values()), default=0)
            found[name] = Topic(name, len(partitions), replicas, settings[name])
        return found

    def repair(self, topics: Sequence[Topic], differences: Sequence[Difference]) -> None:
        """Create what is missing and set what is different; what cannot be repaired is left as it is.

        Raises:
            BackendError: the brokers do not answer, or refuse.
        """
        missing = {one.topic for one in differences if one.what == "topic"}
        new = [
            NewTopic(
                one.name,
                num_partitions=one.partitions,
                replication_factor=one.replicas,
                config=dict(one.settings),
            )
            for one in topics
            if one.name in missing
        ]
        try:
            if new:
                for future in self._admin.create_topics(new, operation_timeout=self._answer_s).values():
                    future.result()
            resources = self._changes([one for one in differences if one.reparable and one.what != "topic"])
            if resources:
                for future in self._admin.incremental_alter_configs(resources).values():
                    future.result()
        except KafkaException as error:
            raise self._failed(error) from error

    def remove(self, names: Sequence[str]) -> None:
        """Remove topics and all that lies in them; for trials.

        Raises:
            BackendError: the brokers do not answer, or refuse.
        """
        for done in self._admin.delete_topics(list(names), operation_timeout=self._answer_s).values():
            try:
                done.result()
            except KafkaException as error:
                raise self._failed(error) from error

    def _changes(self, differences: Sequence[Difference]) -> list[ConfigResource]:
        return [
            ConfigResource(
                ResourceType.TOPIC,
                topic,
                incremental_configs=[
                    ConfigEntry(one.what, one.wanted, incremental_operation=AlterConfigOpType.SET)
                    for one in differences
                    if one.topic == topic
                ],
            )
            for topic in dict.fromkeys(one.topic for one in differences)
        ]

    def _failed(self, error: KafkaException) -> BackendError:
        cause = error.args[0]
        return BackendError(f"the brokers at {self._brokers}: {cause.str()}", retryable=cause.retriable())

"""The distributed profile under a test's node: SCOREWIRE_TEST_PROFILE=distributed puts its log on Kafka, its
journal on PostgreSQL and its scoreboard on Redis, and the node itself does not know the difference.

A folder stands for a node, as it does in the embedded profile: a second process on the same folder has the
same topics, database and Redis.
"""

import atexit
import os
import time
from collections import OrderedDict
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from backends.kafka_logs import PARTITIONS, Place
from services import named
from services.kafka import KafkaServer
from services.postgres import PostgresServer
from services.redis import RedisServer

ENABLED = os.environ.get("SCOREWIRE_TEST_PROFILE") == "distributed"
SERVERS = ("kafka", "postgres", "redis")
REDIS_MAX = 12
"""Redis servers of folders that were used last; tests that need more nodes at once there are none."""


def embedded_only(reason: str) -> pytest.MarkDecorator:
    """What a test shows has no counterpart in the distributed profile; it is listed there under NOT RUN."""
    return pytest.mark.skipif(ENABLED, reason=f"of the embedded profile: {reason}")


class _Servers:
    def __init__(self) -> None:
        self.kafka = named.address("kafka") or self._run(KafkaServer())
        self._postgres = PostgresServer()
        self._run(self._postgres)
        self._places: dict[Path, Place] = {}
        self._redis: OrderedDict[Path, RedisServer] = OrderedDict()

    def settings(self, folder: Path) -> dict[str, str]:
        place = self._places.get(folder)
        if place is None:
            place = self._places[folder] = Place(self.kafka, self._postgres.make_database())
            place.make()
            self._redis[folder] = redis = RedisServer()
            redis.start()
            while len(self._redis) > REDIS_MAX:
                self._redis.popitem(last=False)[1].close()
        return {
            "SCOREWIRE__LOG__BROKERS": place.brokers,
            "SCOREWIRE__LOG__TOPICS": place.prefix,
            "SCOREWIRE__LOG__GROUP": f"{place.prefix}games",
            "SCOREWIRE__STORAGE__JOURNAL": place.url,
            "SCOREWIRE__SCOREBOARD__URL": self._redis[folder].url,
        }

    def place(self, folder: Path) -> Place:
        return self._places[folder]

    def close(self) -> None:
        for one in self._redis.values():
            one.close()

    @staticmethod
    def _run(server: KafkaServer | PostgresServer) -> str:
        server.start()
        atexit.register(server.close)
        return server.url


_servers: list[_Servers] = []


def settings(folder: Path) -> dict[str, str]:
    """The environment of a node on this folder; empty in the embedded profile."""
    if not ENABLED:
        return {}
    if not _servers:
        _servers.append(_Servers())
        atexit.register(_servers[0].close)
    return _servers[0].settings(folder.resolve())


def journal(folder: Path) -> Path | str:
    """What the node on this folder has for its journal."""
    return _place(folder).url if ENABLED else folder / "journal.sqlite"


def claims(folder: Path) -> list[bytes]:
    """The values on the log of the node on this folder; those of one game in their order."""
    found: list[bytes] = []
    with _reader(_place(folder)) as reader:
        ends = _ends(reader, _place(folder))
        places = [
            TopicPartition(_place(folder).claims_topic, number, OFFSET_BEGINNING)
            for number, end in ends.items()
            if end > 0
        ]
        reader.assign(places)
        while len(found) < sum(ends.values()):
            for message in reader.consume(1000, timeout=1):
                assert message.error() is None, message.error()
                found.append(message.value() or b"")
    return found


def await_decided(folder: Path, *, within_s: float) -> None:
    """Wait until the journal has the effect of all that lies on the log now.

    Raises:
        AssertionError: it has not, within the time.
    """
    place = _place(folder)
    with _reader(place) as reader:
        ends = _ends(reader, place)
    deadline = time.monotonic() + within_s
    with psycopg.connect(place.url, autocommit=True) as journal:
        while True:
            done = dict(journal.execute("SELECT partition, position FROM consumed").fetchall())
            if all(done.get(number, 0) >= end for number, end in ends.items()):
                return
            assert time.monotonic() < deadline, f"decided to {done} of {ends}"
            time.sleep(0.05)


def _place(folder: Path) -> Place:
    return _servers[0].place(folder.resolve())


def _reader(place: Place) -> "closing[Consumer]":
    return closing(
        Consumer({"bootstrap.servers": place.brokers, "group.id": f"{place.prefix}reader-of-tests"})
    )


def _ends(reader: Consumer, place: Place) -> dict[int, int]:
    return {
        number: reader.get_watermark_offsets(TopicPartition(place.claims_topic, number), timeout=10)[1]
        for number in range(PARTITIONS)
    }

"""The distributed profile under a test's node: SCOREWIRE_TEST_PROFILE=distributed puts its log on Kafka, its journal
on PostgreSQL and its scoreboard on Redis, and the node itself does not know the difference.

A folder stands for a node, as it does in the embedded profile: a second process on the same folder has the same
topics, database and Redis.
"""

import atexit
import os
from collections import OrderedDict
from pathlib import Path

from backends.kafka_logs import Place
from services import named
from services.kafka import KafkaServer
from services.postgres import PostgresServer
from services.redis import RedisServer

ENABLED = os.environ.get("SCOREWIRE_TEST_PROFILE") == "distributed"
REDIS_MAX = 12
"""Redis servers of folders that were used last; tests that need more nodes at once there are none."""


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

"""Roles need what they need: what cannot work together is refused by the setting that is in the way."""

import pytest

from scorewire.config import Config, Log, Role, Scoreboard, Server, Storage
from scorewire.errors import ConfigError
from scorewire.node.roles import ALL, check_roles, reads_redis, roles_of

POSTGRES = "postgresql://ann@db.example/scores"
REDIS = "redis://redis.example"
KAFKA = "kafka.example:9092"


def config(*roles: Role, brokers: str = "", journal: str = "", redis: str = "", workers: int = 0) -> Config:
    return Config(
        server=Server(roles=roles, workers=workers),
        log=Log(brokers=brokers),
        storage=Storage(journal=journal),
        scoreboard=Scoreboard(url=redis),
    )


def test_without_roles_a_process_does_everything_from_memory() -> None:
    assert roles_of(config()) == ALL
    assert not reads_redis(config())
    check_roles(config())


@pytest.mark.parametrize(
    "one",
    [
        config(journal=POSTGRES, redis=REDIS),
        config("intake", "games", journal=POSTGRES, redis=REDIS),
        config("gateway", "api", journal=POSTGRES, redis=REDIS),
        config("gateway", journal=POSTGRES, redis=REDIS, workers=4),
        config("intake", brokers=KAFKA, journal=POSTGRES),
        config("games", brokers=KAFKA, journal=POSTGRES, redis=REDIS),
        config(brokers=KAFKA, journal=POSTGRES, redis=REDIS),
        config("intake", "games", "gateway", "api"),
        config("stats", brokers=KAFKA, journal=POSTGRES),
        config("games", "stats", brokers=KAFKA, journal=POSTGRES, redis=REDIS),
    ],
)
def test_what_can_work(one: Config) -> None:
    check_roles(one)


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (config("intake", journal=POSTGRES), "log.brokers"),
        (config("games", journal=POSTGRES, redis=REDIS), "log.brokers"),
        (config("stats", journal=POSTGRES, redis=REDIS), "log.brokers"),
        (config("stats", brokers=KAFKA), "storage.journal"),
        (config("gateway", redis=REDIS), "storage.journal"),
        (config(brokers=KAFKA, redis=REDIS), "storage.journal"),
        (config("gateway", journal=POSTGRES), "scoreboard.url"),
        (config("games", brokers=KAFKA, journal=POSTGRES), "scoreboard.url"),
        (config("intake", "games", journal=POSTGRES), "scoreboard.url"),
        (config(brokers=KAFKA, journal=POSTGRES), "scoreboard.url"),
        (config("api", journal=POSTGRES, redis=REDIS, workers=2), "server.workers"),
        (config("alerts", journal=POSTGRES, redis=REDIS), "server.roles"),
        (config("relay", "api", journal=POSTGRES, redis=REDIS), "server.roles"),
    ],
)
def test_what_cannot_is_refused_by_the_setting_that_is_in_the_way(one: Config, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_roles(one)
    assert caught.value.key == key


def test_what_is_decided_elsewhere_is_read_from_redis() -> None:
    assert reads_redis(config("gateway", journal=POSTGRES, redis=REDIS))
    assert reads_redis(config(brokers=KAFKA, journal=POSTGRES, redis=REDIS))
    assert not reads_redis(config("intake", "games", journal=POSTGRES, redis=REDIS))

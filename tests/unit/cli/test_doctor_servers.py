"""What is said of servers, by what they say of themselves; tests/backends/test_checkup.py asks real ones."""

import msgspec
import pytest

from scorewire.cli.doctor_servers import APART_MS_MAX, clocks, redis_server, servers, topics_found
from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.log.kafka_topics import Topic, names, wanted
from scorewire.scoreboard.redis_checkup import Checkup

SOUND = Checkup(version="7.2.4", policy="noeviction", memory=10 << 20, memory_max=100 << 20, ahead_ms=3.0)


def test_where_none_is_named_none_is_looked_at() -> None:
    assert list(servers(Config(), SystemClock())) == []


@pytest.mark.parametrize(
    ("changes", "verdict", "word"),
    [
        ({}, "fine", "10% of 100 MiB, noeviction"),
        ({"memory_max": 0, "policy": "allkeys-lru"}, "fine", "no limit"),
        ({"policy": "volatile-ttl"}, "fine", "volatile-ttl"),
        ({"policy": "volatile-lru"}, "note", "volatile-lru"),
        ({"memory": 95 << 20}, "note", "95%"),
        ({"version": "6.2.14"}, "bad", "6.2.14"),
        ({"version": "10.0.0"}, "fine", "10.0.0"),
        ({"troubles": ("the Cluster's state is fail",)}, "bad", "state is fail"),
    ],
)
def test_a_redis(changes: dict[str, object], verdict: str, word: str) -> None:
    said = redis_server(msgspec.structs.replace(SOUND, **changes))
    assert (said.verdict, word in said.found) == (verdict, True)
    assert bool(said.advice) == (verdict != "fine")


def test_clocks() -> None:
    assert clocks("Redis", -APART_MS_MAX).verdict == "fine"
    said = clocks("Redis", -2_340.0)
    assert (said.verdict, said.found) == ("note", "Redis's is 2.3 s behind")
    assert clocks("Redis", 2_340.0).found.endswith("ahead")


def topics(**settings: str) -> dict[str, Topic]:
    return {
        one.name: Topic(one.name, one.partitions, one.replicas, {**one.settings, **settings})
        for one in wanted(prefix="s.", partitions=12, replicas=3, retention_days=7)
    }


def said_of(found: dict[str, Topic]) -> list[tuple[str, str]]:
    findings = list(topics_found(names("s."), found))
    assert all(bool(one.advice) == (one.verdict != "fine") for one in findings)
    return [(one.verdict, one.found) for one in findings]


def test_topics_as_they_were_made_are_fine() -> None:
    assert said_of(topics()) == [
        ("fine", "s.claims: 12 partitions, 3 replicas"),
        ("fine", "s.game-events: 12 partitions, 3 replicas"),
        ("fine", "s.dead-letters: 1 partitions, 3 replicas"),
    ]
    # For how long was chosen by whoever made them.
    assert [verdict for verdict, _ in said_of(topics(**{"retention.ms": "1"}))] == ["fine"] * 3


@pytest.mark.parametrize(
    ("setting", "value", "verdict"),
    [
        ("cleanup.policy", "compact", "bad"),
        ("min.insync.replicas", "1", "bad"),
        ("unclean.leader.election.enable", "true", "bad"),
        ("max.message.bytes", "1048588", "note"),
        ("compression.type", "gzip", "note"),
    ],
)
def test_a_setting_that_loses_what_was_acknowledged_is_bad(setting: str, value: str, verdict: str) -> None:
    for found, words in said_of(topics(**{setting: value})):
        assert found == verdict
        assert f"{setting} is {value}, not " in words


def test_topics_that_do_not_fit_each_other_are_bad() -> None:
    found = topics()
    found["s.game-events"] = Topic("s.game-events", 6, 3, found["s.claims"].settings)
    found["s.dead-letters"] = Topic("s.dead-letters", 12, 3, found["s.claims"].settings)
    assert [verdict for verdict, _ in said_of(found)] == ["fine", "bad", "bad"]
    del found["s.claims"], found["s.dead-letters"]
    assert said_of(found) == [
        ("bad", "there is no s.claims"),
        ("fine", "s.game-events: 6 partitions, 3 replicas"),
        ("bad", "there is no s.dead-letters"),
    ]


def test_one_replica_is_noted() -> None:
    found = {
        name: Topic(name, one.partitions, 1, {**one.settings, "min.insync.replicas": "1"})
        for name, one in topics().items()
    }
    assert [verdict for verdict, _ in said_of(found)] == ["note"] * 3

"""What `scorewire doctor` says of the servers that the configuration names, by asking real ones."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.journal_world import World
from scorewire.cli.app import main
from scorewire.cli.doctor_servers import journal_server, kafka_servers, redis_servers
from scorewire.cli.finding import Finding
from scorewire.clock import SystemClock
from scorewire.config import Log
from scorewire.journal.checkup import look
from scorewire.journal.journal import Journal
from scorewire.log.kafka_topics import KafkaTopics, compare, wanted
from services.cluster import RedisCluster
from services.ports import choose_port
from services.postgres import PostgresServer
from services.redis import RedisServer, ask
from services.sentinel import RedisWithSentinel

CLOCK = SystemClock()
SETTINGS = {"maxmemory": "50mb", "maxmemory-policy": "noeviction"}


class Fast:
    """A clock that is 90 s ahead of everybody's."""

    def now_ms(self) -> int:
        return CLOCK.now_ms() + 90_000

    def monotonic_s(self) -> float:
        return CLOCK.monotonic_s()


def verdicts(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(one.about, one.verdict) for one in findings]


# PostgreSQL.


@pytest.mark.postgres
def test_a_sound_server_is_fine_before_and_after_its_first_node(postgres_url: str) -> None:
    found = look(postgres_url, CLOCK.now_ms)
    assert (int(found.version.split(".")[0]) >= 15, found.doubts, found.strays) == (True, (), 0)

    async def stray() -> None:
        journal = await Journal.open(postgres_url)
        line = World().line("a", 2, start="9998-01-01T00:00:00Z")
        await journal.commit(World().append("a", 2, line=line))
        await journal.close()

    asyncio.run(close_at_once(postgres_url))
    assert verdicts(journal_server(postgres_url, CLOCK)) == [("journal", "fine"), ("clocks", "fine")]
    asyncio.run(stray())
    said, _ = journal_server(postgres_url, CLOCK)
    assert (said.verdict, said.found.split(": ")[1]) == ("note", "2 rows lie in the default partition")


async def close_at_once(url: str) -> None:
    """A node's first start makes the tables."""
    await (await Journal.open(url)).close()


@pytest.mark.postgres
def test_another_time_is_noted(postgres_url: str) -> None:
    *_, said = journal_server(postgres_url, Fast())
    assert (said.about, said.verdict, said.found) == ("clocks", "note", "PostgreSQL's is 90.0 s behind")


@pytest.mark.postgres
def test_a_server_that_may_lose_what_it_acknowledged_is_bad() -> None:
    with PostgresServer(settings={"fsync": "off"}) as server:
        said, _ = journal_server(server.url, CLOCK)
    assert said.verdict == "bad"
    assert "fsync is off" in said.found


@pytest.mark.postgres
def test_one_that_does_not_answer_is_bad(postgres_url: str) -> None:
    (said,) = journal_server(postgres_url + "_absent", CLOCK)
    assert said.verdict == "bad"
    assert "does not exist" in said.found


# Redis.


@pytest.mark.redis
def test_a_sound_redis_is_fine_and_the_memory_that_it_may_use_is_told() -> None:
    with RedisServer(settings=SETTINGS) as server:
        said, clocks = redis_servers(server.url, CLOCK)
        assert (said.verdict, "% of 50 MiB, noeviction" in said.found) == ("fine", True)
        assert clocks.verdict == "fine"
        ask(server.port, "CONFIG SET maxmemory-policy allkeys-lru")
        said, clocks = redis_servers(server.url, Fast())
        assert (said.verdict, "noeviction" in said.advice) == ("note", True)
        assert (clocks.verdict, clocks.found) == ("note", "Redis's is 90.0 s behind")
        ask(server.port, "CONFIG SET maxmemory-policy volatile-ttl")
        ask(server.port, "CONFIG SET maxmemory 1mb")
        assert verdicts(redis_servers(server.url, CLOCK))[0] == ("Redis", "note"), "it is full"


@pytest.mark.redis
def test_a_redis_that_is_away_or_of_another_kind_is_bad() -> None:
    with RedisServer() as server:
        (said,) = redis_servers(f"redis+cluster://127.0.0.1:{server.port}", CLOCK)
        assert (said.about, said.verdict) == ("Redis", "bad")
        ask(server.port, f"REPLICAOF 127.0.0.1 {choose_port()}")
        said, _ = redis_servers(server.url, CLOCK)
        assert (said.verdict, "a replica" in said.found) == ("bad", True)
    (said,) = redis_servers(server.url, CLOCK)
    assert said.verdict == "bad"
    (said,) = redis_servers("redis://", CLOCK)
    assert (said.verdict, "names no server" in said.found) == ("bad", True)


@pytest.mark.redis
def test_of_sentinels_the_master_is_looked_at() -> None:
    with RedisWithSentinel(replicas=1) as group:
        assert verdicts(redis_servers(group.url, CLOCK)) == [("Redis", "fine"), ("clocks", "fine")]


@pytest.mark.redis
def test_of_a_cluster_every_primary_is_looked_at_and_a_slot_without_one_is_told() -> None:
    with RedisCluster() as cluster:
        assert [one for _, one in verdicts(redis_servers(cluster.url, CLOCK))] == ["fine"] * 4
        (single, _) = redis_servers(cluster.primaries[0].url, CLOCK)
        assert (single.verdict, "redis+cluster://" in single.found) == ("bad", True)
        for server in cluster.primaries:
            ask(server.port, "CLUSTER DELSLOTS 7")
        # Each node judges anew as soon as it looks round, ten times a second.
        cluster.wait(
            "a node says so",
            lambda: any(one.verdict == "bad" for one in redis_servers(cluster.url, CLOCK)),
        )


# Kafka.


@pytest.mark.kafka
def test_topics_that_are_missing_or_different_are_told(kafka_address: str) -> None:
    prefix = f"d{secrets.token_hex(4)}."
    log = Log(brokers=kafka_address, topics=prefix)
    assert verdicts(kafka_servers(log)) == [("Kafka", "fine")] + [("topic", "bad")] * 3
    mine = wanted(prefix=prefix, partitions=3, replicas=1, retention_days=2)
    kafka = KafkaTopics(kafka_address)
    kafka.repair(mine, compare(mine, {}))
    # One broker, and so one replica: noted, and nothing is wrong.
    assert {one.found for one in kafka_servers(log) if one.verdict == "note"} == {
        f"{prefix}claims: 3 partitions, 1 replicas",
        f"{prefix}game-events: 3 partitions, 1 replicas",
        f"{prefix}dead-letters: 1 partitions, 1 replicas",
    }
    assert "bad" not in [verdict for _, verdict in verdicts(kafka_servers(log))]


@pytest.mark.kafka
def test_brokers_that_are_away_are_bad_and_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorewire.cli.doctor_servers.ANSWER_S", 0.5)
    monkeypatch.setenv("SCOREWIRE__LOG__BROKERS", f"127.0.0.1:{choose_port()}")
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--port", "0", "--data", str(tmp_path)])
    assert left.value.code == 1
    assert "BAD  Kafka" in capsys.readouterr().out

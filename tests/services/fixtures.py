"""Servers as pytest fixtures: one of each for a test process, clean for every test; and which ones ran.

    redis_url        an empty Redis
    postgres_url     an empty database
    kafka_address    a broker, whose topics a test names by chance
    redis_server, postgres_server    what is behind the first two, to clear or copy by hand

A server that the environment names is used instead, and is never stopped: tests that do harm start their own
`RedisServer()`, `PostgresServer()`, `KafkaServer()`, and carry the marker: `redis`, `postgres`, `kafka`. Who
uses a fixture has it by that.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from services import kafka, named, postgres, redis

USED: list[str] = []
"""What this process ran its tests against, for the report at the end."""


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.RedisServer | named.NamedRedis]:
    """A Redis for this test process."""
    url = named.address("redis")
    if url:
        with closing(named.NamedRedis(url, worker=_worker())) as one:
            USED.append(f"redis {one.version} at {named.shown(one.url)}, named by {redis.ENVIRONMENT}")
            yield one
        return
    with redis.RedisServer() as server:
        USED.append(f"redis {redis.installed()} at {server.url}")
        yield server


@pytest.fixture
def redis_url(redis_server: redis.RedisServer | named.NamedRedis) -> str:
    """The address of a Redis that holds nothing."""
    redis_server.clear()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer | postgres.Databases]:
    """A PostgreSQL for this test process: `make_database` and `drop_database`."""
    url = named.address("postgres")
    if url:
        databases = postgres.Databases(url, prefix=f"scorewire_test_{os.getpid()}")
        USED.append(f"postgres {databases.version} at {named.shown(url)}, named by {postgres.ENVIRONMENT}")
        yield databases
        return
    with postgres.PostgresServer() as server:
        USED.append(f"postgres {postgres.installed()} at {server.url}")
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer | postgres.Databases) -> Iterator[str]:
    """The address of a database that holds nothing; it is dropped afterwards."""
    url = postgres_server.make_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """Where a Kafka for this test process answers: `host:port`. It starts in about five seconds."""
    address = named.address("kafka")
    if address:
        USED.append(f"kafka at {named.shown(address)}, named by {kafka.ENVIRONMENT}")
        yield address
        return
    with kafka.KafkaServer() as server:
        USED.append(f"kafka {kafka.installed()} at {server.url}")
        yield server.url


def _worker() -> int:
    """The number of this xdist worker; 0 without xdist."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


_NEEDED = {
    "redis_server": "redis",
    "postgres_server": "postgres",
    "kafka_address": "kafka",
}
"""Fixtures, and the marker of who uses them, directly or through others."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark who uses a server."""
    for name in getattr(item, "fixturenames", ()):
        if name in _NEEDED:
            item.add_marker(_NEEDED[name])


# Which servers the tests run against.


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What there is, before anything runs."""
    return ["servers: " + "; ".join(f"{name} {named.prospect(name)}" for name in named.SERVERS)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under xdist: hand the list to the process that reports."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["servers"] = USED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the list from an xdist worker that has ended."""
    USED.extend(
        f"{line} ({node.gateway.id})" for line in getattr(node, "workeroutput", {}).get("servers", [])
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What they ran against."""
    if USED:
        terminalreporter.section("SERVERS")
        for line in sorted(USED):
            terminalreporter.write_line(line)

"""A server that is somebody else's: tests keep to a corner of it, and leave nothing there."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
import redis

from services.named import NamedRedis, address, prospect
from services.postgres import Databases, PostgresServer
from services.redis import ENVIRONMENT, RedisServer, installed


@pytest.fixture(scope="module")
def theirs() -> Iterator[RedisServer]:
    with RedisServer() as one:
        yield one


def database(server: RedisServer, number: int) -> redis.Redis:
    return redis.Redis(port=server.port, db=number)


@pytest.mark.redis
def test_each_worker_clears_a_database_of_its_own(theirs: RedisServer) -> None:
    database(theirs, 0).set("theirs", "1")
    base = theirs.url.removesuffix("0") + "3"
    with closing(NamedRedis(base, worker=0)) as first, closing(NamedRedis(base, worker=1)) as second:
        assert (first.url[-2:], second.url[-2:]) == ("/3", "/4")
        assert first.version == installed()
        database(theirs, 3).set("left", "1")
        database(theirs, 4).set("left", "2")
        first.clear()
        assert (database(theirs, 3).dbsize(), database(theirs, 4).dbsize()) == (0, 1)
    assert database(theirs, 4).dbsize() == 0, "nothing is left at the end"
    assert database(theirs, 0).get("theirs") == b"1"


@pytest.mark.redis
def test_a_database_that_holds_data_is_not_taken(theirs: RedisServer) -> None:
    database(theirs, 7).set("theirs", "1")
    with pytest.raises(AssertionError, match="holds data, which tests would clear"):
        NamedRedis(theirs.url.removesuffix("0") + "7", worker=0)
    assert database(theirs, 7).get("theirs") == b"1"


@pytest.mark.postgres
def test_databases_of_two_processes_do_not_meet(postgres_server: PostgresServer) -> None:
    first, second = (Databases(postgres_server.url, prefix=f"worker_{n}") for n in (1, 2))
    urls = [first.make_database(), second.make_database()]
    assert len(set(urls)) == 2
    assert first.version.startswith("1")
    for url in urls:
        psycopg.connect(url).close()
        first.drop_database(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(urls[1])


def test_what_is_named_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "redis://elsewhere:6379/2")
    assert address("redis") == "redis://elsewhere:6379/2"
    assert prospect("redis") == "at redis://elsewhere:6379/2"
    monkeypatch.setenv(ENVIRONMENT, "rediss://me:p@ss@elsewhere/2")
    assert prospect("redis") == "at rediss://elsewhere/2", "no password on the screen"
    monkeypatch.setenv(ENVIRONMENT, "")
    assert address("redis") is None

"""A PostgreSQL of the tests' own: there, a database for each test, and as hurt as asked."""

import psycopg
import pytest

from services.family import family
from services.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_has_a_database_of_its_own(postgres_url: str, time: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("create table goals (n int)")


def test_a_database_can_be_a_copy(postgres_server: PostgresServer) -> None:
    first = postgres_server.make_database()
    with psycopg.connect(first) as connection:
        connection.execute("create table goals as select 7 as n")
    second = postgres_server.make_database(template=first.rpartition("/")[2])
    with psycopg.connect(second) as connection:
        assert connection.execute("select n from goals").fetchone() == (7,)
    for url in (first, second):
        postgres_server.drop_database(url)


def test_what_is_committed_outlives_a_kill_of_all_its_processes() -> None:
    with PostgresServer() as server:
        url = server.make_database()
        with psycopg.connect(url) as connection:
            connection.execute("create table goals as select 1 as n")
        open_one = psycopg.connect(url)
        members = family(server.pid)
        assert len(members) > 5, "the head, its workers and a backend"
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            open_one.execute("select 1")
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("select n from goals").fetchone() == (1,)
            assert connection.execute("show fsync").fetchone() == ("on",)


def test_paused_none_of_its_processes_answers() -> None:
    with PostgresServer() as server:
        url = server.make_database()
        with psycopg.connect(url, options="-c statement_timeout=0") as connection:
            server.pause()
            with pytest.raises(psycopg.errors.ConnectionTimeout):
                psycopg.connect(url, connect_timeout=2)
            server.resume()
            assert connection.execute("select 1").fetchone() == (1,)

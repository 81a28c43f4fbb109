"""What is particular to SQLite: places, transactions, upserts, errors."""

import sqlite3
import stat

import pytest
import sqlalchemy as sa

from scorewire.errors import BackendError, ConfigError
from scorewire.journal import dialect
from scorewire.journal.schema import metadata, seasons, teams


@pytest.fixture
def writer(path):
    engine = dialect.engine(dialect.locate(path), connections=1, busy_timeout_s=0, writes=True)
    with engine.begin() as connection:
        metadata.create_all(connection)
    yield engine
    engine.dispose()


def test_a_path_and_a_url_name_the_same_file(tmp_path):
    path = tmp_path / "100% of #it?.sqlite"
    assert dialect.locate(path).database == str(path)
    assert dialect.locate(f"sqlite:///{tmp_path}/a.sqlite").database == f"{tmp_path}/a.sqlite"
    assert dialect.locate(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite").drivername == "sqlite"


@pytest.mark.parametrize(
    "url", ["postgresql://localhost", "mysql://u:s3cret@h/x", "sqlite://", "://", "nonsense://x"]
)
def test_other_databases_are_refused_by_the_name_of_the_setting(url):
    with pytest.raises(ConfigError) as raised:
        dialect.locate(url)
    assert raised.value.key == "storage.journal"
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_a_server_is_named_as_everybody_does(scheme):
    url = dialect.locate(f"{scheme}://u:s3cret@db.example:5433/scores?sslmode=verify-full")
    assert (url.drivername, url.host, url.port, url.database) == (
        "postgresql+psycopg",
        "db.example",
        5433,
        "scores",
    )
    assert url.query["sslmode"] == "verify-full"
    assert not dialect.is_file(url)
    assert "s3cret" not in repr(url)


def test_an_absent_folder_is_named_and_not_retried(tmp_path):
    with pytest.raises(BackendError, match="No such file") as raised:
        dialect.make_private(dialect.locate(tmp_path / "absent" / "journal.sqlite"))
    assert not raised.value.retryable


def test_an_operators_choice_of_mode_stays(path):
    path.touch(0o640)
    dialect.make_private(dialect.locate(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_writer_waits_for_its_disk_and_keeps_a_wal(writer):
    with writer.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_writer_takes_the_lock_at_the_beginning(writer, path):
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with writer.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError) as raised, writer.begin():
        pass
    assert dialect.explained(raised.value).retryable
    other.execute("ROLLBACK")
    other.close()
    with writer.begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_reader_cannot_write_and_sees_one_snapshot(writer, path):
    reader = dialect.engine(dialect.locate(path), connections=1, busy_timeout_s=0, writes=False)
    count = sa.select(sa.func.count()).select_from(seasons)
    with reader.begin() as connection:
        assert connection.execute(count).scalar() == 0
        with writer.begin() as writing:
            writing.execute(seasons.insert(), {"league_id": "nba", "name": "2020"})
        assert connection.execute(count).scalar() == 0
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            connection.execute(seasons.insert(), {"league_id": "nba", "name": "2021"})
    with reader.begin() as connection:
        assert connection.execute(count).scalar() == 1
    reader.dispose()


def test_upserts(writer):
    blank = dict.fromkeys([c.name for c in teams.columns], "")
    arg = {**blank, "id": "arg", "name": "Argentina", "abbr": "ARG"}
    with writer.begin() as connection:
        run = connection.execute
        run(dialect.upsert(connection, teams), arg)
        run(dialect.upsert(connection, teams, keep_named=True), {**arg, "name": "", "city": "Buenos Aires"})
        assert run(sa.select(teams.c.name, teams.c.abbr, teams.c.city)).one() == (
            "Argentina",
            "ARG",
            "Buenos Aires",
        )
        run(dialect.upsert(connection, teams, names=("abbr",)), {**arg, "name": "Other", "abbr": "A"})
        assert run(sa.select(teams.c.name, teams.c.abbr)).one() == ("Argentina", "A")
        assert run(dialect.upsert(connection, teams, replace=False), [{**arg, "abbr": "B"}]).rowcount == 0
        run(dialect.upsert(connection, teams), {**arg, "name": ""})
        assert run(sa.select(teams.c.name, teams.c.city)).one() == ("", "")
        for _ in range(2):
            run(dialect.upsert(connection, seasons), {"league_id": "nba", "name": "2020"})
        assert run(sa.select(sa.func.count()).select_from(seasons)).scalar() == 1


def test_errors_tell_neither_statement_nor_parameters(writer):
    twice = [{"league_id": "whsec_dont_tell", "name": "2020"}] * 2
    with writer.begin() as connection, pytest.raises(sa.exc.IntegrityError) as raised:
        connection.execute(seasons.insert(), twice)
    explained = dialect.explained(raised.value)
    assert not explained.retryable
    assert "whsec" not in str(explained)
    assert "whsec" not in str(raised.value)
    assert "INSERT" not in str(explained)


def test_a_full_disk_may_be_retried(writer):
    with writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(sa.exc.OperationalError) as raised:
            connection.execute(
                seasons.insert(), [{"league_id": f"l{n}", "name": "x" * 1000} for n in range(100)]
            )
    assert dialect.explained(raised.value).retryable
    assert "SQLITE_FULL" in str(dialect.explained(raised.value))

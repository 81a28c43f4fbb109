import sqlite3
from pathlib import Path

import pytest

from scorewire.errors import BackendError
from scorewire.log.local_schema import Claimed, open_to_read, open_to_write


def test_every_commit_is_fsynced_and_readers_do_not_block(tmp_path: Path) -> None:
    connection = open_to_write(tmp_path / "log.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"
    connection.close()


def test_the_reading_connection_cannot_write(tmp_path: Path) -> None:
    open_to_write(tmp_path / "log.sqlite").close()
    reading = open_to_read(tmp_path / "log.sqlite")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reading.execute("DELETE FROM claims")
    reading.close()


def test_only_one_may_write(tmp_path: Path) -> None:
    held = Claimed(tmp_path / "log.sqlite")
    with pytest.raises(BackendError, match="in use") as caught:
        Claimed(tmp_path / "log.sqlite")
    assert not caught.value.retryable
    held.release()
    Claimed(tmp_path / "log.sqlite").release()


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    connection = open_to_write(tmp_path / "log.sqlite")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(BackendError, match="newer"):
        open_to_write(tmp_path / "log.sqlite")


def test_what_is_not_a_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(
        b"this is no database, but it is long enough to be read as one" * 20
    )
    with pytest.raises(BackendError, match=r"log\.sqlite"):
        open_to_write(tmp_path / "log.sqlite")

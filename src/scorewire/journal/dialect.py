"""The only file of the room that knows which database it is.

SQLite today. What another database needs is decided here: how an engine is made, how a write transaction
begins, how an upsert is spelt, and what a driver's error means. Tables, queries and migrations are shared.
"""

import os
import sqlite3
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from scorewire.errors import BackendError, ConfigError

# Primary result codes of SQLite after which the same call may succeed: another process is busy, the disk is
# full or fails, descriptors or memory have run out. Source: sqlite.org/rescode.html.
_RETRYABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def locate(path_or_url: str | Path) -> sa.URL:
    """Read a path of a SQLite file, or a database URL.

    Raises:
        ConfigError: not a URL, or of a database that this release does not know.
    """
    text = str(path_or_url)
    if "://" not in text:
        return sa.URL.create("sqlite", database=text)
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise ConfigError("storage.journal", "is neither a path nor a database URL") from error
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ConfigError("storage.journal", f"{url.get_backend_name()} is not supported; give a file's path")
    return sa.URL.create("sqlite", database=url.database)


def make_private(url: sa.URL) -> None:
    """Create an absent file readable by its owner alone: it holds the providers' secrets.

    SQLite gives its `-wal` and `-shm` files the mode of the file itself. A file that exists keeps the mode
    that its operator chose.

    Raises:
        BackendError: the folder is absent or not writable.
    """
    assert url.database is not None
    try:
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise BackendError(f"journal {url.database}: {error.strerror}", retryable=False) from error


def engine(url: sa.URL, *, connections: int, busy_timeout_s: float, writes: bool) -> sa.Engine:
    """Make an engine whose transactions begin as a writer's or a reader's should.

    A writer takes the write lock at the beginning (BEGIN IMMEDIATE): a transaction that starts as a reader
    and wants to write later fails at once if another process wrote in between, whatever the timeout.
    `synchronous=FULL` makes each commit wait for its fsync.
    """
    made = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
        # An error's text would otherwise show the parameters, and so secrets.
        hide_parameters=True,
    )
    pragmas = ("synchronous=FULL", "journal_size_limit=67108864") if writes else ("query_only=ON",)

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # Without this the driver begins transactions on its own, deferred, and not before every statement.
        connection.isolation_level = None
        cursor = connection.cursor()
        # Only a change of mode needs the lock, so a second process that opens the file does not wait.
        if writes and cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            cursor.execute("PRAGMA journal_mode=WAL")
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(made, "connect", connected)
    sa.event.listen(made, "begin", begun)
    return made


@cache
def upsert(
    table: sa.Table,
    *,
    names: tuple[str, ...] | None = None,
    replace: bool = True,
    keep_named: bool = False,
) -> sa.Insert:
    """Insert a row, or settle with the stored one of the same primary key.

    Args:
        names: the columns to replace, so that a stored row keeps the others; None replaces all.
        replace: False leaves a stored row alone, and out of the count of rows.
        keep_named: an empty text leaves the stored one alone; a declaration may be terse about a team that
            another one named.
    """
    statement = sqlite.insert(table)
    keys = list(table.primary_key.columns)
    values = [c for c in table.columns if not c.primary_key and (names is None or c.name in names)]
    if not values or not replace:
        return statement.on_conflict_do_nothing(index_elements=keys)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={
            column.name: sa.func.coalesce(sa.func.nullif(new[column.name], ""), column)
            if keep_named
            else new[column.name]
            for column in values
        },
    )


def explained(error: sa.exc.DBAPIError) -> BackendError:
    """What a driver's error means to us; the text holds neither statements nor parameters."""
    cause = error.orig
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    name = getattr(cause, "sqlite_errorname", type(cause).__name__)
    return BackendError(f"journal: {cause} ({name})", retryable=code in _RETRYABLE)

"""The only file of the room that knows which database it is.

SQLite, a file in the data folder, or PostgreSQL 15 and later, named by a URL. What differs is decided here:
how an engine is made, how a transaction begins, how an upsert is spelt, what one process does while no other
may, and what a driver's error means. Tables, queries and migrations are shared; the partitions that only
PostgreSQL has are made in partitions.py, and names are compared in folds.py.

    SQLite       a writer takes the file's lock at BEGIN; a reader's BEGIN is a snapshot of the WAL
    PostgreSQL   a writer is READ COMMITTED, and the fence locks the rows of heads; a reader is REPEATABLE
                 READ, READ ONLY, which is a snapshot as well
"""

import os
import socket
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from scorewire.errors import BackendError, ConfigError
from scorewire.model.folding import folded

SETTING = "storage.journal"

CONNECT_TIMEOUT_S = 5
"""How long a server may take to let us in; on loopback it is milliseconds, across regions a second."""

STATEMENT_TIMEOUT_S = 10.0
"""After this a server gives up a statement; the longest of ours, a list over all games, takes some 0.1 s."""

BETWEEN_STATEMENTS_S = 5
"""Ours follow each other within milliseconds. A process that is paused between two of them holds the locks of
its games and of its partition, and whoever replaces it waits for those."""

UNHEARD_S = 20
"""A server whose machine acknowledges nothing for this long is taken for gone. Source: tcp(7)."""

GOING_LOOKS = 20
"""Looks, a tenth of a second apart, at whether lines that were closed are gone."""

COPIED_MIN = 20
"""So many rows go to a server as one COPY. That costs a savepoint, three questions and answers more; each row
then costs us and the server a quarter of what a statement of its own does."""

_COPIED = "scorewire_copied"
"""The option of a statement that says the types of the rows that it copies."""

SERVER_MIN = (15,)
"""What is tested; older ones may do and are not looked at."""

# Primary result codes of SQLite after which the same call may succeed: another process is busy, the disk is
# full or fails, descriptors or memory have run out. Source: sqlite.org/rescode.html.
_SQLITE_RETRYABLE = frozenset(
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

# Classes of SQLSTATE after which the same call may succeed: connection, transaction rolled back (deadlock),
# resources (disk full, memory, connections), a lock that was not to be had, the operator or a timeout, the
# system under the server. Source: PostgreSQL 15, appendix A.
_SQLSTATE_RETRYABLE = ("08", "40", "53", "55", "57", "58")
_READ_ONLY = "25006"
"""The server has become a replica, or takes no writes for now; its successor may stand at the same name."""

FOLDED = "scorewire_folded"
"""Our function in SQLite; see folds.py."""
_TAKEN = "23505"
"""A row of the same key is stored."""

_ALONE = 0x53434F5245
"""The number of our advisory lock: SCORE in ASCII."""


def locate(path_or_url: str | Path) -> sa.URL:
    """Read a path of a SQLite file, or a database URL.

    Raises:
        ConfigError: not a URL, or of a database that this release does not know; never repeats the URL,
            which may hold a password.
    """
    text = str(path_or_url)
    if "://" not in text:
        return sa.URL.create("sqlite", database=text)
    # What libpq, and so every hosting company, calls it.
    if text.startswith("postgres://"):
        text = "postgresql" + text.removeprefix("postgres")
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigError(SETTING, "is neither a path nor a database URL") from error
    match url.get_backend_name():
        case "sqlite" if url.database:
            return sa.URL.create("sqlite", database=url.database)
        case "postgresql" if url.database:
            return url.set(drivername="postgresql+psycopg")
        case "postgresql":
            raise ConfigError(SETTING, "names no database: postgresql://user@host:5432/scorewire")
        case other:
            raise ConfigError(SETTING, f"{other} is not supported; give a file's path or a postgresql:// URL")


def is_file(url: sa.URL) -> bool:
    """Whether the journal is a file of this machine, rather than a server's."""
    return url.get_backend_name() == "sqlite"


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

    Args:
        connections: held open for good; one for each thread that uses the engine, so that none ever waits.
        busy_timeout_s: how long a lock of another process is waited for.

    Raises:
        ConfigError: the driver of this database is not installed, or the URL asks for what it does not know.
    """
    connect = _sqlite_arguments(busy_timeout_s) if is_file(url) else _postgresql_arguments(url)
    try:
        made = sa.create_engine(
            url,
            poolclass=QueuePool,
            pool_size=connections,
            max_overflow=0,
            connect_args=connect,
            # An error's text would otherwise show the parameters, and so secrets.
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise ConfigError(SETTING, f"needs {error.name}: pip install 'scorewire[distributed]'") from error
    if is_file(url):
        _prepare_sqlite(made, writes=writes)
    else:
        _prepare_postgresql(made, busy_timeout_s=busy_timeout_s, writes=writes)
    return made


def _sqlite_arguments(busy_timeout_s: float) -> dict[str, Any]:
    return {"timeout": busy_timeout_s, "check_same_thread": False}


def _prepare_sqlite(made: sa.Engine, *, writes: bool) -> None:
    """A writer takes the write lock at the beginning (BEGIN IMMEDIATE): a transaction that starts as a reader
    and wants to write later fails at once if another process wrote in between, whatever the timeout.
    `synchronous=FULL` makes each commit wait for its fsync.
    """
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

        connection.create_function(FOLDED, 1, folded, deterministic=True)

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(made, "connect", connected)
    sa.event.listen(made, "begin", begun)


def _postgresql_arguments(url: sa.URL) -> dict[str, Any]:
    """Words of libpq; what the URL says of them itself stands."""
    words: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        # Of several hosts, and after a failover, the one that takes writes: a replica that lags would show
        # an owner the past of its own game.
        "target_session_attrs": "read-write",
        "keepalives_idle": UNHEARD_S // 2,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": UNHEARD_S * 1000,
        "application_name": "scorewire",
    }
    return {name: value for name, value in words.items() if name not in url.query}


def _prepare_postgresql(made: sa.Engine, *, busy_timeout_s: float, writes: bool) -> None:
    """Timeouts of the server's own, durable commits, and a fresh connection where this one only reads."""
    # The plan of a prepared statement for any date locks every partition; one for the date at hand has one.
    settings = (
        f"SET statement_timeout = {round(STATEMENT_TIMEOUT_S * 1000)};"
        f" SET lock_timeout = {max(1, round(busy_timeout_s * 1000))};"
        f" SET idle_in_transaction_session_timeout = {BETWEEN_STATEMENTS_S * 1000};"
        " SET plan_cache_mode = force_custom_plan;"
        # Acknowledged means durable, whatever the server's default; a stricter one (remote_apply) stands.
        " SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )

    def connected(connection: Any, _: ConnectionPoolEntry) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise BackendError(f"journal: the database's encoding is {encoding}, not UTF8", retryable=False)
        connection.autocommit = True
        connection.execute(settings)
        connection.autocommit = False
        if not writes:
            # 3 is REPEATABLE READ: one snapshot for all statements, as SQLite's readers have.
            connection.isolation_level = 3
            connection.read_only = True

    def failed(context: sa.engine.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY and writes:
            context.is_disconnect = True

    sa.event.listen(made, "connect", connected)
    sa.event.listen(made, "handle_error", failed)
    sa.event.listen(made, "do_executemany", _give_copied)


def doubts(connection: sa.Connection) -> tuple[str, ...]:
    """Settings of a server by which an acknowledged commit may be lost, in words.

    Raises:
        BackendError: the server is too old for our statements.
    """
    if connection.dialect.name != "postgresql":
        return ()
    version = connection.dialect.server_version_info or (0,)
    if version < SERVER_MIN:
        found = ".".join(map(str, version))
        raise BackendError(
            f"journal: PostgreSQL {found}; {SERVER_MIN[0]} or later is needed", retryable=False
        )
    off = connection.exec_driver_sql(
        "SELECT name FROM pg_settings"
        " WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY 1"
    )
    return tuple(f"{name} is off: a power cut may take what was acknowledged" for name in off.scalars())


def alone(connection: sa.Connection) -> None:
    """Wait until no other process is between here and the end of its transaction.

    On SQLite every writer is alone from BEGIN.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))


def others(connection: sa.Connection) -> int:
    """How many other lines of Scorewire's to this database are open; those of other users may not be seen.

    One that was closed just now is still there for a moment, which is waited for.
    """
    if connection.dialect.name != "postgresql":
        return 0
    run = connection.exec_driver_sql
    found = 0
    for _ in range(GOING_LOOKS):
        # Within a transaction the view is as it was when it was first looked at.
        run("SELECT pg_stat_clear_snapshot()")
        found = run(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'scorewire' AND pid <> pg_backend_pid()"
        ).scalar_one()
        if found == 0:
            break
        run("SELECT pg_sleep(0.1)")
    return found


def keep_out(connection: sa.Connection, table: sa.Table) -> None:
    """Let nobody else read or write a table until the end of this transaction, however long it takes.

    On SQLite a writer keeps out only other writers.
    """
    if connection.dialect.name == "postgresql":
        unhurried(connection)
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")


def unhurried(connection: sa.Connection) -> None:
    """Take the server's limit of time off this transaction: a migration rewrites what it must."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def partitioned(connection: sa.Connection) -> bool:
    """Whether `events` lies in partitions, which somebody must make ahead."""
    return connection.dialect.name == "postgresql"


def hang_up(connection: sa.Connection) -> None:
    """Cut the line to a server that does not answer, from another thread: who waits for it sees it closed.

    A frozen server cannot heed a cancellation, and its kernel keeps the line up for it.
    """
    if connection.dialect.name != "postgresql" or connection.invalidated:
        return
    line: Any = connection.connection.dbapi_connection
    # It may have been closed since we looked, by the driver or by the server.
    with (
        suppress(OSError, connection.dialect.loaded_dbapi.Error),
        socket.socket(fileno=os.dup(line.fileno())) as end,
    ):
        end.shutdown(socket.SHUT_RDWR)


def upsert(
    connection: sa.Connection,
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
    return _upsert(connection.dialect.name, table, names=names, replace=replace, keep_named=keep_named)


@cache
def _upsert(
    database: str, table: sa.Table, *, names: tuple[str, ...] | None, replace: bool, keep_named: bool
) -> sa.Insert:
    statement = postgresql.insert(table) if database == "postgresql" else sqlite.insert(table)
    keys = list(table.primary_key.columns)
    values = [c for c in table.columns if not c.primary_key and (names is None or c.name in names)]
    if not values or not replace:
        # The count of rows is what a caller asks for; by default only updates are counted.
        quiet = statement.on_conflict_do_nothing(index_elements=keys)
        return quiet.execution_options(preserve_rowcount=True)
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


@cache
def insert_new(database: str, table: sa.Table) -> sa.Insert:
    """Insert rows that collide with no stored one by any key; the others are left out of the count of rows.

    Args:
        database: `connection.dialect.name`.
    """
    statement = postgresql.insert(table) if database == "postgresql" else sqlite.insert(table)
    return statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> bool:
    """Insert rows; False if one collides with a stored one by some key: then others may have been written.

    Args:
        rows: with every column of the table, in its order. Integers of 32 bits are such: of others the driver
            would copy the lower half.
    """
    if connection.dialect.name != "postgresql" or len(rows) < COPIED_MIN:
        new = insert_new(connection.dialect.name, table)
        return connection.execute(new, list(rows)).rowcount == len(rows)
    statement, types = _copy(connection.dialect, table)
    values = [tuple(row.values()) for row in rows]
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement, values, execution_options={_COPIED: types})
    except sa.exc.IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != _TAKEN:
            raise
        return False
    return True


@cache
def _copy(server: sa.Dialect, table: sa.Table) -> tuple[str, list[str]]:
    """The statement, and the names of the columns' types."""
    types = [column.type.compile(server).split(" ")[0].lower() for column in table.columns]
    return f"COPY {table.name} ({', '.join(table.columns.keys())}) FROM STDIN (FORMAT BINARY)", types


def _give_copied(
    cursor: Any, statement: str, rows: Any, context: sa.engine.interfaces.ExecutionContext | None
) -> bool:
    """Send the rows of a COPY; within the engine, so that what goes wrong is told as for any statement."""
    types = None if context is None else context.execution_options.get(_COPIED)
    if types is None:
        return False
    with cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    return True


Fault = Literal["lost", "undone", "other"]


def fault(error: sa.exc.DBAPIError) -> Fault:
    """Whether the connection is lost, or the database took a transaction back so that it runs again."""
    if error.connection_invalidated:
        return "lost"
    if str(getattr(error.orig, "sqlstate", None) or "").startswith("40"):
        return "undone"
    return "other"


def explained(error: sa.exc.DBAPIError) -> BackendError:
    """What a driver's error means to us; the text holds neither statements nor parameters."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        name = getattr(cause, "sqlite_errorname", type(cause).__name__)
        return BackendError(f"journal: {cause} ({name})", retryable=code in _SQLITE_RETRYABLE)
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # Of the driver or of libpq itself. Both name the host and never the password; a server that is not
        # there, or not yet, or that hung up.
        lost = isinstance(error, sa.exc.OperationalError) or error.connection_invalidated
        return BackendError(f"journal: {_line(str(cause))}", retryable=lost)
    # The primary message alone: DETAIL and CONTEXT show values of rows.
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or type(cause).__name__
    retryable = state.startswith(_SQLSTATE_RETRYABLE) or state == _READ_ONLY or error.connection_invalidated
    return BackendError(f"journal: {_line(said)} ({state})", retryable=retryable)


def _line(text: str) -> str:
    return " ".join(text.split())

"""One SQLite file: its tables, how it is opened for writing and for reading, and who may write it.

WAL with synchronous=FULL makes one fsync of each commit, and a power cut loses no commit that returned.
AUTOINCREMENT keeps offsets growing even after everything was deleted by age.

Source: sqlite.org/pragma.html#pragma_synchronous, sqlite.org/wal.html, sqlite.org/autoinc.html
"""

import sqlite3
from pathlib import Path
from typing import IO

from scorewire.errors import BackendError

try:
    import fcntl
except ImportError:  # Windows has no flock; there the operator must not start two nodes on one folder
    fcntl = None  # type: ignore[assignment]

SCHEMA_VERSION = 1
WAL_BYTES_KEPT = 16 * 1024 * 1024
"""What the write-ahead file is cut back to after a checkpoint."""
BUSY_MS = 5000
"""How long a write waits for another tool's lock (a backup, a person with sqlite3)."""

TABLES = """
CREATE TABLE IF NOT EXISTS claims (
    "offset" INTEGER PRIMARY KEY AUTOINCREMENT,
    game_id TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    webhook_id TEXT NOT NULL,
    value BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS webhooks (
    number INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,
    ts INTEGER NOT NULL,
    UNIQUE (provider, id)
);
CREATE TABLE IF NOT EXISTS dead_letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    ts INTEGER NOT NULL,
    provider TEXT NOT NULL,
    game_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    detail TEXT NOT NULL,
    payload BLOB NOT NULL,
    webhook_id TEXT NOT NULL,
    position TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS dead_letters_position ON dead_letters (position) WHERE position != '';
CREATE INDEX IF NOT EXISTS dead_letters_game ON dead_letters (game_id, number);
"""


class Claimed:
    """The right to write a log file, held until `release` or the end of the process, `kill -9` included.

    Two writers would give the same offset to different claims.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.with_name(path.name + ".lock").open("ab")
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise BackendError(f"{path.name} is in use by another process", retryable=False) from error

    def release(self) -> None:
        """Let another process write the file."""
        self._file.close()


def open_to_write(path: Path) -> sqlite3.Connection:
    """The one writing connection; makes the tables where they are missing.

    Raises:
        BackendError: the file cannot be used, or a newer Scorewire wrote it.
    """
    try:
        # The writer's thread is the only one to use it, but not the one that opens it.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES_KEPT}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            connection.close()
            raise BackendError(f"{path.name} was written by a newer Scorewire", retryable=False)
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
    except sqlite3.Error as error:
        raise BackendError(f"{path.name} cannot be opened: {error}", retryable=False) from error
    return connection


def raise_offsets(connection: sqlite3.Connection, above: int) -> None:
    """Let the next claim have an offset above `above`; offsets never go down."""
    if connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'claims'").fetchone() is None:
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('claims', 0)")
    connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'claims' AND seq < ?", (above, above))


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that sees commits only, and never makes one."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA query_only=ON")
    return connection

"""One writer thread and a few reader threads, in two lanes, over one database.

Why threads of our own, and not an async driver: aiosqlite hops to its thread for every statement, and
SQLAlchemy's async bridge switches greenlets on top of that. A commit of eight statements is then sixteen
hops; here it is one, and the loop is free while the disk works. psycopg has the same synchronous face.
See docs/adr/0003.

    write         ──► [one thread] ──BEGIN IMMEDIATE ... COMMIT──► file
    read, inner   ──► [one thread] ──BEGIN, a snapshot───────────► file (WAL: readers and the writer
    read, public  ──► [READERS threads] ──BEGIN, a snapshot──────► file  do not wait)

Queues: writes and inner reads grow with their callers, the owner and intake, which are few and wait for
their own calls (policy: block). Public reads come from anybody: beyond PUBLIC_READS_MAX they are refused
(policy: fail), and they never stand before an inner one.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

import sqlalchemy as sa

from scorewire.errors import BackendError
from scorewire.journal import dialect, migrations

T = TypeVar("T")

READERS = 2
"""Reader threads: a long list must not hold up a fan's state; more than two only share one interpreter."""

PUBLIC_READS_MAX = 512
"""Public reads that wait or run; at half a millisecond each, the last of them waits a quarter of a second."""

Lane = Literal["inner", "public"]
"""Who reads: the owner and intake, on whom every score waits, or anybody."""

BUSY_TIMEOUT_S = 5.0
"""How long a write waits for another process (`scorewire keys create`) to let go of the file."""


class Database:
    """Runs synchronous functions over a connection, each in one transaction, off the loop.

    Guarantees: a write is one transaction, durable when `write` returns, rolled back if it raises; writes
    of this process run in the order in which they were asked for. A read sees one snapshot.
    """

    def __init__(self, *, url: sa.URL, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._writer = dialect.engine(url, connections=1, busy_timeout_s=busy_timeout_s, writes=True)
        # A connection for each thread that reads, so that none ever waits for one.
        self._reader = dialect.engine(
            url, connections=READERS + 1, busy_timeout_s=busy_timeout_s, writes=False
        )
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-write")
        self._inner_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-inner")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix="journal-read")
        self._public_reads = 0
        self._closed = False

    @classmethod
    async def open(cls, path_or_url: str | Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> "Database":
        """Open or create, and bring the tables up to this release.

        Raises:
            BackendError: it cannot be opened, or a newer release wrote it.
            ConfigError: not a path or URL that this release knows.
        """
        url = dialect.locate(path_or_url)
        dialect.make_private(url)
        database = cls(url=url, busy_timeout_s=busy_timeout_s)
        try:
            # Reading first: a file that is up to date needs no write lock, and no import of Alembic.
            if not await database.read(migrations.up_to_date):
                await database.write(migrations.bring_up)
        except BaseException:
            await database.close()
            raise
        return database

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in one write transaction.

        Raises:
            BackendError: rolled back; retryable where the disk or another process may recover.
        Cancellation: the work may still be done and become durable; the caller finds out by reading.
        """
        return await self._run(self._write_thread, self._writer, work)

    async def read(self, work: Callable[[sa.Connection], T], *, lane: Lane = "public") -> T:
        """Run `work` over one snapshot; it cannot write.

        Raises:
            BackendError: as for `write`; retryable where too many public reads wait.
        Cancellation: harmless; what has not begun is not done.
        """
        if lane == "inner":
            return await self._run(self._inner_thread, self._reader, work)
        if self._public_reads >= PUBLIC_READS_MAX:
            raise BackendError(f"journal: {self._public_reads} reads wait already", retryable=True)
        self._public_reads += 1
        try:
            return await self._run(self._read_threads, self._reader, work)
        finally:
            self._public_reads -= 1

    async def _run(
        self, threads: ThreadPoolExecutor, engine: sa.Engine, work: Callable[[sa.Connection], T]
    ) -> T:
        if self._closed:
            raise BackendError("the journal is closed", retryable=False)
        return await asyncio.get_running_loop().run_in_executor(threads, _transact, engine, work)

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file; a second call does nothing.

        Cancellation: the file is let go of when the threads are done.
        """
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._finish)

    def _finish(self) -> None:
        self._read_threads.shutdown()
        self._inner_thread.shutdown()
        self._write_thread.shutdown()
        # The writer last: the last connection to close folds the WAL into the file.
        self._reader.dispose()
        self._writer.dispose()


def _transact(engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except sa.exc.DBAPIError as error:
        raise dialect.explained(error) from error
    except (sa.exc.StatementError, OverflowError) as error:
        # An integer beyond 64 bits cannot even be bound, and the driver raises no error of its own for it.
        raise BackendError(f"journal: {type(error).__name__}", retryable=False) from error

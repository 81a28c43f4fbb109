"""One writer thread and a few reader threads, in two lanes, over one database.

Why threads of our own, and not an async driver: aiosqlite hops to its thread for every statement, and
SQLAlchemy's async bridge switches greenlets on top of that. A commit of eight statements is then sixteen
hops; here it is one, and the loop is free while the disk works. psycopg has the same synchronous face.
See docs/adr/0003.

    write         ──► [one thread] ──BEGIN IMMEDIATE ... COMMIT──► file     or ──BEGIN ... COMMIT──► server
    read, inner   ──► [one thread] ──BEGIN, a snapshot───────────► file (WAL: readers and the writer
    read, public  ──► [a few threads] ──BEGIN, a snapshot────────► file  do not wait), or server

Each thread has a connection of its own, held open; one that is lost is made again by the next who needs it.
What had not reached COMMIT is then run once more, in the same call.

Queues: writes and inner reads grow with their callers, the owner and intake, which are few and wait for
their own calls (policy: block). Public reads come from anybody: beyond PUBLIC_READS_MAX they are refused
(policy: fail), and they never stand before an inner one.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

import sqlalchemy as sa
import structlog

from scorewire.errors import BackendError, OutcomeUnknown
from scorewire.journal import dialect, migrations

T = TypeVar("T")

_log = structlog.get_logger("scorewire.journal")

READERS = 2
"""Reader threads over a file: a long list must not hold up a fan's state; more only share one interpreter."""

SERVER_READERS = 4
"""Reader threads over a server: while one waits for the network another can work."""

PUBLIC_READS_MAX = 512
"""Public reads that wait or run; at half a millisecond each, the last of them waits a quarter of a second."""

Lane = Literal["inner", "public"]
"""Who reads: the owner and intake, on whom every score waits, or anybody."""

BUSY_TIMEOUT_S = 5.0
"""How long a write waits for another process (`scorewire keys create`) to let go of the file or the row."""

ANSWER_TIMEOUT_S = 15.0
"""How long a transaction may last before a server is taken for frozen and the line to it is cut: longer than
the server's own limit of a statement, so that a slow one is ended by the server, which can say why."""

ATTEMPTS = 5
"""Runs of a transaction that the server takes back for the sake of another: a deadlock, at worst."""


class Database:
    """Runs synchronous functions over a connection, each in one transaction, off the loop.

    Guarantees: a write is one transaction, durable when `write` returns, rolled back if it raises; writes
    of this process run in the order in which they were asked for. A read sees one snapshot. A function may
    run more than once before it counts, where a server takes its transaction back or hangs up.
    """

    def __init__(
        self,
        *,
        url: sa.URL,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        readers = READERS if dialect.is_file(url) else SERVER_READERS
        self._writer = dialect.engine(url, connections=1, busy_timeout_s=busy_timeout_s, writes=True)
        # A connection for each thread that reads, so that none ever waits for one.
        self._reader = dialect.engine(
            url, connections=readers + 1, busy_timeout_s=busy_timeout_s, writes=False
        )
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-write")
        self._inner_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-inner")
        self._read_threads = ThreadPoolExecutor(readers, thread_name_prefix="journal-read")
        self._public_reads = 0
        self._closed = False
        self._watch = None if dialect.is_file(url) else Watch(answer_timeout_s)

    @classmethod
    async def open(
        cls,
        path_or_url: str | Path,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> "Database":
        """Open or create, and bring the tables up to this release.

        Raises:
            BackendError: it cannot be opened, or a newer release wrote it.
            ConfigError: not a path or URL that this release knows.
        """
        url = dialect.locate(path_or_url)
        if dialect.is_file(url):
            dialect.make_private(url)
        database = cls(url=url, busy_timeout_s=busy_timeout_s, answer_timeout_s=answer_timeout_s)
        try:
            for doubt in await database.read(dialect.doubts):
                _log.warning("the journal's server is not safe", detail=doubt)
            # Reading first: what is up to date needs no write lock, and no import of Alembic.
            if not await database.read(migrations.up_to_date):
                # Unwatched: a step may take as long as it takes.
                await database._run(database._write_thread, database._writer, migrations.bring_up, None)
        except BaseException:
            await database.close()
            raise
        return database

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in one write transaction.

        Raises:
            BackendError: rolled back; retryable where the disk, the server or another process may recover.
            OutcomeUnknown: the COMMIT itself failed; it may be durable or not.
        Cancellation: the work may still be done and become durable; the caller finds out by reading.
        """
        return await self._run(self._write_thread, self._writer, work, self._watch)

    async def read(self, work: Callable[[sa.Connection], T], *, lane: Lane = "public") -> T:
        """Run `work` over one snapshot; it cannot write.

        Raises:
            BackendError: as for `write`; retryable where too many public reads wait.
        Cancellation: harmless; what has not begun is not done.
        """
        if lane == "inner":
            return await self._run(self._inner_thread, self._reader, work, self._watch)
        if self._public_reads >= PUBLIC_READS_MAX:
            raise BackendError(f"journal: {self._public_reads} reads wait already", retryable=True)
        self._public_reads += 1
        try:
            return await self._run(self._read_threads, self._reader, work, self._watch)
        finally:
            self._public_reads -= 1

    async def _run(
        self,
        threads: ThreadPoolExecutor,
        engine: sa.Engine,
        work: Callable[[sa.Connection], T],
        watch: "Watch | None",
    ) -> T:
        if self._closed:
            raise BackendError("the journal is closed", retryable=False)
        if watch is not None:
            watch.begin()
        return await asyncio.get_running_loop().run_in_executor(threads, _insist, engine, work, watch)

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file or the server; a second call does nothing.

        Cancellation: they are let go of when the threads are done.
        """
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._finish)
        if self._watch is not None:
            self._watch.end()

    def _finish(self) -> None:
        self._read_threads.shutdown()
        self._inner_thread.shutdown()
        self._write_thread.shutdown()
        # The writer last: the last connection to close folds the WAL into the file.
        self._reader.dispose()
        self._writer.dispose()


class Watch:
    """Cuts the line of a transaction that a server leaves without an answer.

    A thread cannot stop waiting for a socket by itself, and a frozen server's kernel keeps the line up; so
    one timer of the loop looks at what runs, and no transaction pays for a timer of its own.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._running: dict[int, tuple[sa.Connection, float]] = {}
        self._turn = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Watch from now on, on the loop that calls; a second call does nothing."""
        if self._timer is None:
            self._loop = asyncio.get_running_loop()
            self._look()

    def end(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def enter(self, connection: sa.Connection) -> None:
        """A thread begins a transaction."""
        assert self._loop is not None
        with self._turn:
            self._running[threading.get_ident()] = (connection, self._loop.time())

    def leave(self) -> None:
        """The thread's transaction is over; its line is nobody's to cut any more."""
        with self._turn:
            self._running.pop(threading.get_ident(), None)

    def _look(self) -> None:
        assert self._loop is not None
        with self._turn:
            for connection, since_s in self._running.values():
                if self._loop.time() - since_s > self._limit_s:
                    dialect.hang_up(connection)
        self._timer = self._loop.call_later(self._limit_s / 8, self._look)


def _insist(engine: sa.Engine, work: Callable[[sa.Connection], T], watch: Watch | None) -> T:
    """Run a transaction until it counts or is not to be had; each run that failed has left nothing."""
    lost = 0
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _transact(engine, work, watch)
        except sa.exc.DBAPIError as error:
            match dialect.fault(error):
                # The server was started again since this line was last used: a new one may be had at once.
                case "lost" if lost == 0:
                    lost += 1
                    continue
                case "undone" if attempt < ATTEMPTS:
                    continue
            raise dialect.explained(error) from error
        except (sa.exc.StatementError, OverflowError) as error:
            # An integer beyond 64 bits cannot even be bound, and no driver raises an error of its own for it.
            raise BackendError(f"journal: {type(error).__name__}", retryable=False) from error
    raise AssertionError("the last attempt returns or raises")


def _transact(engine: sa.Engine, work: Callable[[sa.Connection], T], watch: Watch | None) -> T:
    done = False
    try:
        with engine.begin() as connection:
            if watch is not None:
                watch.enter(connection)
            result = work(connection)
            done = True
        return result
    except sa.exc.DBAPIError as error:
        # Only the COMMIT comes after the work.
        if done and dialect.fault(error) != "undone":
            why = dialect.explained(error)
            raise OutcomeUnknown(str(why), retryable=why.retryable) from error
        raise
    finally:
        if watch is not None:
            watch.leave()

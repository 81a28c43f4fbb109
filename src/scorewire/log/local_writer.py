"""The one thread that writes the local log.

Its batch is whatever waits when the last commit returns: alone, a call pays one fsync; in a crowd, many
calls share one. The loop and the thread meet in two places only: a queue, and call_soon_threadsafe.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.log.base import Submission
from scorewire.log.local_writes import Batch, Outcome, Sweeper, Work, last_offset, write

BATCH_CLAIMS_MAX = 20_000
"""Claims that share a commit; a longer transaction would keep the first call waiting for the last."""


@dataclass(slots=True)
class Job:
    """One waiting call."""

    work: Work
    done: asyncio.Future[Outcome]


@dataclass(slots=True)
class Finished:
    """A batch on its way back to the loop: written (`batch`), or refused by the disk (`error`)."""

    jobs: Sequence[Job]
    batch: Batch | None
    error: BackendError | None


class Writer:
    """Owns the writing connection and the numbering of offsets.

    Args:
        connection: from local_schema.open_to_write; closed by the thread at its end.
        deliver: called in the loop for every batch, in the order of commits.
        ended: called in the loop when the thread is gone.
    """

    def __init__(
        self,
        *,
        connection: sqlite3.Connection,
        sweeper: Sweeper,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[Finished], None],
        ended: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._sweeper = sweeper
        self._clock = clock
        self._loop = loop
        self._deliver = deliver
        self._ended = ended
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._next_offset = last_offset(connection) + 1
        self.first_offset = self._next_offset
        self.commits = 0
        # A daemon: what is committed is safe, and a program that forgot to close must still end.
        self._thread = threading.Thread(target=self._run, name="scorewire-log", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def put(self, job: Job) -> None:
        """Hand over a job; never blocks (the caller bounds how many wait)."""
        self._queue.put(job)

    def stop(self) -> None:
        """Finish what was put before, then end."""
        self._queue.put(None)

    def _run(self) -> None:
        try:
            stopping = False
            while not stopping:
                jobs, stopping = self._take()
                if jobs:
                    self._serve(jobs)
        finally:
            self._connection.close()
            self._call(self._ended)

    def _take(self) -> tuple[list[Job], bool]:
        """Wait for a job, then take all that wait with it; True if the end was asked for."""
        jobs: list[Job] = []
        claims = 0
        waiting = self._queue.get()
        while waiting is not None:
            jobs.append(waiting)
            claims += len(waiting.work.claims) if isinstance(waiting.work, Submission) else 1
            if claims >= BATCH_CLAIMS_MAX:
                return jobs, False
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return jobs, False
        return jobs, True

    def _serve(self, jobs: list[Job]) -> None:
        """One transaction; where a single call is at fault, only that one fails."""
        try:
            batch = self._commit(jobs)
        except sqlite3.OperationalError as error:
            self._finish(Finished(jobs, None, BackendError(f"the log's disk: {error}", retryable=True)))
        except (sqlite3.Error, ValueError, OverflowError) as error:
            if len(jobs) > 1:
                for job in jobs:
                    self._serve([job])
                return
            self._finish(Finished(jobs, None, BackendError(f"not storable: {error}", retryable=False)))
        else:
            self._finish(Finished(jobs, batch, None))

    def _commit(self, jobs: list[Job]) -> Batch:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            # First, so that no commit can delete what it has just acknowledged, whatever the clocks say.
            self._sweeper.sweep(connection, self._clock.now_ms())
            batch = write(connection, [job.work for job in jobs], self._next_offset)
            connection.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already; then there is nothing left to undo.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        self._sweeper.count(len(jobs) + len(batch.entries))
        self._next_offset = batch.next_offset
        self.commits += 1
        return batch

    def _finish(self, finished: Finished) -> None:
        self._call(lambda: self._deliver(finished))

    def _call(self, callback: Callable[[], None]) -> None:
        # The loop may be gone, if nobody closed the log; then nobody waits either.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback)

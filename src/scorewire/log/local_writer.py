"""The one thread that writes the local log: a batch is one transaction, so all who wait share an fsync."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.log.local_writes import Batch, Outcome, Sweeper, Work, last_offset, write
from scorewire.log.writing import Job, WriterThread

LocalJob = Job[Work, Outcome]


@dataclass(slots=True)
class Finished:
    """A batch on its way back to the loop: written (`batch`), or refused by the disk (`error`)."""

    jobs: Sequence[LocalJob]
    batch: Batch | None
    error: BackendError | None


class Writer(WriterThread[Work, Outcome]):
    """Owns the writing connection and the numbering of offsets.

    Args:
        connection: from local_schema.open_to_write; closed by the thread at its end.
        deliver: called in the loop for every batch, in the order of commits.
        loop, ended: see WriterThread.
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
        super().__init__(loop=loop, ended=ended)
        self._connection = connection
        self._sweeper = sweeper
        self._clock = clock
        self._deliver = deliver
        self._next_offset = last_offset(connection) + 1
        self.first_offset = self._next_offset
        self.commits = 0

    def _close(self) -> None:
        self._connection.close()

    def _serve(self, jobs: list[LocalJob]) -> None:
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

    def _commit(self, jobs: list[LocalJob]) -> Batch:
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
        self._call(self._deliver, finished)

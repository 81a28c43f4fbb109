"""The log of the embedded profile: one SQLite file, one writer thread, one fsync for all who wait."""

import asyncio
import contextlib
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from scorewire.clock import Clock
from scorewire.errors import BackendError, WebhookConflict
from scorewire.log import local_reads
from scorewire.log.base import DeadLetter, LogEntry, ProviderLog, Receipt, Submission
from scorewire.log.local_schema import Claimed, open_to_read, open_to_write, raise_offsets
from scorewire.log.local_writer import Finished, LocalJob, Writer
from scorewire.log.local_writes import Outcome, Settled, Sweeper, Work
from scorewire.log.tail import Tail
from scorewire.log.writing import Growth

TAIL_ENTRIES_MAX = 20_000
"""Entries in memory: some seconds of a busy weekend."""
TAIL_BYTES_MAX = 32 * 1024 * 1024
"""Their encoded size."""
ANSWERS_MAX = 10_000
"""Answers in memory: a feed that repeats a call does so within seconds."""

HOUR_MS = 3_600_000

Answered = TypeVar("Answered")


class LocalLog(ProviderLog):
    """One partition, 0, in one file. Made by `open`; must be closed, in the loop that opened it.

    Guarantees, beyond the port's: offsets are dense; a process that was killed at any moment finds on the
    next `open` exactly the calls whose commit had returned, and perhaps the last one that had not.
    A disk that fails or is full fails the calls that wait for it (retryable), and nothing else.
    """

    def __init__(
        self, *, writer: Writer, reading: sqlite3.Connection, claimed: Claimed, queue_max: int
    ) -> None:
        self._writer = writer
        self._reading = reading
        self._claimed = claimed
        self._room = asyncio.Semaphore(queue_max)
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scorewire-log-reader")
        self._tail = Tail(writer.first_offset - 1, TAIL_ENTRIES_MAX, TAIL_BYTES_MAX)
        self._answers: OrderedDict[tuple[str, str], tuple[bytes, int, bytes]] = OrderedDict()
        self._pending: set[asyncio.Future[Outcome]] = set()
        self._growth = Growth()
        self._ended = asyncio.Event()
        self._closing = False
        self._broken = False

    @classmethod
    async def open(
        cls,
        path: Path | str,
        *,
        queue_max: int,
        webhook_ids_h: int,
        retention_days: int,
        clock: Clock,
        offsets_above: int = 0,
    ) -> "LocalLog":
        """Open the file, making it where it is missing, and start the writer.

        Args:
            path: `log.sqlite`; its folder must exist.
            queue_max: calls that wait for the disk; more make `append` wait.
            webhook_ids_h: hours for which a webhook-id is remembered with its answer.
            retention_days: days for which claims and dead letters stay.
            offsets_above: new claims get offsets above this one. A journal may have applied more than this
                file holds (it was lost, or restored from a backup); claims under offsets that the journal
                takes for applied would be acknowledged and never read.
        Raises:
            BackendError: the file cannot be used, or another process writes it.
        """
        place = Path(path)
        loop = asyncio.get_running_loop()
        claimed, writing, reading = await asyncio.to_thread(_open_files, place, offsets_above)
        log: LocalLog | None = None

        def deliver(finished: Finished) -> None:
            assert log is not None
            log._deliver(finished)

        def ended() -> None:
            assert log is not None
            log._writer_ended()

        writer = Writer(
            connection=writing,
            sweeper=Sweeper(webhook_ids_h * HOUR_MS, retention_days * 24 * HOUR_MS),
            clock=clock,
            loop=loop,
            deliver=deliver,
            ended=ended,
        )
        log = cls(writer=writer, reading=reading, claimed=claimed, queue_max=queue_max)
        writer.start()
        return log

    @property
    def commits(self) -> int:
        """Transactions made durable since `open`; each is one fsync of the write-ahead file."""
        return self._writer.commits

    @property
    def last_offset(self) -> int:
        """Offset of the newest durable claim; 0 before the first."""
        return self._tail.last

    async def append(self, submission: Submission) -> Receipt:
        """See `ProviderLog.append`."""
        outcome = await self._write(submission)
        if isinstance(outcome, WebhookConflict):
            # A new one: an exception object that is raised twice would grow two tracebacks.
            raise WebhookConflict(submission.webhook_id)
        assert outcome is not None
        return outcome

    async def recall(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        """See `ProviderLog.recall`."""
        found = self.recall_at_hand(provider, webhook_id, digest)
        if found is not None:
            return found
        held = await self._read(lambda connection: local_reads.answered(connection, provider, webhook_id))
        return None if held is None else _repeated(webhook_id, digest, held)

    def recall_at_hand(self, provider: str, webhook_id: str, digest: bytes) -> Receipt | None:
        """See `ProviderLog.recall_at_hand`."""
        held = self._answers.get((provider, webhook_id))
        return None if held is None else _repeated(webhook_id, digest, held)

    def partition_of(self, game_id: str) -> int:  # noqa: ARG002 (all games lie together)
        """See `ProviderLog.partition_of`."""
        return local_reads.PARTITION

    async def read(self, partition: int, after: int, limit: int) -> Sequence[LogEntry]:
        """See `ProviderLog.read`."""
        if partition != local_reads.PARTITION:
            return ()
        if self._broken:
            raise BackendError("the log's writer has ended", retryable=False)
        held = self._tail.after(after, limit)
        if held is not None:
            return held
        return await self._read(lambda connection: local_reads.entries(connection, after, limit))

    async def ends(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """See `ProviderLog.ends`."""
        return {number: self._tail.last if number == local_reads.PARTITION else 0 for number in partitions}

    async def wait(self, partition: int, after: int, timeout_s: float) -> bool:
        """See `ProviderLog.wait`; False at once when the log is closed."""
        here = partition == local_reads.PARTITION
        try:
            async with asyncio.timeout(timeout_s):
                while not (here and self._tail.last > after):
                    if self._broken:
                        raise BackendError("the log's writer has ended", retryable=False)
                    if self._closing:
                        return False
                    await self._growth.wait()
        except TimeoutError:
            return False
        return True

    async def bury(self, letters: Sequence[DeadLetter]) -> None:
        """See `ProviderLog.bury`."""
        if letters:
            await self._write(tuple(letters))

    async def dead_letters(
        self, *, state: str = "open", game_id: str = "", rule: str = "", since_ms: int = 0, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """See `ProviderLog.dead_letters`."""
        return await self._read(
            lambda connection: local_reads.dead_letters(
                connection, state=state, game_id=game_id, rule=rule, since_ms=since_ms, limit=limit
            )
        )

    async def dead_letter(self, number: int) -> DeadLetter | None:
        """See `ProviderLog.dead_letter`."""
        return await self._read(lambda connection: local_reads.dead_letter(connection, number))

    async def settle(self, numbers: Sequence[int], state: str) -> None:
        """See `ProviderLog.settle`."""
        known = tuple(number for number in numbers if local_reads.is_number(number))
        if known:
            await self._write(Settled(known, state))

    @property
    def fault(self) -> str | None:
        """Why the log takes nothing any more; None while it does."""
        return "the log's writer has ended" if self._broken else None

    async def close(self) -> None:
        """See `ProviderLog.close`; may be called again."""
        self._closing = True
        self._growth.tell()
        # The reader first: the last connection to go folds the write-ahead file into the main one.
        await asyncio.to_thread(self._reader.shutdown)
        self._reading.close()
        self._writer.stop()
        await self._ended.wait()
        self._claimed.release()

    async def _write(self, work: Work) -> Outcome:
        await self._room.acquire()
        if self._closing:
            self._room.release()
            raise BackendError("the log is closed", retryable=False)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pending.add(done)
        self._writer.put(LocalJob(work, done))
        return await done

    async def _read(self, query: Callable[[sqlite3.Connection], Answered]) -> Answered:
        if self._closing:
            raise BackendError("the log is closed", retryable=False)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader, query, self._reading)
        except sqlite3.Error as error:
            raise BackendError(f"the log's disk: {error}", retryable=True) from error

    def _deliver(self, finished: Finished) -> None:
        """In the loop: show what has become durable, then answer those who waited for it, in order."""
        batch = finished.batch
        if batch is not None:
            self._remember(finished.jobs, batch.outcomes)
            self._tail.extend(batch.entries, batch.sizes)
            if batch.entries:
                self._growth.tell()
        for index, job in enumerate(finished.jobs):
            # Room is given back here and not by the caller: one who gave up still has a job in the queue.
            self._room.release()
            self._pending.discard(job.done)
            if job.done.done():
                continue
            if batch is not None:
                job.done.set_result(batch.outcomes[index])
            else:
                assert finished.error is not None
                job.done.set_exception(BackendError(str(finished.error), retryable=finished.error.retryable))

    def _remember(self, jobs: Sequence[LocalJob], outcomes: Sequence[Outcome]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            # A conflict's digest is the wrong one, so only what was answered is remembered.
            if isinstance(job.work, Submission) and isinstance(outcome, Receipt):
                key = (job.work.provider, job.work.webhook_id)
                self._answers[key] = (job.work.digest, outcome.status, outcome.answer)
        while len(self._answers) > ANSWERS_MAX:
            self._answers.popitem(last=False)

    def _writer_ended(self) -> None:
        """In the loop: nobody may wait for a thread that is gone, whatever made it go."""
        self._broken = not self._closing
        self._closing = True
        self._growth.tell()
        for done in self._pending:
            self._room.release()
            if not done.done():
                done.set_exception(BackendError("the log's writer has ended", retryable=False))
        self._pending.clear()
        self._ended.set()


def _repeated(webhook_id: str, digest: bytes, held: tuple[bytes, int, bytes]) -> Receipt:
    """The first answer; `held` is digest, status and answer of the first call."""
    if held[0] != digest:
        raise WebhookConflict(webhook_id)
    return Receipt(status=held[1], answer=held[2], repeated=True)


def _open_files(path: Path, offsets_above: int) -> tuple[Claimed, sqlite3.Connection, sqlite3.Connection]:
    try:
        claimed = Claimed(path)
    except OSError as error:
        raise BackendError(f"{path} cannot be opened: {error.strerror}", retryable=False) from error
    with contextlib.ExitStack() as undo:
        undo.callback(claimed.release)
        writing = open_to_write(path)
        undo.callback(writing.close)
        raise_offsets(writing, offsets_above)
        reading = open_to_read(path)
        undo.pop_all()
    return claimed, writing, reading

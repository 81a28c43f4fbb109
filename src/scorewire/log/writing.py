"""What both logs have around their disk or brokers: one thread that writes, and those who wait for growth.

The batch of the thread is whatever waits when the last one is done: alone, a call pays for one round; in a
crowd, many share it. The loop and the thread meet in two places only: a queue, and call_soon_threadsafe.
"""

import asyncio
import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from scorewire.log.base import Submission

BATCH_CLAIMS_MAX = 20_000
"""Claims that share a round; a longer one would keep the first call waiting for the last."""

Work = TypeVar("Work")
Outcome = TypeVar("Outcome")


@dataclass(slots=True)
class Job(Generic[Work, Outcome]):
    """One waiting call."""

    work: Work
    done: asyncio.Future[Outcome]


class WriterThread(ABC, Generic[Work, Outcome]):
    """Takes jobs in their order, all that wait at once.

    Args:
        ended: called in the loop when the thread is gone.
    """

    def __init__(self, *, loop: asyncio.AbstractEventLoop, ended: Callable[[], None]) -> None:
        self._loop = loop
        self._ended = ended
        self._queue: SimpleQueue[Job[Work, Outcome] | None] = SimpleQueue()
        # A daemon: what is acknowledged is safe, and a program that forgot to close must still end.
        self._thread = threading.Thread(target=self._run, name="scorewire-log", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def put(self, job: Job[Work, Outcome]) -> None:
        """Hand over a job; never blocks (the caller bounds how many wait)."""
        self._queue.put(job)

    def stop(self) -> None:
        """Finish what was put before, then end."""
        self._queue.put(None)

    @abstractmethod
    def _serve(self, jobs: list[Job[Work, Outcome]]) -> None:
        """In the thread: write one batch, and have the loop told; what it raises ends the thread."""

    @abstractmethod
    def _close(self) -> None:
        """In the thread: let go of what it wrote with."""

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        # The loop may be gone, if nobody closed the log; then nobody waits either.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _run(self) -> None:
        try:
            stopping = False
            while not stopping:
                jobs, stopping = self._take()
                if jobs:
                    self._serve(jobs)
        finally:
            self._close()
            self._call(self._ended)

    def _take(self) -> tuple[list[Job[Work, Outcome]], bool]:
        """Wait for a job, then take all that wait with it; True if the end was asked for."""
        jobs: list[Job[Work, Outcome]] = []
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


class Growth:
    """Those in the loop who wait for a log to grow, or to close."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    async def wait(self) -> None:
        """Return at the next `tell`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def tell(self) -> None:
        """All who wait look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

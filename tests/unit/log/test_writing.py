"""The thread takes what waits in batches, ends after what was put, and says so; growth wakes who waits."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from contract.log_suite import goal, submission
from scorewire.log.writing import BATCH_CLAIMS_MAX, Growth, Job, WriterThread


@dataclass(slots=True)
class Seen:
    """What the thread did."""

    batches: list[list[object]] = field(default_factory=list)
    closed: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Keeping(WriterThread[object, None]):
    """Keeps its batches; a batch waits until it may begin."""

    def __init__(self, seen: Seen, *, fails: bool = False) -> None:
        super().__init__(loop=asyncio.get_running_loop(), ended=seen.ended.set)
        self._seen = seen
        self._fails = fails
        self.may = threading.Event()

    def _serve(self, jobs: list[Job[object, None]]) -> None:
        self.may.wait(10)
        self._seen.batches.append([job.work for job in jobs])
        if self._fails:
            raise MemoryError

    def _close(self) -> None:
        self._seen.closed = True


def job(work: object) -> Job[object, None]:
    return Job(work=work, done=asyncio.get_running_loop().create_future())


async def test_all_that_wait_share_the_next_batch_and_what_was_put_before_the_end_is_written() -> None:
    seen = Seen()
    writer = Keeping(seen)
    for work in "abc":
        writer.put(job(work))
    writer.stop()
    writer.put(job("too late"))
    writer.may.set()
    writer.start()
    async with asyncio.timeout(10):
        await seen.ended.wait()
    assert seen.batches == [["a", "b", "c"]]
    assert seen.closed


async def test_a_batch_is_bounded_by_its_claims() -> None:
    seen = Seen()
    writer = Keeping(seen)
    each = 1000
    full = submission("w1", *(goal(at) for at in range(each)))
    calls = BATCH_CLAIMS_MAX // each + 3
    for _ in range(calls):
        writer.put(job(full))
    writer.stop()
    writer.may.set()
    writer.start()
    async with asyncio.timeout(10):
        await seen.ended.wait()
    assert [len(batch) for batch in seen.batches] == [BATCH_CLAIMS_MAX // each, 3]


async def test_a_thread_that_fails_lets_go_and_says_that_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = Seen()
    why: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda ended: why.append(ended.exc_type))
    writer = Keeping(seen, fails=True)
    writer.may.set()
    writer.start()
    writer.put(job("a"))
    async with asyncio.timeout(10):
        await seen.ended.wait()
    assert seen.closed
    await asyncio.to_thread(writer._thread.join, 10)
    assert why == [MemoryError]


async def test_growth_wakes_all_who_wait_once() -> None:
    growth = Growth()
    waiting = [asyncio.ensure_future(growth.wait()) for _ in range(3)]
    gone = waiting.pop()
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    growth.tell()
    async with asyncio.timeout(10):
        await asyncio.gather(*waiting)
    late = asyncio.ensure_future(growth.wait())
    await asyncio.sleep(0)
    assert gone.cancelled()
    assert not late.done()
    growth.tell()
    await late

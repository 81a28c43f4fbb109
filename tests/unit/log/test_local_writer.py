import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from contract.log_suite import StoppedClock, goal, letter, submission
from scorewire.log.local_schema import open_to_write
from scorewire.log.local_writer import Finished, Writer
from scorewire.log.local_writes import Outcome, Sweeper, Work
from scorewire.log.writing import BATCH_CLAIMS_MAX, Job


@dataclass(slots=True)
class Desk:
    """A writer that has not been started, so that a test decides what waits for it."""

    writer: Writer
    finished: asyncio.Queue[Finished]
    ended: asyncio.Event

    def put(self, *works: Work) -> list[asyncio.Future[Outcome]]:
        jobs = [Job(work, asyncio.get_running_loop().create_future()) for work in works]
        for job in jobs:
            self.writer.put(job)
        return [job.done for job in jobs]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    finished: asyncio.Queue[Finished] = asyncio.Queue()
    ended = asyncio.Event()
    writer = Writer(
        connection=open_to_write(tmp_path / "log.sqlite"),
        sweeper=Sweeper(10**9, 10**9),
        clock=StoppedClock(),
        loop=asyncio.get_running_loop(),
        deliver=finished.put_nowait,
        ended=ended.set,
    )
    yield Desk(writer, finished, ended)
    writer.stop()
    await ended.wait()


async def test_all_that_waits_shares_one_commit(desk: Desk) -> None:
    desk.put(*(submission(f"w{n}", goal(n)) for n in range(50)), (letter(1),))
    desk.writer.start()
    finished = await desk.finished.get()
    assert finished.batch is not None
    assert len(finished.jobs) == 51
    assert [entry.offset for entry in finished.batch.entries] == list(range(1, 51))
    assert desk.writer.commits == 1


@pytest.mark.slow
async def test_a_batch_is_bounded_by_its_claims(desk: Desk) -> None:
    claims = tuple(goal(n) for n in range(BATCH_CLAIMS_MAX // 2))
    desk.put(*(submission(f"w{n}", *claims) for n in range(3)))
    desk.writer.start()
    assert [len((await desk.finished.get()).jobs) for _ in range(2)] == [2, 1]


async def test_one_call_that_cannot_be_stored_fails_alone(desk: Desk) -> None:
    desk.put(
        submission("w1", goal(1)), submission("w2", goal(2), received_ms=2**70), submission("w3", goal(3))
    )
    desk.writer.start()
    first, second, third = [await desk.finished.get() for _ in range(3)]
    assert first.batch is not None
    assert second.error is not None
    assert not second.error.retryable
    assert third.batch is not None
    assert [entry.offset for entry in third.batch.entries] == [2]


async def test_stopping_finishes_what_was_put_before(desk: Desk) -> None:
    desk.put(submission("w1", goal(1)))
    desk.writer.stop()
    desk.writer.start()
    await desk.ended.wait()
    assert desk.finished.get_nowait().batch is not None


class Order(asyncio.SelectorEventLoop):
    """Notes when the writer's thread turned to it, among the statements that it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def call_soon_threadsafe(self, callback, *args, context=None):  # type: ignore[no-untyped-def]
        self.seen.append("answer")


def test_nobody_is_answered_before_the_commit_has_returned(tmp_path: Path) -> None:
    loop = Order()
    connection = open_to_write(tmp_path / "log.sqlite")
    connection.set_trace_callback(lambda statement: loop.seen.append(statement.split(" ")[0]))
    writer = Writer(
        connection=connection,
        sweeper=Sweeper(10**9, 10**9),
        clock=StoppedClock(),
        loop=loop,
        deliver=lambda finished: None,
        ended=lambda: None,
    )
    for number in range(3):
        writer.put(Job(submission(f"w{number}", goal(number)), loop.create_future()))
    writer.stop()
    writer.start()
    writer._thread.join()
    loop.close()
    # One transaction for the three; the last answer is the news of the thread's end.
    assert [one for one in loop.seen if one in {"BEGIN", "COMMIT", "answer"}] == [
        "BEGIN",
        "COMMIT",
        "answer",
        "answer",
    ]

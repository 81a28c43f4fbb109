import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from contract.log_suite import StoppedClock, goal, letter, submission
from scorewire.errors import BackendError
from scorewire.log import local
from scorewire.log.local import LocalLog


async def opened(folder: Path, *, queue_max: int = 1000) -> LocalLog:
    return await LocalLog.open(
        folder / "log.sqlite", queue_max=queue_max, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )


@pytest_asyncio.fixture
async def log(tmp_path: Path) -> AsyncIterator[LocalLog]:
    log = await opened(tmp_path)
    yield log
    await log.close()


@contextmanager
def outsider(folder: Path) -> Iterator[sqlite3.Connection]:
    """Another process's view of the file: it sees what is committed, and may hold the lock."""
    connection = sqlite3.connect(folder / "log.sqlite", isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


async def test_append_returns_only_after_the_commit(log: LocalLog, tmp_path: Path) -> None:
    with outsider(tmp_path) as other:
        other.execute("BEGIN IMMEDIATE")
        call = asyncio.create_task(log.append(submission("w1", goal(1))))
        # While another holds the file's lock no commit is possible, so nobody may be answered.
        done, _ = await asyncio.wait([call], timeout=0.05)
        assert not done
        assert log.commits == 0
        assert list(await log.read(0, 0, 10)) == []
        other.execute("ROLLBACK")
        await call
        assert log.commits == 1
        assert other.execute("SELECT count(*) FROM claims").fetchone() == (1,)


async def test_each_call_alone_is_one_commit_and_a_crowd_shares(log: LocalLog) -> None:
    for number in range(3):
        await log.append(submission(f"alone{number}", goal(number)))
    assert log.commits == 3
    calls = [asyncio.create_task(log.append(submission(f"crowd{n}", goal(n)))) for n in range(200)]
    await asyncio.wait(calls)
    assert log.commits < 103
    assert log.last_offset == 203


async def test_the_queue_is_bounded_and_the_source_waits(tmp_path: Path) -> None:
    log = await opened(tmp_path, queue_max=2)
    try:
        with outsider(tmp_path) as other:
            other.execute("BEGIN IMMEDIATE")
            calls = [asyncio.create_task(log.append(submission(f"w{n}", goal(n)))) for n in range(5)]
            await asyncio.wait(calls, timeout=0.02)
            # Whoever gives up while queued leaves the room taken: the job is still there.
            calls[0].cancel()
            await asyncio.wait(calls, timeout=0.02)
            assert len(log._pending) == 2
            other.execute("ROLLBACK")
        await asyncio.wait(calls)
        assert log.last_offset == 5
    finally:
        await log.close()


@contextmanager
def disk_full(folder: Path) -> Iterator[None]:
    """No file may grow beyond what the write-ahead file holds now; the system refuses the write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (folder / "log.sqlite-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_fails_those_who_wait_and_is_survived(log: LocalLog, tmp_path: Path) -> None:
    await log.append(submission("w1", goal(1)))
    with disk_full(tmp_path):
        calls = [
            asyncio.create_task(log.append(submission(f"full{n}", goal(n), refused=(letter(n),))))
            for n in range(3)
        ]
        for call in calls:
            with pytest.raises(BackendError) as caught:
                await call
            assert caught.value.retryable
        assert [entry.claim for entry in await log.read(0, 0, 10)] == [goal(1)]
    with outsider(tmp_path) as other:
        assert other.execute("SELECT count(*) FROM claims").fetchone() == (1,)
        assert other.execute("SELECT count(*) FROM webhooks").fetchone() == (1,)
        assert other.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
    receipt = await log.append(submission("full0", goal(0)))
    assert not receipt.repeated
    assert [entry.offset for entry in await log.read(0, 0, 10)] == [1, 2]


async def test_what_has_left_memory_is_read_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "TAIL_ENTRIES_MAX", 8)
    log = await opened(tmp_path)
    try:
        await log.append(submission("w1", *(goal(n) for n in range(20))))
        await log.append(submission("w2", goal(20)))
        assert [entry.claim for entry in await log.read(0, 0, 100)] == [goal(n) for n in range(21)]
        assert [entry.claim for entry in await log.read(0, 18, 1)] == [goal(18)]
        assert list(await log.read(1, 0, 100)) == [], "there is one partition"
    finally:
        await log.close()


async def test_an_answer_that_has_left_memory_is_read_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "ANSWERS_MAX", 1)
    log = await opened(tmp_path)
    try:
        first, second = submission("w1", goal(1)), submission("w2", goal(2))
        await log.append(first)
        await log.append(second)
        for call in (first, second):
            receipt = await log.recall("acme", call.webhook_id, call.digest)
            assert receipt is not None
            assert receipt.answer == call.answer
    finally:
        await log.close()


async def test_a_second_node_on_the_same_folder_is_refused(log: LocalLog, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="in use"):
        await opened(tmp_path)
    assert not (await log.append(submission("w1", goal(1)))).repeated


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="absent"):
        await opened(tmp_path / "absent")


async def test_a_waiter_is_let_go_when_the_log_closes(tmp_path: Path) -> None:
    log = await opened(tmp_path)
    waiting = asyncio.create_task(log.wait(0, 0, 30.0))
    await asyncio.sleep(0)
    await log.close()
    await log.close()
    assert await waiting is False


KILLED = """
import asyncio, sys
from contract.log_suite import StoppedClock, goal, letter, submission
from scorewire.log.local import LocalLog

async def post(log, worker):
    for number in range(10_000):
        name = f"{worker}-{number}"
        await log.append(submission(name, goal(1), goal(2), goal(3), refused=(letter(1),)))
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()

async def main():
    log = await LocalLog.open(
        sys.argv[1], queue_max=100, webhook_ids_h=24, retention_days=30, clock=StoppedClock()
    )
    async with asyncio.TaskGroup() as group:
        for worker in range(8):
            group.create_task(post(log, worker))

asyncio.run(main())
"""


@pytest.mark.parametrize("answers", [1, 37, 300])
async def test_killed_at_any_moment_it_resumes_where_it_was(tmp_path: Path, answers: int) -> None:
    def run() -> list[str]:
        tests = str(Path(__file__).parents[2])
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path / "log.sqlite")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": tests},
        ) as child:
            assert child.stdout is not None
            seen = [child.stdout.readline() for _ in range(answers)]
            child.send_signal(signal.SIGKILL)
            seen += child.stdout.readlines()
        return [line.strip() for line in seen if line.endswith("\n")]

    acknowledged = await asyncio.to_thread(run)
    assert len(acknowledged) >= answers
    log = await opened(tmp_path)
    try:
        entries = await log.read(0, 0, 1_000_000)
        assert [entry.offset for entry in entries] == list(range(1, len(entries) + 1))
        ids = [entry.webhook_id for entry in entries]
        assert set(acknowledged) <= set(ids)
        assert all(ids.count(one) == 3 for one in set(ids)), "a call is there whole, or not at all"
        assert len(await log.dead_letters(limit=1_000_000)) == len(set(ids))
        for one in acknowledged:
            assert (await log.append(submission(one, goal(1), goal(2), goal(3)))).repeated
        await log.append(submission("next", goal(1)))
        assert log.last_offset == len(entries) + 1
    finally:
        await log.close()

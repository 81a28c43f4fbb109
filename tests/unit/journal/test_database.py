"""Transactions on their threads, and what is left of them when something fails."""

import asyncio
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from scorewire.errors import BackendError
from scorewire.journal.database import PUBLIC_READS_MAX, Database
from scorewire.journal.schema import seasons

_count = sa.select(sa.func.count()).select_from(seasons)


@pytest.fixture
async def database(path):
    opened = await Database.open(path, busy_timeout_s=0)
    yield opened
    await opened.close()


def add(name):
    return lambda connection: connection.execute(seasons.insert(), {"league_id": "nba", "name": name})


def count(connection):
    return connection.execute(_count).scalar()


async def test_what_raises_is_rolled_back(database):
    def fail(connection):
        add("2020")(connection)
        raise ValueError("after writing")

    with pytest.raises(ValueError, match="after writing"):
        await database.write(fail)
    assert await database.read(count) == 0
    await database.write(add("2020"))
    assert await database.read(count) == 1


async def test_reads_do_not_wait_for_the_writer(database):
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection):
        add("2020")(connection)
        begun.set()
        assert go_on.wait(10)

    writing = asyncio.ensure_future(database.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    assert await database.read(count) == 0
    go_on.set()
    await writing
    assert await database.read(count) == 1


@pytest.mark.parametrize("value", [2**63, object()])
async def test_what_the_driver_cannot_bind_is_an_error_of_ours(database, value):
    query = sa.select(seasons.c.name).where(sa.literal(value, sa.Integer) == 1)
    with pytest.raises(BackendError) as raised:
        await database.read(lambda connection: connection.execute(query).all())
    assert not raised.value.retryable
    assert await database.read(count) == 0


@pytest.fixture
async def crowded(database):
    """Public readers that will not be done before the test says so, and one place left in their queue."""
    go_on = threading.Event()
    reads = [
        asyncio.ensure_future(database.read(lambda _: go_on.wait(10))) for _ in range(PUBLIC_READS_MAX - 1)
    ]
    await asyncio.sleep(0)
    yield
    go_on.set()
    assert all(await asyncio.gather(*reads))


@pytest.mark.usefixtures("crowded")
async def test_the_owner_and_intake_never_wait_for_public_reads(database):
    async with asyncio.timeout(5):
        assert await database.read(count, lane="inner") == 0


@pytest.mark.usefixtures("crowded")
async def test_public_reads_beyond_the_bound_are_refused_for_now(database):
    last = asyncio.ensure_future(database.read(count))
    await asyncio.sleep(0)
    with pytest.raises(BackendError, match="wait already") as raised:
        await database.read(count)
    assert raised.value.retryable
    last.cancel()
    with pytest.raises(asyncio.CancelledError):
        await last
    again = asyncio.ensure_future(database.read(count))
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_another_process_that_holds_the_lock_is_worth_a_retry(database, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BackendError, match="SQLITE_BUSY") as raised:
        await database.write(add("2020"))
    assert raised.value.retryable
    other.execute("ROLLBACK")
    other.close()
    await database.write(add("2020"))


async def test_a_cancelled_write_that_has_begun_is_finished_whole(database):
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection):
        add("2020")(connection)
        begun.set()
        assert go_on.wait(10)
        add("2021")(connection)

    writing = asyncio.ensure_future(database.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go_on.set()
    await database.write(add("2022"))
    assert await database.read(count) == 3


async def test_closing_finishes_what_was_asked_for(path):
    database = await Database.open(path)
    writes = [asyncio.ensure_future(database.write(add(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    for write in writes:
        await write
    with pytest.raises(BackendError, match="closed"):
        await database.read(count)
    again = await Database.open(path)
    assert await again.read(count) == 20
    await again.close()


async def test_what_is_no_database_is_refused_for_good(path):
    path.write_bytes(b"a letter to the editor " * 100)
    with pytest.raises(BackendError) as raised:
        await Database.open(path)
    assert not raised.value.retryable


async def test_many_open_the_same_new_file_at_once(path):
    """The node and `scorewire keys create` may both be first."""
    opened = await asyncio.gather(*(Database.open(path) for _ in range(4)))
    for n, database in enumerate(opened):
        await database.write(add(str(n)))
    assert await opened[0].read(count) == 4
    for database in opened:
        await database.close()

"""A copy of a file that is being written is a whole journal of one moment."""

import asyncio
import sqlite3
import stat

import msgspec
import pytest

from scorewire.errors import BackendError
from scorewire.journal.backup import copy_file
from scorewire.journal.journal import Journal
from scorewire.journal.records import Consumed


async def test_copies_made_while_a_node_writes_are_each_of_one_moment(world, journal, path, tmp_path):
    """Position and rows of a commit are one transaction, so they agree in every copy."""
    done = asyncio.Event()

    async def write():
        n = 0
        while not done.is_set():
            n += 1
            commit = world.append("a", 3)
            await journal.commit(msgspec.structs.replace(commit, consumed=Consumed(partition=0, position=n)))
        return n

    writing = asyncio.create_task(write())
    copies = [tmp_path / f"copy-{n}.sqlite" for n in range(6)]
    for copy in copies:
        await asyncio.to_thread(copy_file, path, copy)
        await asyncio.sleep(0.02)
    done.set()
    written = await writing
    positions = []
    for copy in copies:
        copied = await Journal.open(copy)
        positions.append((await copied.applied(0)).position)
        assert await copied.head_seq("a") == 3 * positions[-1]
        assert len(await copied.rows("a", 0, 10_000)) == 3 * positions[-1]
        await copied.close()
    assert positions == sorted(positions)
    assert 0 < positions[-1] <= written
    assert positions[0] < positions[-1]


async def test_a_copy_stands_alone_and_is_its_owners(world, journal, path, tmp_path):
    await journal.commit(world.append("a", 3))
    copy = tmp_path / "100% of #it?.sqlite"
    copy_file(path, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob("100*")] == [copy.name]
    with sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (3,)
    connection.close()


async def test_no_copy_is_overwritten_and_none_is_half_there(journal, path, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(b"somebody may need this")
    with pytest.raises(BackendError, match="File exists"):
        copy_file(path, copy)
    assert copy.read_bytes() == b"somebody may need this"
    for source in (tmp_path / "absent.sqlite", copy):
        with pytest.raises(BackendError, match="backup of"):
            copy_file(source, tmp_path / "half.sqlite")
        assert not (tmp_path / "half.sqlite").exists()
    with pytest.raises(BackendError, match="No such file"):
        copy_file(path, tmp_path / "absent" / "copy.sqlite")

"""Kills in the middle, full disks, epochs: what the suite of tests/contract cannot do to every database."""

import asyncio
import resource
import signal
import string
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import BackendError
from scorewire.journal.journal import Journal, epoch_of
from scorewire.journal.records import Checkpoint, Commit, Consumed

WORLD = Path(__file__).parents[2] / "contract" / "journal_world.py"


WRITER = """
import asyncio, importlib.util, sys
from scorewire.journal.journal import Journal
from scorewire.journal.records import Consumed
import msgspec

spec = importlib.util.spec_from_file_location("world", sys.argv[2])
world_file = importlib.util.module_from_spec(spec)
sys.modules["world"] = world_file
spec.loader.exec_module(world_file)

async def main():
    journal = await Journal.open(sys.argv[1])
    consumed = await journal.applied(0)
    world = world_file.World(seqs={"a": await journal.head_seq("a"), "b": await journal.head_seq("b")})
    for n in range(consumed.position + 1, 10**6):
        commit = world.append("ab"[n % 2], 1 + n % 3)
        await journal.commit(msgspec.structs.replace(commit, consumed=Consumed(partition=0, position=n)))
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_a_killed_process_loses_no_acknowledged_commit_and_leaves_no_half(path):
    acknowledged = 0
    for kill_after in (1, 7, 30):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WRITER,
            str(path),
            str(WORLD),
            stdout=asyncio.subprocess.PIPE,
        )
        lines = [await process.stdout.readline() for _ in range(kill_after)]
        process.send_signal(signal.SIGKILL)
        # What it said before it died counts as well.
        lines += (await process.stdout.read()).splitlines()
        await process.wait()
        acknowledged = int([line for line in lines if line.strip()][-1])

        journal = await Journal.open(path)
        position = (await journal.applied(0)).position
        assert position in (acknowledged, acknowledged + 1)
        for game_id, parity in (("a", 0), ("b", 1)):
            expected = sum(1 + n % 3 for n in range(1, position + 1) if n % 2 == parity)
            stored = await journal.load(game_id)
            assert (stored.head_seq if stored else 0) == expected
            assert [row.seq for row in await journal.rows(game_id, 0, 10_000)] == [*range(1, expected + 1)]
        await journal.close()


async def test_a_full_disk_rolls_back_and_heals(world, journal, path):
    await journal.commit(world.append("a", 1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(one.stat().st_size for one in path.parent.iterdir())
    big = tuple(Checkpoint(game_id="a", seq=n, body=b"x" * 50_000) for n in range(1, 40))
    commit = msgspec.structs.replace(
        world.append("a", 5), checkpoints=big, consumed=Consumed(partition=0, position=5)
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, hard))
    try:
        with pytest.raises(BackendError) as raised:
            await journal.commit(commit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.retryable
    assert await journal.head_seq("a") == 1
    assert await journal.applied(0) == Consumed(partition=0)
    await journal.commit(commit)
    assert await journal.head_seq("a") == 6
    assert (await journal.load("a", 5)).checkpoint == big[0]


async def test_a_broken_commit_is_our_bug(world, journal):
    commit = world.append("a", 2)
    with pytest.raises(AssertionError, match="rows but no head"):
        await journal.commit(Commit(rows=commit.rows))
    assert await journal.load("a") is None


@given(st.text(), st.integers(1, 100))
def test_an_epoch_is_short_and_begins_with_a_letter(incarnation, version):
    epoch = epoch_of(incarnation, version)
    assert len(epoch) == 8
    assert epoch[0] in string.ascii_lowercase
    assert set(epoch) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert epoch != epoch_of(incarnation, version + 1)
    assert epoch != epoch_of(incarnation + "x", version)

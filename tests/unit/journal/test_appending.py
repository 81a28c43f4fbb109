"""The day of a game, and which checkpoints stay; the fence is in the suite of tests/contract."""

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from scorewire.journal.appending import CHECKPOINT_BLOCK, CHECKPOINTS_NEWEST, game_date, superseded
from scorewire.journal.records import Checkpoint
from scorewire.journal.schema import checkpoints

_marks = sa.select(sa.func.count()).where(checkpoints.c.game_id == "a")


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2022-12-18T15:00:00Z", date(2022, 12, 18)),
        ("2022-12-18T23:30:00-05:00", date(2022, 12, 19)),
        ("1966-07-30T14:00:00Z", date(1966, 7, 30)),
    ],
)
def test_the_day_of_a_game_is_in_utc(start, day):
    assert game_date(start) == day


@given(st.lists(st.integers(1, 20_000), unique=True, max_size=80))
def test_near_the_head_every_checkpoint_stays_and_before_it_one_in_each_thousand(seqs):
    seqs.sort()
    gone = superseded(seqs)
    kept = [seq for seq in seqs if seq not in gone]
    assert kept[-CHECKPOINTS_NEWEST:] == seqs[-CHECKPOINTS_NEWEST:]
    assert len(kept) <= CHECKPOINTS_NEWEST + 21
    assert {seq // CHECKPOINT_BLOCK for seq in kept} == {seq // CHECKPOINT_BLOCK for seq in seqs}
    assert superseded(kept) == []


@pytest.mark.slow
async def test_checkpoints_are_thinned_out_and_every_seq_can_still_be_folded(world, journal):
    made = []
    for _ in range(70):
        commit = world.append("a", 50)
        made += commit.rows
        mark = Checkpoint(game_id="a", seq=len(made), body=b"at %d" % len(made))
        await journal.commit(msgspec.structs.replace(commit, checkpoints=(mark,)))
    kept = set()
    for seq in range(1, len(made) + 1, 7):
        stored = await journal.load("a", seq)
        since = stored.checkpoint.seq if stored.checkpoint else 0
        assert stored.rows == tuple(made[since:seq])
        assert len(stored.rows) <= CHECKPOINT_BLOCK + 50
        kept.add(since)
    assert kept == {0, 50, 1000, 2000, 3000, 3300, 3350, 3400, 3450}


async def test_what_an_older_release_left_goes_little_by_little(world, journal):
    marks = tuple(Checkpoint(game_id="a", seq=seq, body=b"book") for seq in range(1, 201))
    other = Checkpoint(game_id="b", seq=1, body=b"book")
    await journal.commit(msgspec.structs.replace(world.append("a", 200), checkpoints=marks))
    await journal.commit(msgspec.structs.replace(world.append("b", 1), checkpoints=(other,)))
    counts = []
    for seq in range(201, 206):
        mark = Checkpoint(game_id="a", seq=seq, body=b"book")
        await journal.commit(msgspec.structs.replace(world.append("a", 1), checkpoints=(mark,)))
        counts.append(await journal._database.read(lambda connection: connection.execute(_marks).scalar()))
    assert counts == [101, 52, 6, 6, 6]
    assert (await journal.load("b")).checkpoint == other

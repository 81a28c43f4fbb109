"""The fence, and that a loser leaves nothing behind."""

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import SequenceConflict
from scorewire.journal.appending import CHECKPOINT_BLOCK, CHECKPOINTS_NEWEST, game_date, superseded
from scorewire.journal.records import Checkpoint, Commit, Consumed, LedgerEntry
from scorewire.journal.schema import checkpoints, events, game_heads, metadata

_marks = sa.select(sa.func.count()).where(checkpoints.c.game_id == "a")


async def everything(journal):
    """Every row of every table, to compare before with after."""
    return await journal._database.read(
        lambda c: {t.name: sorted(map(repr, c.execute(sa.select(t)))) for t in metadata.sorted_tables}
    )


def laden(commit, n):
    """A commit that writes to every table that it can."""
    game_id = commit.heads[0].game_id
    return msgspec.structs.replace(
        commit,
        ledger=(LedgerEntry(game_id=game_id, provider="acme", event=f"t{n}", revision=n, what="touch"),),
        checkpoints=(Checkpoint(game_id=game_id, seq=n, body=b"book"),),
        consumed=Consumed(partition=0, position=n, held=(n - 2,)),
        published={game_id: n},
    )


async def test_a_head_elsewhere_is_a_conflict_and_nothing_is_written(world, journal):
    await journal.commit(world.append("a", 2))
    await journal.commit(world.append("b", 2))
    before = await everything(journal)
    for stale in (0, 1, 3):
        lost = laden(world.append("b", 1, from_seq=stale), 9)
        both = msgspec.structs.replace(
            lost,
            heads=(*world.append("a", 1, from_seq=2).heads, *lost.heads),
            rows=(world.row("a", 3), *lost.rows),
        )
        with pytest.raises(SequenceConflict) as raised:
            await journal.commit(both)
        assert (raised.value.game_id, raised.value.expected_seq) == ("b", stale)
        assert await everything(journal) == before
    await journal.commit(world.append("b", 1, from_seq=2))


async def test_two_owners_that_write_as_much_do_not_both_win(world, path, journal):
    """The loser's target equals the winner's head; the fence looks at where it starts."""
    other = await type(journal).open(path)
    await journal.commit(world.append("a", 1, from_seq=0))
    await journal.commit(world.append("a", 1, from_seq=1))
    with pytest.raises(SequenceConflict):
        await other.commit(world.append("a", 1, from_seq=1))
    await other.commit(world.append("a", 1, from_seq=2))
    await other.close()
    assert await journal.head_seq("a") == 3


async def test_versions_of_one_event_are_numbered(world, journal):
    rows = [
        world.row("a", 1, event="e", revision=7),
        world.row("a", 2, event="e", revision=7),
        world.row("a", 3, event="e", revision=8),
        world.row("a", 4, event="e", revision=7),
        world.row("a", 5, event="e", revision=7, provider="scorewire"),
        world.row("a", 6, event="other", revision=7),
    ]
    await journal.commit(msgspec.structs.replace(world.append("a", 4), rows=tuple(rows[:4])))
    await journal.commit(msgspec.structs.replace(world.append("a", 2), rows=tuple(rows[4:])))
    await journal.commit(world.append("b", 1, line=world.line("b", 1)))
    query = sa.select(events.c.nth).where(events.c.game_id == "a").order_by(events.c.seq)
    assert await journal._database.read(lambda c: c.execute(query).scalars().all()) == [0, 1, 0, 2, 0, 0]


async def test_the_date_of_a_game_never_changes(world, journal):
    await journal.commit(world.append("a", 1))
    moved = world.line("a", 2, start="2023-02-01T20:00:00Z", status="postponed")
    await journal.commit(world.append("a", 1, line=moved))
    query = sa.select(game_heads.c.game_date).union(sa.select(events.c.game_date))
    assert await journal._database.read(lambda c: c.execute(query).scalars().all()) == [date(2022, 12, 18)]
    assert [row.seq for row in await journal.rows("a", 0, 10)] == [1, 2]


async def test_what_was_published_never_goes_down(world, journal):
    await journal.commit(world.append("a", 3))
    for seen, expected in ((2, 2), (1, 2), (3, 3)):
        await journal.commit(Commit(published={"a": seen, "unknown": 5}))
        assert (await journal.load("a")).published_seq == expected


async def test_the_last_entry_of_an_event_counts_in_the_ledger(world, journal):
    def entry(revision, what):
        return LedgerEntry(game_id="a", provider="acme", event="t", revision=revision, what=what)

    await journal.commit(
        msgspec.structs.replace(world.append("a"), ledger=(entry(1, "touch"), entry(2, "touch")))
    )
    assert (await journal.load("a")).ledger == (entry(2, "touch"),)
    await journal.commit(Commit(ledger=(entry(3, "retracted"),)))
    assert (await journal.load("a")).ledger == (entry(3, "retracted"),)


async def test_a_declaration_replaces_the_one_before(world, journal):
    await journal.commit(world.append("a"))
    assert await journal.declared("a") == world.declared("a")
    await journal.commit(world.append("a", declared=world.declared("a", season="2023")))
    assert (await journal.declared("a")).season == "2023"
    await journal.commit(world.append("a"))
    assert (await journal.declared("a")).season == "2023"


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

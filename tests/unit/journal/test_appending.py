"""The fence, and that a loser leaves nothing behind."""

from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from scorewire.errors import SequenceConflict
from scorewire.journal.appending import game_date
from scorewire.journal.records import Checkpoint, Commit, Consumed, LedgerEntry
from scorewire.journal.schema import events, game_heads, metadata


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

"""A game is read back as it was at any seq."""

from datetime import date

import msgspec
import pytest

from scorewire.journal.history import between
from scorewire.journal.records import Checkpoint, LedgerEntry
from scorewire.model.provider_event import Team


async def store(world, journal, game_id="a", *, rows=20, checkpoints=(), corrections=(), keys=()):
    """Rows 1..rows in one commit, and other games around them."""
    commit = world.append(game_id, rows, corrected_seq=max(corrections, default=0))
    made = tuple(
        world.row(game_id, seq, correction=seq in corrections, level="key" if seq in keys else "play")
        for seq in range(1, rows + 1)
    )
    await journal.commit(
        msgspec.structs.replace(
            commit,
            rows=made,
            checkpoints=tuple(Checkpoint(game_id=game_id, seq=n, body=b"at %d" % n) for n in checkpoints),
        )
    )
    for other in ("A", "aa", "b"):
        await journal.commit(world.append(other, 5))
    return made


async def test_unknown_games_have_no_history(journal):
    assert await journal.load("a") is None
    assert await journal.rows("a", 0, 10) == ()
    assert await journal.declared("a") is None
    assert await journal.head_seq("a") == 0
    assert await journal.listed("a") is None


@pytest.mark.parametrize("checkpoints", [(), (1,), (5, 10, 15), (20,)])
@pytest.mark.parametrize("upto", [None, 0, 1, 4, 5, 12, 19, 20, 99])
async def test_checkpoint_and_rows_meet_at_the_seq_that_is_asked_for(world, journal, checkpoints, upto):
    made = await store(world, journal, checkpoints=checkpoints)
    stored = await journal.load("a", upto)
    last = 20 if upto is None else min(upto, 20)
    since = max((n for n in checkpoints if n <= last), default=0)
    assert stored.head_seq == 20
    assert stored.checkpoint == (Checkpoint(game_id="a", seq=since, body=b"at %d" % since) if since else None)
    assert stored.rows == made[since:last]


@pytest.mark.parametrize(("upto", "corrected"), [(None, 12), (12, 12), (11, 7), (7, 7), (6, 0), (99, 12)])
async def test_the_newest_correction_at_or_before_a_seq(world, journal, upto, corrected):
    await store(world, journal, corrections=(7, 12), checkpoints=(10,))
    assert (await journal.load("a", upto)).corrected_seq == corrected


async def test_rows_come_in_pages(world, journal):
    made = await store(world, journal, rows=7)
    told = []
    while page := await journal.rows("a", told[-1].seq if told else 0, 3):
        assert len(page) <= 3
        told += page
    assert tuple(told) == made


async def test_a_level_tells_what_is_worth_as_much_or_more(world, journal):
    await store(world, journal, rows=6, keys=(1, 4))
    for level, seqs in (("key", [1, 4]), ("play", [1, 2, 3, 4, 5, 6]), (None, [1, 2, 3, 4, 5, 6])):
        assert [row.seq for row in await journal.rows("a", 0, 10, level)] == seqs
    assert [row.seq for row in await journal.rows("a", 1, 1, "key")] == [4]


async def test_the_ledger_comes_whole(world, journal):
    entries = tuple(
        LedgerEntry(game_id="a", provider="acme", event=f"t{n}", revision=n, what="touch") for n in range(50)
    )
    await journal.commit(msgspec.structs.replace(world.append("a", 3), ledger=entries))
    assert set((await journal.load("a", 1)).ledger) == set(entries)


async def test_a_declaration_comes_back_whole(world, journal):
    declared = msgspec.structs.replace(
        world.declared("a", away=Team(id="fra", name="France", color="#001122")),
        providers=("acme", "backup"),
        provider_ids={"backup": "9"},
        rules={"extra_time": True},
    )
    await journal.commit(world.append("a", 1, declared=declared))
    assert await journal.declared("a") == declared


async def test_the_line_comes_as_it_was_stored_with_its_head(world, journal):
    commit = world.append("a", 3)
    await journal.commit(commit)
    (head,) = commit.heads
    await journal.renew_epoch()
    assert head.line.epoch != journal.epoch
    assert await journal.listed("a") == (3, head.line)


async def test_reading_a_game_walks_its_own_rows_only(world, journal, plan):
    await store(world, journal)
    query = between(date(2022, 12, 18), "a", 3, 9)
    (step,) = await plan(query)
    assert step.startswith("SEARCH events USING INDEX sqlite_autoindex_events_1")
    assert "game_date=? AND game_id=? AND seq>? AND seq<?" in step

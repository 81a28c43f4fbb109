"""Reading a game back, over whichever database; see journal_suite.py."""

import asyncio
import threading
from typing import Literal

import msgspec
import pytest
import sqlalchemy as sa

from contract.journal_world import START_MS, OpenedJournal, World
from scorewire.errors import BackendError
from scorewire.journal.journal import Journal
from scorewire.journal.records import Checkpoint, LedgerEntry
from scorewire.journal.schema import events
from scorewire.model.game_event import GameEvent

DAY_BEFORE, DAY_AFTER = "2022-12-17T15:00:00Z", "2022-12-19T15:00:00Z"


async def store(
    world: World,
    journal: Journal,
    *,
    rows: int = 20,
    checkpoints: tuple[int, ...] = (),
    corrections: tuple[int, ...] = (),
    keys: tuple[int, ...] = (),
) -> tuple[GameEvent, ...]:
    """Rows 1..rows of game `a` in one commit, and other games around them."""
    commit = world.append("a", rows, corrected_seq=max(corrections, default=0))
    made = tuple(
        world.row("a", seq, correction=seq in corrections, level="key" if seq in keys else "play")
        for seq in range(1, rows + 1)
    )
    marks = tuple(Checkpoint(game_id="a", seq=n, body=b"at %d" % n) for n in checkpoints)
    await journal.commit(msgspec.structs.replace(commit, rows=made, checkpoints=marks))
    for other in ("A", "aa", "b"):
        await journal.commit(world.append(other, 5))
    return made


class HistorySuite(OpenedJournal):
    """Subclass it, name the subclass Test..., and give `open`."""

    async def test_unknown_games_have_no_history(self, journal: Journal) -> None:
        assert await journal.load("a") is None
        assert await journal.rows("a", 0, 10) == ()
        assert await journal.declared("a") is None
        assert await journal.head_seq("a") == 0
        assert await journal.listed("a") is None
        assert await journal.seq_at("a", START_MS) == (0, None)

    @pytest.mark.parametrize("checkpoints", [(), (1,), (5, 10, 15), (20,)])
    async def test_checkpoint_and_rows_meet_at_the_seq_that_is_asked_for(
        self, world: World, journal: Journal, checkpoints: tuple[int, ...]
    ) -> None:
        made = await store(world, journal, checkpoints=checkpoints)
        for upto in (None, 0, 1, 4, 5, 12, 19, 20, 99):
            stored = await journal.load("a", upto)
            assert stored is not None
            last = 20 if upto is None else min(upto, 20)
            since = max((n for n in checkpoints if n <= last), default=0)
            mark = Checkpoint(game_id="a", seq=since, body=b"at %d" % since) if since else None
            assert (stored.head_seq, stored.checkpoint) == (20, mark)
            assert stored.rows == made[since:last]

    async def test_the_newest_correction_at_or_before_a_seq(self, world: World, journal: Journal) -> None:
        await store(world, journal, corrections=(7, 12), checkpoints=(10,))
        for upto, corrected in ((None, 12), (12, 12), (11, 7), (7, 7), (6, 0), (99, 12)):
            stored = await journal.load("a", upto)
            assert stored is not None
            assert stored.corrected_seq == corrected

    async def test_rows_come_in_pages_and_by_level(self, world: World, journal: Journal) -> None:
        made = await store(world, journal, rows=7, keys=(1, 4))
        told: list[GameEvent] = []
        while page := await journal.rows("a", told[-1].seq if told else 0, 3):
            assert len(page) <= 3
            told += page
        assert tuple(told) == made
        assert [row.seq for row in await journal.rows("a", 0, 10, "key")] == [1, 4]
        assert [row.seq for row in await journal.rows("a", 0, 10, "play")] == [*range(1, 8)]
        assert [row.seq for row in await journal.rows("a", 1, 1, "key")] == [4]

    async def test_the_newest_row_of_a_moment(self, world: World, journal: Journal) -> None:
        await store(world, journal, rows=3)
        for at, told in ((0, (0, 1)), (1, (1, 2)), (2, (2, 3)), (3, (3, None)), (99, (3, None))):
            after = None if told[1] is None else START_MS + told[1]
            assert await journal.seq_at("a", START_MS + at) == (told[0], after)

    async def test_a_fold_runs_over_one_snapshot(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a", 3))
        begun, go_on = threading.Event(), threading.Event()

        def slow(connection: sa.Connection) -> list[int]:
            count = sa.select(sa.func.count()).select_from(events)
            first = connection.execute(count).scalar_one()
            begun.set()
            assert go_on.wait(10)
            return [first, connection.execute(count).scalar_one()]

        reading = asyncio.create_task(journal._database.read(slow))
        await asyncio.to_thread(begun.wait, 10)
        await journal.commit(world.append("a", 2))
        go_on.set()
        assert await reading == [3, 3]
        assert await journal.fold("a", lambda stored: len(stored.rows)) == 5

    async def test_a_reader_cannot_write(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a"))
        with pytest.raises(BackendError):
            await journal._database.read(lambda c: c.execute(events.delete()))
        assert len(await journal.rows("a", 0, 10)) == 1

    async def test_what_the_owner_and_intake_read_waits_for_no_public_read(
        self, world: World, journal: Journal
    ) -> None:
        await journal.commit(world.append("a", 3))
        go_on = threading.Event()
        public = [asyncio.ensure_future(journal.fold("a", lambda _: go_on.wait(10))) for _ in range(8)]
        async with asyncio.timeout(5):
            assert await journal.declared("nobody") is None
            assert await journal.game_named("acme", "nothing") is None
            assert (await journal.applied(0)).position == 0
            assert await journal.fold("a", lambda stored: stored.head_seq, lane="inner") == 3
        go_on.set()
        assert all(await asyncio.gather(*public))

    async def test_games_of_which_something_waits(self, world: World, journal: Journal) -> None:
        """Told by a provider that is not followed, and no row: such games are taken up again at a start."""
        told: list[tuple[str, Literal["told", "touch"]]] = [("a", "told"), ("b", "touch"), ("c", "told")]
        for game, what in told:
            entry = LedgerEntry(
                game_id=game, provider="backup", event="e1", revision=1, what=what, body=b"{}"
            )
            await journal.commit(msgspec.structs.replace(world.append(game), ledger=(entry,)))
        assert await journal.undecided(0) == ["a", "c"]
        over = world.append("c", line=world.line("c", 2, status="final"))
        await journal.commit(over)
        assert await journal.undecided(0) == ["a"]

    async def test_a_game_that_nobody_ever_ended_is_taken_up_for_some_days_only(
        self, world: World, journal: Journal
    ) -> None:
        """By its start or its newest row, whichever is later: a suspended game goes on on another day."""
        for game, rows, start in (("lately", 9, DAY_BEFORE), ("old", 2, DAY_BEFORE), ("soon", 1, DAY_AFTER)):
            line = world.line(game, rows, start=start)
            commit = world.append(game, rows, line=line, declared=world.declared(game, start=start))
            entry = LedgerEntry(
                game_id=game, provider="backup", event="e1", revision=1, what="told", body=b"{}"
            )
            await journal.commit(msgspec.structs.replace(commit, ledger=(entry,)))
        assert await journal.undecided(0) == ["lately", "old", "soon"]
        assert await journal.undecided(START_MS + 5) == ["lately", "soon"]
        assert await journal.undecided(START_MS + 10) == ["soon"]
        assert await journal.undecided(START_MS + 2 * 86_400_000) == []

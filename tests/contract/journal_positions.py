"""Positions on the log and who may move them, over whichever database; see journal_suite.py."""

import asyncio

import msgspec
import pytest

from contract.journal_world import OpenedJournal, World
from scorewire.errors import OwnerFenced, SequenceConflict
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit, Consumed, LedgerEntry


def moved(origin: Consumed, to: int, *waiting: int, **believed: object) -> Commit:
    """A position's move from where it is believed to be; `believed` changes that belief."""
    return Commit(
        consumed=Consumed(partition=origin.partition, position=to, held=waiting, term=origin.term),
        consumed_from=msgspec.structs.replace(origin, **believed),
    )


class PositionsSuite(OpenedJournal):
    """Subclass it, name the subclass Test..., and give `open`."""

    async def test_positions_of_partitions_are_apart(self, journal: Journal) -> None:
        await journal.commit(Commit(consumed=Consumed(partition=1, position=9, held=(3, 4))))
        await journal.commit(Commit(consumed=Consumed(partition=2, position=2**53)))
        assert await journal.applied(0) == Consumed(partition=0)
        assert await journal.applied(1) == Consumed(partition=1, position=9, held=(3, 4))
        await journal.commit(Commit(consumed=Consumed(partition=1, position=10)))
        assert await journal.applied(1) == Consumed(partition=1, position=10)
        assert (await journal.applied(2)).position == 2**53

    async def test_taking_a_partition_over_tells_where_to_go_on(self, journal: Journal) -> None:
        await journal.commit(Commit(consumed=Consumed(partition=1, position=9, held=(3, 4))))
        for term in (1, 2, 3):
            taken = await journal.consumed(1)
            assert taken == Consumed(partition=1, position=9, held=(3, 4), term=term)
        assert await journal.consumed(2) == Consumed(partition=2, term=1)
        assert await journal.applied(1) == taken
        assert await journal.applied(0) == Consumed(partition=0)
        # What is written without an owner leaves the term.
        await journal.commit(Commit(consumed=Consumed(partition=1, position=10)))
        assert await journal.applied(1) == Consumed(partition=1, position=10, term=3)

    async def test_what_counts_the_claims_of_one_log_follows_no_other(self, journal: Journal) -> None:
        # Before any was counted it may be said again.
        assert await journal.follow("kafka:a.") == "kafka:a."
        assert await journal.follow("local") == "local"
        await journal.commit(Commit(consumed=Consumed(partition=1, position=9)))
        for asked in ("local", "kafka:a.", "local"):
            assert await journal.follow(asked) == "local"

    async def test_a_journal_that_was_moved_follows_none_until_its_history_is_another(
        self, journal: Journal
    ) -> None:
        # Of a release that kept no name: what it has counted is of the folder's log.
        await journal.commit(Commit(consumed=Consumed(partition=0, position=9)))
        assert await journal.follow("kafka:a.") == "local"
        await journal.close_for_good()
        assert await journal.follow("local") == "moved"
        before = journal.epoch
        assert await journal.renew_epoch() != before
        assert await journal.follow("local") == "local"
        assert await journal.applied(0) == Consumed(partition=0, position=9)

    async def test_an_owner_moves_a_position_on_from_where_it_left_it(self, journal: Journal) -> None:
        taken = await journal.consumed(1)
        for position, held in ((5, ()), (6, (6,)), (6, ())):
            commit = moved(taken, position, *held)
            await journal.commit(commit)
            assert commit.consumed == await journal.applied(1)
            taken = commit.consumed
        # What it believes is not what is stored, as after a failover that lost its last commits.
        for wrong in (moved(taken, 7, held=(6,)), moved(taken, 7, position=5)):
            with pytest.raises(SequenceConflict) as raised:
                await journal.commit(wrong)
            assert not isinstance(raised.value, OwnerFenced)
        assert await journal.applied(1) == taken

    async def test_a_former_owner_writes_nothing_more_of_its_partition(
        self, world: World, journal: Journal
    ) -> None:
        """Neither the position nor the heads need have moved for what it has in memory to be wrong: here the
        new owner has given up waiting for a claim, and the former one would have it wait again."""
        other = await self.open()
        await journal.commit(world.append("a"))
        await journal.commit(Commit(consumed=Consumed(partition=1, position=6, held=(4, 6))))
        former, owner = await journal.consumed(1), await other.consumed(1)
        entry = LedgerEntry(game_id="a", provider="acme", event="t", revision=1, what="touch")
        late = msgspec.structs.replace(
            world.append("b"), consumed=moved(former, 7, 4, 6).consumed, consumed_from=former
        )
        for commit in (
            moved(former, 6, 4, 6),
            msgspec.structs.replace(moved(former, 7, 4, 6), ledger=(entry,)),
            late,
        ):
            with pytest.raises(OwnerFenced) as raised:
                await journal.commit(commit)
            assert raised.value.partition == 1
        assert await journal.applied(1) == owner
        assert await journal.head_seq("b") == 0
        # With a head that is elsewhere it is told the same, and not that it might read that game again.
        await other.commit(
            msgspec.structs.replace(late, consumed=moved(owner, 7).consumed, consumed_from=owner)
        )
        with pytest.raises(OwnerFenced):
            await journal.commit(late)
        again = await journal.consumed(1)
        assert again == Consumed(partition=1, position=7, term=owner.term + 1)
        await journal.commit(moved(again, 8))
        with pytest.raises(OwnerFenced):
            await other.commit(moved(moved(owner, 7).consumed, 8))
        await other.close()

    async def test_an_owner_whose_beginning_was_lost_reads_again(self, journal: Journal) -> None:
        """A failover to a standby that had not had the take-over fences nobody."""
        taken = await journal.consumed(1)
        ahead = msgspec.structs.replace(taken, term=taken.term + 1)
        with pytest.raises(SequenceConflict) as raised:
            await journal.commit(moved(ahead, 1))
        assert not isinstance(raised.value, OwnerFenced)

    async def test_of_two_that_begin_a_partition_one_wins(self, journal: Journal) -> None:
        other = await self.open()
        one, two = await asyncio.gather(journal.consumed(3), other.consumed(3))
        assert {one.term, two.term} == {1, 2}
        came = await asyncio.gather(
            journal.commit(moved(one, 2)), other.commit(moved(two, 2)), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in came) == ["NoneType", "OwnerFenced"]
        assert isinstance(came[0], OwnerFenced) == (one.term == 1)
        await other.close()

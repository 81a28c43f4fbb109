"""Owners come and go with the partitions of their process, and every game has one story."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scorewire.clock import SystemClock
from scorewire.errors import BackendError, OwnerFenced
from scorewire.games.history import History
from scorewire.games.owner import GamesOwner
from scorewire.games.shift import Shift
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit, Consumed
from scorewire.log.base import LogEntry, Submission
from scorewire.model.provider_event import Claim, ProviderEvent
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS

from .conftest import declaration
from .roster import Member, Roster, SplitLog

GAMES = [f"g{number}" for number in range(9)]
WITHIN_S = 10


class Guarded(Journal):
    """A journal that a test can take away, or hold up at a commit."""

    fault: Callable[[Commit], Awaitable[None]] | None = None

    async def commit(self, commit: Commit) -> None:
        if self.fault is not None:
            await self.fault(commit)
        await super().commit(commit)


class World:
    """A log of three partitions, a journal and a roster, on which shifts of several processes work."""

    async def open(self, folder: Path) -> "World":
        self.clock = SystemClock()
        self.folder = folder
        self.log = await SplitLog.open(folder, 3, self.clock)
        self.journal = await self.another_journal()
        self.board = LocalScoreboard(load=History(journal=self.journal, machines=SPORTS).head, heads_max=100)
        self.roster = Roster()
        self.calls = 0
        self.made: list[tuple[int, GamesOwner]] = []
        self.owner_class = GamesOwner
        return self

    async def another_journal(self) -> Guarded:
        opened = await Guarded.open(self.folder / "journal.sqlite")
        assert isinstance(opened, Guarded)
        return opened

    async def close(self) -> None:
        await self.log.close()
        await self.journal.close()

    def owner(self, partition: int, journal: Journal | None = None) -> GamesOwner:
        owner = self.owner_class(
            log=self.log,
            journal=journal or self.journal,
            scoreboard=self.board,
            machines=SPORTS,
            clock=self.clock,
            kinds=lambda _: "dense",
            reorder_ms=500,
            held_max=100,
            batch_max=10,
            books_max=100,
            checkpoint_rows=5,
            partition=partition,
        )
        self.made.append((partition, owner))
        return owner

    @asynccontextmanager
    async def shift(
        self, name: str, journal: Journal | None = None, *, finish_s: float = 5.0
    ) -> AsyncIterator[tuple[Shift, Member]]:
        """A shift at work, stopped in order at the end."""
        member = self.roster.member(name)
        async with asyncio.TaskGroup() as tasks:
            shift = Shift(
                group=member,
                make_owner=lambda partition: self.owner(partition, journal),
                start=lambda task, name: tasks.create_task(task, name=name),
                books_max=90,
                plays_max=900,
                finish_s=finish_s,
            )
            tasks.create_task(shift.run())
            yield shift, member
            shift.stop()

    async def say(self, *claims: Claim) -> None:
        self.calls += 1
        await self.log.append(
            Submission(
                provider="acme",
                webhook_id=f"w{self.calls}",
                digest=b"",
                received_ms=self.clock.now_ms(),
                claims=claims,
                status=202,
                answer=b"",
            )
        )

    async def declare(self) -> None:
        await self.say(*(declaration(game_id=game_id, event=f"m-{game_id}") for game_id in GAMES))

    async def score(self, number: int, *games: str) -> None:
        await self.say(*(goal(game_id, number) for game_id in games or GAMES))

    async def until_heads(self, seq: int, *games: str) -> None:
        async with asyncio.timeout(WITHIN_S):
            while True:
                heads = [await self.journal.head_seq(game_id) for game_id in games or GAMES]
                if min(heads) >= seq:
                    return
                await asyncio.sleep(0.005)

    def at(self, partition: int) -> list[str]:
        return [game_id for game_id in GAMES if self.log.partition_of(game_id) == partition]


def goal(game_id: str, number: int) -> ProviderEvent:
    return ProviderEvent(
        provider="acme",
        game_id=game_id,
        event=f"e{number}",
        revision=number,
        sequence=number,
        type="GOAL",
        team="home",
        period=1,
    )


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await World().open(tmp_path)
    yield opened
    await opened.close()


async def test_each_partition_that_is_given_has_an_owner_of_its_own(world: World) -> None:
    await world.declare()
    async with world.shift("one") as (shift, _):
        await world.roster.say("one", 0, 2)
        await world.score(1, *world.at(0), *world.at(2))
        await world.until_heads(2, *world.at(0), *world.at(2))
        assert shift.partitions == {0, 2}
        for game_id in world.at(1):
            assert await world.journal.head_seq(game_id) == 0
        await world.roster.say("one", 0, 1, 2)
        await world.until_heads(1, *world.at(1))
        rows = len(GAMES) + len(world.at(0)) + len(world.at(2))
        await until(lambda: shift.tally.rows == rows)
        assert shift.books == len(GAMES)
        assert (shift.held, shift.stuck, shift.conflicts, shift.retries) == (0, 0, 0, 0)
        assert shift.commits >= 3
    # Nothing that was counted is forgotten with the owner that counted it.
    assert (shift.partitions, shift.books, shift.tally.rows) == (frozenset(), 0, rows)
    assert shift.commits >= 3


async def test_a_partition_that_is_taken_is_released_when_its_owner_has_finished(world: World) -> None:
    await world.declare()
    holding, go = asyncio.Event(), asyncio.Event()

    async def hold(commit: Commit) -> None:
        holding.set()
        await go.wait()

    world.journal.fault = hold
    async with world.shift("one") as (shift, _):
        await world.roster.say("one", 1)
        await holding.wait()
        await world.roster.say("one")
        await asyncio.sleep(0.05)
        assert world.roster.released == []
        assert shift.partitions == {1}
        go.set()
        await world.roster.until_released("one", 1)
        # What it had begun is written.
        assert {await world.journal.head_seq(game_id) for game_id in world.at(1)} == {1}


async def test_a_quiet_owner_lets_go_at_once(world: World) -> None:
    async with world.shift("one"):
        await world.roster.say("one", 1)
        await until(lambda: world.made)
        await asyncio.sleep(0.05)  # it waits for news, for up to a second
        started_s = world.clock.monotonic_s()
        await world.roster.say("one")
        await world.roster.until_released("one", 1)
        assert world.clock.monotonic_s() - started_s < 0.7


async def test_an_owner_that_cannot_finish_holds_nobody_up(world: World) -> None:
    """A journal that takes nothing must not hold up the others of the group; the fence protects."""

    async def hang(commit: Commit) -> None:
        await asyncio.Event().wait()

    await world.declare()
    world.journal.fault = hang
    async with world.shift("one", finish_s=0.1) as (shift, _):
        await world.roster.say("one", 1)
        await until(lambda: world.made)
        await asyncio.sleep(0.05)
        await world.roster.say("one")
        await world.roster.until_released("one", 1)
        assert shift.partitions == frozenset()


async def test_a_journal_that_is_away_is_not_insisted_on_by_who_must_leave(world: World) -> None:
    async def away(commit: Commit) -> None:
        raise BackendError("away", retryable=True)

    await world.declare()
    world.journal.fault = away
    async with world.shift("one", finish_s=60) as (shift, _):
        await world.roster.say("one", 1)
        await until(lambda: shift.retries > 1)
        await world.roster.say("one")
        await world.roster.until_released("one", 1)
        world.journal.fault = None
        await world.roster.say("one", 1)
        await world.until_heads(1, *world.at(1))


async def test_a_partition_that_comes_back_waits_for_its_last_owner(world: World) -> None:
    await world.declare()
    holding, go = asyncio.Event(), asyncio.Event()

    async def hold(commit: Commit) -> None:
        holding.set()
        await go.wait()

    world.journal.fault = hold
    async with world.shift("one"):
        await world.roster.say("one", 1)
        await holding.wait()
        for owned in ((), (1,), (), (1,)):
            await world.roster.say("one", *owned)
            await asyncio.sleep(0.01)
        assert len(world.made) == 1
        go.set()
        await world.score(1)
        await world.until_heads(2, *world.at(1))
        assert [partition for partition, _ in world.made] == [1, 1]
        assert world.roster.released == [("one", 1)]
        # Taken while it had not begun again: it must not begin.
        world.journal.fault = hold
        holding.clear()
        go.clear()
        await world.score(2)
        await holding.wait()
        for owned in ((), (1,), ()):
            await world.roster.say("one", *owned)
            await asyncio.sleep(0.01)
        go.set()
        await world.roster.until_released("one", 1, times=2)
        await asyncio.sleep(0.05)
        assert len(world.made) == 2


async def test_a_fenced_owner_takes_nothing_back_before_the_group_confirms(world: World) -> None:
    other = await world.another_journal()
    await world.declare()
    async with world.shift("one") as (shift, member):
        await world.roster.say("one", 1)
        await world.until_heads(1, *world.at(1))
        member.doubtful.add(1)
        taken = await other.consumed(1)  # as another owner's start does
        await world.score(1, *world.at(1))
        await until(lambda: member.asked)
        await asyncio.sleep(0.05)
        assert (len(world.made), shift.conflicts) == (1, 1)
        assert (await world.journal.applied(1)) == taken
        assert {await world.journal.head_seq(game_id) for game_id in world.at(1)} == {1}
        # It was ours all the time: somebody had taken over by mistake.
        member.doubtful.clear()
        await world.roster.tell()
        await world.until_heads(2, *world.at(1))
        # And when the group takes it while we doubt, nobody is held up.
        member.doubtful.add(1)
        await other.consumed(1)
        await world.score(2, *world.at(1))
        await until(lambda: len(member.asked) == 2)
        await world.roster.say("one")
        await world.roster.until_released("one", 1)
    await other.close()


async def test_who_is_fenced_while_it_leaves_asks_nobody(world: World) -> None:
    """Its partition is another's already; nothing of it is waited for."""
    await world.declare()
    other = await world.another_journal()
    holding, go = asyncio.Event(), asyncio.Event()

    async def hold(commit: Commit) -> None:
        holding.set()
        await go.wait()

    world.journal.fault = hold
    async with world.shift("one", finish_s=60) as (shift, member):
        await world.roster.say("one", 1)
        await holding.wait()
        await other.consumed(1)
        await world.roster.say("one")
        await asyncio.sleep(0.05)
        go.set()
        await world.roster.until_released("one", 1)
        assert (member.asked, shift.conflicts) == ([], 1)
    await other.close()


async def test_what_is_left_unwritten_by_who_leaves_is_read_again(world: World) -> None:
    """Its last commit meets a journal that has lost the ones before."""
    await world.declare()
    async with world.shift("one") as (shift, _):
        await world.roster.say("one", 1)
        await world.until_heads(1, *world.at(1))
        await until(lambda: shift.commits)
        lost = await world.journal.applied(1)
        await world.journal.commit(Commit(consumed=Consumed(partition=1, position=lost.position - 1)))
        holding, go = asyncio.Event(), asyncio.Event()

        async def hold(entries: Sequence[LogEntry]) -> None:
            if entries:
                holding.set()
                await go.wait()

        world.log.found = hold
        # The same again: it makes no row, so it is not written before the log is read to its end.
        await world.say(*(declaration(game_id=game_id, event=f"m-{game_id}") for game_id in world.at(1)))
        await holding.wait()
        await world.roster.say("one")
        await asyncio.sleep(0.05)
        go.set()
        await world.roster.until_released("one", 1)
        assert shift.conflicts == 1
        await world.journal.commit(Commit(consumed=lost))


async def test_two_who_both_believe_that_they_own_it_write_each_row_once(world: World) -> None:
    other = await world.another_journal()
    await world.declare()
    async with world.shift("one") as (one, _), world.shift("two", other) as (two, member):
        await world.roster.say("one", 0, 1, 2)
        await world.roster.say("two", 0, 1, 2)
        member.doubtful |= {0, 1, 2}
        async with asyncio.timeout(WITHIN_S):
            while True:  # until both have taken over, each of them
                terms = [(await world.journal.applied(number)).term for number in range(3)]
                if min(terms) == 2:
                    break
                await asyncio.sleep(0.005)
        for number in range(1, 30):
            await world.score(number)
            await asyncio.sleep(0)
        await world.until_heads(30)
        for game_id in GAMES:
            rows = await world.journal.rows(game_id, 0, 100)
            assert [row.cause.event for row in rows] == [
                f"m-{game_id}",
                *(f"e{number}" for number in range(1, 30)),
            ]
        await until(lambda: one.conflicts + two.conflicts >= 3)
        member.doubtful.clear()
    await other.close()


async def test_memory_is_divided_among_the_owners(world: World) -> None:
    given: dict[int, tuple[int, int]] = {}

    class Counted(GamesOwner):
        def allow(self, *, books_max: int, plays_max: int) -> None:
            given[self._number] = (books_max, plays_max)
            super().allow(books_max=books_max, plays_max=plays_max)

    world.owner_class = Counted
    async with world.shift("one"):
        await world.roster.say("one", 0, 1, 2)
        await until(lambda: given == {0: (30, 300), 1: (30, 300), 2: (30, 300)})
        await world.roster.say("one", 1)
        await until(lambda: given[1] == (90, 900))


async def test_an_orderly_end_leaves_nothing_unwritten_and_releases_all(world: World) -> None:
    await world.declare()
    async with world.shift("one") as (shift, _):
        await world.roster.say("one", 0, 1, 2)
        await world.until_heads(1)
        await world.say(*(goal(game_id, 1) for game_id in GAMES))
        await world.until_heads(2)
    assert sorted(world.roster.released) == [("one", 0), ("one", 1), ("one", 2)]
    assert shift.partitions == frozenset()
    positions = [(await world.journal.applied(number)).position for number in range(3)]
    assert sum(positions) == 2 * len(GAMES)


async def test_an_owner_that_fails_for_good_ends_the_process(world: World) -> None:
    async def broken(commit: Commit) -> None:
        raise BackendError("no such table", retryable=False)

    await world.declare()
    world.journal.fault = broken

    async def work() -> None:
        async with world.shift("one"):
            await world.roster.say("one", 1)
            await asyncio.sleep(WITHIN_S)

    with pytest.raises(ExceptionGroup) as raised:
        await work()
    assert [str(error) for error in raised.value.exceptions] == ["no such table"]


async def test_a_group_that_cannot_be_followed_ends_the_process(world: World) -> None:
    async def work() -> None:
        async with world.shift("one"):
            await world.roster.say("one", 1)
            await until(lambda: world.made)
            world.roster.broken = True
            await world.roster.tell()
            await asyncio.sleep(WITHIN_S)

    with pytest.raises(ExceptionGroup) as raised:
        await work()
    assert [str(error) for error in raised.value.exceptions] == ["the roster is gone"]


async def test_a_shift_that_is_cancelled_takes_its_owners_along(world: World) -> None:
    await world.declare()
    member = world.roster.member("one")
    async with asyncio.TaskGroup() as tasks:
        shift = Shift(
            group=member,
            make_owner=world.owner,
            start=lambda task, name: tasks.create_task(task, name=name),
            books_max=90,
        )
        running = tasks.create_task(shift.run())
        await world.roster.say("one", 0, 1, 2)
        await world.until_heads(1)
        running.cancel()
    assert shift.partitions == frozenset()


async def test_an_owner_alone_is_told_that_it_is_fenced(world: World) -> None:
    await world.declare()
    owner = world.owner(1)
    running = asyncio.create_task(owner.run())
    await world.until_heads(1, *world.at(1))
    await world.journal.consumed(1)
    await world.score(1)
    with pytest.raises(OwnerFenced, match="partition 1"):
        await asyncio.wait_for(running, WITHIN_S)

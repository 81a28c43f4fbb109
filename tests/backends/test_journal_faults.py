"""What a real server does to the journal: restarts, kills, freezes, cut lines, full disks, replicas.

After each: what was acknowledged is there, nothing is there twice, and the journal goes on by itself.
"""

import asyncio
import os
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
import sqlalchemy as sa

from backends.commit_cutter import CommitCutter
from contract.journal_lists import StandingClock
from contract.journal_world import World
from scorewire.errors import BackendError, OutcomeUnknown, OwnerFenced, SequenceConflict
from scorewire.journal import positions
from scorewire.journal.database import Database
from scorewire.journal.journal import Journal
from scorewire.journal.keys import CACHED_S, KEPT_S
from scorewire.journal.records import Checkpoint, Commit, Consumed
from scorewire.journal.schema import consumed, seasons, teams
from services.postgres import USER, PostgresServer, run_sql

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of these tests' own, which they may harm."""
    with PostgresServer() as one:
        yield one


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    if not server.running:
        server.start()
    made = server.make_database()
    yield made
    server.resume()
    if not server.running:
        server.start()
    server.drop_database(made)


@asynccontextmanager
async def opened(url: str, **options: float) -> AsyncIterator[Journal]:
    journal = await Journal.open(url, **options)  # type: ignore[arg-type]
    try:
        yield journal
    finally:
        await journal.close()


def nth_commit(world: World, n: int) -> Commit:
    """One or two rows of one of two games, and the position."""
    commit = world.append("ab"[n % 2], 1 + n % 2)
    return msgspec.structs.replace(commit, consumed=Consumed(partition=0, position=n))


class Owner:
    """Commits one after another, and again what failed for now, as games.owner does.

    Attributes:
        acknowledged: the last commit that returned.
        failures: how often one had to be tried again.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._world = World()
        self.acknowledged = 0
        self.failures = 0
        self.stopping = False

    async def run(self) -> None:
        stored = await self._journal.consumed(0)
        while not self.stopping:
            move = Consumed(partition=0, position=self.acknowledged + 1, term=stored.term)
            commit = msgspec.structs.replace(
                nth_commit(self._world, self.acknowledged + 1), consumed=move, consumed_from=stored
            )
            while True:
                try:
                    await self._journal.commit(commit)
                    break
                except BackendError as error:
                    if not error.retryable:
                        raise
                    self.failures += 1
                    await asyncio.sleep(0.05)
            self.acknowledged += 1
            stored = move

    async def reach(self, n: int) -> None:
        async with asyncio.timeout(60):
            while self.acknowledged < n:  # noqa: ASYNC110 (an event for each n would be no clearer)
                await asyncio.sleep(0.01)


async def check(journal: Journal, n: int) -> None:
    """The first `n` commits are there, once, and nothing else."""
    assert (await journal.applied(0)).position == n
    for game_id, parity in (("a", 0), ("b", 1)):
        expected = sum(1 + k % 2 for k in range(1, n + 1) if k % 2 == parity)
        rows = await journal.rows(game_id, 0, 100_000)
        assert [row.seq for row in rows] == [*range(1, expected + 1)]
        assert await journal.head_seq(game_id) == expected


async def harmed(url: str, harm: list[object], **options: float) -> int:
    """Let an owner commit while each of `harm` is called in turn; returns its failures."""
    async with opened(url, **options) as journal:
        owner = Owner(journal)
        running = asyncio.create_task(owner.run())
        try:
            for act in harm:
                await owner.reach(owner.acknowledged + 20)
                await asyncio.to_thread(act)  # type: ignore[arg-type]
            await owner.reach(owner.acknowledged + 20)
        finally:
            owner.stopping = True
            await running
        await check(journal, owner.acknowledged)
    async with opened(url) as journal:
        await check(journal, owner.acknowledged)
    return owner.failures


async def test_a_restart_in_the_middle_of_appends(server: PostgresServer, url: str) -> None:
    await harmed(url, [server.restart] * 3)


async def test_a_kill_of_all_its_processes_in_the_middle_of_appends(server: PostgresServer, url: str) -> None:
    def kill() -> None:
        server.kill()
        server.start()

    await harmed(url, [kill] * 3)


async def test_a_backend_that_is_ended_is_not_even_noticed(url: str) -> None:
    """What had not reached COMMIT runs once more, over a new line, in the same call."""

    def end() -> None:
        run_sql(
            url,
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'scorewire' and state like 'idle%'",
        )

    world = World()
    async with opened(url) as journal:
        for n in range(1, 6):
            await asyncio.to_thread(end)
            await journal.commit(nth_commit(world, n))
            await asyncio.to_thread(end)
            assert (await journal.applied(0)).position == n


async def test_a_freeze_of_five_seconds_is_waited_for(server: PostgresServer, url: str) -> None:
    async with opened(url) as journal:
        await journal.commit(nth_commit(world := World(), 1))
        server.pause()
        waiting = asyncio.create_task(journal.commit(nth_commit(world, 2)))
        reading = asyncio.create_task(journal.head_seq("b"))
        await asyncio.sleep(5)
        assert not waiting.done()
        assert not reading.done()
        server.resume()
        await asyncio.wait_for(asyncio.gather(waiting, reading), 20)
        await check(journal, 2)


async def test_a_longer_freeze_is_a_failure_and_then_goes_on(server: PostgresServer, url: str) -> None:
    async with opened(url, answer_timeout_s=1.0) as journal:
        await journal.commit(nth_commit(world := World(), 1))
        server.pause()
        commit = nth_commit(world, 2)
        with pytest.raises(BackendError) as raised:
            await asyncio.wait_for(journal.commit(commit), 40)
        assert raised.value.retryable
        with pytest.raises(BackendError) as raised:
            await asyncio.wait_for(journal.head_seq("a"), 40)
        assert raised.value.retryable
        server.resume()
        await asyncio.wait_for(journal.commit(commit), 40)
        await check(journal, 2)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_the_line_is_cut_in_commit(url: str, moment: str) -> None:
    """Given again, the commit is made or found made; another owner who looks sees the truth."""
    parts = urlsplit(url)
    assert parts.port is not None
    async with CommitCutter(parts.port) as cutter:
        through = parts._replace(netloc=f"{USER}@127.0.0.1:{cutter.port}").geturl()
        async with opened(through) as journal, opened(url) as beside:
            world = World()
            for n in range(1, 8, 2):
                await journal.commit(nth_commit(world, n))
                commit = nth_commit(world, n + 1)
                cutter.cut = moment  # type: ignore[assignment]
                with pytest.raises(OutcomeUnknown) as raised:
                    await journal.commit(commit)
                assert raised.value.retryable
                await check(beside, n if moment == "before" else n + 1)
                # The server is not there at once, which says nothing about the commit.
                cutter.away = True
                with pytest.raises(BackendError) as raised:
                    await journal.commit(commit)
                assert not isinstance(raised.value, OutcomeUnknown)
                cutter.away = False
                await journal.commit(commit)
                await check(beside, n + 1)


async def test_a_commit_that_arrives_when_its_owner_has_given_it_up(url: str) -> None:
    """The line is gone, the server still holds the game: who asks waits until that has ended."""
    parts = urlsplit(url)
    assert parts.port is not None
    async with CommitCutter(parts.port) as cutter:
        through = parts._replace(netloc=f"{USER}@127.0.0.1:{cutter.port}").geturl()
        async with opened(through) as journal:
            world = World()
            await journal.commit(nth_commit(world, 1))
            await journal.commit(nth_commit(world, 2))
            commit = nth_commit(world, 3)
            cutter.cut, cutter.late_s = "after", 1.0
            with pytest.raises(OutcomeUnknown):
                await journal.commit(commit)
            await journal.commit(commit)
            await check(journal, 3)


async def test_who_gives_another_commit_after_an_unknown_one_meets_the_fence(url: str) -> None:
    parts = urlsplit(url)
    assert parts.port is not None
    async with CommitCutter(parts.port) as cutter:
        through = parts._replace(netloc=f"{USER}@127.0.0.1:{cutter.port}").geturl()
        async with opened(through) as journal:
            world = World()
            cutter.cut = "after"
            with pytest.raises(OutcomeUnknown):
                await journal.commit(world.append("a", 2))
            with pytest.raises(SequenceConflict):
                await journal.commit(world.append("a", 2, from_seq=0))


async def test_what_another_owner_wrote_is_not_taken_for_ones_own(url: str) -> None:
    """After an unknown outcome the head may stand where the commit goes, by somebody else's rows."""
    parts = urlsplit(url)
    assert parts.port is not None
    async with CommitCutter(parts.port) as cutter:
        through = parts._replace(netloc=f"{USER}@127.0.0.1:{cutter.port}").geturl()
        async with opened(through) as journal, opened(url) as other:
            await journal.commit(World().append("a", 2))
            lost = World().append("a", 1, from_seq=2)
            cutter.cut = "before"
            with pytest.raises(OutcomeUnknown):
                await journal.commit(lost)
            theirs = msgspec.structs.replace(lost, rows=(World().row("a", 3, event="theirs"),))
            await other.commit(theirs)
            with pytest.raises(SequenceConflict):
                await journal.commit(lost)
            assert (await journal.rows("a", 2, 10))[0].cause.event == "theirs"


async def test_who_was_paused_inside_a_transaction_holds_nobody_up_for_long(url: str) -> None:
    """It holds the locks of its games and its partition; who replaces it needs them."""
    began, woken = threading.Event(), threading.Event()
    async with opened(url) as sleeper, opened(url) as heir:
        taken = await sleeper.consumed(1)

        def paused(connection: sa.Connection) -> None:
            move = Consumed(partition=1, position=9, term=taken.term)
            positions.write(connection, move, origin=taken, again=False)
            began.set()
            woken.wait(40)

        sleeping = asyncio.create_task(sleeper._database.write(paused))
        await asyncio.to_thread(began.wait, 20)
        async with asyncio.timeout(25):
            while True:  # as an owner insists
                with suppress(BackendError):
                    found = await heir.consumed(1)
                    break
        assert found == Consumed(partition=1, term=taken.term + 1)
        woken.set()
        with pytest.raises((BackendError, OwnerFenced)):
            await sleeping
        assert await heir.applied(1) == found


async def test_a_server_that_takes_no_writes_is_asked_again(server: PostgresServer, url: str) -> None:
    """It has become a replica, or its operator says so; reads go on where they can."""
    database = urlsplit(url).path.strip("/")
    async with opened(url) as journal:
        await journal.commit(nth_commit(world := World(), 1))
        run_sql(url, f"alter database {database} set default_transaction_read_only = on")
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scorewire'"
        run_sql(url, ended)
        commit = nth_commit(world, 2)
        with pytest.raises(BackendError, match=r"read-only|session") as raised:
            await journal.commit(commit)
        assert raised.value.retryable
        run_sql(server.url, f"alter database {database} reset all")
        await journal.commit(commit)
        await check(journal, 2)


async def test_a_provider_is_let_in_while_the_server_is_away_for_a_while(
    server: PostgresServer, url: str
) -> None:
    clock = StandingClock()
    async with opened(url) as journal:
        keys = journal.keys(clock=clock)
        secret = (await keys.create("acme")).secret
        token = (await keys.create("ed", "reader")).secret
        clock.s += 0.5
        assert await keys.secrets("acme") == (secret,)
        server.stop()
        for _ in range(3):
            clock.s += 60
            assert await keys.secrets("acme") == (secret,)
            assert await keys.bearer(token) == "reader"
        with pytest.raises(BackendError):
            await keys.secrets("acme", fresh=True)
        assert await keys.secrets("acme") == (secret,)
        clock.s += KEPT_S
        with pytest.raises(BackendError):
            await keys.secrets("acme")
        server.start()
        assert await keys.secrets("acme") == (secret,)


async def test_one_caller_waits_for_a_frozen_server_and_not_all(server: PostgresServer, url: str) -> None:
    clock = StandingClock()
    async with opened(url) as journal:
        keys = journal.keys(clock=clock)
        secret = (await keys.create("acme")).secret
        clock.s += 0.5
        assert await keys.secrets("acme") == (secret,)
        server.pause()
        clock.s += CACHED_S
        first = asyncio.create_task(keys.secrets("acme"))
        second = asyncio.create_task(keys.secrets("acme"))
        await asyncio.sleep(0.3)
        assert not first.done()
        assert not second.done(), "a key that was revoked long ago must not be let in by one more caller"
        clock.s += CACHED_S
        assert await asyncio.wait_for(keys.secrets("acme"), 4) == (secret,)
        server.resume()
        assert await asyncio.gather(first, second) == [(secret,)] * 2


async def test_two_that_wait_for_each_other_both_end(url: str) -> None:
    """The server takes one of them back; it runs again, and nobody hears of it."""
    async with opened(url) as one, opened(url) as other:
        runs = 0
        barrier = [asyncio.Event(), asyncio.Event()]
        loop = asyncio.get_running_loop()

        def write(me: int, first: str, second: str) -> object:
            def work(connection: sa.Connection) -> None:
                nonlocal runs
                runs += 1
                update = seasons.update().values(name=f"{me}")
                connection.execute(update.where(seasons.c.league_id == first))
                loop.call_soon_threadsafe(barrier[me].set)
                asyncio.run_coroutine_threadsafe(barrier[1 - me].wait(), loop).result(20)
                connection.execute(update.where(seasons.c.league_id == second))

            return work

        add = seasons.insert()
        rows = [{"league_id": league, "name": "x"} for league in ("nba", "nfl")]
        await one._database.write(lambda c: c.execute(add, rows))
        await asyncio.gather(
            one._database.write(write(0, "nba", "nfl")),  # type: ignore[arg-type]
            other._database.write(write(1, "nfl", "nba")),  # type: ignore[arg-type]
        )
        assert runs >= 3  # on a busy machine both may be taken back


async def test_a_lock_that_is_not_to_be_had_is_worth_a_retry(url: str) -> None:
    async with opened(url, busy_timeout_s=0.2) as journal:
        await journal.commit(nth_commit(world := World(), 1))
        commit = nth_commit(world, 3)
        with psycopg.connect(url) as holder:
            holder.execute("select * from game_heads for update")
            with pytest.raises(BackendError, match="lock timeout") as raised:
                await journal.commit(commit)
            assert raised.value.retryable
            holder.rollback()
        await journal.commit(commit)


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorewire.journal.dialect.STATEMENT_TIMEOUT_S", 0.2)
    async with opened(url) as journal:
        with pytest.raises(BackendError, match="statement timeout") as raised:
            await journal._database.read(lambda c: c.exec_driver_sql("select pg_sleep(5)"))
        assert raised.value.retryable
        assert await journal.head_seq("a") == 0


async def test_errors_tell_neither_statement_nor_values(url: str) -> None:
    database = await Database.open(url)
    twice = [{"league_id": "whsec_dont_tell", "name": "2020"}] * 2
    with pytest.raises(BackendError) as raised:
        await database.write(lambda c: c.execute(seasons.insert(), twice))
    await database.close()
    assert not raised.value.retryable
    assert "23505" in str(raised.value)
    assert "whsec" not in str(raised.value)
    assert "INSERT" not in str(raised.value)


@pytest.mark.parametrize("value", ["\0", 2**40, "x"])
async def test_what_cannot_be_stored_is_an_error_of_ours(url: str, value: object) -> None:
    database = await Database.open(url)
    row = {"partition": value, "position": 1, "held": ""}
    with pytest.raises(BackendError) as raised:
        await database.write(lambda c: c.execute(consumed.insert(), row))
    assert not raised.value.retryable
    with pytest.raises(BackendError):
        await database.write(lambda c: c.execute(teams.insert(), {"id": "\0"}))
    await database.close()


async def test_what_is_not_there_is_said_without_the_password(server: PostgresServer, url: str) -> None:
    for place in (f"127.0.0.1:{server.port}/absent", "127.0.0.1:1/x", "no-such-host.invalid/x"):
        with pytest.raises(BackendError) as raised:
            await Journal.open(f"postgresql://{USER}:s3cret@{place}")
        assert "s3cret" not in str(raised.value)


async def test_a_database_of_another_encoding_is_refused(server: PostgresServer) -> None:
    run_sql(server.url, "create database latin encoding 'LATIN1' locale 'C' template template0")
    with pytest.raises(BackendError, match="LATIN1, not UTF8") as raised:
        await Journal.open(f"postgresql://{USER}@127.0.0.1:{server.port}/latin")
    assert not raised.value.retryable


@pytest.fixture
def small_disk(server: PostgresServer) -> Iterator[Path]:
    """A disk of 24 MB that the server may write to."""
    place = server.folder / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=True)
    try:
        space = place / "space"
        space.mkdir()
        if (owner := server.owner()) is not None:
            subprocess.run(["chown", "-R", owner, place], check=True)
        yield place
    finally:
        if not server.running:
            server.start()
        run_sql(server.url, "drop database if exists small with (force)")
        with suppress(psycopg.Error):
            run_sql(server.url, "drop tablespace if exists small")
        subprocess.run(["umount", place], check=True)


@pytest.mark.mount
async def test_a_full_disk_rolls_back_and_heals(server: PostgresServer, small_disk: Path) -> None:
    run_sql(server.url, f"create tablespace small location '{small_disk / 'space'}'")
    run_sql(server.url, "create database small tablespace small")
    url = f"postgresql://{USER}@127.0.0.1:{server.port}/small"
    async with opened(url) as journal:
        await journal.commit(nth_commit(world := World(), 1))
        filler = small_disk / "filler"
        left = os.statvfs(small_disk)
        filler.write_bytes(bytes(left.f_bavail * left.f_frsize - 500_000))
        marks = (Checkpoint(game_id="a", seq=1, body=os.urandom(1_000_000)),)
        commit = msgspec.structs.replace(nth_commit(world, 2), checkpoints=marks)
        for _ in range(2):
            with pytest.raises(BackendError, match="53100") as raised:
                await journal.commit(commit)
            assert raised.value.retryable
        assert (await journal.applied(0)).position == 1
        filler.unlink()
        await journal.commit(commit)
        await check(journal, 2)

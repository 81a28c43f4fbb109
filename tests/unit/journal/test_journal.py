"""The journal against a model: random commits, reopening, kills in the middle, full disks."""

import asyncio
import resource
import signal
import string
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.errors import BackendError, SequenceConflict
from scorewire.journal.database import READERS
from scorewire.journal.journal import Journal, epoch_of
from scorewire.journal.records import Checkpoint, Commit, Consumed, LeagueListed, LedgerEntry
from scorewire.model.provider_event import League, Player, Team, Venue

from .conftest import START_MS


class Model:
    """What a journal should hold, in plain dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[str, list] = {}
        self.ledger: dict[str, dict] = {}
        self.checkpoints: dict[str, dict[int, bytes]] = {}
        self.declared: dict[str, object] = {}
        self.consumed = Consumed(partition=0)

    def apply(self, commit: Commit) -> None:
        for row in commit.rows:
            self.rows.setdefault(row.game_id, []).append(row)
        for entry in commit.ledger:
            self.ledger.setdefault(entry.game_id, {})[(entry.provider, entry.event)] = entry
        for one in commit.checkpoints:
            self.checkpoints.setdefault(one.game_id, {})[one.seq] = one.body
        for one in commit.declared:
            self.declared[one.game_id] = one
        self.consumed = commit.consumed or self.consumed

    async def check(self, journal: Journal) -> None:
        for game_id, rows in self.rows.items():
            stored = await journal.load(game_id)
            marks = self.checkpoints.get(game_id, {})
            since = max(marks, default=0)
            assert stored.head_seq == len(rows) == await journal.head_seq(game_id)
            assert stored.checkpoint == (
                Checkpoint(game_id=game_id, seq=since, body=marks[since]) if since else None
            )
            assert list(stored.rows) == rows[since:]
            assert set(stored.ledger) == set(self.ledger.get(game_id, {}).values())
            assert list(await journal.rows(game_id, 0, 10_000)) == rows
            assert await journal.declared(game_id) == self.declared[game_id]
        assert await journal.consumed(0) == self.consumed


steps = st.lists(
    st.fixed_dictionaries(
        {
            "games": st.lists(
                st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 4), st.booleans()),
                max_size=3,
                unique_by=lambda one: one[0],
            ),
            "ledger": st.lists(st.tuples(st.sampled_from(["e1", "e2"]), st.integers(0, 3)), max_size=3),
            "consumed": st.none() | st.lists(st.integers(1, 2**40), max_size=3),
            "reopen": st.booleans(),
            "conflict": st.booleans(),
        }
    ),
    max_size=8,
)


def one_commit(world, step, n: int) -> Commit:
    parts = [(world.append(game_id, rows), marked) for game_id, rows, marked in step["games"]]
    return Commit(
        rows=tuple(row for part, _ in parts for row in part.rows),
        heads=tuple(head for part, _ in parts for head in part.heads),
        declared=tuple(one for part, _ in parts for one in part.declared),
        checkpoints=tuple(
            Checkpoint(game_id=head.game_id, seq=head.to_seq, body=b"book %d" % n)
            for part, marked in parts
            if marked
            for head in part.heads
        ),
        ledger=tuple(
            LedgerEntry(game_id="a", provider="acme", event=event, revision=revision, what="touch")
            for event, revision in step["ledger"]
        ),
        consumed=None
        if step["consumed"] is None
        else Consumed(partition=0, position=n, held=tuple(step["consumed"])),
    )


@given(plan=steps)
@settings(max_examples=40, deadline=None)
def test_what_was_committed_is_there_and_nothing_else(world_of_random_commits, plan):
    async def run(folder: str) -> None:
        world, model, path = world_of_random_commits(), Model(), Path(folder) / "journal.sqlite"
        journal = await Journal.open(path)
        epoch = journal.epoch
        for n, step in enumerate(plan):
            commit = one_commit(world, step, n)
            if step["conflict"] and model.rows:
                stale = world_of_random_commits().append(next(iter(model.rows)), 2, from_seq=0)
                with pytest.raises(SequenceConflict):
                    await journal.commit(
                        msgspec.structs.replace(
                            stale, ledger=commit.ledger, consumed=Consumed(partition=0, position=-1)
                        )
                    )
            await journal.commit(commit)
            model.apply(commit)
            if step["reopen"]:
                await journal.close()
                journal = await Journal.open(path)
                assert journal.epoch == epoch
        await model.check(journal)
        await journal.close()

    with TemporaryDirectory() as folder:
        asyncio.run(run(folder))


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
    consumed = await journal.consumed(0)
    world = world_file.World(seqs={"a": await journal.head_seq("a"), "b": await journal.head_seq("b")})
    for n in range(consumed.position + 1, 10**6):
        commit = world.append("ab"[n % 2], 1 + n % 3)
        await journal.commit(msgspec.structs.replace(commit, consumed=Consumed(partition=0, position=n)))
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


async def test_a_killed_process_loses_no_acknowledged_commit_and_leaves_no_half(path):
    acknowledged = 0
    for kill_after in (1, 7, 30):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WRITER,
            str(path),
            str(Path(__file__).with_name("conftest.py")),
            stdout=asyncio.subprocess.PIPE,
        )
        lines = [await process.stdout.readline() for _ in range(kill_after)]
        process.send_signal(signal.SIGKILL)
        # What it said before it died counts as well.
        lines += (await process.stdout.read()).splitlines()
        await process.wait()
        acknowledged = int([line for line in lines if line.strip()][-1])

        journal = await Journal.open(path)
        position = (await journal.consumed(0)).position
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
    assert await journal.consumed(0) == Consumed(partition=0)
    await journal.commit(commit)
    assert await journal.head_seq("a") == 6
    assert (await journal.load("a", 5)).checkpoint == big[0]


async def test_a_broken_commit_is_our_bug(world, journal):
    commit = world.append("a", 2)
    with pytest.raises(AssertionError, match="rows but no head"):
        await journal.commit(Commit(rows=commit.rows))
    assert await journal.load("a") is None


async def test_epochs(path):
    journal = await Journal.open(path)
    first = journal.epoch
    second = await journal.renew_epoch()
    assert journal.epoch == second != first
    await journal.close()
    journal = await Journal.open(path)
    assert journal.epoch == second
    await journal.close()


async def test_two_processes_that_open_a_new_file_agree_on_the_epoch(path):
    journals = await asyncio.gather(*(Journal.open(path) for _ in range(4)))
    assert len({journal.epoch for journal in journals}) == 1
    for journal in journals:
        await journal.close()


@given(st.text(), st.integers(1, 100))
def test_an_epoch_is_short_and_begins_with_a_letter(incarnation, version):
    epoch = epoch_of(incarnation, version)
    assert len(epoch) == 8
    assert epoch[0] in string.ascii_lowercase
    assert set(epoch) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert epoch != epoch_of(incarnation, version + 1)
    assert epoch != epoch_of(incarnation + "x", version)


async def test_names(world, journal):
    declared = world.declared(
        "g1",
        home=Team(id="bos", name="Celtics", city="Boston", conference="East", division="Atlantic"),
        away=Team(id="gsw", name="Warriors"),
        league=League(id="nba", name="NBA"),
        season="2020-21",
        sport="basketball",
        venue=Venue(id="td", name="TD Garden"),
    )
    await journal.commit(world.append("g1", declared=declared))
    await journal.commit(
        world.append("g2", declared=msgspec.structs.replace(declared, game_id="g2", season="2021-22"))
    )
    await journal.commit(world.append("g3"))
    assert await journal.team("bos") == declared.home
    nba = LeagueListed(id="nba", name="NBA", sport="basketball", seasons=("2021-22", "2020-21"))
    cup = LeagueListed(id="fifa-wc", name="World Cup", sport="soccer", seasons=("2022",))
    assert await journal.league("nba") == nba
    assert await journal.leagues() == (nba, cup)
    for asked in (journal.team, journal.player, journal.league):
        assert await asked("nobody") is None


async def test_players_come_from_the_rows_that_name_them(world, journal):
    commit = world.append("a", 3)
    names = ("Messi", "", "Lionel Messi")
    rows = tuple(
        world.row("a", n, player=Player(id="p10", name=name)) for n, name in enumerate(names, start=1)
    )
    for seq in (1, 2, 3):
        head = msgspec.structs.replace(commit.heads[0], from_seq=seq - 1, to_seq=seq)
        await journal.commit(Commit(rows=rows[seq - 1 : seq], heads=(head,)))
        assert await journal.player("p10") == Player(
            id="p10", name=("Messi", "Messi", "Lionel Messi")[seq - 1]
        )


async def test_positions_of_partitions_are_apart(journal):
    await journal.commit(Commit(consumed=Consumed(partition=1, position=9, held=(3, 4))))
    await journal.commit(Commit(consumed=Consumed(partition=2, position=2**53)))
    assert await journal.consumed(0) == Consumed(partition=0)
    assert await journal.consumed(1) == Consumed(partition=1, position=9, held=(3, 4))
    await journal.commit(Commit(consumed=Consumed(partition=1, position=10)))
    assert await journal.consumed(1) == Consumed(partition=1, position=10)
    assert (await journal.consumed(2)).position == 2**53


async def test_what_the_owner_and_intake_read_waits_for_no_public_read(world, journal):
    await journal.commit(world.append("a", 3))
    go_on = threading.Event()
    public = [asyncio.ensure_future(journal.fold("a", lambda _: go_on.wait(10))) for _ in range(READERS + 2)]
    async with asyncio.timeout(5):
        assert await journal.declared("nobody") is None
        assert await journal.game_named("acme", "nothing") is None
        assert (await journal.consumed(0)).position == 0
        assert await journal.fold("a", lambda stored: stored.head_seq, lane="inner") == 3
    go_on.set()
    assert all(await asyncio.gather(*public))


async def test_games_of_which_something_waits(world, journal):
    """Told by a provider that is not followed, and no row: such games are taken up again at a start."""
    for game, what in (("a", "told"), ("b", "touch"), ("c", "told")):
        commit = world.append(game)
        entry = LedgerEntry(game_id=game, provider="backup", event="e1", revision=1, what=what, body=b"{}")
        await journal.commit(msgspec.structs.replace(commit, ledger=(entry,)))
    assert await journal.undecided(0) == ["a", "c"]
    over = world.append("c")
    final = tuple(
        msgspec.structs.replace(head, line=msgspec.structs.replace(head.line, status="final"))
        for head in over.heads
    )
    await journal.commit(msgspec.structs.replace(over, heads=final))
    assert await journal.undecided(0) == ["a"]


DAY_BEFORE, DAY_AFTER = "2022-12-17T15:00:00Z", "2022-12-19T15:00:00Z"


async def test_a_game_that_nobody_ever_ended_is_taken_up_for_some_days_only(world, journal):
    """By its start or its newest row, whichever is later: a suspended game goes on on another day."""
    for game, rows, start in (("lately", 9, DAY_BEFORE), ("old", 2, DAY_BEFORE), ("soon", 1, DAY_AFTER)):
        commit = world.append(game, rows, declared=world.declared(game, start=start))
        entry = LedgerEntry(game_id=game, provider="backup", event="e1", revision=1, what="told", body=b"{}")
        line = world.line(game, rows, start=start)
        heads = tuple(msgspec.structs.replace(head, line=line) for head in commit.heads)
        await journal.commit(msgspec.structs.replace(commit, heads=heads, ledger=(entry,)))
    assert await journal.undecided(0) == ["lately", "old", "soon"]
    assert await journal.undecided(START_MS + 5) == ["lately", "soon"]
    assert await journal.undecided(START_MS + 10) == ["soon"]
    assert await journal.undecided(START_MS + 2 * 86_400_000) == []

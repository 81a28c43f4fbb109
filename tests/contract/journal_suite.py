"""What every journal promises, over whichever database: one suite, parametrised only by how it is opened.

What is particular to one database (its files, its partitions, its faults, how it walks its indexes) is tested
where that is: tests/unit/journal and tests/backends. Histories of games
are in journal_history.py, lists and keys in journal_lists.py, positions on the log in journal_positions.py.

What an adapter cannot do is declared in its subclass as a strict expected failure, in words.
"""

import asyncio
import random
from datetime import date

import msgspec
import pytest
import sqlalchemy as sa

from contract.journal_world import OpenedJournal, World
from scorewire.errors import BackendError, SequenceConflict
from scorewire.journal.journal import Journal
from scorewire.journal.records import Checkpoint, Commit, Consumed, GamesQuery, LeagueListed, LedgerEntry
from scorewire.journal.schema import events, game_heads, metadata
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import League, Player, Team, Venue

DAY_BEFORE, DAY_AFTER = "2022-12-17T15:00:00Z", "2022-12-19T15:00:00Z"


class Model:
    """What a journal should hold, in plain dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[str, list[GameEvent]] = {}
        self.ledger: dict[str, dict[tuple[str, str], LedgerEntry]] = {}
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
        for declared in commit.declared:
            self.declared[declared.game_id] = declared
        self.consumed = commit.consumed or self.consumed

    async def check(self, journal: Journal) -> None:
        for game_id, rows in self.rows.items():
            stored = await journal.load(game_id)
            assert stored is not None
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
        assert await journal.applied(0) == self.consumed


def some_commit(world: World, chance: random.Random, n: int) -> Commit:
    """Rows of up to three games, some with checkpoints; some of the ledger; perhaps a position."""
    games = chance.sample(["a", "b", "c"], chance.randrange(4))
    parts = [world.append(game_id, chance.randint(1, 4)) for game_id in games]
    return Commit(
        rows=tuple(row for part in parts for row in part.rows),
        heads=tuple(head for part in parts for head in part.heads),
        declared=tuple(one for part in parts for one in part.declared),
        checkpoints=tuple(
            Checkpoint(game_id=head.game_id, seq=head.to_seq, body=b"book %d" % n)
            for part in parts
            for head in part.heads
            if chance.random() < 0.5
        ),
        ledger=tuple(
            LedgerEntry(
                game_id="a",
                provider="acme",
                event=chance.choice(["e1", "e2"]),
                revision=chance.randrange(4),
                what="touch",
            )
            for _ in range(chance.randrange(4))
        ),
        consumed=Consumed(partition=0, position=n, held=(n, 2**40)) if chance.random() < 0.5 else None,
    )


def laden(commit: Commit, n: int) -> Commit:
    """A commit that writes to every table that it can."""
    game_id = commit.heads[0].game_id
    return msgspec.structs.replace(
        commit,
        ledger=(LedgerEntry(game_id=game_id, provider="acme", event=f"t{n}", revision=n, what="touch"),),
        checkpoints=(Checkpoint(game_id=game_id, seq=n, body=b"book"),),
        consumed=Consumed(partition=0, position=n, held=(n - 2,)),
        published={game_id: n},
    )


async def everything(journal: Journal) -> dict[str, list[str]]:
    """Every row of every table, to compare before with after."""
    return await journal._database.read(
        lambda c: {t.name: sorted(map(repr, c.execute(sa.select(t)))) for t in metadata.sorted_tables}
    )


class JournalSuite(OpenedJournal):
    """Commits, the fence, names, epochs. Subclass it, name the subclass Test..., and give `open`."""

    # What was committed is there.

    @pytest.mark.parametrize("seed", range(12))
    async def test_what_was_committed_is_there_and_nothing_else(self, seed: int) -> None:
        chance, world, model = random.Random(seed), World(), Model()
        journal = await self.open()
        epoch = journal.epoch
        for n in range(8):
            if model.rows and chance.random() < 0.3:
                stale = World().append(next(iter(model.rows)), 2, from_seq=0)
                with pytest.raises(SequenceConflict):
                    await journal.commit(laden(stale, 9))
            commit = some_commit(world, chance, n)
            await journal.commit(commit)
            model.apply(commit)
            if chance.random() < 0.3:
                await journal.close()
                journal = await self.open()
                assert journal.epoch == epoch
        await model.check(journal)
        await journal.close()

    async def test_a_row_comes_back_as_it_was_given(self, world: World, journal: Journal) -> None:
        player = Player(id="p10", name="Søren Ærø 🏒 \\ ' \" %s $1 ;--")
        row = world.row("a", 1, player=player, revision=2**53, event="e~:@-.")
        await journal.commit(msgspec.structs.replace(world.append("a"), rows=(row,)))
        assert await journal.rows("a", 0, 10) == (row,)
        assert await journal.player("p10") == player

    async def test_a_name_may_hold_what_no_database_wants(self, world: World, journal: Journal) -> None:
        """The row keeps what the provider said; a list of players shows U+FFFD for U+0000."""
        row = world.row("a", 1, player=Player(id="p10", name="Me\0ssi"))
        home = Team(id="arg", name="Arg\0entina")
        declared = world.declared("a", home=home)
        await journal.commit(msgspec.structs.replace(world.append("a", declared=declared), rows=(row,)))
        assert await journal.rows("a", 0, 10) == (row,)
        assert await journal.declared("a") == declared
        assert await journal.player("p10") == Player(id="p10", name="Me\ufffdssi")
        assert await journal.team("arg") == Team(id="arg", name="Arg\ufffdentina")

    async def test_a_new_start_finds_everything(self, world: World) -> None:
        journal = await self.open()
        await journal.commit(laden(world.append("a", 3), 3))
        before = await everything(journal)
        await journal.close()
        journal = await self.open()
        assert await everything(journal) == before
        await journal.close()

    async def test_a_closed_journal_takes_nothing(self, world: World) -> None:
        journal = await self.open()
        await journal.close()
        await journal.close()
        with pytest.raises(BackendError) as raised:
            await journal.commit(world.append("a"))
        assert not raised.value.retryable

    async def test_closing_finishes_what_was_asked_for(self, world: World) -> None:
        journal = await self.open()
        commits = [asyncio.create_task(journal.commit(world.append("a"))) for _ in range(20)]
        await asyncio.sleep(0)
        await journal.close()
        await asyncio.gather(*commits)
        journal = await self.open()
        assert await journal.head_seq("a") == 20
        await journal.close()

    # The fence.

    async def test_a_head_elsewhere_is_a_conflict_and_nothing_is_written(
        self, world: World, journal: Journal
    ) -> None:
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

    async def test_two_owners_that_write_as_much_do_not_both_win(
        self, world: World, journal: Journal
    ) -> None:
        """The loser's target equals the winner's head; the fence looks at where it starts."""
        other = await self.open()
        await journal.commit(world.append("a", 1, from_seq=0))
        await journal.commit(world.append("a", 1, from_seq=1))
        with pytest.raises(SequenceConflict):
            await other.commit(world.append("a", 1, from_seq=1))
        await other.commit(world.append("a", 1, from_seq=2))
        await other.close()
        assert await journal.head_seq("a") == 3

    @pytest.mark.parametrize("from_seq", [0, 4])
    async def test_of_many_owners_at_once_exactly_one_wins(
        self, world: World, journal: Journal, from_seq: int
    ) -> None:
        if from_seq:
            await journal.commit(world.append("a", from_seq))
        others = [await self.open() for _ in range(3)]
        commit = laden(world.append("a", 2, from_seq=from_seq), 9)
        came = await asyncio.gather(
            *(one.commit(commit) for one in (journal, *others)), return_exceptions=True
        )
        for one in others:
            await one.close()
        assert came.count(None) == 1
        assert [type(one) for one in came].count(SequenceConflict) == 3
        assert [row.seq for row in await journal.rows("a", 0, 100)] == [*range(1, from_seq + 3)]

    async def test_owners_of_many_games_at_once_never_stop_each_other(
        self, world: World, journal: Journal
    ) -> None:
        """Each names the same teams, in another order."""
        other = await self.open()

        async def write(to: Journal, games: list[str], first: int) -> None:
            for game_id in games:
                teams = [Team(id=f"t{n}", name=f"{game_id} {n}") for n in range(2)]
                home, away = teams[first], teams[1 - first]
                await to.commit(world.append(game_id, declared=world.declared(game_id, home=home, away=away)))

        await asyncio.gather(
            write(journal, [f"a{n}" for n in range(15)], 0), write(other, [f"b{n}" for n in range(15)], 1)
        )
        await other.close()
        assert len(await journal.game_ids()) == 30

    async def test_versions_of_one_event_are_numbered(self, world: World, journal: Journal) -> None:
        rows = [
            world.row("a", 1, event="e", revision=7),
            world.row("a", 2, event="e", revision=7),
            world.row("a", 3, event="e", revision=8),
            world.row("a", 4, event="e", revision=7),
            world.row("a", 5, event="e", revision=7, provider="scorewire"),
            world.row("a", 6, event="other", revision=7),
            world.row("a", 7, event="new", revision=7),
            world.row("a", 8, event="e", revision=7),
            world.row("a", 9, event="e", revision=7),
        ]
        await journal.commit(msgspec.structs.replace(world.append("a", 4), rows=tuple(rows[:4])))
        await journal.commit(msgspec.structs.replace(world.append("a", 2), rows=tuple(rows[4:6])))
        await journal.commit(msgspec.structs.replace(world.append("a", 3), rows=tuple(rows[6:])))
        await journal.commit(world.append("b", 1, line=world.line("b", 1)))
        query = sa.select(events.c.nth).where(events.c.game_id == "a").order_by(events.c.seq)
        found = await journal._database.read(lambda c: c.execute(query).scalars().all())
        assert found == [0, 1, 0, 2, 0, 0, 0, 3, 4]
        assert await journal.rows("a", 0, 10) == tuple(rows)

    async def test_many_rows_at_once_are_numbered_too(self, world: World, journal: Journal) -> None:
        """So many that a server takes them another way than a few: the second time each number is taken."""
        rows = [
            world.row("a", seq, event=f"e{seq % 70}", player=Player(id="p", name='"é\n'))
            for seq in range(1, 281)
        ]
        for first, last in ((0, 70), (70, 140), (140, 280)):
            given = tuple(rows[first:last])
            await journal.commit(msgspec.structs.replace(world.append("a", len(given)), rows=given))
        query = sa.select(events.c.nth).where(events.c.game_id == "a").order_by(events.c.seq)
        found = await journal._database.read(lambda c: c.execute(query).scalars().all())
        assert found == [0] * 70 + [1] * 70 + [2] * 70 + [3] * 70
        assert await journal.rows("a", 0, 300) == tuple(rows)

    async def test_the_date_of_a_game_never_changes(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a", 1))
        moved = world.line("a", 2, start="2023-02-01T20:00:00Z", status="postponed")
        await journal.commit(world.append("a", 1, line=moved))
        query = sa.select(game_heads.c.game_date).union(sa.select(events.c.game_date))
        found = await journal._database.read(lambda c: c.execute(query).scalars().all())
        assert found == [date(2022, 12, 18)]
        assert [row.seq for row in await journal.rows("a", 0, 10)] == [1, 2]

    @pytest.mark.parametrize(
        "start", ["1966-07-30T14:00:00Z", "0001-01-01T00:00:00Z", "9998-12-30T00:00:00Z"]
    )
    async def test_any_day_is_a_day_of_a_game(self, world: World, journal: Journal, start: str) -> None:
        await journal.commit(world.append("a", 2, line=world.line("a", 2, start=start)))
        await journal.upkeep(date(2022, 12, 18))
        assert [row.seq for row in await journal.rows("a", 0, 10)] == [1, 2]
        (line,) = (await journal.games(GamesQuery(date=start[:10]))).games
        assert line.start == start

    # What else a commit says.

    async def test_what_was_published_never_goes_down(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a", 3))
        for seen, expected in ((2, 2), (1, 2), (3, 3)):
            await journal.commit(Commit(published={"a": seen, "unknown": 5}))
            stored = await journal.load("a")
            assert stored is not None
            assert stored.published_seq == expected

    async def test_the_last_entry_of_an_event_counts_in_the_ledger(
        self, world: World, journal: Journal
    ) -> None:
        first, second = (
            LedgerEntry(game_id="a", provider="acme", event="t", revision=n, what="touch") for n in (1, 2)
        )
        await journal.commit(msgspec.structs.replace(world.append("a"), ledger=(first, second)))
        assert await self.ledger(journal) == (second,)
        third = LedgerEntry(game_id="a", provider="acme", event="t", revision=3, what="told", body=b"\0\xff")
        await journal.commit(Commit(ledger=(third,)))
        assert await self.ledger(journal) == (third,)

    async def ledger(self, journal: Journal) -> tuple[LedgerEntry, ...]:
        stored = await journal.load("a")
        assert stored is not None
        return stored.ledger

    async def test_the_ledger_comes_whole(self, world: World, journal: Journal) -> None:
        entries = tuple(
            LedgerEntry(game_id="a", provider="acme", event=f"t{n}", revision=n, what="touch")
            for n in range(50)
        )
        await journal.commit(msgspec.structs.replace(world.append("a", 3), ledger=entries))
        assert set(await self.ledger(journal)) == set(entries)

    async def test_a_declaration_replaces_the_one_before(self, world: World, journal: Journal) -> None:
        await journal.commit(world.append("a"))
        assert await journal.declared("a") == world.declared("a")
        changed = msgspec.structs.replace(
            world.declared("a", season="2023"), providers=("acme", "backup"), rules={"extra_time": True}
        )
        await journal.commit(world.append("a", declared=changed))
        assert await journal.declared("a") == changed
        await journal.commit(world.append("a"))
        assert await journal.declared("a") == changed

    async def test_a_game_that_comes_back_to_an_owner_is_listed_as_it_is(
        self, world: World, journal: Journal
    ) -> None:
        """What an owner remembers as stored may have been changed by another meanwhile."""
        other = await self.open()
        await journal.commit(world.append("a", line=world.line("a", 1, status="live")))
        await other.commit(world.append("a", line=world.line("a", 2, status="break")))
        await journal.commit(world.append("a", line=world.line("a", 3, status="live")))
        assert len((await journal.games(GamesQuery(status="live"))).games) == 1
        assert len((await journal.games(GamesQuery(status="break"))).games) == 0
        await other.close()

    async def test_terse_declarations_erase_nothing(self, world: World, journal: Journal) -> None:
        arg = Team(id="arg", name="Argentina", abbr="ARG", city="Buenos Aires")
        venue = Venue(name="Lusail Stadium", tz="Asia/Qatar")
        await journal.commit(world.append("g1", declared=world.declared("g1", home=arg, venue=venue)))
        terse = world.declared("g2", home=Team(id="arg"), league=League(id="fifa-wc"))
        await journal.commit(world.append("g2", declared=terse))
        assert await journal.team("arg") == arg
        league = await journal.league("fifa-wc")
        assert league is not None
        assert league.name == "World Cup"

    async def test_names(self, world: World, journal: Journal) -> None:
        declared = world.declared(
            "g1",
            home=Team(id="bos", name="Celtics", city="Boston", conference="East", division="Atlantic"),
            away=Team(id="gsw", name="Warriors"),
            league=League(id="nba", name="NBA"),
            season="2020-21",
            sport="basketball",
            venue=Venue(id="td", name="TD Garden"),
        )
        again = msgspec.structs.replace(declared, game_id="g2", season="2021-22", provider_ids={"x": "9"})
        await journal.commit(world.append("g1", declared=declared))
        await journal.commit(world.append("g2", declared=again))
        await journal.commit(world.append("g3"))
        assert await journal.team("bos") == declared.home
        nba = LeagueListed(id="nba", name="NBA", sport="basketball", seasons=("2021-22", "2020-21"))
        cup = LeagueListed(id="fifa-wc", name="World Cup", sport="soccer", seasons=("2022",))
        assert await journal.league("nba") == nba
        assert await journal.leagues() == (nba, cup)
        assert await journal.game_named("x", "9") == "g2"
        assert await journal.game_named("x", "8") is None
        for asked in (journal.team, journal.player, journal.league):
            assert await asked("nobody") is None

    async def test_players_come_from_the_rows_that_name_them(self, world: World, journal: Journal) -> None:
        commit = world.append("a", 3)
        names = ("Messi", "", "Lionel Messi")
        for seq, name in enumerate(names, start=1):
            row = world.row("a", seq, player=Player(id="p10", name=name))
            head = msgspec.structs.replace(commit.heads[0], from_seq=seq - 1, to_seq=seq)
            await journal.commit(Commit(rows=(row,), heads=(head,)))
            assert await journal.player("p10") == Player(id="p10", name=name or "Messi")

    # Epochs.

    async def test_a_new_epoch_stays(self) -> None:
        journal = await self.open()
        first = journal.epoch
        await journal.commit(laden(World().append("a", 3), 3))
        second = await journal.renew_epoch()
        assert journal.epoch == second != first
        stored = await journal.load("a")
        assert stored is not None
        assert stored.published_seq == 0, "scoreboards have it under the old epoch"
        await journal.close()
        journal = await self.open()
        assert journal.epoch == second
        await journal.close()

    async def test_many_that_open_a_new_journal_agree_on_the_epoch(self) -> None:
        journals = await asyncio.gather(*(self.open() for _ in range(4)))
        epochs = {journal.epoch for journal in journals}
        for journal in journals:
            await journal.close()
        assert len(epochs) == 1

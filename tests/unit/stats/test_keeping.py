"""Tables follow games: as they stand, after corrections, after what was missed, whoever else keeps them."""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from contract.journal_world import World
from scorewire.journal.competitions import KeptTable
from scorewire.journal.journal import Journal
from scorewire.model.score_state import ScoreState, SideState, Status
from scorewire.model.update import Update
from scorewire.stats.keeping import LeagueTable, Tables, Terms, kept_result, made
from scorewire.stats.standings.rules import Deduction

TEAMS = ("ars", "che", "eve", "liv")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_at = tmp_path_factory.mktemp("empty") / "journal.sqlite"

    async def make() -> None:
        await (await Journal.open(made_at)).close()

    asyncio.run(make())
    return made_at


@pytest.fixture
async def journal(tmp_path: Path, empty: Path) -> AsyncIterator[Journal]:
    shutil.copy(empty, tmp_path / "journal.sqlite")
    opened = await Journal.open(tmp_path / "journal.sqlite")
    yield opened
    await opened.close()


class League:
    """A league whose games are in the journal, and who keeps its table."""

    def __init__(self, journal: Journal, terms: Terms | None = None) -> None:
        self.journal = journal
        self.world = World()
        self.states: dict[str, ScoreState] = {}
        self.told: list[KeptTable] = []
        self.tables = self.another(terms or Terms())

    def another(self, terms: Terms) -> Tables:
        async def head(game_id: str) -> ScoreState | None:
            return self.states.get(game_id)

        return Tables(
            competitions=self.journal.competitions,
            head=head,
            epoch=lambda: self.journal.epoch,
            terms=terms,
            now_s=time.monotonic,
            told=self.told.extend,
        )

    async def play(
        self,
        game_id: str,
        score: tuple[int, int],
        status: Status = "live",
        *,
        stored: bool = True,
        league: str = "epl",
        sport: str = "soccer",
    ) -> Update:
        """Another row of a game, stored in the journal; who plays is in its name: `ars-che`."""
        home, away = game_id.split("-")
        seq = self.states[game_id].seq + 1 if game_id in self.states else 1
        line = self.world.line(game_id, seq, status=status, sport=sport, league=league, home=home, away=away)
        state = msgspec.structs.replace(
            line,
            epoch=self.journal.epoch,
            home=SideState(id=home, name=home.title(), abbr=home.upper(), score=score[0]),
            away=SideState(id=away, name=away.title(), abbr=away.upper(), score=score[1]),
        )
        if stored:
            await self.journal.commit(self.world.append(game_id, line=state))
        self.states[game_id] = state
        return Update(
            game_id=game_id,
            epoch=state.epoch,
            seq=seq,
            ts=state.updated_at,
            correction=False,
            corrected_seq=0,
            event=None,
            patch={"home": {"score": score[0]}},
            state=state,
        )

    async def points(self) -> dict[str, int]:
        return points(await self.tables.read("epl", None))


def points(body: bytes | None) -> dict[str, int]:
    assert body is not None
    answer = msgspec.json.decode(body, type=LeagueTable)
    return {row.team: int(str(row.points)) for row in answer.table.parts[0].rows}


class Running:
    """`Tables.run`, while a test lasts."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def __aenter__(self) -> Tables:
        self._task = asyncio.create_task(self._tables.run())
        return self._tables

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def hear(tables: Tables, updates: Sequence[Update]) -> None:
    tables.heard(updates)
    async with asyncio.timeout(20):
        await tables.level()


async def test_a_table_stands_as_the_games_do_and_follows_their_corrections(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        assert await tables.read("epl", None) is None
        await hear(tables, [await league.play("ars-che", (0, 0), "scheduled")])
        assert await tables.read("epl", None) is None
        await hear(tables, [await league.play("ars-che", (1, 0))])
        assert await league.points() == {"ars": 3, "che": 0}
        body = await tables.read("epl", "2022")
        assert body is not None
        answer = msgspec.json.decode(body, type=LeagueTable)
        assert (answer.league.id, answer.season, answer.table.provisional) == ("epl", "2022", 1)
        await hear(tables, [await league.play("ars-che", (1, 1))])
        await hear(tables, [await league.play("ars-che", (1, 1), "final")])
        assert await league.points() == {"ars": 1, "che": 1}
        await hear(tables, [await league.play("ars-che", (0, 1), "corrected")])
        assert await league.points() == {"ars": 0, "che": 3}
        assert [one.version for one in league.told] == [1, 2, 3, 4]
        # It is put off after all, and so it counts for nothing.
        await hear(tables, [await league.play("ars-che", (0, 0), "postponed")])
        assert (await journal.competitions.read("epl", "2022")).results == ()


async def test_what_changes_no_result_makes_no_table(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 0))])
        for _ in range(5):
            await hear(tables, [await league.play("ars-che", (1, 0))])
        assert (tables.kept, tables.waiting) == (1, 0)


async def test_rows_that_only_count_are_not_looked_at(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 0))])
        goal = await league.play("ars-che", (2, 0))
        foul: dict[str, object] = {"detail": {"stats": {"home": {"fouls": 1}}}, "clock": {"running": True}}
        tables.heard([msgspec.structs.replace(goal, patch=foul)])
        assert tables.waiting == 0
        card: dict[str, object] = {"detail": {"cards": {"home": {"yellow": 1}}}}
        tables.heard([msgspec.structs.replace(goal, patch=card)])
        assert tables.waiting == 1


async def test_what_was_missed_is_found_at_the_start(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 0))])
    await league.play("ars-che", (1, 1), "final")
    await league.play("eve-liv", (2, 0), "final")
    later = league.another(Terms())
    async with Running(later):
        await hear(later, [await league.play("liv-ars", (0, 0), "scheduled")])
        assert points(await later.read("epl", None)) == {"eve": 3, "ars": 1, "che": 1, "liv": 0}
        kept = later.kept
    # And where nothing was missed, nothing is made.
    third = league.another(Terms())
    async with Running(third):
        await hear(third, [await league.play("che-eve", (0, 0), "scheduled")])
    assert (kept, third.kept) == (1, 0)


async def test_other_terms_make_other_tables_at_the_next_start(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("eve-liv", (1, 0), "final")])
    taken = {("epl", "2022"): [Deduction(team="eve", points=10, at_ms=5, reason="breach of rules")]}
    later = league.another(Terms(deductions=taken))
    expected = {"liv": 0, "eve": -7}
    # Nothing happens in any game: the start alone finds it.
    async with Running(later), asyncio.timeout(20):
        while points(await later.read("epl", None)) != expected:  # noqa: ASYNC110 (by reading)
            await asyncio.sleep(0.01)


async def test_two_who_keep_one_competition_lose_no_result(journal: Journal) -> None:
    league = League(journal)
    other = league.another(Terms())
    async with Running(league.tables) as one, Running(other) as two:
        for goals in range(12):
            first = await league.play("ars-che", (goals, 0))
            second = await league.play("eve-liv", (0, goals))
            await asyncio.gather(hear(one, [first]), hear(two, [second]))
        assert await league.points() == {"ars": 3, "liv": 3, "che": 0, "eve": 0}
        results = (await journal.competitions.read("epl", "2022")).results
        assert sorted(result.seq for result in results) == [12, 12]


@pytest.mark.slow
async def test_a_table_that_cannot_be_made_is_empty_and_all_others_go_on(journal: Journal) -> None:
    league = League(journal, Terms(rules={"ice": "no-such-rules"}))
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("out-off", (1, 0), league="odd", sport="curling")])
        await hear(tables, [await league.play("red-blu", (1, 0), league="ice")])
        await hear(tables, [await league.play("ars-che", (1, 0))])
        assert await league.points() == {"ars": 3, "che": 0}
        assert await tables.read("odd", None) is None
        body = await tables.read("ice", None)
        assert body is not None
        assert msgspec.json.decode(body, type=LeagueTable).table.parts == ()


async def test_what_is_heard_again_replaces_nothing_newer(journal: Journal) -> None:
    """Kafka gives what was not committed once more, perhaps to one who knows nothing of the game."""
    league = League(journal)
    first = await league.play("ars-che", (1, 0))
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 1))])
    later = league.another(Terms())
    async with Running(later):
        await hear(later, [first])
        assert points(await later.read("epl", None)) == {"ars": 1, "che": 1}


async def test_a_game_that_changes_its_league_leaves_the_table_of_the_old_one(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 0)), await league.play("eve-liv", (0, 0))])
        moved = await league.play("ars-che", (1, 0), league="cup")
        await hear(tables, [msgspec.structs.replace(moved, correction=True)])
        assert points(await tables.read("cup", None)) == {"ars": 3, "che": 0}
        assert await league.points() == {"eve": 1, "liv": 1}


async def test_updates_from_before_a_restore_are_left_out(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        await hear(tables, [await league.play("ars-che", (1, 0))])
        stale = msgspec.structs.replace(await league.play("ars-che", (5, 0)), epoch="longago1")
        await hear(tables, [stale])
        assert (await journal.competitions.held(["ars-che"]))["ars-che"].seq == 1


async def test_a_table_as_of_a_moment_knows_nothing_later(journal: Journal) -> None:
    league = League(journal)
    async with Running(league.tables) as tables:
        played = await league.play("ars-che", (1, 0), "final")
        await hear(tables, [played])
        before = await tables.read("epl", "2022", as_of_ms=1)
        assert before is not None
        assert msgspec.json.decode(before, type=LeagueTable).table.games == 0
        now = await tables.read("epl", "2022", as_of_ms=2**50)
        assert points(now) == {"ars": 3, "che": 0}
        assert await tables.read("epl", "1999", as_of_ms=1) is None


async def test_after_a_thousand_corrections_at_random_the_table_is_that_made_from_nothing(
    journal: Journal,
) -> None:
    league, rng = League(journal), random.Random(6)
    pairs = [f"{home}-{away}" for home in TEAMS for away in TEAMS if home != away]
    statuses: list[Status] = ["live", "final", "corrected", "awarded", "void", "postponed", "abandoned"]
    async with Running(league.tables) as tables:
        for n in range(1000):
            score = (rng.randrange(4), rng.randrange(4))
            status = rng.choice(statuses)
            tables.heard([await league.play(rng.choice(pairs), score, status, stored=False)])
            if n % 100 == 99:
                await asyncio.wait_for(tables.level(), 20)
        competition = await journal.competitions.read("epl", "2022")
        from_nothing = msgspec.structs.replace(competition, results=())
        results = [kept_result(state) for state in league.states.values()]
        assert await tables.read("epl", None) == made(from_nothing, results, Terms())

"""The suites of the journal over PostgreSQL; tests/contract/test_journal.py has them over a file."""

import asyncio
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from contract.journal_competitions import CompetitionsSuite
from contract.journal_history import HistorySuite
from contract.journal_lines import LinesSuite
from contract.journal_lists import ListsSuite
from contract.journal_names import NamesSuite
from contract.journal_positions import PositionsSuite
from contract.journal_suite import JournalSuite
from contract.journal_world import World
from scorewire.errors import BackendError
from scorewire.journal.dialect import insert_many
from scorewire.journal.journal import Journal
from scorewire.journal.schema import events
from services.postgres import Databases, PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def empty(postgres_server: PostgresServer | Databases) -> Iterator[str]:
    """A database with all tables and nothing in them; migrating one a test would take most of the time."""
    url = postgres_server.make_database()
    asyncio.run(make_empty(url))
    yield url
    postgres_server.drop_database(url)


async def make_empty(url: str) -> None:
    """Open and close it."""
    await (await Journal.open(url)).close()


class OnAServer:
    """PostgreSQL, in a database of its own for each test."""

    @pytest.fixture(autouse=True)
    def _database(self, postgres_server: PostgresServer | Databases, empty: str) -> Iterator[None]:
        self.url = postgres_server.make_database(template=empty.rpartition("/")[2])
        yield
        postgres_server.drop_database(self.url)

    async def open(self) -> Journal:
        return await Journal.open(self.url)


class TestServer(OnAServer, JournalSuite):
    """Commits, the fence, names, epochs."""


class TestServerHistory(OnAServer, HistorySuite):
    """Reading a game back."""


class TestServerPositions(OnAServer, PositionsSuite):
    """How far the log is applied, and who says so."""


class TestServerNames(OnAServer, NamesSuite):
    """Finding by name."""


class TestServerCompetitions(OnAServer, CompetitionsSuite):
    """Results and tables."""


class TestServerLines(OnAServer, LinesSuite):
    """Lines of games."""


class TestServerLists(OnAServer, ListsSuite):
    """Lists and keys."""


async def test_a_new_database_opened_by_many_at_once_has_one_epoch(postgres_url: str) -> None:
    suite = TestServer()
    suite.url = postgres_url
    await suite.test_many_that_open_a_new_journal_agree_on_the_epoch()


@pytest.mark.parametrize("wrong", [{"event": "\0"}, {"revision": 2**70}, {"body": None}])
async def test_many_rows_one_of_which_cannot_be_stored_are_an_error_of_ours(
    postgres_url: str, wrong: dict[str, object]
) -> None:
    """Many go to a server by a COPY, which is not a statement like others."""
    journal = await Journal.open(postgres_url)
    row = {
        "game_date": date(2022, 12, 18), "game_id": "a", "seq": 1, "ts": 1, "type": "SHOT", "level": "play",
        "correction": 0, "provider": "acme", "event": "e", "revision": 1, "nth": 0, "body": b"{}",
    }  # fmt: skip
    rows = [row | {"seq": seq, "nth": seq} for seq in range(1, 50)]
    with pytest.raises(BackendError) as raised:
        await journal._database.write(lambda c: insert_many(c, events, [*rows, row | {"seq": 50} | wrong]))
    assert not raised.value.retryable
    assert await journal.rows("a", 0, 100) == ()
    await journal.close()


async def test_many_rows_whose_line_is_cut_half_way_are_written_once(postgres_url: str) -> None:
    """A COPY that waits for a lock loses its backend; the transaction is run again on another line."""
    journal = await Journal.open(postgres_url)
    world = World()
    await journal.commit(world.append("a", 1))
    async with (
        await psycopg.AsyncConnection.connect(postgres_url) as blocker,
        await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as ender,
    ):
        await blocker.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        committing = asyncio.create_task(journal.commit(world.append("a", 50)))
        end = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%'"
        )
        while not (await (await ender.execute(end)).fetchall()):  # noqa: ASYNC110 (nobody would tell us)
            await asyncio.sleep(0.02)
        await blocker.rollback()
        await committing
    assert [row.seq for row in await journal.rows("a", 0, 100)] == list(range(1, 52))
    await journal.close()

"""The suites of the journal over PostgreSQL; tests/contract/test_journal.py has them over a file."""

import asyncio
from collections.abc import Iterator

import pytest

from contract.journal_competitions import CompetitionsSuite
from contract.journal_history import HistorySuite
from contract.journal_lists import ListsSuite
from contract.journal_positions import PositionsSuite
from contract.journal_suite import JournalSuite
from scorewire.journal.journal import Journal
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


class TestServerCompetitions(OnAServer, CompetitionsSuite):
    """Results and tables."""


class TestServerLists(OnAServer, ListsSuite):
    """Lists and keys."""


async def test_a_new_database_opened_by_many_at_once_has_one_epoch(postgres_url: str) -> None:
    suite = TestServer()
    suite.url = postgres_url
    await suite.test_many_that_open_a_new_journal_agree_on_the_epoch()

"""The suites of the journal over a file; tests/backends/test_journal.py has them over a server."""

import asyncio
import shutil
from pathlib import Path

import pytest

from contract.journal_competitions import CompetitionsSuite
from contract.journal_history import HistorySuite
from contract.journal_lines import LinesSuite
from contract.journal_lists import ListsSuite
from contract.journal_names import NamesSuite
from contract.journal_positions import PositionsSuite
from contract.journal_suite import JournalSuite
from scorewire.journal.journal import Journal


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; migrating one a test would take most of the time."""
    made = tmp_path_factory.mktemp("empty") / "journal.sqlite"
    asyncio.run(make_empty(made))
    return made


async def make_empty(path: Path) -> None:
    """Open and close it."""
    await (await Journal.open(path)).close()


class InAFile:
    """SQLite, in a file of its own for each test."""

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path, empty: Path) -> None:
        self.path = tmp_path / "journal.sqlite"
        shutil.copy(empty, self.path)

    async def open(self) -> Journal:
        return await Journal.open(self.path)


class TestFile(InAFile, JournalSuite):
    """Commits, the fence, names, epochs."""


class TestFileHistory(InAFile, HistorySuite):
    """Reading a game back."""


class TestFilePositions(InAFile, PositionsSuite):
    """How far the log is applied, and who says so."""


class TestFileLists(InAFile, ListsSuite):
    """Lists and keys."""


class TestFileNames(InAFile, NamesSuite):
    """Finding by name."""


class TestFileCompetitions(InAFile, CompetitionsSuite):
    """Results and tables."""


class TestFileLines(InAFile, LinesSuite):
    """Lines of games."""


async def test_a_new_file_opened_by_many_at_once_has_one_epoch(tmp_path: Path) -> None:
    suite = TestFile()
    suite.path = tmp_path / "new.sqlite"
    await suite.test_many_that_open_a_new_journal_agree_on_the_epoch()

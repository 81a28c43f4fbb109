"""A journal in a fresh folder, and the world of games of tests/contract."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contract.journal_world import World
from scorewire.journal.database import Database
from scorewire.journal.journal import Journal


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's journal lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; migrating one a test would take most of the time."""
    made = tmp_path_factory.mktemp("empty") / "journal.sqlite"

    async def make() -> None:
        await (await Database.open(made)).close()

    asyncio.run(make())
    return made


@pytest.fixture
async def journal(path: Path, empty: Path) -> AsyncIterator[Journal]:
    shutil.copy(empty, path)
    opened = await Journal.open(path)
    yield opened
    await opened.close()


async def _plan(journal: Journal, statement: sa.Select[*tuple[Any, ...]]) -> list[str]:
    def explain(connection: sa.Connection) -> list[str]:
        text = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

    return await journal._database.read(explain)


@pytest.fixture
def plan(journal: Journal) -> Callable[[sa.Select[*tuple[Any, ...]]], Awaitable[list[str]]]:
    """How the database would run a query, a step a line."""
    return partial(_plan, journal)

"""The migrations make exactly the tables that schema.py describes."""

import asyncio
import os
import sqlite3
import stat
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from scorewire.errors import BackendError
from scorewire.journal import migrations
from scorewire.journal.database import Database
from scorewire.journal.schema import metadata


def by_steps(path):
    """A file that came from the first release on, step by step."""
    with sa.create_engine(f"sqlite:///{path}").begin() as connection:
        migrations.by_steps(connection)


def tables_in(path):
    """What SQLite holds of every table and index, without how the statement was laid out."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    connection.close()
    return {row[:3]: " ".join((row[3] or "").replace("(", " ( ").replace(")", " ) ").split()) for row in rows}


async def test_a_new_file_is_what_all_the_steps_come_to(path, tmp_path):
    await (await Database.open(path)).close()
    by_steps(tmp_path / "old.sqlite")
    assert tables_in(path) == tables_in(tmp_path / "old.sqlite")


async def test_migrated_tables_are_those_of_the_schema(path):
    by_steps(path)
    database = await Database.open(path)
    differences = await database.read(
        lambda c: compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), metadata)
    )
    await database.close()
    assert differences == []


async def test_ledger_is_clustered_by_its_key_as_the_schema_says(path):
    # Autogenerate does not compare this one.
    database = await Database.open(path)
    sql = await database.read(
        lambda c: c.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'ledger'").scalar()
    )
    await database.close()
    assert "WITHOUT ROWID" in sql


def test_the_newest_revision_is_alembics_head():
    config = Config()
    config.set_main_option("script_location", "scorewire.journal:migrations")
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    in_order = [step.revision for step in script.walk_revisions()][::-1]
    assert tuple(in_order) == migrations.REVISIONS


async def test_a_file_of_a_newer_release_is_refused_and_left_alone(path):
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(BackendError, match="newer release") as raised:
        await Database.open(path)
    assert not raised.value.retryable


async def test_an_interrupted_migration_leaves_nothing(path):
    """DDL is part of the transaction, so there is no half-made journal to open."""
    database = await Database.open(path)
    await database.write(metadata.drop_all)
    await database.write(lambda c: c.exec_driver_sql("DROP TABLE alembic_version"))

    def half(connection: sa.Connection) -> None:
        migrations.bring_up(connection)
        raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        await database.write(half)
    assert await database.read(lambda c: sa.inspect(c).get_table_names()) == []
    await database.close()


@pytest.mark.slow
async def test_opening_a_file_that_is_up_to_date_imports_no_alembic(path):
    await (await Database.open(path)).close()
    code = (
        "import asyncio, sys\n"
        "from scorewire.journal.journal import Journal\n"
        "async def main():\n"
        "    await (await Journal.open(sys.argv[1])).close()\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(path))
    assert await process.wait() == 0


async def test_the_file_and_its_companions_are_their_owners_alone(path):
    before = os.umask(0)
    try:
        database = await Database.open(path)
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    await database.close()
    assert set(modes) >= {"journal.sqlite", "journal.sqlite-wal"}
    assert set(modes.values()) == {0o600}


async def test_a_ledger_of_the_first_release_is_kept_and_gets_room_for_what_was_told(path):
    def first(connection: sa.Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "scorewire.journal:migrations")
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO ledger VALUES ('g', 'acme', 'e', 7, 'touch')")

    await (database := await Database.open(path)).write(metadata.drop_all)
    await database.write(lambda c: c.exec_driver_sql("DROP TABLE alembic_version"))
    await database.write(first)
    await database.close()
    database = await Database.open(path)
    held = await database.read(lambda c: c.exec_driver_sql("SELECT * FROM ledger").one())
    await database.close()
    assert tuple(held) == ("g", "acme", "e", 7, "touch", None)

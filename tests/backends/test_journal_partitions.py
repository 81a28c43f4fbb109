"""Months of rows on a real server: made when a game is first seen, made ahead, and what strays comes home."""

from collections.abc import AsyncIterator
from datetime import date

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contract.journal_world import World
from scorewire.journal.journal import Journal
from scorewire.journal.partitions import DEFAULT, Upkeep
from scorewire.journal.schema import metadata
from services.postgres import run_sql

pytestmark = pytest.mark.postgres


@pytest.fixture
async def journal(postgres_url: str) -> AsyncIterator[Journal]:
    opened = await Journal.open(postgres_url)
    yield opened
    await opened.close()


def lying(url: str) -> dict[str, int]:
    """Partitions, and how many rows lie in each."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "select c.relname from pg_inherits join pg_class c on c.oid = inhrelid"
            " where inhparent = 'events'::regclass order by 1"
        ).fetchall()
        return {
            name: connection.execute(f"select count(*) from {name}").fetchone()[0]  # type: ignore[index]
            for (name,) in names
        }


async def play(journal: Journal, world: World, game_id: str, start: str, rows: int = 2) -> None:
    seq = world.seqs.get(game_id, 0) + rows
    await journal.commit(world.append(game_id, rows, line=world.line(game_id, seq, start=start)))


async def test_the_tables_are_those_of_the_schema(journal: Journal) -> None:
    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return not (kind == "table" and str(name).startswith("events_"))

    def compare(connection: sa.Connection) -> list[object]:
        options = {"compare_type": True, "include_object": ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert await journal._database.read(compare) == []


async def test_every_text_is_sorted_by_code_point(postgres_url: str, journal: Journal) -> None:
    with psycopg.connect(postgres_url) as connection:
        others = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and data_type = 'text' and collation_name is distinct from 'C'"
        ).fetchall()
    assert others == []


async def test_a_month_is_made_when_a_game_of_it_is_first_seen(postgres_url: str, journal: Journal) -> None:
    world = World()
    assert lying(postgres_url) == {DEFAULT: 0}
    await play(journal, world, "final", "2022-12-18T15:00:00Z")
    await play(journal, world, "final", "2023-01-18T15:00:00Z")
    await play(journal, world, "next", "2023-01-01T00:00:00Z")
    await play(journal, world, "new-years-eve", "2022-12-31T23:59:59Z")
    assert lying(postgres_url) == {DEFAULT: 0, "events_y2022m12": 6, "events_y2023m01": 2}


async def test_who_comes_second_finds_it_made(postgres_url: str, journal: Journal) -> None:
    other = await Journal.open(postgres_url)
    await play(journal, World(), "a", "2022-12-18T15:00:00Z")
    await play(other, World(), "b", "2022-12-19T15:00:00Z")
    await other.close()
    assert lying(postgres_url) == {DEFAULT: 0, "events_y2022m12": 4}


async def test_upkeep_makes_them_ahead_and_once(postgres_url: str, journal: Journal) -> None:
    done = await journal.upkeep(date(2022, 11, 30))
    assert done == Upkeep(made=("2022-11", "2022-12", "2023-01", "2023-02"))
    assert await journal.upkeep(date(2022, 11, 30)) == Upkeep()
    assert await journal.upkeep(date(2022, 12, 1)) == Upkeep(made=("2023-03",))


async def test_a_day_that_no_game_is_played_on_costs_no_table_and_is_reported(
    postgres_url: str, journal: Journal
) -> None:
    await play(journal, World(), "a", "9998-12-18T15:00:00Z", 3)
    assert lying(postgres_url) == {DEFAULT: 3}
    done = await journal.upkeep(date(2022, 12, 18))
    assert (done.moved, done.strays) == (0, 3)
    assert len(await journal.rows("a", 0, 10)) == 3


async def test_scores_go_on_where_a_month_cannot_be_made_and_come_home_later(postgres_url: str) -> None:
    """Somebody reads the default partition for long: attaching a month waits for them, a goal must not."""
    journal = await Journal.open(postgres_url, busy_timeout_s=0.3)
    world = World()
    with psycopg.connect(postgres_url) as reader:
        reader.execute(f"select count(*) from {DEFAULT}")
        await play(journal, world, "a", "2022-12-18T15:00:00Z")
        reader.rollback()
    await play(journal, world, "a", "2022-12-18T15:00:00Z")
    assert lying(postgres_url) == {DEFAULT: 4}
    await play(journal, world, "far", "9998-12-18T15:00:00Z", 1)
    done = await journal.upkeep(date(2023, 1, 1))
    assert done.made == ("2022-12", "2023-01", "2023-02", "2023-03", "2023-04")
    assert (done.moved, done.strays) == (4, 1)
    assert lying(postgres_url)["events_y2022m12"] == 4
    await play(journal, world, "a", "2022-12-18T15:00:00Z")
    assert [row.seq for row in await journal.rows("a", 0, 10)] == [1, 2, 3, 4, 5, 6]
    assert lying(postgres_url)["events_y2022m12"] == 6
    await journal.close()


async def test_both_keys_hold_within_a_month(postgres_url: str, journal: Journal) -> None:
    await play(journal, World(), "a", "2022-12-18T15:00:00Z", 1)
    copied = "insert into events select {} from events"
    columns = "game_date, game_id, {}, ts, type, level, correction, provider, event, revision, {}, body"
    with pytest.raises(psycopg.errors.UniqueViolation, match="pkey"):
        run_sql(postgres_url, copied.format(columns.format("seq", "nth + 1")))
    with pytest.raises(psycopg.errors.UniqueViolation, match="provider"):
        run_sql(postgres_url, copied.format(columns.format("seq + 1", "nth")))

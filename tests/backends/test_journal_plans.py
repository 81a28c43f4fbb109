"""How a server answers the questions of the API with 20,000 games and 200,000 rows stored: by indexes, and
from the partitions that hold the answer alone.
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from scorewire.journal import appending, partitions
from scorewire.journal.database import Database
from scorewire.journal.history import between
from scorewire.journal.listing import not_over, query, undecided, write_cursor
from scorewire.journal.records import GamesQuery
from scorewire.journal.schema import events, game_heads, keys, ledger
from services.postgres import Databases, PostgresServer, run_sql

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

MONTHS = [date(2022 + n // 12, n % 12 + 1, 1) for n in range(6, 18)]
"""A year of them, from July 2022."""

# 20,000 games in 12 months, 40 leagues, 400 teams; 200,000 rows, 300 of them of the game that is asked for.
FILL = """
INSERT INTO games SELECT 'g' || n, 'sport' || n % 25, 'league' || n % 40, '', 't' || n % 400,
    't' || (n * 7 + 1) % 400, '', 1656633600000 + n * 1576800::bigint, 'final', (n % 100 = 0)::int,
    (n % 50 != 0)::int, NULL
FROM generate_series(1, 20000) n;
INSERT INTO game_heads SELECT 'g' || n, date '2022-07-01' + n * 365 / 20001, 10, 10, 'abcdefgh', 0, 'final',
    convert_to(repeat('x', 600), 'UTF8') FROM generate_series(1, 20000) n;
INSERT INTO events SELECT game_date, game_id, seq, 1656633600000 + seq, 'SHOT', 'play', 0, 'acme', 'e' || seq,
    1, 0, convert_to(repeat('x', 300), 'UTF8') FROM game_heads, generate_series(1, 10) seq;
INSERT INTO ledger SELECT game_id, 'acme', 'e' || n, 1, 'touch', NULL
FROM game_heads, generate_series(1, 3) n;
"""
DAY = date(2022, 9, 29)
GAME = "g5000"


class Plan:
    """What the planner would do: every node of its tree."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.nodes = list(self._walk(tree))
        self.text = json.dumps(tree)

    def _walk(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for inner in node.get("Plans", ()):
            yield from self._walk(inner)

    @property
    def walked(self) -> set[str]:
        """Tables that are read from end to end."""
        return {node["Relation Name"] for node in self.nodes if node["Node Type"] == "Seq Scan"}

    @property
    def indexes(self) -> set[str]:
        """Indexes that are used."""
        return {node["Index Name"] for node in self.nodes if "Index Name" in node}

    @property
    def months(self) -> set[str]:
        """Partitions of events that are touched."""
        names = {node.get("Relation Name", "") for node in self.nodes}
        return {name for name in names if name.startswith("events_")}

    @property
    def sorts(self) -> bool:
        return any(node["Node Type"] == "Sort" for node in self.nodes)


@pytest.fixture(scope="module")
def filled(postgres_server: PostgresServer | Databases) -> Iterator[str]:
    url = postgres_server.make_database()
    asyncio.run(fill(url))
    yield url
    postgres_server.drop_database(url)


async def fill(url: str) -> None:
    database = await Database.open(url)
    await database.write(partial(partitions.prepare, months=MONTHS))
    await database.close()
    run_sql(url, FILL)
    run_sql(url, "ANALYZE")


@pytest.fixture
async def database(filled: str) -> Any:
    opened = await Database.open(filled)
    yield opened
    await opened.close()


async def plan(database: Database, statement: Any, values: dict[str, object] | None = None) -> Plan:
    def explain(connection: sa.Connection) -> Any:
        made = statement.compile(connection, compile_kwargs={"render_postcompile": True})
        given = made.construct_params(values)
        return connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {made}", given).scalar_one()[0]["Plan"]

    return Plan(await database.read(explain))


async def test_there_is_as_much_as_is_said(database: Database) -> None:
    count = sa.select(sa.func.count())
    assert await database.read(lambda c: c.execute(count.select_from(events)).scalar()) == 200_000
    default = sa.select(sa.func.count()).select_from(sa.table(partitions.DEFAULT))
    assert await database.read(lambda c: c.execute(default).scalar()) == 0


LISTS: dict[str, tuple[dict[str, str], set[str]]] = {
    "all": ({}, {"games_in_order"}),
    "day": ({"date": "2022-12-18"}, {"games_in_order"}),
    "day, elsewhere": ({"date": "2022-12-18", "tz": "Asia/Tokyo"}, {"games_in_order"}),
    "league": ({"league": "league7"}, {"games_by_league"}),
    "sport": ({"sport": "sport7"}, {"games_by_sport"}),
    "team": ({"team": "t7"}, {"games_by_home", "games_by_away"}),
    "under way": ({"status": "underway"}, {"games_in_order"}),
    "status": ({"status": "live"}, {"games_by_status"}),
    # Whichever narrows more is sought in first.
    "team and day": ({"team": "t7", "date": "2022-12-18"}, set()),
    "league and day": ({"league": "league7", "date": "2022-12-18"}, set()),
}
"""What is asked, and the indexes that must be sought in."""


@pytest.mark.parametrize(("asked", "indexes"), LISTS.values(), ids=LISTS.keys())
@pytest.mark.parametrize("cursor", [None, write_cursor((0, 1_670_000_000_000, "g9"))], ids=["first", "next"])
async def test_lists_read_no_table_from_end_to_end(
    database: Database, asked: dict[str, str], indexes: set[str], cursor: str | None
) -> None:
    wanted = GamesQuery(**asked, cursor=cursor)  # type: ignore[arg-type]
    found = await plan(database, query(wanted).limit(51))
    assert found.walked == set(), found.text
    assert found.months == set()
    if "One-Time Filter" in found.text:
        assert (asked.get("status"), cursor is None) == ("underway", False), "nothing under way stands there"
        return
    assert indexes <= found.indexes, found.text
    # In order from an index; only what is little is sorted: a day, or a team's games of all time.
    assert not found.sorts or "date" in asked or "team" in asked, found.text


@pytest.mark.parametrize(
    ("group", "name", "indexes"),
    [
        ("team", "t7", {"games_not_over_by_home", "games_not_over_by_away"}),
        ("league", "league7", {"games_not_over_by_league"}),
        ("sport", "sport7", {"games_not_over_by_sport"}),
    ],
)
async def test_games_not_over_are_found_by_an_index(
    database: Database, group: Any, name: str, indexes: set[str]
) -> None:
    found = await plan(database, not_over(group, name, 100))
    assert found.walked == set()
    assert indexes <= found.indexes, found.text


async def test_a_games_rows_are_read_from_its_month_by_its_key(database: Database) -> None:
    rows = await plan(database, between(DAY, GAME, 3, 9))
    assert (rows.walked, rows.months) == (set(), {"events_y2022m09"})
    assert not rows.sorts
    newest = sa.select(events.c.seq).where(
        events.c.game_date == DAY, events.c.game_id == GAME, events.c.ts <= 1_656_633_600_005
    )
    at = await plan(database, newest.order_by(events.c.seq.desc()).limit(1))
    assert (at.walked, at.months) == (set(), {"events_y2022m09"})


async def test_what_one_provider_event_became_is_read_from_its_month_by_an_index(database: Database) -> None:
    made = await plan(
        database,
        sa.select(events.c.body).where(
            events.c.game_date == DAY,
            events.c.game_id == GAME,
            events.c.provider == "acme",
            events.c.event == "e3",
        ),
    )
    assert (made.walked, made.months) == (set(), {"events_y2022m09"})


async def test_a_row_is_numbered_by_looking_into_its_month_alone(database: Database) -> None:
    row = {
        "game_date": DAY, "game_id": GAME, "seq": 11, "ts": 1, "type": "SHOT", "level": "play",
        "correction": 0, "provider": "acme", "event": "e11", "revision": 1, "body": b"x",
    }  # fmt: skip
    values = {f"new_{name}": value for name, value in row.items()}
    found = await plan(database, appending._number_and_insert, values)
    assert found.walked == set()
    assert found.months == {"events_y2022m09"}


async def test_single_rows_are_found_by_their_keys(database: Database) -> None:
    for table in (game_heads, ledger):
        found = await plan(database, sa.select(table).where(table.c.game_id == GAME))
        assert found.walked == set(), table.name
    assert (await plan(database, sa.select(keys))).walked == {"keys"}


async def test_what_waits_is_looked_for_game_by_game(database: Database) -> None:
    """Once at a start; the newest row of a game is sought in the month of its head, not in all."""
    found = await plan(database, undecided(1_688_000_000_000))
    # Of so small a ledger the planner reads all, and the default partition is empty.
    assert found.walked <= {"ledger", partitions.DEFAULT}, found.text

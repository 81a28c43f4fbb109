"""The newest table of each league: read once for many, again after a word, and found where no word came."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from scorewire.errors import BackendError
from scorewire.scoreboard.tables import HELD_MAX, Marks, Table, Tables


class Store:
    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[str, int]]] = {}
        self.reads: list[str] = []
        self.now_ms = 1000
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False
        self.tables = Tables(read=self.read, marks=self.marks)
        self.words: list[str] = []
        self.tables.listen(self.words.extend)

    async def read(self, league_id: str) -> Table | None:
        self.reads.append(league_id)
        if self.fails:
            raise BackendError("away", retryable=True)
        rows, since_ms = list(self.rows.get(league_id, ())), self.now_ms
        await self.gate.wait()
        if not rows:
            return None
        season, version = max(rows)
        return Table(league_id=league_id, season=season, version=version, since_ms=since_ms, body=b"{}")

    async def marks(self, league_ids: Sequence[str]) -> Mapping[str, Marks]:
        return {one: tuple(self.rows[one]) for one in league_ids if one in self.rows}

    async def version(self, league_id: str = "epl") -> int | None:
        table = await self.tables.newest(league_id)
        return None if table is None else table.version


@pytest.fixture
async def store() -> Store:
    return Store()


async def test_it_is_read_once_until_a_word_says_otherwise(store: Store) -> None:
    store.rows["epl"] = [("2023", 1)]
    assert [await store.version() for _ in range(3)] == [1, 1, 1]
    store.rows["epl"] = [("2023", 2)]
    assert await store.version() == 1
    store.tables.told(["epl", "serie-a"])
    assert await store.version() == 2
    assert store.reads == ["epl", "epl"]
    assert store.words == ["epl", "serie-a"], "whoever listens is told of leagues that nobody has asked for"


async def test_many_who_ask_at_once_cause_one_read(store: Store) -> None:
    store.rows["epl"] = [("2023", 1)]
    store.gate.clear()
    asking = [asyncio.create_task(store.version()) for _ in range(20)]
    await asyncio.sleep(0)
    store.gate.set()
    assert await asyncio.gather(*asking) == [1] * 20
    assert store.reads == ["epl"]


async def test_a_word_while_it_is_read_has_it_read_again(store: Store) -> None:
    store.rows["epl"] = [("2023", 1)]
    store.gate.clear()
    asking = asyncio.create_task(store.version())
    await asyncio.sleep(0)
    store.rows["epl"] = [("2023", 2)]
    store.tables.told(["epl"])
    store.gate.set()
    assert await asking == 1
    assert await store.version() == 2


async def test_what_could_not_be_read_is_read_again(store: Store) -> None:
    store.rows["epl"] = [("2023", 1)]
    store.fails = True
    with pytest.raises(BackendError):
        await store.version()
    store.fails = False
    assert await store.version() == 1


async def test_it_remembers_since_when_a_table_is_so(store: Store) -> None:
    store.rows["epl"] = [("2023", 1)]
    await store.version()
    store.now_ms = 9000
    store.tables.told(["epl"])
    table = await store.tables.newest("epl")
    assert table is not None
    assert table.since_ms == 1000
    store.rows["epl"] = [("2023", 2)]
    store.tables.told(["epl"])
    table = await store.tables.newest("epl")
    assert table is not None
    assert table.since_ms == 9000


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([("2023", 1)], [("2023", 1)], []),
        ([("2023", 1)], [("2023", 2)], ["epl"]),
        ([], [("2023", 1)], ["epl"]),
        ([], [], []),
        ([("2023", 5)], [("2023", 3)], ["epl"]),
        ([("2022", 9), ("2023", 1)], [("2022", 10), ("2023", 1)], []),
    ],
)
async def test_comparing_finds_what_no_word_came_for(
    store: Store, before: list[tuple[str, int]], after: list[tuple[str, int]], told: list[str]
) -> None:
    store.rows["epl"] = before
    await store.version()
    await store.tables.compare()
    assert store.words == []
    store.rows["epl"] = after
    await store.tables.compare()
    assert store.words == told
    await store.version()
    await store.tables.compare()
    assert store.words == told, "said once"


async def test_comparing_finds_a_season_that_is_new(store: Store) -> None:
    store.rows["epl"] = [("2023", 7)]
    await store.version()
    await store.tables.compare()
    store.rows["epl"] = [("2023", 7), ("2024", 1)]
    await store.tables.compare()
    assert store.words == ["epl"]


async def test_all_that_was_asked_for_is_looked_at_again_and_no_more_is_held_than_that(store: Store) -> None:
    for number in range(HELD_MAX + 5):
        await store.version(f"l{number}")
    store.tables.look_again()
    assert len(store.words) == HELD_MAX
    assert "l4" not in store.words
    assert f"l{HELD_MAX + 4}" in store.words

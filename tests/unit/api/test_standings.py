"""The table of a league is passed on as it is kept; who asks wrongly is told by name."""

import pytest

from .conftest import World

TABLES = {
    ("cup", None, None): b'{"season":"2026"}',
    ("cup", "2025", None): b'{"season":"2025"}',
    # The end of 2026-03-29 in Berlin, which has 23 hours: one millisecond before 22:00 UTC.
    ("cup", "2025", 1_774_821_599_999): b'{"season":"2025, in March"}',
}


@pytest.fixture
def tables(world: World) -> World:
    async def standings(league_id: str, season: str | None, as_of_ms: int | None) -> bytes | None:
        return TABLES.get((league_id, season, as_of_ms))

    assert world.rooms.reads is not None
    world.rooms.reads.standings = standings
    return world


@pytest.mark.parametrize(
    ("query", "season"),
    [
        ("", "2026"),
        ("?season=2025", "2025"),
        ("?season=2025&as_of=2026-03-29&tz=Europe/Berlin", "2025, in March"),
    ],
)
async def test_a_table_comes_as_it_is_kept(tables: World, query: str, season: str) -> None:
    answer = await tables.http.get(f"/v1/leagues/cup/standings{query}")
    assert (answer.status_code, answer.json()) == (200, {"season": season})
    assert answer.headers["surrogate-key"] == "l:cup"
    again = await tables.http.get(
        f"/v1/leagues/cup/standings{query}", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("cup/standings?season=1999", 404, "unknown_standings"),
        ("other/standings", 404, "unknown_standings"),
        ("no%20id/standings", 404, "unknown_standings"),
        ("cup/standings?as_of=2026-02-30", 400, "bad_date"),
        ("cup/standings?as_of=2026-03-29&tz=Mars/Olympus", 400, "unknown_time_zone"),
        ("cup/standings?delay=30", 400, "delay_unsupported"),
        (f"cup/standings?season={'x' * 101}", 400, "bad_parameter"),
    ],
)
async def test_what_is_not_there_is_refused_by_name(tables: World, path: str, status: int, code: str) -> None:
    answer = await tables.http.get(f"/v1/leagues/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)

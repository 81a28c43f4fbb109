"""Pages of leagues over what they read: tables, rounds and leaders of a season, and what there is none of."""

import re
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from litestar import Litestar

from e2e.matchday import NOW, side, state
from record_shelf import Shelf
from scorewire.journal.records import LeagueListed
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState
from scorewire.web.bundle import load_bundle
from scorewire.web.league_pages import league_pages
from scorewire.web.pages import POLICY

HOSTILE = "<script>alert(1)</script>"


class Clock:
    """Stands at NOW."""

    def now_ms(self) -> int:
        return NOW

    def monotonic_s(self) -> float:
        return NOW / 1000


def table(season: str, *rows: dict[str, object], **more: object) -> bytes:
    parts = [{"view": "table", "rows": rows}] if rows else []
    return msgspec.json.encode({"league": {"id": "epl"}, "season": season, "table": {"parts": parts, **more}})


def row(team: str, rank: int) -> dict[str, object]:
    return {"rank": rank, "team": team, "name": team.title(), "played": 1, "points": 4 - rank, "form": "W"}


def game(name: str, start: str, round_: str, status: str = "final", league: str = "epl") -> ScoreState:
    return state(
        name,
        league=League(id=league, name="Premier League"),
        season="2026-27",
        round=round_,
        start=start,
        status=status,
        home=side("Arsenal", "ARS", 2),
        away=side("Everton", "EVE", 1),
    )


@pytest.fixture
def shelf() -> Shelf:
    one = Shelf(
        states=[
            game("r1", "2026-11-14T15:00:00Z", "1"),
            game("r2", "2026-11-21T12:30:00Z", "2", "live"),
            game("r3", "2026-11-28T15:00:00Z", "3", "scheduled"),
            game("r3b", "2026-11-29T15:00:00Z", "3", "scheduled"),
            game("f", "2027-05-28T15:00:00Z", "Final", "scheduled"),
        ],
        listed=[
            LeagueListed(id="epl", name=HOSTILE, sport="soccer", seasons=("2026-27", "2025-26")),
            LeagueListed(id="new", name="", sport="chess"),
        ],
    )
    one.tables["epl", None, None] = table("2026-27", row("ars", 1))
    one.tables["epl", "2026-27", None] = table(
        "2026-27",
        row("ars", 1),
        row("eve", 2),
        deductions=[{"team": "eve", "points": 2, "reason": HOSTILE}],
    )
    one.tables["epl", "2025-26", None] = table("2025-26", row("eve", 1))
    return one


@pytest.fixture
def client(shelf: Shelf) -> httpx.AsyncClient:
    handlers = league_pages(reads=shelf, bundle=load_bundle(), clock=Clock())
    transport = httpx.ASGITransport(app=Litestar(handlers, openapi_config=None))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://node")


async def test_a_league_has_a_page_with_its_table(client: httpx.AsyncClient) -> None:
    page = await client.get("/league/epl")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-cache"
    assert page.text.index('href="/team/ars"') < page.text.index('href="/team/eve"')
    assert HOSTILE not in page.text
    assert page.text.count("&lt;script&gt;") >= 4
    assert 'class="asit"' in page.text
    # What no table counts stands below it.
    assert 'href="/game/f"' in page.text
    assert 'href="/game/r2"' not in page.text


async def test_a_past_season_has_its_own_table_and_its_address_in_every_link(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/league/epl?season=2025-26")).text
    assert 'href="/team/eve"' in page
    assert 'href="/team/ars"' not in page
    assert "/league/epl/games?season=2025-26" in page
    assert 'class="asit"' not in page


async def test_the_table_as_of_a_day_is_that_of_its_end(client: httpx.AsyncClient, shelf: Shelf) -> None:
    end = int(datetime(2026, 11, 15, tzinfo=UTC).timestamp() * 1000) - 1
    shelf.tables["epl", "2026-27", end] = table("2026-27", row("eve", 1))
    page = (await client.get("/league/epl?as_of=2026-11-14")).text
    assert 'href="/team/eve"' in page
    assert 'href="/team/ars"' not in page
    assert "as of 14 Nov 2026" in page
    assert "No table of this day" in (await client.get("/league/epl?as_of=2020-01-01")).text
    # A day that cannot be read is none.
    assert "As of now" in (await client.get("/league/epl?as_of=yesterday")).text


async def test_games_begin_at_the_round_that_is_played(client: httpx.AsyncClient) -> None:
    page = (await client.get("/league/epl/games")).text
    assert re.findall(r'data-game="(\w+)"', page) == ["r2"]
    assert "Round 2" in page
    assert "Saturday 21 November 2026" in page
    # The next round, in the order in which it is played.
    later = (await client.get("/league/epl/games?round=3")).text
    assert re.findall(r'data-game="(\w+)"', later) == ["r3", "r3b"]
    assert (await client.get("/league/epl/games?round=9")).status_code == 404


async def test_a_league_without_anything_says_so_on_each_page(client: httpx.AsyncClient) -> None:
    for path, said in (("", "No table yet"), ("/games", "No games yet"), ("/leaders", "No leaders yet")):
        page = await client.get(f"/league/new{path}")
        assert page.status_code == 200
        assert said in page.text


@pytest.mark.parametrize(
    "path",
    ["/league/nobody", "/league/nobody/games", "/league/nobody/leaders", "/league/epl?season=1999",
     "/league/epl/leaders?stat=NONE", "/league/%20"],
)  # fmt: skip
async def test_what_does_not_exist_is_a_page_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


async def test_leaders_are_cards_and_each_has_a_whole_list(client: httpx.AsyncClient, shelf: Shelf) -> None:
    leaders = [
        {"rank": 1, "player": "p1", "name": HOSTILE, "team": "ars", "games": 2, "value": 3},
        {"rank": 1, "player": "p2", "name": "Saka", "team": "ars", "games": 2, "value": 3},
    ]
    one = {"table": "match", "stat": "G", "name": "Goals", "leaders": leaders}
    told = {
        "season": "2026-27",
        "sport": "soccer",
        "games": 2,
        "boards": [one],
        "stats": [{"table": "match", "stat": "G", "name": "Goals"}],
        "teams": [{"id": "ars", "name": "Arsenal"}],
    }
    shelf.statistics["leaders None"] = shelf.statistics["leaders G"] = msgspec.json.encode(told)
    page = (await client.get("/league/epl/leaders")).text
    assert HOSTILE not in page
    link = "/league/epl/leaders?stat=G&amp;table=match"
    for part in ('href="/player/p1"', link, "Of 2 games", "data-spoiler"):
        assert part in page
    whole = (await client.get("/league/epl/leaders?stat=G&table=match")).text
    assert '<table class="board">' in whole
    assert "All leaders" in whole
    assert ("epl", "2026-27", "G", "match") in shelf.asked


async def test_all_leagues_stand_by_sport(client: httpx.AsyncClient) -> None:
    page = (await client.get("/leagues")).text
    assert page.index('href="/league/epl"') < page.index('href="/league/new"')
    assert 'href="/league/epl?season=2025-26"' in page
    assert "2 leagues" in page


async def test_no_address_has_the_name_under_which_another_page_is_kept(
    shelf: Shelf, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    kept = shelf.kept

    async def noted(name: str, *rest: object, **more: object) -> bytes:
        names.append(name)
        return await kept(name, *rest, **more)

    monkeypatch.setattr(type(shelf), "kept", lambda _, *rest, **more: noted(*rest, **more))
    for forged, real in (
        ("/league/leaders%20epl", "/league/epl/leaders"),
        ("/league/games%20epl%20UTC", "/league/epl/games"),
        ("/league/epl?season=None", "/league/epl"),
    ):
        found = []
        for path in (forged, real):
            names.clear()
            await client.get(path)
            found.append({name for name in names if name.startswith("('page'")})
        assert found[0].isdisjoint(found[1]), real

"""Pages of teams and players over what they read, and what there is none of."""

import re

import httpx
import msgspec
import pytest
from litestar import Litestar

from e2e.matchday import NOW, matchday, side, state
from record_shelf import Shelf
from scorewire.model.provider_event import League, Player
from scorewire.web.bundle import load_bundle
from scorewire.web.pages import POLICY
from scorewire.web.team_pages import team_pages

HOSTILE = "<script>alert(1)</script>"
EPL = League(id="epl", name="Premier League")
COLUMNS = {"match": [{"id": "G", "name": "Goals"}]}
SEASON = {
    "league": {"id": "epl", "name": "Premier League"},
    "season": "2026-27",
    "sport": "soccer",
    "games": 1,
}


class Clock:
    """Stands at NOW."""

    def now_ms(self) -> int:
        return NOW

    def monotonic_s(self) -> float:
        return NOW / 1000


@pytest.fixture
def shelf() -> Shelf:
    def game(name: str, start: str, status: str, home: int = 0) -> object:
        return state(
            name, league=EPL, season="2026-27", start=start, status=status,
            home=side(HOSTILE, "ARS", home), away=side("Everton", "EVE", 1),
        )  # fmt: skip

    one = Shelf(
        states=[  # type: ignore[list-item]
            game("past", "2026-11-14T15:00:00Z", "final", 2),
            game("older", "2026-11-07T15:00:00Z", "final", 0),
            game("now", "2026-11-21T13:00:00Z", "live", 1),
            game("ahead", "2026-11-28T15:00:00Z", "scheduled"),
        ]
    )
    rows = [{"rank": place, "team": team, "played": 2} for place, team in enumerate(("ars", "eve"), 1)]
    told = {
        "league": {"id": "epl"},
        "season": "2026-27",
        "table": {"parts": [{"view": "table", "rows": rows}]},
    }
    one.tables["epl", "2026-27", None] = msgspec.json.encode(told)
    player = {"id": "p1", "name": HOSTILE, "games": 1, "totals": {"match": {"G": 2}}}
    totals = {"match": {"G": 2}}
    of_team = SEASON | {"columns": COLUMNS, "totals": totals, "players": [player]}
    one.statistics["team ars"] = msgspec.json.encode({"team": {"id": "ars"}, "seasons": [of_team]})
    of_player = SEASON | {"columns": COLUMNS, "totals": totals, "teams": [{"id": "ars", "name": HOSTILE}]}
    log = {
        "game_id": "past", "league": "epl", "season": "2026-27", "sport": "soccer",
        "start": "2026-11-14T15:00:00Z", "status": "final", "side": "home",
        "home": {"id": "ars", "score": 2}, "away": {"id": "eve", "abbr": "EVE", "score": 1}, "tables": totals,
    }  # fmt: skip
    body = {"player": {"id": "p1", "name": HOSTILE}, "seasons": [of_player], "games": [log]}
    one.statistics["player p1"] = msgspec.json.encode(body)
    one.players["p2"] = Player(id="p2", name="Grace Example")
    return one


@pytest.fixture
def client(shelf: Shelf) -> httpx.AsyncClient:
    handlers = team_pages(reads=shelf, bundle=load_bundle(), clock=Clock())
    transport = httpx.ASGITransport(app=Litestar(handlers, openapi_config=None))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://node")


async def test_a_team_has_its_games_place_and_squad_on_one_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/team/ars")
    assert (page.status_code, page.headers["content-security-policy"]) == (200, POLICY)
    assert HOSTILE not in page.text
    # What goes on stands first, in full; then what is next, then results, the newest first.
    shown = re.findall(r'data-(?:hero|game)="(\w+)"', page.text)
    assert shown == ["now", "ahead", "past", "older"]
    assert '<tr class="own"><td class="place' in page.text
    assert 'href="/player/p1"' in page.text
    assert "1 won, 1 lost" in page.text
    assert "Oldest first: lost, won." in page.text


async def test_all_games_of_a_team_can_be_read(client: httpx.AsyncClient) -> None:
    page = (await client.get("/team/ars/games")).text
    assert re.findall(r'data-game="(\w+)"', page) == ["now", "ahead", "past", "older"]
    assert "Older games" not in page
    assert (await client.get("/team/ars/games?cursor=nonsense")).status_code == 404


async def test_a_player_has_totals_and_games(client: httpx.AsyncClient) -> None:
    page = (await client.get("/player/p1")).text
    assert HOSTILE not in page
    for part in ('href="/league/epl"', 'href="/game/past"', 'href="/team/ars"', "v EVE", "2–1"):
        assert part in page
    assert page.count("data-spoiler") >= 3


async def test_a_player_of_whom_nothing_was_counted_has_a_page_too(client: httpx.AsyncClient) -> None:
    page = await client.get("/player/p2")
    assert page.status_code == 200
    assert "Grace Example" in page.text
    assert "Nothing counted yet" in page.text


@pytest.mark.parametrize("path", ["/team/nobody", "/team/nobody/games", "/player/nobody", "/team/%20"])
async def test_what_does_not_exist_is_a_page_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


async def test_a_late_page_shows_games_as_they_were_and_no_sums_of_now(
    client: httpx.AsyncClient, shelf: Shelf
) -> None:
    page = (await client.get("/team/ars?delay=30")).text
    assert "late 30" in shelf.asked
    assert 'data-delay="30"' in page
    assert 'href="/player/p1"' not in page


async def test_a_team_of_any_sport_has_a_page(shelf: Shelf, client: httpx.AsyncClient) -> None:
    shelf.states = list(matchday())
    for one in matchday():
        page = await client.get(f"/team/{one.away.id}")
        assert page.status_code == 200, one.game_id

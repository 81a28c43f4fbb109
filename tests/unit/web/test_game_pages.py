import re

import httpx
import msgspec
import pytest
from litestar import Litestar

from e2e.matchday import NOW, matchday
from e2e.page_server import Board, FixedClock
from scorewire.web.bundle import load_bundle
from scorewire.web.pages import POLICY, pages
from unit.web.played import claim, plays
from unit.web.test_game_parts import box, told

GAME = "wc2022-final"


@pytest.fixture
def board() -> Board:
    made = Board(states={one.game_id: one for one in matchday()})
    made.plays_of[GAME] = told()
    made.box_scores[GAME] = box()
    return made


@pytest.fixture
def client(board: Board) -> httpx.AsyncClient:
    app = Litestar(pages(reads=board, clock=FixedClock(NOW)), openapi_config=None)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://node")  # type: ignore[arg-type]


async def test_every_tab_is_a_page_with_the_score_and_leads_to_the_others(client: httpx.AsyncClient) -> None:
    shows = {"": "Timeline", "/stats": "Ada", "/lineups": "H. Player1", "/pictures": "Shots"}
    for tab, part in shows.items():
        answer = await client.get(f"/game/{GAME}{tab}")
        assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)
        assert part in answer.text
        assert 'data-part="home">2<' in answer.text
        tabs = re.findall(rf'<a href="/game/{GAME}([^"]*)"( aria-current="page")?>', answer.text)
        assert [where for where, _ in tabs] == ["", "/stats", "/lineups", "/pictures", "/replay"]
        assert [where for where, current in tabs if current] == [tab]


async def test_a_game_that_has_not_begun_has_no_empty_tabs(client: httpx.AsyncClient, board: Board) -> None:
    state = next(one for one in board.states.values() if one.status == "scheduled")
    page = (await client.get(f"/game/{state.game_id}")).text
    assert re.search(r'<nav class="gametabs"[^>]* hidden>', page)
    assert re.search(r'id="part"[^>]* hidden', page)
    # Its address is a page all the same, and says why there is nothing.
    assert "Nothing has been counted" in (await client.get(f"/game/{state.game_id}/stats")).text


async def test_the_parts_are_asked_for_alone(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/game/{GAME}/stats")).text
    (address,) = re.findall(r'data-part-url="([^"]*)"', page)
    answer = await client.get(address)
    assert answer.text in page
    assert answer.headers["surrogate-key"].startswith(f"g:{GAME} ")
    assert "max-age=1" in answer.headers["cache-control"]
    lead = await client.get(f"/game/{GAME}/lead")
    assert "<h3>Shots</h3>" in lead.text
    assert f'href="/game/{GAME}/pictures"' in lead.text
    assert lead.headers["vary"] == "Accept-Encoding"


async def test_what_nobody_knows_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("/game/nobody/stats", "/game/nobody/part/stats", f"/game/{GAME}/part/secrets"):
        assert (await client.get(path)).status_code == 404


async def test_tabs_carry_the_rows_that_the_hero_needs_and_no_more(
    client: httpx.AsyncClient, board: Board
) -> None:
    game = next(one for one in board.states.values() if one.sport == "basketball")
    board.plays_of[game.game_id] = plays(claim("FG2", clock="11:00"), sport="basketball")

    async def earlier(path: str) -> int:
        page = (await client.get(path)).text
        (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
        return len(msgspec.json.decode(data)["earlier"])

    assert await earlier(f"/game/{game.game_id}/pictures") == 0
    assert await earlier(f"/game/{GAME}/pictures") == await earlier(f"/game/{GAME}")


async def test_a_first_load_stays_small(client: httpx.AsyncClient) -> None:
    """Of the page and of everything that its HTML names, as it is sent."""
    bundle = load_bundle()
    for tab in ("", "/stats", "/lineups", "/pictures"):
        gzip = {"Accept-Encoding": "gzip"}
        async with client.stream("GET", f"/game/{GAME}{tab}", headers=gzip) as answer:
            sent = sum([len(chunk) async for chunk in answer.aiter_raw()])
        page = (await client.get(f"/game/{GAME}{tab}")).text
        names = set(re.findall(rf"/static/{bundle.build}/([\w.-]+)", page))
        assert "game.css" in names
        modules = {
            one.decode()
            for name in names
            for one in re.findall(rb'from "\./([\w-]+\.js)"', bundle.files[name].body)
        }
        total = sent + sum(len(bundle.files[name].packed) for name in names | modules)
        assert total < 100_000, (tab, total)

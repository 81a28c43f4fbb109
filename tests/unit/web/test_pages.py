import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from e2e.matchday import NOW, matchday, row
from e2e.page_server import Board, FixedClock
from scorewire.web.bundle import load_bundle
from scorewire.web.pages import FOR_EVER, POLICY, pages


@pytest.fixture
def handlers() -> list[HTTPRouteHandler]:
    states = {one.game_id: one for one in matchday()}
    board = Board(states=states)
    for one in states.values():
        board.rows_of[one.game_id] = [row(one.game_id, event) for event in one.events or ()]
    return pages(reads=board, clock=FixedClock(NOW))  # type: ignore[arg-type]


@pytest.fixture
def client(handlers: list[HTTPRouteHandler]) -> httpx.AsyncClient:
    app = Litestar(handlers, openapi_config=None)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://node")  # type: ignore[arg-type]


async def test_pages_are_read_fresh_under_a_strict_policy(client: httpx.AsyncClient) -> None:
    for path in ("/", "/game/wc2022-final"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-cache"
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in POLICY


async def test_games_show_the_places_of_their_teams_in_the_table() -> None:
    states = {one.game_id: one for one in matchday()}
    game = states["wc2022-final"]
    rows = [
        {"rank": place, "team": side.id, "name": side.name, "points": 7 - place}
        for place, side in enumerate((game.home, game.away), 1)
    ]
    table = {"parts": [{"view": "table", "rows": rows}]}
    league = game.league
    board = Board(states=states)
    board.tables[league.id] = msgspec.json.encode({"league": league, "season": "2022", "table": table})
    app = Litestar(pages(reads=board, clock=FixedClock(NOW)), openapi_config=None)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
        assert 'class="own"' in (await client.get("/game/wc2022-final")).text


async def test_an_unknown_game_is_a_page_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/game/nobody")
    assert answer.status_code == 404
    assert "No such game" in answer.text


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("identity", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("x-gzip-like", False),
    ],
)
async def test_static_files_are_packed_for_who_takes_it(
    client: httpx.AsyncClient, accepted: str, takes: bool
) -> None:
    bundle = load_bundle()
    answer = await client.get(bundle.url("words.js"), headers={"Accept-Encoding": accepted})
    assert answer.content == bundle.files["words.js"].body
    assert ("content-encoding" in answer.headers) is takes
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(
        bundle.files["words.js"].packed if takes else bundle.files["words.js"].body
    )


async def test_static_files_are_for_ever_under_their_own_name(client: httpx.AsyncClient) -> None:
    bundle = load_bundle()
    answer = await client.get(bundle.url("scores.js"))
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.content == bundle.files["scores.js"].body
    older = await client.get("/static/000000000000/scores.js")
    assert (older.status_code, older.headers["cache-control"]) == (200, "public, max-age=300")
    assert (await client.get(f"/static/{bundle.build}/nothing.js")).status_code == 404
    assert (await client.get(f"/static/{bundle.build}/..%2fpages.py")).status_code == 404


async def test_the_favicon_has_the_address_that_browsers_guess(client: httpx.AsyncClient) -> None:
    assert (await client.get("/favicon.ico")).headers["content-type"] == "image/svg+xml"


async def test_the_list_follows_the_choice(client: httpx.AsyncClient) -> None:
    everything, soccer, live = [
        (await client.get(path)).text.count('class="row"') for path in ("/", "/?sport=soccer", "/?live=1")
    ]
    assert everything == len(matchday())
    assert 0 < soccer < everything
    assert live == 3


async def test_red_cards_and_shoot_outs_are_in_the_list_although_the_list_form_has_no_detail(
    client: httpx.AsyncClient,
) -> None:
    text = (await client.get("/")).text
    assert "1 red card" in text
    assert "(4)" in text

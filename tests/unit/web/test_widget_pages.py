import re
from html.parser import HTMLParser

import httpx
import pytest
from litestar import Litestar
from msgspec.structs import replace

from e2e.matchday import NOW, matchday
from e2e.page_server import Board, FixedClock
from scorewire.web.bundle import load_bundle
from scorewire.web.pages import takes_gzip
from scorewire.web.render import template
from scorewire.web.widget_pages import EMBED_POLICY, PAGES_MAX, widget_pages

GAME = "wc2022-final"


@pytest.fixture
def board() -> Board:
    return Board(states={one.game_id: one for one in matchday()})


@pytest.fixture
def client(board: Board) -> httpx.AsyncClient:
    handlers = widget_pages(reads=board, clock=FixedClock(NOW), bundle=load_bundle(), takes_gzip=takes_gzip)
    app = Litestar(handlers, openapi_config=None)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://node")  # type: ignore[arg-type]


async def test_any_site_may_load_the_module_which_is_kept_shortly(client: httpx.AsyncClient) -> None:
    answer = await client.get("/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"].startswith("public, max-age=300,")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 10_000
    assert answer.content == load_bundle().files["widget.js"].body


async def test_who_has_the_module_is_told_so(client: httpx.AsyncClient) -> None:
    packed = (await client.get("/widget.js")).headers["etag"]
    plain = (await client.get("/widget.js", headers={"Accept-Encoding": "identity"})).headers["etag"]
    assert packed != plain
    for encoding, etag in (("gzip", packed), ("identity", plain)):
        asked = {"Accept-Encoding": encoding, "If-None-Match": etag}
        again = await client.get("/widget.js", headers=asked)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert again.headers["access-control-allow-origin"] == "*"
    other = await client.get("/widget.js", headers={"Accept-Encoding": "gzip", "If-None-Match": plain})
    assert other.status_code == 200


async def test_any_site_may_frame_the_page_and_nothing_else_is_looser(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/embed/{GAME}")
    assert answer.headers["content-security-policy"] == EMBED_POLICY
    assert "frame-ancestors *" in EMBED_POLICY
    assert "unsafe" not in EMBED_POLICY
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert answer.headers["cache-control"].startswith("public, max-age=1,")
    assert GAME in answer.headers["surrogate-key"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", answer.text)


class _Text(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.told: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.told += data.split()


async def test_the_page_is_complete_without_scripts(client: httpx.AsyncClient) -> None:
    text = (await client.get(f"/embed/{GAME}?events=3")).text
    told = " ".join(_Text(text).told)
    assert "World Cup" in told
    assert "Argentina 2" in told
    assert "France" in told
    assert text.count('<li class="event">') == 3
    assert '<noscript><meta http-equiv="refresh" content="20">' in text
    assert '<live-score game="wc2022-final" theme="auto" events="3">' in text
    assert f'href="/game/{GAME}"' in text


async def test_a_query_says_how_and_nonsense_says_nothing(client: httpx.AsyncClient) -> None:
    dark = (await client.get(f"/embed/{GAME}?theme=dark&compact&events=5&delay=30")).text
    assert '<meta name="color-scheme" content="dark">' in dark
    assert 'theme="dark" events="5" delay="30" compact>' in dark
    assert '<li class="event">' not in dark
    for query in ("theme=%22%3E&events=-1", "events=x&theme=", "events=%D9%A3", f"events={'9' * 5000}"):
        plain = (await client.get(f"/embed/{GAME}?{query}")).text
        assert '<live-score game="wc2022-final" theme="auto">' in plain
    many = (await client.get(f"/embed/{GAME}?events=99999")).text
    assert 'events="20"' in many


async def test_a_game_that_is_not_known_yet_is_waited_for(client: httpx.AsyncClient) -> None:
    answer = await client.get("/embed/nobody")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "No such game is known yet." in answer.text
    assert '<live-score game="nobody"' in answer.text


async def test_what_the_teams_are_called_cannot_end_the_page(client: httpx.AsyncClient, board: Board) -> None:
    held = board.states[GAME]
    board.states[GAME] = replace(held, home=replace(held.home, name="<script>alert(1)</script>"))
    text = (await client.get(f"/embed/{GAME}")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


async def test_every_state_of_the_matchday_has_a_page(client: httpx.AsyncClient, board: Board) -> None:
    for game_id in board.states:
        answer = await client.get(f"/embed/{game_id}?events=3")
        assert answer.status_code == 200, game_id


async def test_a_page_is_drawn_again_when_the_game_has_moved_on(
    client: httpx.AsyncClient, board: Board
) -> None:
    path = f"/embed/{GAME}"
    first = (await client.get(path)).text
    held = board.states[GAME]
    board.states[GAME] = replace(held, home=replace(held.home, score=7))
    assert (await client.get(path)).text == first  # of one epoch and seq there is one state
    assert (await client.get(f"{path}?theme=dark")).text != first
    board.states[GAME] = replace(board.states[GAME], seq=held.seq + 1)
    assert '<b class="score">7</b>' in (await client.get(path)).text
    for number in range(PAGES_MAX + 10):
        await client.get(f"/embed/nobody{number}")
    assert '<b class="score">7</b>' in (await client.get(path)).text


def test_the_lines_to_copy_are_text_and_nothing_in_them_runs() -> None:
    made = str(template("snippet.html").module.details('a"><script>', "https://scores.example"))  # type: ignore[attr-defined]
    assert "<script" not in made
    assert "<iframe" not in made
    told = " ".join(_Text(made).told)
    assert '<script type="module" src="https://scores.example/widget.js"></script>' in told
    assert "https://scores.example/embed/" in told
    assert '<live-score game="a&#34;&gt;&lt;script&gt;"></live-score>' in told

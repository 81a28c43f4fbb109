"""A game's tabs in a real Chromium: complete without scripts, sorted and read anew with them."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.matchday import NOW, basketball_game, event, matchday, state
from e2e.page_server import PageServer
from unit.web.played import FOUR_THREE_THREE, claim, eleven, plays

pytestmark = pytest.mark.browser

MATCH, GAME = "wc2022-final", basketball_game().game_id
PHONE = {"width": 360, "height": 740}
FIRST_PAGE_BYTES = 100_000

COLUMNS = [
    {"id": "MIN", "name": "Minutes played", "unit": "s"},
    *({"id": f"C{number}", "name": f"Column {number}"} for number in range(12)),
    {"id": "PTS", "name": "Points"},
]


def box(**points: int) -> bytes:
    """Lines of players, each as long as the other."""

    def line(name: str, number: int) -> dict[str, Any]:
        cells = {one["id"]: 1 for one in COLUMNS} | {"MIN": 600 + number, "PTS": number}
        return {"id": name.lower(), "name": name, "played": True, "tables": {"box": cells}}

    players = [line(name, number) for name, number in points.items()]
    sides = [{"id": side, "name": side, "totals": {"box": {"PTS": 9}}, "players": players} for side in "ab"]
    told = {"sport": "rugby_union", "columns": {"box": COLUMNS}, "home": sides[0], "away": sides[1]}
    return msgspec.json.encode(told)


@pytest.fixture
def games() -> Iterator[PageServer]:
    """Games of which plays and lines are known."""
    with PageServer(matchday(), NOW) as running:
        running.board.box_scores[GAME] = box(Ada=7, Bea=22, Cleo=3)
        running.board.plays_of[MATCH] = plays(
            claim("LINEUP", **eleven(*FOUR_THREE_THREE)),
            claim("LINEUP", "away", **eleven(*FOUR_THREE_THREE, letter="A")),
            claim("GOAL", who="H11", clock="22:10", x=0.9, y=0.5),
        )
        yield running


@pytest.fixture
def page(browser: Browser, games: PageServer) -> Iterator[Page]:
    """A phone; it must end without an error in its console."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    made = context.new_page()
    complaints: list[str] = []
    made.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def order(page: Page) -> list[str]:
    return page.locator('table[data-sort="home-box"] tbody th').all_inner_texts()


def test_tabs_are_whole_without_scripts(browser: Browser, games: PageServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{games.url}/game/{GAME}")
    page.get_by_role("link", name="Box score").click()
    expect(page.get_by_role("rowheader", name="Bea").first).to_be_visible()
    assert page.locator("thead button").count() == 0
    page.goto(f"{games.url}/game/{MATCH}/lineups")
    expect(page.get_by_role("img", name="Line-ups of Argentina and France")).to_be_visible()
    context.close()


def test_nothing_makes_a_phone_scroll_sideways_but_a_table_within_itself(
    page: Page, games: PageServer
) -> None:
    for path in (f"{GAME}/stats", f"{GAME}", f"{MATCH}/lineups", f"{MATCH}/pictures", MATCH):
        page.goto(f"{games.url}/game/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.goto(f"{games.url}/game/{GAME}/stats")
    table = page.get_by_role("region", name="a, Players")
    name = table.get_by_role("rowheader", name="Bea")
    before = name.bounding_box()
    table.evaluate("one => one.scrollTo({ left: 300 })")
    assert table.evaluate("one => one.scrollLeft") > 0
    assert name.bounding_box() == before  # the names stay


def test_a_part_is_read_anew_and_keeps_its_order_place_and_focus(page: Page, games: PageServer) -> None:
    page.goto(f"{games.url}/game/{GAME}/stats")
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    assert order(page) == ["Ada", "Bea", "Cleo"]
    points = page.locator('table[data-sort="home-box"]').get_by_role("button", name="PTS, Points")
    points.press("Enter")
    assert order(page) == ["Bea", "Ada", "Cleo"]
    heading = page.locator('table[data-sort="home-box"] th[aria-sort]')
    expect(heading).to_have_attribute("aria-sort", "descending")
    table = page.locator('[data-scroll="home-box"]')
    left = table.evaluate("one => one.scrollLeft")
    assert left > 0  # the focus brought its column into sight

    games.board.box_scores[GAME] = box(Ada=30, Bea=22, Cleo=3)
    seq = games.board.states[GAME].seq + 1
    with page.expect_request(lambda asked: f"/part/stats?at=k3v9x2aa-{seq}" in asked.url):
        games.do(games.board.tell, GAME, event(900, "FG2", "home", "Ada", period=3, clock="5:00"))
    expect(page.locator('table[data-sort="home-box"] tbody tr').first).to_contain_text("Ada")
    assert order(page) == ["Ada", "Bea", "Cleo"]
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(points).to_be_focused()
    assert table.evaluate("one => one.scrollLeft") == left


def test_a_page_that_is_open_before_the_game_gets_its_picture_and_its_tabs(
    page: Page, games: PageServer
) -> None:
    begins = "begins-now"
    games.board.states[begins] = state(begins, status="scheduled")
    page.goto(f"{games.url}/game/{begins}")
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    tabs = page.get_by_role("navigation", name="Of this game")
    expect(tabs).to_be_hidden()
    expect(page.locator("#part")).to_be_hidden()
    games.board.plays_of[begins] = games.board.plays_of[MATCH]
    games.do(games.board.tell, begins, event(2, "GOAL", "home", "Ada", period=1, clock="0:10"), status="live")
    expect(tabs.get_by_role("link", name="Line-ups")).to_be_visible()
    expect(page.get_by_role("img", name="Shots of Argentina and France")).to_be_visible()


def test_no_tab_gives_a_hidden_score_away(page: Page, games: PageServer) -> None:
    page.add_init_script("localStorage.setItem('scorewire.settings.1', JSON.stringify({ scores: 'hidden' }))")
    seen = {
        MATCH: "Timeline",
        f"{GAME}/stats": "Bea",
        f"{MATCH}/pictures": "1 goal",
        f"{MATCH}/lineups": "23'",
    }
    for path, tells in seen.items():
        page.goto(f"{games.url}/game/{path}")
        expect(page.locator("#link")).to_have_attribute("data-state", "live")
        assert tells not in page.locator("main").inner_text(), path
    expect(page.get_by_role("link", name="H. Player11")).to_be_visible()
    page.get_by_role("button", name="Show the score").click()
    assert "23'" in page.locator("main").inner_text()


def test_the_first_load_of_a_game_is_small(page: Page, games: PageServer) -> None:
    page.goto(f"{games.url}/game/{MATCH}")
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    sizes = page.evaluate(
        """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
          .filter((one) => !one.name.includes("/v1/")).map((one) => one.transferSize)"""
    )
    assert len(sizes) > 10
    assert sum(sizes) < FIRST_PAGE_BYTES, sum(sizes)

"""Settings and favourites in a real Chromium over a stand-in: what the viewer has set holds on every page."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.matchday import NOW, event, matchday, side
from e2e.page_server import PageServer
from scorewire.web.bundle import load_bundle

pytestmark = pytest.mark.browser

GAME = "wc2022-final"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport={"width": 1280, "height": 800}, timezone_id="Europe/Berlin", locale="en-GB"
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must end without an error in its console: a breach of the policy would be one."""
    made = context.new_page()
    complaints: list[str] = []
    made.on(
        "console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None
    )
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    assert complaints == []


def goal(server: PageServer, seq: int) -> None:
    held = server.board.states[GAME]
    told = event(seq, "GOAL", "home", "Julián Álvarez", period=2, clock="68:10")
    server.do(server.board.tell, GAME, told, home=side("Argentina", "ARG", 3), updated_at=held.updated_at + 1)


def test_what_is_set_by_keyboard_holds_on_the_next_page_and_in_other_tabs(
    page: Page, server: PageServer
) -> None:
    page.goto(server.url)
    other = page.context.new_page()
    other.goto(f"{server.url}/game/{GAME}")
    opener = page.get_by_role("button", name="Settings")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog).to_be_visible()
    dialog.get_by_role("radio", name="Auto").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("radio", name="Compact").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    for one in (page, other):
        expect(one.locator("html")).to_have_attribute("data-theme", "dark")
        expect(one.locator("html")).to_have_attribute("data-density", "compact")
    page.goto(f"{server.url}/game/{GAME}")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_hidden_scores_are_nowhere_until_somebody_asks(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    page.evaluate("localStorage.setItem('scorewire.settings.1', '{\"scores\": \"hidden\"}')")
    page.goto(f"{server.url}/game/{GAME}")
    expect(page.locator("#link")).to_have_text("live")
    goal(server, 19)
    expect(page.locator("#game")).to_have_attribute("data-seq", "19")
    expect(page.locator('[data-hero] [data-part="home"]')).to_be_hidden()
    expect(page).to_have_title("Argentina v France | Scorewire")
    assert not re.search(r"\b[23]\b", page.locator(".duel").inner_text())
    assert page.locator("#said").inner_text() == ""
    page.goto(server.url)
    row = page.locator(f'[data-game="{GAME}"]')
    expect(row.locator(".score").first).to_be_hidden()
    expect(page.locator('#feature [data-hero] [data-part="home"]')).to_be_hidden()
    page.get_by_role("button", name="Show the score of Argentina v France").first.click()
    expect(row.locator(".score").first).to_have_text("3")
    expect(row.locator(".score").first).to_be_visible()
    expect(page.locator('[data-game="nba-gsw-bkn"] .score').first).to_be_hidden()
    page.goto(f"{server.url}/game/{GAME}")
    expect(page.locator('[data-hero] [data-part="home"]')).to_be_visible()
    expect(page).to_have_title(re.compile("^3–0 "))


def test_without_storage_there_are_no_stars_and_all_else_works(
    context: BrowserContext, page: Page, server: PageServer
) -> None:
    forbidden = "get() { throw new DOMException('no', 'SecurityError') }"
    context.add_init_script(f"Object.defineProperty(window, 'localStorage', {{{forbidden}}})")
    page.goto(server.url)
    expect(page.locator("#link")).to_have_text("live")
    expect(page.locator(".star")).to_have_count(0)
    goal(server, 19)
    expect(page.locator(f'[data-game="{GAME}"] .score').first).to_have_text("3")


def test_a_list_that_is_narrowed_stays_so_when_rows_move(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    page.locator("#search").fill("argent")
    expect(page.locator('[data-game="nba-gsw-bkn"]')).to_be_hidden()
    page.locator(f'.star[data-id="{GAME}"]').first.click()
    expect(page.locator(f'#favourites [data-game="{GAME}"]')).to_be_visible()
    expect(page.locator('[data-game="nba-gsw-bkn"]')).to_be_hidden()
    page.locator("#search").fill("nobody is called so")
    expect(page.locator("#games [data-none]")).to_contain_text("No game here for")
    page.locator("#search").press("Escape")
    expect(page.locator('[data-game="nba-gsw-bkn"]')).to_be_visible()


def test_a_row_that_the_browser_makes_is_the_one_that_the_server_makes(
    page: Page, server: PageServer
) -> None:
    page.goto(f"{server.url}/?date=2020-01-01")  # no list that would change
    states = [one.line() for one in matchday()]
    made = page.evaluate(_ROWS, [msgspec.to_builtins(states), NOW, f"/static/{load_bundle().build}/"])
    for state, (ours, theirs) in zip(states, made, strict=True):
        assert ours == theirs, state.game_id


_ROWS = """async ([states, now, at]) => {
  const { board } = await import(at + "board.js");
  const { rowEntry } = await import(at + "rows.js");
  const text = await (await fetch("/")).text();
  const list = new DOMParser().parseFromString(text, "text/html");
  const bare = (entry) => {
    for (const node of entry.querySelectorAll("[data-when]")) node.textContent = "";
    return entry.outerHTML.replace(/\\s+/g, " ").replace(/> </g, "><");
  };
  return states.map((state) => [
    bare(rowEntry(board(state, now), state)),
    bare(list.querySelector(`[data-game="${state.game_id}"]`).parentElement),
  ]);
}"""


def test_times_and_days_are_those_of_the_zone_that_is_chosen(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    assert {"name": "tz", "value": "Europe/Berlin"}.items() <= page.context.cookies()[0].items()
    expect(page.locator('[data-game="wc-next"] time')).to_have_text("20:00")
    page.get_by_role("button", name="Settings").click()
    page.locator('select[name="zone"]').select_option("Asia/Tokyo")
    page.keyboard.press("Escape")
    expect(page.locator('[data-game="wc-next"] time')).to_have_text("4:00")
    answer = page.context.request.get(server.url)
    assert '<time data-when="clock">04:00</time>' in answer.text()

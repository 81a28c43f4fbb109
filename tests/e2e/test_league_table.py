"""The league page's table lives: scripts draw what the server draws, and a goal moves a row."""

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from node_process import NodeProcess, declare, event
from scorewire.web.standings import read_standings, shown_parts

pytestmark = pytest.mark.browser

DRAWN = """async ([modules, table, playing]) => {
  const { shownParts } = await import(`${modules}/table_rows.js`);
  return shownParts(table, new Set(playing));
}"""
ANEW = """async ([modules, table, playing]) => {
  const { drawTable } = await import(`${modules}/league_table.js`);
  const empty = document.createElement("div");
  drawTable(empty, table, new Set(playing));
  const plain = (one) => one.innerHTML.replace(/>\\s+</g, "><").trim();
  const cards = (root) => [...root.querySelectorAll("section.card")].map(plain);
  return [cards(document.getElementById("tables")), cards(empty)];
}"""
MOVED = """async ([modules, before, after]) => {
  const { drawTable } = await import(`${modules}/league_table.js`);
  const root = document.body.appendChild(document.createElement("div"));
  drawTable(root, before, new Set());
  drawTable(root, after, new Set());
  const glides = ({ effect }) => effect.getKeyframes()[0].transform;
  const found = root.getAnimations({ subtree: true }).some(glides);
  root.remove();
  return found;
}"""
ROWS: list[dict[str, Any]] = [
    {
        "team": "ars",
        "name": "Arsenal",
        "abbr": "ars",
        "played": 4,
        "won": 3,
        "lost": 1,
        "for": 9,
        "against": 2,
    },
    {"team": "gs", "played": 4, "won": 1, "drawn": 2, "lost": 1, "lost_late": 1, "lost_shootout": 2},
    {"team": "émi", "name": "Étoile <b>", "no_result": 1, "undecided": "lots", "provisional": True},
]


def table_of(*more: dict[str, Any], view: str = "overall", name: str = "") -> dict[str, Any]:
    """A table of three teams, each with something more."""
    rows = [{"rank": n, **row, **extra} for n, (row, extra) in enumerate(zip(ROWS, more, strict=True), 1)]
    return {"rules": "r", "parts": [{"view": view, "name": name, "rows": rows}]}


TABLES = {
    "points": table_of(
        {"points": 9, "difference": 7, "form": "WWLW", "zone": "Champions League"},
        {"points": 5, "form": "DLNT", "zone": "Play-off", "undecided": "play-off", "deducted": 2},
        {"points": -3, "difference": -7, "deducted": -1},
    ),
    "shares": table_of(
        {"pct": 0.75, "games_behind": 0.0},
        {"pct": 1.0, "games_behind": 12.5},
        {"pct": 0.0, "games_behind": 0.5},
    ),
    "run rate": table_of(
        {"points": 6, "net_run_rate": 1.2345}, {"points": 0, "net_run_rate": -0.0004}, {"net_run_rate": 0.0}
    ),
    "a group": table_of({"points": 6}, {"points": 3}, {"points": 0}, view="group", name="A"),
    "nothing": {"rules": ""},
}


@pytest.fixture
def page(browser: Browser) -> Page:
    made = browser.new_page(viewport={"width": 390, "height": 844})
    yield made
    made.close()


def play(node: NodeProcess, home: str, away: str, goals: str = "") -> str:
    """A game of the league that has begun, with goals by side."""
    name = f"{home}-{away}"
    told = declare(name)
    told["data"] |= {"league": {"id": "cup", "name": "The Cup"}, "season": "2024"}
    told["data"] |= {"home": {"id": home, "name": home.title()}, "away": {"id": away, "name": away.title()}}
    sides = {"h": "home", "a": "away"}
    scored = [event(name, n, "GOAL", team=sides[side], period=1) for n, side in enumerate(goals, 2)]
    assert node.post("acme", [told, event(name, 1, "PERIOD_START", period=1), *scored]).status_code == 202
    node.settle(name, 2 + len(goals))
    return name


def modules(page: Page) -> str:
    """Where the page's modules lie."""
    source = page.locator('script[src*="league_table.js"]').get_attribute("src")
    assert source is not None
    return source.rpartition("/")[0]


def teams(page: Page) -> list[str]:
    return page.locator("#tables tbody .club a").all_inner_texts()


def test_the_table_lives_and_is_drawn_as_the_server_draws_it(node: NodeProcess, page: Page) -> None:
    play(node, "ars", "che", "h")
    game = play(node, "eve", "liv")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{node.url}/league/cup")
    expect(page.locator("#tables tbody tr")).to_have_count(4)
    expect(page.locator("#tables tbody .club a").first).to_have_text("Ars")
    # Somebody stands on a link of the table, and has scrolled.
    page.locator("#tables .club a", has_text="Liv").focus()
    page.evaluate("document.querySelector('#tables tbody').dataset.mine = 'yes'")
    goals = [event(game, n, "GOAL", team="away", period=1) for n in (2, 3, 4)]
    assert node.post("acme", goals).status_code == 202
    expect(page.locator("#tables tbody .club a").first).to_have_text("Liv")
    assert page.evaluate("document.activeElement.textContent") == "Liv", "focus stays where it was"
    assert page.locator("#tables tbody[data-mine]").count() == 1, "the table itself is the same"
    expect(page.locator("#said")).to_contain_text("Liv are first")
    expect(page.locator("#tables tbody tr").first.locator(".now")).to_have_count(1)
    # The next reader's HTML says the same as the scripts have made of it, cell by cell.
    table = node.get("/v1/leagues/cup/standings").json()["table"]
    page.reload()
    expect(page.locator("#tables tbody .club a").first).to_have_text("Liv")
    server, scripts = page.evaluate(ANEW, [modules(page), table, ["ars", "che", "eve", "liv"]])
    assert scripts == server
    for name, told in TABLES.items():
        body = msgspec.json.encode({"league": {"id": "cup"}, "season": "2024", "table": told})
        expected = msgspec.json.decode(msgspec.json.encode(shown_parts(read_standings(body), {"gs"})))
        assert page.evaluate(DRAWN, [modules(page), told, ["gs"]]) == expected, name
    assert errors == []


def test_a_page_without_a_table_is_given_one_by_its_first_goal(node: NodeProcess, page: Page) -> None:
    told = declare("one-two")
    told["data"] |= {"league": {"id": "cup", "name": "The Cup"}, "season": "2024"}
    assert node.post("acme", [told]).status_code == 202
    node.settle("one-two", 1)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{node.url}/league/cup")
    expect(page.locator("#tables .empty")).to_be_visible()
    node.post(
        "acme",
        [event("one-two", 1, "PERIOD_START", period=1), event("one-two", 2, "GOAL", team="away", period=1)],
    )
    expect(page.locator("#tables tbody tr")).to_have_count(2)
    tables = [table_of(*({"points": points} for points in of)) for of in ((9, 5, 3), (9, 5, 8))]
    tables[1]["parts"][0]["rows"].reverse()
    for motion, moves in (("reduce", False), ("no-preference", True)):
        page.emulate_media(reduced_motion=motion)
        assert page.evaluate(MOVED, [modules(page), *tables]) is moves


def test_tabs_share_one_stream_of_a_table_and_the_next_one_takes_over(
    node: NodeProcess, browser: Browser
) -> None:
    play(node, "ars", "che", "h")
    game = play(node, "eve", "liv")
    with browser.new_context() as context:
        streams: list[str] = []
        context.on("request", lambda one: streams.append(one.url) if "/v1/stream" in one.url else None)
        tabs = [context.new_page() for _ in range(2)]
        for tab in tabs:
            tab.goto(f"{node.url}/league/cup")
            expect(tab.locator("html")).to_have_attribute("data-link", "live")
        assert (
            node.post("acme", [event(game, n, "GOAL", team="away", period=1) for n in (2, 3)]).status_code
            == 202
        )
        for tab in tabs:
            expect(tab.locator("#tables tbody .club a").first).to_have_text("Liv")
        assert len(streams) == 1, streams
        tabs[0].close()
        goals = [event(game, n, "GOAL", team="home", period=1) for n in (4, 5, 6, 7)]
        assert node.post("acme", goals).status_code == 202
        expect(tabs[1].locator("#tables tbody .club a").first).to_have_text("Eve")
        assert len(streams) == 2, streams

"""The pages of a league, its teams and players over a real node, in a real Chromium."""

import re
import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.browser

SEASON = "2026-27"
ADA = {"id": "p1", "name": "Ada Example"}


def game(home: str, away: str, round_: str, start: str) -> dict[str, Any]:
    told = declare(f"{home}-{away}")
    told["data"] |= {
        "league": {"id": "epl", "name": "Premier League"},
        "season": SEASON,
        "round": round_,
        "start": start,
        "home": {"id": home, "name": home.title()},
        "away": {"id": away, "name": away.title()},
    }
    return told


def say(node: NodeProcess, *messages: dict[str, Any]) -> None:
    answer = node.post("acme", list(messages))
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == []


def until(node: NodeProcess, path: str, wanted: str) -> str:
    """A page, once it says what is wanted."""
    deadline = time.monotonic() + 60
    while wanted not in (page := httpx.get(f"{node.url}{path}")).text:
        assert time.monotonic() < deadline, page.text
        time.sleep(0.1)
    return page.text


def test_a_league_from_its_table_to_its_rounds_and_a_goal_in_between(
    node: NodeProcess, browser: Browser
) -> None:
    say(
        node,
        game("ars", "eve", "1", "2026-08-21T15:00:00Z"),
        event("ars-eve", 1, "PERIOD_START", period=1, clock="0:00"),
        event("ars-eve", 2, "GOAL", team="home", period=1, clock="9:10", player=ADA),
        game("eve", "ars", "2", "2026-12-21T15:00:00Z"),
    )
    until(node, "/league/epl", 'href="/team/ars"')
    with browser.new_context(base_url=node.url) as context:
        page = context.new_page()
        page.goto("/leagues")
        page.get_by_role("link", name="Premier League").click()
        expect(page.get_by_role("row", name=re.compile("Ars"))).to_contain_text("1:0")
        page.get_by_role("navigation", name="Premier League").get_by_role(
            "link", name="Games", exact=True
        ).click()
        expect(page.get_by_role("heading", name="Round 1")).to_be_visible()
        row = page.locator('[data-game="ars-eve"]')
        expect(row.locator('[data-side="home"] [data-part="score"]')).to_have_text("1")
        # The row lives.
        expect(page.locator("#link")).to_have_attribute("data-state", "live")
        say(node, event("ars-eve", 3, "GOAL", team="away", period=1, clock="12:00"))
        expect(row.locator('[data-side="away"] [data-part="score"]')).to_have_text("1")
        page.get_by_role("link", name=re.compile("After: .*Round 2")).click()
        expect(page.locator('[data-game="eve-ars"]')).to_be_visible()


def test_a_leader_leads_to_a_player_and_the_player_to_a_team_whose_game_lives(
    node: NodeProcess, browser: Browser
) -> None:
    say(
        node,
        game("ars", "eve", "1", "2026-08-21T15:00:00Z"),
        event("ars-eve", 1, "PERIOD_START", period=1, clock="0:00"),
        event("ars-eve", 2, "GOAL", team="home", period=1, clock="9:10", player=ADA),
    )
    until(node, "/league/epl/leaders", "Ada Example")
    with browser.new_context(base_url=node.url, viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.goto("/league/epl/leaders")
        page.get_by_role("link", name="Whole list of goals").click()
        expect(page.get_by_role("table", name="Goals")).to_contain_text("Ada Example")
        page.get_by_role("link", name="Ada Example").click()
        expect(page.get_by_role("heading", name="Ada Example")).to_be_visible()
        expect(page.get_by_role("table", name="Seasons")).to_contain_text("Premier League")
        page.get_by_role("main").get_by_role("link", name="Ars", exact=True).click()
        expect(page.get_by_role("table", name="Squad")).to_contain_text("Ada Example")
        hero = page.locator('[data-hero="ars-eve"]')
        expect(hero.locator('[data-part="home"]')).to_have_text("1")
        expect(page.locator("#link")).to_have_attribute("data-state", "live")
        say(node, event("ars-eve", 3, "GOAL", team="away", period=1, clock="12:00"))
        expect(hero.locator('[data-part="away"]')).to_have_text("1")
        # Nothing is wider than a small phone.
        for path in ("/team/ars", "/player/p1", "/league/epl/leaders", "/league/epl", "/leagues"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        # Who wants no scores is shown none, and can ask for all of a page.
        page.evaluate("localStorage.setItem('scorewire.settings.1', JSON.stringify({scores: 'hidden'}))")
        page.goto("/league/epl/leaders")
        expect(page.get_by_role("link", name="Ada Example")).to_have_count(0)
        page.get_by_role("button", name="Show them on this page").click()
        expect(page.get_by_role("link", name="Ada Example").first).to_be_visible()

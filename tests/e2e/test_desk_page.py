"""The desk's page in a real browser: the door, the score put right, an entry handed back, rubbish refused."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from conftest import find_browser
from node_process import NodeProcess, declare, event

SCOREWIRE = (sys.executable, "-m", "scorewire")


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        made = chromium.new_page(viewport={"width": 390, "height": 844})
        yield made
        chromium.close()


def admin_token(node: NodeProcess) -> str:
    done = subprocess.run(
        [*SCOREWIRE, "keys", "create", "ops", "--admin", "--json", "--data", str(node.data)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    token: str = json.loads(done.stdout)["secret"]
    deadline = time.monotonic() + 5
    while node.get("/v1/admin/status", headers={"authorization": f"Bearer {token}"}).status_code != 200:
        assert time.monotonic() < deadline  # a running node hears of a new key within a second
        time.sleep(0.05)
    return token


def test_an_editor_puts_a_score_right_and_hands_back(page: Page, node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.post("acme", event("g1", 1, "PERIOD_START", period=1))
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1, clock="3:00"))
    node.settle("g1", 3)
    token = admin_token(node)
    page.goto(f"{node.url}/desk")
    page.fill("#enter [name=token]", "swa_wrong")
    page.fill("#enter [name=by]", "anna")
    page.click("#enter button")
    expect(page.locator("#answer")).to_contain_text("bearer token")
    expect(page.locator("#work")).to_be_hidden()

    page.fill("#enter [name=token]", token)
    page.click("#enter button")
    page.click("#picks button")
    expect(page.locator("#answer")).to_have_text("")  # what the wrong token was told stands no longer
    expect(page.locator("#now")).to_have_text("Red Town 1 – 0 Blue City")

    page.fill("#score [name=home]", "0")
    page.fill("#score [name=away]", "1")
    page.fill("#score [name=reason]", "<b>the wrong side</b>")
    page.click("#score button")
    expect(page.locator("#answer")).to_contain_text("Done: 0-1")
    expect(page.locator("#now")).to_have_text("Red Town 0 – 1 Blue City")
    expect(page.locator("#entries li")).to_have_count(1)
    expect(page.locator("#entries")).to_contain_text("anna: <b>the wrong side</b>")

    page.on("dialog", lambda dialog: dialog.accept("the feed has it now"))
    page.click("#entries button")
    expect(page.locator("#now")).to_have_text("Red Town 1 – 0 Blue City")
    expect(page.locator("#entries")).to_contain_text("handed back by anna")

    page.fill("#event [name=type]", "touchdown")
    page.select_option("#event [name=team]", "home")
    page.fill("#event [name=reason]", "wrong sport")
    page.click("#event button")
    expect(page.locator("#answer")).to_contain_text("unknown_event_type")
    assert node.score("g1")["home"]["score"] == 1


def test_games_of_the_same_teams_are_told_apart_and_have_addresses(page: Page, node: NodeProcess) -> None:
    for game, league in (("leg-1", "The Cup"), ("leg-2", "The League")):
        node.post("acme", declare(game, league={"id": game, "name": league}))
        node.post("acme", event(game, 1, "PERIOD_START", period=1))
        node.settle(game, 2)
    token = admin_token(node)
    page.goto(f"{node.url}/desk?game=leg-2")
    page.fill("#enter [name=token]", token)
    page.fill("#enter [name=by]", "anna")
    page.click("#enter button")
    expect(page.locator("#facts")).to_contain_text("The League")
    page.click("#other")
    expect(page.locator("#picks button small").first).to_contain_text("live 1H")
    told = page.locator("#picks button small").all_inner_texts()
    assert sorted(one.split(" · ")[0] for one in told) == ["The Cup", "The League"]
    page.click("#picks button:has-text('The Cup')")
    expect(page.locator("#facts")).to_contain_text("The Cup")
    assert page.url == f"{node.url}/desk?game=leg-1"
    page.reload()
    expect(page.locator("#facts")).to_contain_text("The Cup")
    page.go_back()
    expect(page.locator("#choose")).to_be_visible()

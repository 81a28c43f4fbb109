"""Search, schedule, calendars, favourites and the delay over a real node with a page full of games."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.browser

FIRST_PAGE_BYTES = 100_000
GAMES = 80
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Eighty games of four leagues around now, half of them under way, half to come."""
    one = NodeProcess(tmp_path_factory.mktemp("visiting") / "data").start()
    one.key("acme")
    told: list[dict] = []
    for n in range(GAMES):
        start = NOW - timedelta(minutes=5 * n) if n < 40 else NOW + timedelta(minutes=30 * (n - 39))
        told.append(game(f"g{n}", n, start.isoformat().replace("+00:00", "Z")))
        if n < 40:
            told.append(event(f"g{n}", 1, "PERIOD_START", period=1, clock="0:00"))
    for at in range(0, len(told), 40):
        assert one.post("acme", told[at : at + 40]).status_code == 202
    yield one
    one.close()


def game(game_id: str, n: int, start: str) -> dict:
    sides = {
        side: {"id": f"{side[0]}{n}", "name": f"{name} Spor Kulübü {n}", "abbr": f"{side[0]}{n}".upper()}
        for side, name in (("home", "Fenerbahçe"), ("away", "Göztepe"))
    }
    league = {"id": f"league-{n % 4}", "name": f"Süper Lig {n % 4}"}
    return declare(game_id, start=start, league=league, **sides)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB"
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    yield made
    assert complaints == []


def test_a_first_visit_to_a_full_page_is_small(page: Page, node: NodeProcess) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: dict[str, int] = {}
    session.on(
        "Network.loadingFinished",
        lambda told: received.__setitem__(told["requestId"], int(told["encodedDataLength"])),
    )
    page.goto(node.url)
    expect(page.locator("#link")).to_have_text("live")
    assert page.locator(".row").count() >= GAMES
    assert sum(received.values()) < FIRST_PAGE_BYTES, sorted(received.values())


def test_favourites_stand_on_top_in_all_tabs_on_one_stream(page: Page, node: NodeProcess) -> None:
    requests: list[str] = []
    page.context.on("request", lambda told: requests.append(told.url))
    page.goto(f"{node.url}/?league=league-1")
    expect(page.locator("#favourites")).to_be_hidden()
    page.locator('[data-game="g5"]').locator("xpath=..").locator(".star").click()
    first = page.locator("#favourites [data-game]")
    expect(first).to_have_attribute("data-game", "g5")
    other = page.context.new_page()
    other.goto(f"{node.url}/?league=league-2")
    other.evaluate("scrollTo(0, 0)")
    expect(other.locator('#favourites [data-game="g5"]')).to_have_count(
        0
    )  # of another league than the page's
    other.goto(node.url)
    expect(other.locator('#favourites [data-game="g5"]')).to_be_visible()
    other.locator('#favourites .star[data-id="g5"]').click()
    expect(page.locator("#favourites")).to_be_hidden()
    expect(page.locator('[data-league="league-1"] [data-game="g5"]')).to_be_visible()
    assert len({url for url in requests if "/v1/stream" in url and "g5" in url}) >= 1


def test_a_favourite_teams_game_that_the_list_lacks_is_fetched_and_lives(
    page: Page, node: NodeProcess
) -> None:
    page.goto(f"{node.url}/game/g3")
    page.locator('[data-hero] .star[data-kind="team"][data-id="h3"]').click()
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    page.goto(f"{node.url}/?date={tomorrow}")
    expect(page.locator("#favourites")).to_be_hidden()
    page.goto(f"{node.url}/?live=1")
    expect(page.locator('#favourites [data-game="g3"]')).to_be_visible()
    node.post("acme", event("g3", 2, "GOAL", team="home", period=1, clock="9:10"))
    score = page.locator('#favourites [data-game="g3"] [data-side="home"] .score')
    expect(score).to_have_text("1")


def test_a_name_is_found_by_what_is_typed(page: Page, node: NodeProcess) -> None:
    page.goto(node.url)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("goztepe spor 7")
    expect(page.locator('[data-game="g7"]')).to_be_visible()
    expect(page.locator('[data-game="g8"]')).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=goztepe"))
    expect(page.locator(".found").first).to_contain_text("Göztepe Spor Kulübü 7")
    expect(page.locator('.found [data-game="g7"]')).to_be_visible()
    answer = node.get("/v1/search?q=SUPER+lig+2").json()
    assert [one["id"] for one in answer["leagues"]] == ["league-2"]
    assert node.get("/v1/search").status_code == 400


def test_with_a_delay_nothing_younger_is_in_any_html(page: Page, node: NodeProcess) -> None:
    node.post("acme", game("late", 1, NOW.isoformat().replace("+00:00", "Z")))
    node.post("acme", event("late", 1, "PERIOD_START", period=1, clock="0:00"))
    node.post("acme", event("late", 2, "GOAL", team="home", period=1, clock="0:30"))
    assert 'data-game="late"' in node.get("/?delay=0").text
    assert 'data-game="late"' not in node.get("/?delay=180").text
    assert node.get("/game/late?delay=180").status_code == 404
    for path in ("/schedule", "/search?q=Fenerbahce"):
        assert "/game/late" not in node.get(f"{path}{'&' if '?' in path else '?'}delay=180").text, path
    page.goto(node.url)
    page.locator("#settings-open").click()
    page.locator('dialog [data-delay="120"]').click()
    page.keyboard.press("Escape")
    expect(page.locator("html")).to_have_attribute("data-delay", "120")
    expect(page.locator('[data-game="late"]')).to_have_count(0)
    # An address without the delay leads to the one with it, before anything is seen.
    page.goto(f"{node.url}/schedule")
    expect(page.locator("html")).to_have_attribute("data-delay", "120")


def test_calendars_are_read_by_a_parser_of_others(node: NodeProcess) -> None:
    answer = node.get("/league/league-1.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "max-age=600" in answer.headers["cache-control"]
    read = icalendar.Calendar.from_ical(answer.text)
    found = {str(one["UID"]): one for one in read.walk("VEVENT")}
    assert {f"g{n}@scorewire" for n in range(1, GAMES, 4)} <= set(found)
    assert str(found["g5@scorewire"]["URL"]) == f"{node.url}/game/g5"
    etag = answer.headers["etag"]
    assert node.get("/league/league-1.ics", headers={"If-None-Match": etag}).status_code == 304
    assert len(icalendar.Calendar.from_ical(node.get("/team/h7.ics").text).walk("VEVENT")) == 1
    for nobody in ("/league/nobody.ics", "/team/nobody.ics", "/game/nobody.ics", "/calendar/sport/x"):
        assert node.get(nobody).status_code == 404, nobody


def test_the_schedule_is_a_week_of_the_viewers_own_days(page: Page, node: NodeProcess) -> None:
    page.goto(f"{node.url}/schedule")
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()
    page.reload()  # with the cookie that the first visit set
    today = page.locator(f'section.day:has(h2[data-day="{berlin}"])')
    expect(today.locator("h2")).to_contain_text("Today")
    expect(today.locator('[data-game="g0"]')).to_be_visible()
    expect(page.locator("#link")).to_have_text("live")
    page.goto(f"{node.url}/schedule?league=league-1")
    expect(page.get_by_role("link", name="subscribe")).to_have_attribute(
        "href", f"webcal://{node.url.partition('://')[2]}/league/league-1.ics"
    )
    assert page.locator(".league:not([data-league='league-1'])").count() == 0

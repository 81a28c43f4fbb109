"""Every page, narrow and wide, light and dark: axe-core finds nothing wrong, and nothing scrolls sideways."""

import signal
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from e2e.accessibility import look_at
from e2e.demo_process import Demo
from e2e.matchday import NOW, matchday
from e2e.page_server import PageServer
from e2e.sitemap import PAGES, UNKNOWN, known
from e2e.sportsday import sportsday

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

GAME = "wc2022-final"
"""Of the demo; under way whenever it starts, with goals, cards and a table."""


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of a node with games of all kinds, which hardly move."""
    one = Demo("--port", "0", "--speed", "0.5")
    text = one.until("Ctrl+C stops")
    yield text.split("Front page")[1].split()[0].rstrip("/")
    one.leave(signal.SIGTERM)


@pytest.fixture(scope="module")
def names(demo: str) -> dict[str, str]:
    """What stands in the demo's addresses."""
    games = httpx.get(f"{demo}/v1/games", params={"limit": 100}, timeout=20).json()["games"]
    return known(demo, games, GAME)


@pytest.fixture(scope="module")
def sports() -> Iterator[str]:
    """The address of pages of games of every sport."""
    with PageServer([*matchday(), *sportsday()], NOW) as server:
        yield server.url


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all, as one visitor would go from one to the next."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_wrong(demo: str, names: dict[str, str], page: Page, path: str) -> None:
    answer = page.goto(demo + path.format(**names))
    assert answer is not None
    assert answer.status == (404 if path == UNKNOWN else 200)
    faults = look_at(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("sport", sorted({one.sport for one in sportsday()}))
def test_a_game_of_each_sport_has_nothing_wrong(sports: str, page: Page, sport: str) -> None:
    game = next(one for one in sportsday() if one.sport == sport)
    page.goto(f"{sports}/game/{game.game_id}")
    faults = look_at(page, of_its_kind=True)
    assert not faults, "\n".join(faults)


def test_the_settings_have_nothing_wrong(demo: str, page: Page) -> None:
    page.goto(demo)
    page.click("#settings-open")
    faults = look_at(page, of_its_kind=True)
    assert not faults, "\n".join(faults)


def test_scores_that_are_hidden_leave_nothing_wrong(demo: str, names: dict[str, str], page: Page) -> None:
    page.goto(demo)
    page.evaluate(
        "localStorage.setItem('scorewire.settings.1', JSON.stringify({scores: 'hidden', density: 'compact'}))"
    )
    faults = []
    for path in ("/", f"/game/{names['game']}"):
        page.goto(demo + path)
        faults += look_at(page, of_its_kind=True)
    page.evaluate("localStorage.clear()")
    assert not faults, "\n".join(faults)


def test_a_fault_is_found(page: Page) -> None:
    page.goto("about:blank")
    page.set_content("<main style='background:#fff'><p style='color:#ccc'>Grey</p><img src=''></main>")
    faults = " ".join(look_at(page))
    assert all(rule in faults for rule in ("color-contrast", "image-alt", "document-title", "html-has-lang"))

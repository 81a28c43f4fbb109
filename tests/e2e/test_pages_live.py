"""The pages over a real node and real signed calls, in a real Chromium: what a fan sees of a feed."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.browser

GAME = "cup-final"
KICKOFF = [event(GAME, 1, "PERIOD_START", period=1, clock="0:00")]
OPENER = event(
    GAME, 2, "GOAL", team="home", period=1, clock="9:10", player={"id": "p1", "name": "Ada Example"}
)
FIRST_PAGE_BYTES = 100_000


class Hatch:
    """A TCP proxy in front of a node which hangs up on every request for a stream while it is shut."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.shut = False
        self._links: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, name="hatch", daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def cut(self) -> None:
        """Shut the hatch, on what is open too."""
        self.shut = True
        links, self._links = self._links, []
        for link in links:
            _end(link)

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._carry, args=(browser,), name="hatch link", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, browser: socket.socket) -> None:
        with browser, socket.create_connection(("127.0.0.1", self.port)) as node:
            self._links += [browser, node]
            back = threading.Thread(target=_pump, args=(node, browser), name="hatch back", daemon=True)
            back.start()
            try:
                while data := browser.recv(65_536):
                    if self.shut and data.startswith(b"GET /v1/stream"):
                        break
                    node.sendall(data)
            except OSError:
                pass  # cut
            _end(node)
            _end(browser)
            back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
    except OSError:
        pass  # cut
    _end(sink)


def _end(link: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        link.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Berlin")
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a page has said in its console; empty it where an error is part of the test."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A page that must end without a word in its console: a breach of the policy would be one."""
    made = context.new_page()
    made.on("console", lambda told: complaints.append(f"{told.type}: {told.text}"))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on(
        "response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    yield made
    assert complaints == []


@pytest.fixture
def game(node: NodeProcess) -> NodeProcess:
    """A node with one game under way, at 1-0."""
    tell(node, declare(GAME), *KICKOFF, OPENER)
    node.settle(GAME, 3)
    return node


def tell(node: NodeProcess, *events: dict[str, Any]) -> None:
    answer = node.post("acme", list(events))
    assert answer.json() == {"accepted": len(events), "duplicates": 0, "rejected": []}


def goal(number: int, team: str = "away") -> dict[str, Any]:
    player = {"id": "p2", "name": "Ben Sample"}
    return event(GAME, number, "GOAL", team=team, period=1, clock=f"{number}:30", player=player)


def cancelled(number: int, target: int, team: str = "away") -> dict[str, Any]:
    detail = {"event": f"e{target}"}
    return event(GAME, number, "GOAL_CANCELLED", team=team, period=1, clock=f"{number}:30", detail=detail)


def open_page(page: Page, url: str, path: str) -> None:
    """Open, wait until it is live, and mark the document: a reload would lose the mark."""
    page.goto(f"{url}{path}")
    expect(page.locator("#link")).to_have_text("live")
    page.evaluate("window.sameDocument = true")


def shown(page: Page, home: int, away: int, timeout_s: float = 20) -> None:
    """The big scoreboard says so, and no reload was needed for it."""
    hero = page.locator("#game [data-hero]")
    expect(hero.locator('[data-part="home"]')).to_have_text(str(home), timeout=timeout_s * 1000)
    expect(hero.locator('[data-part="away"]')).to_have_text(str(away), timeout=timeout_s * 1000)
    assert page.evaluate("window.sameDocument")


def test_a_goal_and_its_cancellation_reach_the_page_of_the_game(page: Page, game: NodeProcess) -> None:
    open_page(page, game.url, f"/game/{GAME}")
    shown(page, 1, 0)
    tell(game, goal(3))
    shown(page, 1, 1)
    scored = page.locator("#lines > li", has_text="Ben Sample")
    expect(scored.locator(".run")).to_have_text("1–1")
    expect(page).to_have_title(re.compile(r"^1–1 Red Town v Blue City · \d+' \| Scorewire$"))
    expect(page.locator("#said")).to_contain_text("Goal, Blue City, Ben Sample: Red Town 1, Blue City 1")
    expect(page.locator('[data-scorers="away"]')).to_contain_text("Ben Sample 4'")
    tell(game, cancelled(4, 3))
    shown(page, 1, 0)
    expect(page.locator("#lines > li.struck")).to_contain_text("Ben Sample")
    expect(page.locator("#lines > li.struck em")).to_have_text("cancelled")
    expect(page.locator('[data-scorers="away"]')).not_to_contain_text("Ben Sample")
    expect(page.locator("#lines > li", has_text="Goal cancelled")).to_have_count(1)
    expect(page.locator("#lines > li", has_text="Ada Example").locator(".run")).to_have_text("1–0")


def test_the_list_moves_by_itself_and_takes_in_what_is_declared_later(page: Page, game: NodeProcess) -> None:
    open_page(page, game.url, "/")
    page.evaluate("Math.random = () => 0.01")
    row = page.locator(f'[data-game="{GAME}"]')
    tell(game, goal(3), event(GAME, 4, "RED_CARD", team="home", period=1, clock="12:00"))
    expect(row.locator('[data-side="away"] [data-part="score"]')).to_have_text("1")
    expect(row.locator('[data-side="home"] .marks')).to_contain_text("1 red card")
    expect(page.locator("#feature [data-hero] [data-part='away']")).to_have_text("1")
    tell(game, declare("replay", away={"id": "grn", "name": "Green Vale", "abbr": "GRN"}))
    expect(page.locator('[data-game="replay"]')).to_contain_text("Green Vale")
    expect(page.locator("#link")).to_have_text("live")
    tell(game, event("replay", 1, "PERIOD_START", period=1, clock="0:00"))
    expect(page.locator('[data-game="replay"]')).to_have_attribute("data-group", "live")
    tell(game, cancelled(5, 3))
    expect(row.locator('[data-side="away"] [data-part="score"]')).to_have_text("0")
    assert page.evaluate("window.sameDocument")


def test_a_node_that_is_killed_and_comes_back_is_taken_up_where_it_was(
    page: Page, game: NodeProcess, complaints: list[str]
) -> None:
    open_page(page, game.url, f"/game/{GAME}")
    streams: list[Request] = []
    page.on("request", lambda asked: streams.append(asked) if "/v1/stream" in asked.url else None)
    game.kill()
    expect(page.locator("#link")).to_have_text(re.compile("reconnecting|polling"))
    shown(page, 1, 0)
    game.start()
    tell(game, goal(3))
    shown(page, 1, 1, timeout_s=20)
    expect(page.locator("#link")).to_have_text("live", timeout=20_000)
    assert re.search(rf"since=[a-z0-9]{{8}}!{GAME}!\d+$", streams[-1].url.replace("%21", "!"))
    tell(game, goal(4))
    shown(page, 1, 2)
    assert all("ERR_" in text for text in complaints), complaints
    complaints.clear()


def test_a_node_that_stops_in_order_says_so_and_the_page_comes_back(
    page: Page, game: NodeProcess, complaints: list[str]
) -> None:
    open_page(page, game.url, f"/game/{GAME}")
    assert game.stop() == 0
    expect(page.locator("#link")).to_have_text(re.compile("reconnecting|polling"))
    game.start()
    expect(page.locator("#link")).to_have_text("live", timeout=20_000)
    tell(game, goal(3))
    shown(page, 1, 1)
    assert all("ERR_" in text for text in complaints), complaints
    complaints.clear()


def test_where_streams_are_refused_the_page_polls(
    page: Page, game: NodeProcess, complaints: list[str]
) -> None:
    hatch = Hatch(game.port)
    try:
        open_page(page, hatch.url, f"/game/{GAME}")
        page.evaluate("Math.random = () => 0.01")
        hatch.cut()
        expect(page.locator("#link")).to_have_text("polling", timeout=15_000)
        tell(game, goal(3))
        shown(page, 1, 1, timeout_s=15)
        hatch.shut = False
        expect(page.locator("#link")).to_have_text("live", timeout=15_000)
        tell(game, goal(4))
        shown(page, 1, 2)
    finally:
        hatch.close()
    assert all("ERR_" in text for text in complaints), complaints
    complaints.clear()


def test_a_stream_may_come_on_the_connection_that_brought_the_page(
    context: BrowserContext, page: Page, game: NodeProcess
) -> None:
    """Browsers keep connections: the node takes one over after it has served pages and files on it."""
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    used: dict[str, int] = {}
    devtools.on(
        "Network.responseReceived",
        lambda told: used.setdefault(told["response"]["url"], int(told["response"]["connectionId"])),
    )
    open_page(page, game.url, f"/game/{GAME}")
    tell(game, goal(3))
    shown(page, 1, 1)
    (stream,) = [connection for url, connection in used.items() if "/v1/stream" in url]
    assert stream in [connection for url, connection in used.items() if "/v1/stream" not in url]


@pytest.mark.parametrize("path", ["/", f"/game/{GAME}"])
def test_a_first_visit_is_small_quiet_and_stays_here(
    context: BrowserContext, page: Page, game: NodeProcess, path: str
) -> None:
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    received: list[float] = []
    devtools.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, game.url, path)
    page.wait_for_timeout(300)
    assert all(url.startswith(game.url) for url in asked)
    assert len(received) >= 10
    assert sum(received) < FIRST_PAGE_BYTES
    for width in (320, 390, 768):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", f"/game/{GAME}"])
def test_without_a_script_the_page_is_complete(browser: Browser, game: NodeProcess, path: str) -> None:
    tell(game, goal(3), cancelled(4, 3))
    game.settle(GAME, 5)
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{game.url}{path}")
        expect(page.locator("body")).to_contain_text("Blue City")
        home = '[data-hero] [data-part="home"]' if path != "/" else '.row [data-side="home"] .score'
        expect(page.locator(home)).to_have_text("1")
        if path != "/":
            expect(page.locator("li.struck")).to_contain_text("Ben Sample")
            expect(page.locator("#lines")).to_contain_text("Goal cancelled")
        assert page.locator('meta[http-equiv="refresh"]').count() == 1
    finally:
        context.close()


def test_a_game_that_nobody_knows_is_a_page_too(page: Page, node: NodeProcess, complaints: list[str]) -> None:
    answer = page.goto(f"{node.url}/game/nobody-knows")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("No such game")
    page.get_by_role("link", name="See all games").click()
    expect(page.locator("[data-empty]")).to_contain_text("No games here")
    assert all("404" in text for text in complaints), complaints
    complaints.clear()

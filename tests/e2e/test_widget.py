"""The widget on pages of other sites, under the policy that docs/widget.md asks for, in a real Chromium.

Over a real node with a link that is cut, and over the stand-in where a page's own behaviour is tested.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from e2e.foreign_site import ForeignSite
from e2e.matchday import event, side
from e2e.page_server import PageServer
from node_process import NodeProcess, declare
from node_process import event as claim
from services.link import Link

pytestmark = pytest.mark.browser

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "widget.md").read_text()
BY_ELEMENT, BY_IFRAME = re.findall(r"^Content-Security-Policy: (.+)$", DOCS, re.M)
GAME = "wc2022-final"
WATCH = """
Math.random = () => 0.01;
window.broken = [];
addEventListener("securitypolicyviolation", (told) => broken.push(told.effectiveDirective));
"""


@pytest.fixture(scope="module")
def site() -> Iterator[ForeignSite]:
    with ForeignSite() as one:
        yield one


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    made.add_init_script(WATCH)
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a page has said in its console; empty it where an error is part of the test."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A page that must end with nothing in its console but networks that fail, its policy unbroken."""
    made = context.new_page()
    made.on("console", lambda told: complaints.append(told.text) if "ERR_" not in told.text else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    assert made.evaluate("window.broken") == []
    assert complaints == []


def host(site: ForeignSite, node: str, body: str, *, policy: str = BY_ELEMENT, head: str = "") -> None:
    """Make the foreign page, as the documentation says, for a node at this address."""
    site.policy = policy.replace("https://scores.example", node)
    script = f'<script type="module" src="{node}/widget.js"></script>'
    site.page = f'<!doctype html><html lang="en-GB"><title>Mine</title>{head}{script}{body}'


def score(widget: Locator) -> Locator:
    return widget.locator(".score")


def no_stream(page: Page, server: PageServer) -> None:
    """Wait until nobody follows anything."""
    for _ in range(100):
        if not server.board.streams:
            return
        page.wait_for_timeout(100)
    raise AssertionError(server.board.streams)


def goal(server: PageServer, seq: int, home: int, **more: Any) -> None:
    server.do(
        server.board.tell,
        GAME,
        event(seq, "GOAL", "home", "Julián Álvarez", period=2, clock="68:10"),
        home=side("Argentina", "ARG", home),
        **more,
    )


def test_a_score_outlives_a_cut_network_and_comes_back_to_the_newest(
    page: Page, node: NodeProcess, site: ForeignSite, complaints: list[str]
) -> None:
    game = "cup-final"

    def tell(*events: dict[str, Any]) -> None:
        assert node.post("acme", list(events)).json()["accepted"] == len(events)

    def scored(number: int, team: str) -> dict[str, Any]:
        player = {"id": "p2", "name": "Ben Sample"}
        made: dict[str, Any] = claim(
            game, number, "GOAL", team=team, period=1, clock=f"{number}:30", player=player
        )
        return made

    tell(declare(game), claim(game, 1, "PERIOD_START", period=1, clock="0:00"), scored(2, "home"))
    node.settle(game, 3)
    with Link(node.port) as link:
        host(site, f"http://127.0.0.1:{link.port}", f"<live-score game={game} events=3>Later</live-score>")
        page.goto(site.url)
        widget = page.locator("live-score")
        expect(score(widget)).to_have_text(["1", "0"])
        tell(scored(3, "away"))
        expect(score(widget)).to_have_text(["1", "1"])
        expect(widget.locator(".event").first).to_contain_text("Goal Ben Sample")
        expect(widget.locator(".unseen")).to_have_text(re.compile(r"^Red Town 1, Blue City 1, \d+'\.$"))
        expect(widget.locator(".notice")).to_be_hidden()

        link.refuse()
        expect(widget.locator(".notice")).to_have_text(re.compile(r"^Not live: as of \d+:\d\d$"))
        expect(score(widget)).to_have_text(["1", "1"])
        tell(scored(4, "away"))
        page.reload()  # the browser has the module, the page its storage
        expect(widget.locator(".notice")).to_have_text(re.compile(r"^Not live: as of \d+:\d\d$"))
        expect(score(widget)).to_have_text(["1", "1"])

        link.admit()
        expect(score(widget)).to_have_text(["1", "2"])
        expect(widget.locator(".notice")).to_be_hidden()
        tell(claim(game, 5, "GOAL_CANCELLED", team="away", period=1, clock="6:00", detail={"event": "e4"}))
        expect(score(widget)).to_have_text(["1", "1"])
        expect(widget.locator(".notice")).to_have_text("Score corrected")
        expect(widget.locator(".event s")).to_contain_text("Goal Ben Sample")

        wrong = "<live-score id=wrong game=nobody>Soon</live-score>"
        green = {"id": "grn", "name": "Green Vale", "abbr": "GRN"}
        tell(declare("later", start="2031-01-01T15:00:00Z", away=green))
        team = "<live-score team=red compact></live-score>"
        host(site, f"http://127.0.0.1:{link.port}", f"{wrong}{team}<live-score game={game}></live-score>")
        page.clock.install()
        page.goto(site.url)
        expect(page.locator("live-score[team] .name")).to_have_text(["RED", "BLU"])
        expect(page.locator("#wrong")).to_contain_text("Soon")
        expect(page.locator("#wrong .message")).to_have_text("No such game is known yet.")
        expect(score(page.locator("live-score").last)).to_have_text(["1", "1"])
        expect(page.locator("live-score").last.locator(".notice")).to_have_text("")
        tell(scored(6, "home"))
        expect(score(page.locator("live-score").last)).to_have_text(["2", "1"])
        tell(declare("nobody", away=green))
        page.clock.run_for(61_000)
        expect(page.locator("#wrong .name")).to_have_text(["Red Town", "Green Vale"])
        assert all("404" in text for text in complaints), complaints
        complaints.clear()
        page.goto("about:blank")
    page.evaluate("window.broken = []")


def test_widgets_share_one_connection_through_moves_changes_and_removal(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    two = f"<live-score id=a game={GAME}></live-score><p><live-score id=b game=pl-1 compact></live-score></p>"
    host(site, server.url, two)
    page.goto(site.url)
    expect(score(page.locator("#a"))).to_have_text(["2", "0"])
    expect(page.locator("#b .name")).to_have_text(["ARS", "CHE"])
    assert len(server.board.asked) == 1
    page.evaluate("document.body.append(a); document.querySelector('p').prepend(a)")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<live-score id=c game=pl-1></live-score>')")
    expect(page.locator("#c .name")).to_have_text(["Arsenal", "Chelsea"])
    assert len(server.board.asked) == 1
    page.evaluate("c.setAttribute('game', 'wc-cro-mar')")
    expect(page.locator("#c .name")).to_have_text(["Croatia", "Morocco"])
    expect(page.locator("#c .notice")).to_have_text("Score under check")
    assert [line.count("game=") for line in server.board.asked] == [2, 3]
    page.evaluate("c.setAttribute('events', '2')")
    expect(page.locator("#a")).to_be_visible()
    goal(server, 19, 3)
    expect(score(page.locator("#a"))).to_have_text(["3", "0"])
    assert [re.findall(r"view=(\w+)", line) for line in server.board.asked] == [["line"], ["line"], ["full"]]
    page.evaluate("[a, b, c].map((one) => one.remove())")
    no_stream(page, server)


def test_the_module_may_be_pinned_by_its_hash(
    page: Page, server: PageServer, site: ForeignSite, complaints: list[str]
) -> None:
    digest = hashlib.sha384(httpx.get(f"{server.url}/widget.js").content).digest()
    widget = page.locator("live-score")
    for integrity, told in (
        (base64.b64encode(digest).decode(), "Argentina"),
        ("A" * 64, "Soon"),
    ):
        host(site, server.url, f"<live-score game={GAME}>Soon</live-score>")
        pinned = f'integrity="sha384-{integrity}" crossorigin="anonymous" src='
        site.page = site.page.replace("src=", pinned, 1)
        page.goto(site.url)
        expect(widget).to_contain_text(told)
    page.wait_for_timeout(500)
    assert page.evaluate("customElements.get('live-score') === undefined")
    assert all("integrity" in text for text in complaints)
    assert complaints
    complaints.clear()


def test_a_line_that_dies_without_a_word_is_noticed_and_mended(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    with Link(int(server.url.rpartition(":")[2])) as link:
        host(site, f"http://127.0.0.1:{link.port}", f"<live-score game={GAME}></live-score>")
        page.clock.install()
        page.goto(site.url)
        widget = page.locator("live-score")
        expect(score(widget)).to_have_text(["2", "0"])
        link.part()
        goal(server, 19, 3)
        page.clock.run_for(46_000)
        page.clock.run_for(5_000)
        expect(widget.locator(".notice")).to_contain_text("Not live: as of")
        expect(score(widget)).to_have_text(["2", "0"])
        link.heal()
        for _ in range(60):
            page.clock.run_for(1_000)
            page.wait_for_timeout(100)
            if score(widget).first.inner_text() == "3":
                break
        expect(score(widget)).to_have_text(["3", "0"])
        expect(widget.locator(".notice")).to_be_hidden()
        page.goto("about:blank")
    page.evaluate("window.broken = []")


def test_where_no_stream_comes_through_the_score_is_read(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    host(site, server.url, f"<live-score game={GAME}></live-score>")
    page.clock.install()
    page.route("**/v1/stream?*", lambda route: route.abort())
    page.goto(site.url)
    widget = page.locator("live-score")
    for _ in range(10):
        page.clock.run_for(1_000)
    expect(score(widget)).to_have_text(["2", "0"])
    expect(widget.locator(".notice")).to_be_hidden()
    goal(server, 19, 3)
    page.clock.run_for(13_000)
    expect(score(widget)).to_have_text(["3", "0"])
    page.route("**/v1/games/**", lambda route: route.abort())
    page.clock.run_for(13_000)
    page.clock.run_for(5_000)
    expect(widget.locator(".notice")).to_contain_text("Not live: as of")


def test_where_pages_may_not_stream_the_score_is_read_now_and_then_with_its_time(
    page: Page, server: PageServer, site: ForeignSite, complaints: list[str]
) -> None:
    host(site, server.url, f"<live-score game={GAME}></live-score>")
    page.clock.install()
    anybody = {"Access-Control-Allow-Origin": "*"}
    page.route("**/v1/stream?*", lambda route: route.fulfill(status=403, headers=anybody))
    page.goto(site.url)
    widget = page.locator("live-score")
    expect(score(widget)).to_have_text(["2", "0"])
    page.clock.run_for(5_000)
    expect(widget.locator(".notice")).to_contain_text("Not live: as of")
    goal(server, 19, 3)
    page.clock.run_for(61_000)
    expect(score(widget)).to_have_text(["3", "0"])
    assert all("403" in text for text in complaints), complaints
    complaints.clear()


def test_nothing_older_is_shown_over_what_is_kept(page: Page, server: PageServer, site: ForeignSite) -> None:
    host(site, server.url, f"<live-score game={GAME}></live-score>")
    page.goto(site.url)
    widget = page.locator("live-score")
    expect(score(widget)).to_have_text(["2", "0"])
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    key = f"live-score {server.url} 0"
    kept = json.loads(page.evaluate("(key) => localStorage.getItem(key)", key))
    at, state = kept[GAME]
    newer = {**state, "seq": state["seq"] + 1, "home": {**state["home"], "score": 3}}
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps({GAME: [at, newer]})])
    page.reload()
    expect(score(widget)).to_have_text(["3", "0"])
    expect(widget.locator(".notice")).to_be_hidden()  # it is live, though behind
    expect(score(widget)).to_have_text(["3", "0"])
    goal(server, 19, 3)
    goal(server, 20, 4)
    expect(score(widget)).to_have_text(["4", "0"])
    goal(server, 21, 5, epoch="another1")
    server.do(server.board.cut, bye_ms=1)
    expect(score(widget)).to_have_text(["5", "0"])


def test_storage_that_is_forbidden_or_full_of_nonsense_harms_nothing(
    context: BrowserContext, page: Page, server: PageServer, site: ForeignSite
) -> None:
    host(site, server.url, f"<live-score game={GAME}></live-score>")
    page.add_init_script(f"localStorage['live-score {server.url} 0'] = '[{{'")
    page.goto(site.url)
    expect(score(page.locator("live-score"))).to_have_text(["2", "0"])
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    other = context.new_page()
    other.goto(site.url)
    expect(score(other.locator("live-score"))).to_have_text(["2", "0"])


HOSTILE = """<style>
* { color: red !important; font: 40px cursive !important; text-transform: uppercase !important }
* { background: red !important }
b, p, span, div, section, .card, .score { display: none !important; letter-spacing: 9px !important }
live-score { --live-score-accent: rgb(1, 2, 3); direction: ltr }
live-score::part(league) { font-weight: 900 }
</style>"""


def test_a_hostile_style_stays_outside_and_the_variables_reach_in(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    host(site, server.url, f"{HOSTILE}<live-score game={GAME} theme=dark></live-score>")
    site.policy += "; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'"
    page.goto(site.url)
    widget = page.locator("live-score")
    expect(score(widget).first).to_be_visible()

    def styled(part: str, name: str) -> str:
        found: str = widget.locator(part).first.evaluate(f"(node) => getComputedStyle(node).{name}")
        return found

    assert styled(".score", "color") == "rgb(1, 2, 3)"
    assert styled(".score", "textTransform") == "none"
    assert styled(".score", "letterSpacing") == "normal"
    assert styled(".name", "color") == "rgb(233, 237, 243)"
    assert styled(".league", "fontWeight") == "900"
    for width in (240, 320, 600):
        page.set_viewport_size({"width": width, "height": 400})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_that_nobody_sees_lets_go_and_comes_back(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    host(site, server.url, f"<live-score game={GAME}></live-score>")
    page.goto(site.url)
    widget = page.locator("live-score")
    expect(score(widget)).to_have_text(["2", "0"])
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    given_up = time.monotonic() + 20
    while server.board.streams and time.monotonic() < given_up:
        time.sleep(0.02)  # the server hears of it a moment later
    assert server.board.streams == {}
    goal(server, 19, 3)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(score(widget)).to_have_text(["3", "0"])
    page.clock.install()
    look = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    look += " document.dispatchEvent(new Event('visibilitychange')) }"
    page.evaluate(look, True)
    page.clock.run_for(20_000)
    assert len(server.board.streams) == 1
    page.clock.run_for(11_000)
    no_stream(page, server)
    goal(server, 20, 4)
    page.evaluate(look, False)
    expect(score(widget)).to_have_text(["4", "0"])


def test_the_iframe_is_live_and_needs_only_to_be_framed(
    page: Page, server: PageServer, site: ForeignSite
) -> None:
    source = f"{server.url}/embed/{GAME}?events=2"
    frame = f'<iframe sandbox="allow-scripts" src="{source}" width=320 height=200></iframe>'
    host(site, server.url, "", policy=BY_IFRAME)
    site.page = f'<!doctype html><html lang="en"><title>Mine</title>{frame}'
    page.goto(site.url)
    inside = page.frame_locator("iframe")
    expect(inside.locator(".score >> visible=true")).to_have_text(["2", "0"])
    goal(server, 19, 3)
    expect(inside.locator(".score >> visible=true")).to_have_text(["3", "0"])
    expect(inside.locator(".event >> visible=true")).to_have_count(2)


def test_without_scripts_the_page_in_the_iframe_is_complete(
    browser: Browser, server: PageServer, site: ForeignSite
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 280, "height": 300})
    try:
        page = context.new_page()
        page.goto(f"{server.url}/embed/{GAME}?events=3")
        expect(score(page.locator("live-score"))).to_have_text(["2", "0"])
        expect(page.locator(".event")).to_have_count(3)
        assert page.locator('meta[http-equiv="refresh"]').count() == 1
        host(site, server.url, f"<live-score game={GAME}>Argentina v France</live-score>")
        page.goto(site.url)
        expect(page.get_by_text("Argentina v France")).to_be_visible()
    finally:
        context.close()


def test_other_pages_may_not_be_framed(
    page: Page, server: PageServer, site: ForeignSite, complaints: list[str]
) -> None:
    host(site, server.url, "", policy=BY_IFRAME)
    site.page = (
        f'<!doctype html><html lang="en"><title>Mine</title><iframe src="{server.url}/game/{GAME}"></iframe>'
    )
    page.goto(site.url)
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").locator("[data-hero]").count() == 0
    assert any("frame-ancestors" in text for text in complaints), complaints
    complaints.clear()

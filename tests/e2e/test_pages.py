"""The pages in a real Chromium over a stand-in: what cannot be had from a node at a wish.

A gap, a `bye` with a time of its own, states of every kind, a clock that stands. What a fan sees of a real
node is in test_pages_live.py.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.matchday import NOW, event, matchday, side
from e2e.matches import matches
from e2e.page_server import PageServer, full_state
from e2e.sportsday import sportsday
from scorewire.model.score_state import GameClock
from scorewire.web.board import board
from scorewire.web.bundle import load_bundle
from scorewire.web.timeline import lines, scorers

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


def open_game(page: Page, server: PageServer) -> None:
    page.goto(f"{server.url}/game/{GAME}")
    expect(page.locator("#link")).to_have_text("live")


def goal(server: PageServer, seq: int, *, home: int = 3) -> None:
    held = server.board.states[GAME]
    server.do(
        server.board.tell,
        GAME,
        event(seq, "GOAL", "home", "Julián Álvarez", period=2, clock="68:10"),
        home=side("Argentina", "ARG", home),
        linescore={"1": {"home": 2, "away": 0}, "2": {"home": home - 2, "away": 0}},
        updated_at=held.updated_at + 1,
    )


def test_the_stream_goes_on_exactly_after_the_first_html(page: Page, server: PageServer) -> None:
    open_game(page, server)
    assert server.board.asked == [f"game={GAME}&since=k3v9x2aa!{GAME}!18"]


def test_a_missing_update_is_noticed_and_repaired(page: Page, server: PageServer) -> None:
    open_game(page, server)
    held = server.board.states[GAME]
    lost = replace(held, seq=19, home=side("Argentina", "ARG", 3))
    server.board.states[GAME] = lost
    server.do(server.board.tell, GAME, event(20, "CORNER", "away", period=2, clock="70:00"))
    expect(page.locator('[data-hero] [data-part="home"]')).to_have_text("3")
    expect(page.locator("#game")).to_have_attribute("data-seq", "20")


def test_bye_is_obeyed(page: Page, server: PageServer) -> None:
    open_game(page, server)
    server.do(server.board.cut, bye_ms=100)
    expect(page.locator("#link")).to_have_text("live")
    expect(page.locator("html")).to_have_attribute("data-link", "live")
    goal(server, 19)
    expect(page.locator('[data-hero] [data-part="home"]')).to_have_text("3")
    assert len(server.board.asked) == 2


def test_the_clock_runs_between_updates(page: Page, server: PageServer) -> None:
    open_game(page, server)
    clock = page.locator('[data-hero] [data-part="clock"]')
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    server.do(
        server.board.tell,
        GAME,
        event(19, "PERIOD_END", period=2, clock="90+7:00"),
        status="break",
        period="FT",
        clock=GameClock(display="90+7:00", seconds=5820, running=False),
    )
    expect(page.locator('[data-hero] [data-part="status"]')).to_have_text("Full time")
    expect(clock).to_have_text("")


def test_coming_back_from_the_cache_of_the_browser_reconnects(page: Page, server: PageServer) -> None:
    open_game(page, server)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    goal(server, 19)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator('[data-hero] [data-part="home"]')).to_have_text("3")
    expect(page.locator("#link")).to_have_text("live")


def test_older_plays_come_when_someone_asks_for_all(page: Page, server: PageServer) -> None:
    held = server.board.states[GAME]
    server.board.states[GAME] = replace(held, events=held.events[10:])
    open_game(page, server)
    expect(page.locator('li[data-seq="3"]')).to_have_count(0)
    page.get_by_role("button", name="All").click()
    expect(page.locator('li[data-seq="3"]')).to_contain_text("Foul")
    expect(page.locator('li[data-seq="16"]')).to_be_visible()
    page.get_by_role("button", name="Key").click()
    expect(page.locator('li[data-seq="16"]')).to_be_hidden()


def test_the_list_is_live_and_sorts_itself(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    expect(page.locator("#link")).to_have_text("live")
    goal(server, 19)
    row = page.locator(f'[data-game="{GAME}"]')
    expect(row.locator('[data-side="home"] [data-part="score"]')).to_have_text("3")
    expect(page.locator("#feature [data-hero] [data-part='home']")).to_have_text("3")
    expect(page.locator("#feature [data-lines] > li").first).to_contain_text("Julián Álvarez")
    expect(row).to_contain_text("red card")
    server.do(
        server.board.tell,
        GAME,
        event(20, "GAME_FINAL"),
        status="final",
        period="FT",
        end="2026-11-21T14:30:00Z",
    )
    expect(row).to_have_attribute("data-group", "over")
    expect(row.locator('[data-part="short"]')).to_have_text("FT")
    expect(row.locator('[data-side="home"]')).to_have_class(re.compile(r"\bwon\b"))
    league = page.locator('[data-league="fifa-wc"] [data-game]')
    assert [node.get_attribute("data-game") for node in league.all()][:2] == ["wc-cro-mar", GAME]
    expect(page.locator('[data-part="live-count"]')).to_have_text("2")


def test_the_live_filter_needs_no_server(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    page.locator("#live").click()
    expect(page.locator('[data-game="pl-1"]')).to_be_hidden()
    expect(page.locator(f'[data-game="{GAME}"]')).to_be_visible()
    assert page.url.endswith("?live=1")


def test_times_are_the_viewers_and_an_unknown_time_is_no_midnight(page: Page, server: PageServer) -> None:
    page.goto(server.url)
    expect(page.locator('[data-game="wc-next"] time')).to_have_text("20:00")
    expect(page.locator('[data-game="pl-3"] time')).to_have_text("TBD")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("path", ["/", f"/game/{GAME}", "/game/nba-gsw-bkn"])
def test_nothing_runs_over_the_edge(page: Page, server: PageServer, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{server.url}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_browser_says_what_the_server_says(page: Page, server: PageServer) -> None:
    """board.js and timeline.js are twins of board.py and timeline.py: same input, same answer."""
    page.goto(f"{server.url}/game/{GAME}")
    states = [*matchday(), *(replace(one, status=status) for one in matchday()[:2] for status in _STATUSES)]
    states += [*sportsday(), *(replace(one, status=status) for one in sportsday() for status in _STATUSES)]
    states += [one.line() for one in sportsday()]
    states += matches()
    states += [replace(one, events=one.events[:n]) for one in matchday()[:2] for n in range(1, 46, 3)]
    expected: list[Any] = []
    for state in states:
        events = state.events or ()
        told = (
            asdict(board(state, NOW + 61_000)),
            [asdict(line) for line in lines(state.sport, events, state.home.score, state.away.score, state)],
            [asdict(one) for one in scorers(state.sport, events)],
        )
        expected.append(json.loads(json.dumps(told)))
    found = page.evaluate(
        _TWINS, [msgspec.to_builtins(states), NOW + 61_000, f"/static/{load_bundle().build}/"]
    )
    for state, ours, theirs in zip(states, expected, found, strict=True):
        assert theirs == ours, state.game_id


_STATUSES = ("break", "final", "retired", "ended", "corrected", "abandoned", "delayed", "pre", "walkover")
_TWINS = """async ([states, now, at]) => {
  const { board } = await import(at + "board.js");
  const { lines, scorers } = await import(at + "timeline.js");
  return states.map((state) => [
    board(state, now),
    lines(state.sport, state.events ?? [], state.home.score, state.away.score, state),
    scorers(state.sport, state.events ?? []),
  ]);
}"""


@pytest.fixture
def sports_server() -> Iterator[PageServer]:
    with PageServer(sportsday(), NOW) as running:
        yield running


@pytest.mark.parametrize("width", [320, 1280])
def test_every_sport_fits_its_page_and_shows_its_situation(
    page: Page, sports_server: PageServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for state in sportsday():
        page.goto(f"{sports_server.url}/game/{state.game_id}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state.game_id
        assert page.evaluate(_CLIPPED) == [], state.game_id
        shown = board(state, NOW)
        told = page.locator('[data-hero] [data-part="situation"] span').all_inner_texts()
        assert told == list(shown.situation)
        notes = page.locator('[data-hero] [data-side="away"] [data-part="notes"] span').all_inner_texts()
        assert notes == list(shown.away.notes)
        rendered = page.evaluate(_PARTS)
        expect(page.locator("#link")).to_have_text("live")
        newer = replace(state, seq=state.seq + 1)
        for queue in list(sports_server.board.streams):
            sports_server.do(queue.put_nowait, full_state(newer, "resync", view_line=False))
        expect(page.locator("#game")).to_have_attribute("data-seq", str(newer.seq))
        assert page.evaluate(_PARTS) == rendered, "what the browser paints is what was rendered"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_list_of_all_sports_fits(page: Page, sports_server: PageServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(sports_server.url)
    expect(page.locator("#link")).to_have_text("live")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(_CLIPPED) == []
    expect(page.locator('[data-game="ao-live"] [data-side="home"] .line')).to_be_visible()


def test_a_point_reaches_the_page_of_a_tennis_match(page: Page, sports_server: PageServer) -> None:
    page.goto(f"{sports_server.url}/game/ao-live")
    expect(page.locator("#link")).to_have_text("live")
    held = sports_server.board.states["ao-live"]
    sports_server.do(
        sports_server.board.tell,
        "ao-live",
        event(2, "POINT", "away", period=3, detail={"kind": "ace"}),
        detail={
            "server": "away",
            "points": {"home": "0", "away": "0"},
            "tiebreaks": held.detail["tiebreaks"],
        },
        linescore={**held.linescore, "3": {"home": 2, "away": 2}},
    )
    expect(page.locator('[data-hero] [data-part="situation"]')).to_have_text("0–0")
    expect(page.locator('[data-hero] [data-side="away"] [data-part="notes"]')).to_have_text("serving")
    expect(page.locator('[data-hero] [data-side="home"] [data-part="notes"]')).to_have_text("")
    expect(page.locator("#lines > li").first).to_contain_text("ace")


_CLIPPED = """() => [...document.querySelectorAll(
    ".notes span, .situation, .status, .linescore td, .row .score, .row .line")]
  .filter((node) => node.offsetParent && node.getBoundingClientRect().right > innerWidth - 8)
  .map((node) => node.outerHTML)"""
"""What lies beyond the edge of its card, where a page does not scroll to it."""


def test_what_is_painted_equals_what_is_rendered(page: Page, server: PageServer) -> None:
    """After a night of updates the page is the one that a reload would give."""
    held = server.board.states[GAME]
    first = replace(
        held, seq=5, events=held.events[:5], home=side("Argentina", "ARG", 1), detail={}, linescore={}
    )
    server.board.states[GAME] = first
    server.board.rows_of[GAME] = server.board.rows_of[GAME][:5]
    open_game(page, server)
    server.board.states[GAME] = held
    (queue,) = server.board.streams
    server.do(queue.put_nowait, full_state(held, "resync", view_line=False))
    expect(page.locator("#game")).to_have_attribute("data-seq", "18")
    painted = page.evaluate(_PARTS)
    page.reload()
    assert painted == page.evaluate(_PARTS)


_PARTS = """() => {
  const bare = (html) => html.replace(/ class="flash"| fresh| flash|\\d+:\\d\\d/g, "").replace(/\\s+/g, " ");
  const parts = ["#lines", "[data-linescore]", "[data-stats]", "[data-hero] .goals", "[data-hero] .duel",
    "[data-hero] .situation"];
  return parts.map((part) => bare(document.querySelector(part).outerHTML)
    .replace(/> </g, "><").replace(/ class="[^"]*"(?= data-part)/g, ""));
}"""

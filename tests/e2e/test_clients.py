"""Both clients over a real node that dies and comes back, and tabs of one browser that share a stream."""

import asyncio
import json
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.json import encode
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.matchday import event, side
from e2e.page_server import PageServer
from node_process import NodeProcess, declare
from node_process import event as claim
from scorewire.client import Client, Refused, Update

ROOT = Path(__file__).resolve().parents[2]
GAME = "wc2022-final"
OTHER = "nba-gsw-bkn"
IN_NODE = """
const [client, url, game] = process.argv.slice(1);
const { follow } = await import(client);
const say = (told) => console.log(JSON.stringify(told));
Math.random = () => 0.05;
follow({ url, games: [game], update: say, link: (link) => say({ link }) });
"""


class Soon(random.Random):
    """Who is never told to wait for long."""

    def random(self) -> float:
        return 0.05


class Told(list[Any]):
    """What a client tells, as it comes."""

    def until(self, enough: Callable[[Any], bool], timeout_s: float = 60) -> Any:
        deadline = time.monotonic() + timeout_s
        while not (found := [one for one in list(self) if enough(one)]):
            assert time.monotonic() < deadline, list(self)
            time.sleep(0.05)
        return found[-1]


def in_python(url: str, game: str, told: Told, over: threading.Event) -> None:
    async def follow() -> None:
        async with Client(url, rng=Soon()) as client, client.follow(game) as following:
            while not over.is_set():
                try:
                    async with asyncio.timeout(0.5):
                        told.append(await anext(following))
                except TimeoutError:
                    continue  # and the next call goes on where this one was

    asyncio.run(follow())


@pytest.fixture
def javascript(node: NodeProcess) -> Iterator[Told]:
    """The JavaScript client in Node, following g1."""
    program = shutil.which("node")
    assert program is not None
    command = [
        program,
        "--input-type=module",
        "-e",
        IN_NODE,
        ROOT / "clients/js/scorewire.js",
        node.url,
        "g1",
    ]
    told = Told()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = process.stdout
        reader = threading.Thread(target=lambda: told.extend(json.loads(line) for line in lines))
        reader.start()
        yield told
        process.kill()
        reader.join()


@pytest.fixture
def python(node: NodeProcess) -> Iterator[Told]:
    """The Python client, following g1."""
    told, over = Told(), threading.Event()
    thread = threading.Thread(target=in_python, args=(node.url, "g1", told, over))
    thread.start()
    yield told
    over.set()
    thread.join()


@pytest.fixture
def game(node: NodeProcess) -> NodeProcess:
    node.post("acme", [declare("g1"), claim("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    return node


@pytest.mark.nodejs
def test_both_clients_end_where_the_node_is_after_it_was_killed(
    game: NodeProcess, python: Told, javascript: Told
) -> None:
    assert python.until(lambda one: one.state.seq == 2).kind == "join"
    assert javascript.until(lambda one: one.get("state", {}).get("seq") == 2)["kind"] == "join"
    game.post("acme", claim("g1", 2, "GOAL", team="home", period=1))
    scored = python.until(lambda one: one.state.seq == 3)
    assert (scored.kind, scored.event.type, scored.state.home.score) == ("update", "GOAL", 1)
    javascript.until(lambda one: one.get("state", {}).get("seq") == 3)
    game.kill()
    game.start()
    game.post("acme", claim("g1", 3, "GOAL_CANCELLED", team="home", period=1, detail={"event": "e2"}))
    game.post("acme", claim("g1", 4, "GOAL", team="away", period=1))
    game.settle("g1", 5)
    served = httpx.get(f"{game.url}/v1/games/g1/score").json()
    assert served["seq"] == 5
    theirs = javascript.until(lambda one: one.get("state", {}).get("seq") == 5)
    ours: Update = python.until(lambda one: one.state.seq == 5)
    assert theirs["state"] == served == json.loads(encode(ours.state))
    for seqs in (
        [one.state.seq for one in python],
        [one["state"]["seq"] for one in javascript if "state" in one],
    ):
        assert seqs == sorted(set(seqs)), "each once, in order"
    assert "reconnecting" in [one.get("link") for one in javascript]


async def test_an_unknown_game_ends_the_loop_in_the_nodes_words(node: NodeProcess) -> None:
    async with Client(node.url) as client:
        with pytest.raises(Refused, match="nowhere") as refused:
            await anext(client.follow("nowhere"))
    assert refused.value.status == 404


# Tabs.


@pytest.fixture
def context(browser: Browser, server: PageServer) -> Iterator[BrowserContext]:
    made = browser.new_context()
    complaints: list[str] = []
    made.on("console", lambda told: complaints.append(told.text))
    made.on("weberror", lambda told: complaints.append(str(told.error)))
    yield made
    made.close()
    assert complaints == []


def tab(context: BrowserContext, server: PageServer, game: str) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/game/{game}")
    expect(page.locator("#link")).to_have_text("live")
    return page


def goal(server: PageServer, seq: int, home: int) -> None:
    told = event(seq, "GOAL", "home", "Julián Álvarez", period=2, clock="68:10")
    server.do(server.board.tell, GAME, told, home=side("Argentina", "ARG", home))


def shows(page: Page, home: int) -> None:
    expect(page.locator('[data-hero] [data-part="home"]')).to_have_text(str(home))


@pytest.mark.browser
def test_tabs_share_one_stream_and_the_next_one_takes_over(
    context: BrowserContext, server: PageServer
) -> None:
    tabs = [tab(context, server, GAME) for _ in range(3)]
    goal(server, 19, 3)
    for page in tabs:
        shows(page, 3)
    assert len(server.board.asked) == len(server.board.streams) == 1
    tabs[0].close()
    expect(tabs[1].locator("#link")).to_have_text("live")
    goal(server, 20, 4)
    for page in tabs[1:]:
        shows(page, 4)
    assert len(server.board.asked) == 2
    assert len(server.board.streams) == 1


@pytest.mark.browser
def test_the_stream_of_several_tabs_is_for_all_of_their_games(
    context: BrowserContext, server: PageServer
) -> None:
    first, second = tab(context, server, GAME), tab(context, server, OTHER)
    goal(server, 19, 3)
    shows(first, 3)
    held = server.board.states[OTHER]
    server.do(
        server.board.tell, OTHER, event(held.seq + 1, "SHOT", "home"), home=replace(held.home, score=99)
    )
    shows(second, 99)
    shows(first, 3)
    assert len(server.board.streams) == 1
    ((games, _),) = server.board.streams.values()
    assert games == {GAME, OTHER}


@pytest.mark.browser
def test_a_tab_that_goes_into_the_cache_holds_nothing_and_hands_over(
    context: BrowserContext, server: PageServer
) -> None:
    first, second = tab(context, server, GAME), tab(context, server, GAME)
    first.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(first.locator("#link")).to_have_text("paused")
    expect(second.locator("#link")).to_have_text("live")
    goal(server, 19, 3)
    shows(second, 3)
    shows(first, 2)
    first.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    shows(first, 3)
    assert len(server.board.streams) == 1
    held = first.evaluate("navigator.locks.query().then(({held, pending}) => [held.length, pending.length])")
    assert held == [1, 1]
    second.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    first.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    held = first.evaluate("navigator.locks.query().then(({held, pending}) => [held.length, pending.length])")
    assert held == [0, 0]


@pytest.mark.browser
def test_a_leader_that_sleeps_is_replaced_by_a_tab_that_is_seen(
    context: BrowserContext, server: PageServer
) -> None:
    first, second = tab(context, server, GAME), tab(context, server, GAME)
    # What a frozen page is to the others: it holds the lock, and neither hears nor speaks.
    first.evaluate("BroadcastChannel.prototype.postMessage = () => undefined")
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    second.wait_for_function("document.documentElement.dataset.link === 'live'")
    for _ in range(100):
        if len(server.board.asked) == 2:
            break
        second.wait_for_timeout(100)
    assert len(server.board.asked) == 2
    goal(server, 19, 3)
    shows(second, 3)

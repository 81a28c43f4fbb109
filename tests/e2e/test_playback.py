"""Games played back by a real node: by both clients, an EventSource, through workers, and on the page.

A game's rows are chosen so that sixty times its pace takes a few seconds.
"""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from node_process import NodeProcess, declare, event, sse
from scorewire.client import Client

ROOT = Path(__file__).resolve().parents[2]
IN_NODE = """
const [client, url, game] = process.argv.slice(1);
const { replay } = await import(client);
const say = (told) => console.log(JSON.stringify(told));
replay({ url, game, speed: 1000, fromSeq: 3, update: say, link: (link) => say({ link }) });
"""
LISTEN = """url => new Promise(resolve => {
  const heard = [], source = new EventSource(url);
  for (const name of ["full_state", "score_update", "bye"])
    source.addEventListener(name, told => heard.push([told.type, JSON.parse(told.data), told.lastEventId]));
  source.onerror = () => source.readyState === 2 && resolve(heard);
})"""


ANN = {"id": "p1", "name": "Ann Early"}
BO = {"id": "p2", "name": "Bo Later"}


def told(game_id: str) -> tuple[list[dict], list[dict]]:
    """A match of four minutes by the provider's clock, in two calls: a goal of the first is taken back."""
    first = [
        declare(game_id),
        event(game_id, 1, "PERIOD_START", period=1, clock="0:00"),
        event(game_id, 31, "SHOT", team="home", period=1, clock="0:30"),
        event(game_id, 61, "GOAL", team="home", period=1, clock="1:00", player=ANN),
        event(game_id, 91, "GOAL", team="away", period=1, clock="1:30", player=BO),
        event(game_id, 121, "YELLOW_CARD", team="away", period=1, clock="2:00"),
    ]
    taken_back = event(game_id, 61, "GOAL", team="home", action="retract", revision=9_000_000_000_000)
    del taken_back["data"]["sequence"]
    then = [
        taken_back,
        event(game_id, 151, "PERIOD_END", period=1, clock="45:00"),
        event(game_id, 181, "PERIOD_START", period=2, clock="45:00"),
        event(game_id, 211, "GOAL", team="home", period=2, clock="46:00", player=ANN),
        event(game_id, 241, "GAME_END", period=2, clock="90:00"),
        event(game_id, 242, "GAME_FINAL", period=2, clock="90:00"),
    ]
    return first, then


def play(node: NodeProcess, game_id: str) -> dict[str, Any]:
    """Post the match; returns its final state."""
    for call, seq in zip(told(game_id), (6, 12), strict=True):
        answer = node.post("acme", call)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == []
        state = node.settle(game_id, seq)
    return state


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node, in which the match `g1` is over."""
    one = NodeProcess(tmp_path_factory.mktemp("played") / "data").start()
    one.key("acme")
    final = play(one, "g1")
    assert (final["home"]["score"], final["away"]["score"], final["status"]) == (1, 1, "final")
    yield one
    one.close()


async def test_the_python_client_plays_a_game_to_its_end(played: NodeProcess) -> None:
    final = played.score("g1")
    async with Client(played.url) as client:
        began_s = time.monotonic()
        updates = [update async for update in client.replay("g1", speed=120)]
        took_s = time.monotonic() - began_s
    assert [update.state.seq for update in updates] == list(range(1, final["seq"] + 1))
    assert [update.kind for update in updates].count("correction") == 1
    last = updates[-1].state
    assert (last.home.score, last.away.score, last.status) == (1, 1, "final")
    assert took_s >= 1.5, "four minutes of the game at 120 times its pace"
    async with Client(played.url) as client:
        rest = [update.state.seq async for update in client.replay("g1", speed=None, from_seq=9)]
    assert rest == list(range(9, final["seq"] + 1))


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_javascript_client_plays_a_game_to_its_end(played: NodeProcess) -> None:
    command = [
        "node",
        "--input-type=module",
        "-e",
        IN_NODE,
        str(ROOT / "clients/js/scorewire.js"),
        played.url,
        "g1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    states = [one["state"] for one in said if "state" in one]
    assert [state["seq"] for state in states] == list(range(3, 13))
    assert states[-1] == played.score("g1")
    assert [one["link"] for one in said if "link" in one] == ["connecting", "live", "ended"]


@pytest.mark.browser
def test_an_eventsource_hears_the_end_and_asks_no_more(played: NodeProcess, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{played.url}/livez")
    page.set_default_timeout(40_000)
    heard = page.evaluate(LISTEN, f"{played.url}/v1/games/g1/replay?speed=max&from_seq=10")
    page.close()
    assert [name for name, _, _ in heard] == ["full_state", "score_update", "score_update", "bye"]
    epoch = played.score("g1")["epoch"]
    assert heard[-1][1]["reason"] == "end"
    assert heard[-1][2] == f"ended!{epoch}!g1!12"


def test_through_workers_it_comes_as_it_goes_and_survives_a_stop(tmp_path: Path) -> None:
    node = NodeProcess(tmp_path / "data", workers=2).start()
    try:
        node.key("acme")
        play(node, "g1")
        path = f"{node.url}/v1/games/g1/replay?speed=60"
        with httpx.stream("GET", path, timeout=30) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            heard = sse(answer)
            first, second = next(heard), next(heard)
            assert (first["event"], second["event"]) == ("full_state", "score_update")
            assert _playing(node) == 1
        deadline = time.monotonic() + 20
        while _playing(node):  # who left holds no place, through worker and pipeline
            assert time.monotonic() < deadline
            time.sleep(0.1)
        whole = node.get("/v1/games/g1/replay?speed=max", headers={"last-event-id": second["id"]})
        assert whole.text.count("event: score_update") == 9
        with httpx.stream("GET", f"{node.url}/v1/games/g1/replay?speed=1", timeout=30) as answer:
            heard = sse(answer)
            next(heard)
            began_s = time.monotonic()
            assert node.process is not None
            node.process.send_signal(signal.SIGTERM)
            last = list(heard)[-1]
            assert json.loads(last["data"])["reason"] == "drain"
        assert node.process.wait(30) == 0
        assert time.monotonic() - began_s < 20
    finally:
        node.close()


def _playing(node: NodeProcess) -> int:
    found = [
        line for line in node.get("/metrics").text.splitlines() if line.startswith("scorewire_playbacks ")
    ]
    return int(float(found[0].split()[1]))

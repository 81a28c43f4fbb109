"""Games played back by a real node: by both clients, an EventSource, through workers, and on the page.

A game's rows are chosen so that sixty times its pace takes a few seconds.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.recordings import BY_NAME, final, replay
from e2e.test_edges import LINKED, EdgeProcess
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
    one = NodeProcess(tmp_path_factory.mktemp("played") / "data", env=LINKED).start()
    one.key("acme")
    final = play(one, "g1")
    assert (final["home"]["score"], final["away"]["score"], final["status"]) == (1, 1, "final")
    yield one
    one.close()


def node_js() -> str:
    """Node, which CI has."""
    program = shutil.which("node")
    assert program is not None, "Node is not installed"
    return program


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


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_examples_of_the_documentation_run(played: NodeProcess, language: str) -> None:
    page = (ROOT / "docs/clients.md").read_text().partition("## Playing a game back")[2]
    code = page.partition(f"```{language}\n")[2].partition("```")[0]
    assert "8080" in code
    code = code.replace("http://127.0.0.1:8080", played.url).replace("cup-final", "g1").replace("60", "600")
    command = [sys.executable, "-c"] if language == "python" else [node_js(), "--input-type=module", "-e"]
    done = subprocess.run([*command, code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    said = done.stdout.splitlines()
    assert said[0] == "join 1 0 0"
    assert said[11] == "update 12 1 1"
    assert said[12:] == ([] if language == "python" else ["that was it"])


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


def test_an_edge_passes_a_playback_on(played: NodeProcess, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path / "edge", played.url).start()
    try:
        with httpx.stream("GET", f"{edge.url}/v1/games/g1/replay?speed=60", timeout=30) as answer:
            heard = sse(answer)
            assert [next(heard)["event"], next(heard)["event"]] == ["full_state", "score_update"]
            assert _playing(played) == 1
        deadline = time.monotonic() + 20
        while _playing(played):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        there, here = (node.get("/v1/games/g1/replay?speed=max&from_seq=5") for node in (played, edge))
        frames = [one.text.partition("\n\n")[2].rpartition("retry: ")[0] for one in (there, here)]
        assert frames[0] == frames[1]
        assert here.headers["access-control-allow-origin"] == "*"
        last = {"last-event-id": f"ended!{played.score('g1')['epoch']}!g1!12"}
        assert edge.get("/v1/games/g1/replay", headers=last).status_code == 204
        assert edge.get("/v1/games/nowhere/replay").json()["code"] == "unknown_game"
        assert edge.get("/v1/games/g1/moments").json() == played.get("/v1/games/g1/moments").json()
        assert edge.get("/game/g1/replay?seq=5").status_code == 200
    finally:
        edge.close()


def _playing(node: NodeProcess) -> int:
    found = [
        line for line in node.get("/metrics").text.splitlines() if line.startswith("scorewire_playbacks ")
    ]
    return int(float(found[0].split()[1]))


def shown(page: Page) -> tuple[int, str, str]:
    """The row and the score that a page shows."""
    game = page.locator("#game")
    parts = [game.locator(f'.numbers [data-part="{side}"]').text_content() or "" for side in ("home", "away")]
    return int(game.get_attribute("data-seq") or 0), *parts  # type: ignore[return-value]


def open_replay(page: Page, url: str) -> list[str]:
    """Open the page of a playback; gives what its console complains of."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    expect(page.locator("#play")).to_be_visible()
    return complaints


def play_to_end(page: Page, node: NodeProcess, game_id: str) -> None:
    """At sixty times its pace, from where the page stands to where the game does."""
    page.locator("label", has=page.locator('input[value="60"]')).click()
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#play")).to_have_text("Again", timeout=60_000)
    state = node.score(game_id)
    assert shown(page) == (state["seq"], str(state["home"]["score"]), str(state["away"]["score"]))
    slider = page.locator("#seek")
    assert slider.input_value() == slider.get_attribute("max")
    told = page.locator("#lines > li[data-key]")
    newest = [one["seq"] for one in state["events"] if one["type"] == "GAME_FINAL"]
    assert told.first.get_attribute("data-seq") == str(newest[-1])


@pytest.mark.browser
def test_the_page_plays_a_game_to_the_state_that_score_has(played: NodeProcess, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/v1/games/g1/replay" in request.url else None
    )
    complaints = open_replay(page, f"{played.url}/game/g1/replay")
    assert shown(page)[0] == 1, "it begins at the beginning"
    assert "Ann Early" not in page.locator("main").inner_text()
    play_to_end(page, played, "g1")
    page.wait_for_timeout(1500)
    assert len(asked) == 1, "nobody asks again for what has ended"
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_seeking_leads_to_the_row_that_one_wants(played: NodeProcess, browser: Browser) -> None:
    page = browser.new_page()
    complaints = open_replay(page, f"{played.url}/game/g1/replay")
    moments = played.get("/v1/games/g1/moments").json()
    slider, game = page.locator("#seek"), page.locator("#game")
    for one in (moments["moments"][4], moments["moments"][9], moments["moments"][6]):
        slider.fill(str(one["at"]))
        seq = max(row["seq"] for row in moments["moments"] if row["at"] <= one["at"])
        expect(game).to_have_attribute("data-seq", str(seq))
        then = played.get(f"/v1/games/g1/score?seq={seq}").json()
        assert shown(page) == (seq, str(then["home"]["score"]), str(then["away"]["score"]))
        assert f"Red Town {then['home']['score']}" in (slider.get_attribute("aria-valuetext") or "")
        assert page.url.endswith(f"?seq={seq}")
    slider.focus()
    page.keyboard.press("End")
    expect(game).to_have_attribute("data-seq", "12")
    page.keyboard.press("Home")
    expect(game).to_have_attribute("data-seq", "1")
    page.keyboard.press("ArrowRight")
    expect(game).to_have_attribute("data-seq", "2")
    page.keyboard.press("PageUp")
    expect(game).to_have_attribute("data-seq", "4")
    page.locator('[data-move="before"]').click()
    expect(game).to_have_attribute("data-seq", "2")
    slider.focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(game).not_to_have_attribute("data-seq", "2")
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_text("Play")
    paused_at = game.get_attribute("data-seq")
    page.goto(f"{played.url}/game/g1/replay?seq=11")
    page.locator("#playbar a").last.click()
    expect(game).to_have_attribute("data-seq", "10")
    assert paused_at is not None
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_without_scripts_links_lead_from_one_key_event_to_the_next(
    played: NodeProcess, browser: Browser
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{played.url}/game/g1")
    page.get_by_role("link", name="Replay").click()
    seen = []
    while True:
        seen.append(shown(page))
        then = played.get(f"/v1/games/g1/score?seq={seen[-1][0]}").json()
        if then["status"] != "scheduled":
            assert seen[-1][1:] == (str(then["home"]["score"]), str(then["away"]["score"]))
        link = page.get_by_role("link", name="Key event after")
        if link.get_attribute("href") is None:
            break
        link.click()
    key = [one["seq"] for one in played.get("/v1/games/g1/moments?level=key").json()["moments"]]
    assert [seq for seq, *_ in seen] == key
    page.context.close()


@pytest.mark.data
@pytest.mark.browser
def test_a_recorded_game_ends_on_the_page_as_it_did(
    tmp_path: Path, shared_data: Path, browser: Browser
) -> None:
    recording = BY_NAME["turkey-italy"]
    node = NodeProcess(tmp_path / "data").start()
    try:
        replay(node, shared_data / recording.path, "g", "--speed", "max")
        final(node, "g")
        page = browser.new_page()
        complaints = open_replay(page, f"{node.url}/game/g/replay?seq=30")
        slider = page.locator("#seek")
        moments = node.get("/v1/games/g/moments").json()
        assert moments["guide"] == "provider"
        goals = [one for one in moments["moments"] if one["type"] == "GOAL"]
        assert [(one["home"], one["away"]) for one in goals] == [(0, 1), (0, 2), (0, 3)]
        for goal in goals:
            slider.fill(str(goal["at"]))
            expect(page.locator('.numbers [data-part="away"]')).to_have_text(str(goal["away"]))
            expect(page.locator("#game")).to_have_attribute("data-seq", str(goal["seq"]))
        slider.fill(str(moments["moments"][88]["at"]))
        expect(page.locator("#game")).to_have_attribute("data-seq", "89")
        play_to_end(page, node, "g")
        assert shown(page)[1:] == (str(recording.home[1]), str(recording.away[1]))
        assert complaints == []
        page.close()
    finally:
        node.close()

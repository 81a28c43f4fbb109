"""Every follow against a real node: game, team, league, sport; in both views, over both transports."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from node_process import NodeProcess, declare, event, sse

pytestmark = pytest.mark.timeout(90)

FOLLOWS = (("game", "g1"), ("team", "red"), ("league", "cup"), ("sport", "soccer"))
VIEWS = (None, "full", "line")


def begin(node: NodeProcess, *games: str) -> None:
    for game_id in games:
        node.post("acme", [declare(game_id), event(game_id, 1, "PERIOD_START", period=1)])
    for game_id in games:
        node.settle(game_id, 2)


def over_sse(node: NodeProcess, follow: tuple[str, str], view: str | None) -> Iterator[dict]:
    query = dict([follow]) | ({"view": view} if view else {})
    with httpx.stream("GET", f"{node.url}/v1/stream", params=query, timeout=10) as response:
        assert response.status_code == 200
        for told in sse(response):
            yield json.loads(told["data"])


def over_websocket(node: NodeProcess, follow: tuple[str, str], view: str | None) -> Iterator[dict]:
    kind, name = follow
    key = "sport" if kind == "sport" else f"{kind}_id"
    with connect(node.url.replace("http", "ws") + "/v1/ws") as link:
        link.send(json.dumps({"action": "subscribe", key: name} | ({"view": view} if view else {})))
        told = json.loads(link.recv(timeout=10))
        shown = view or ("line" if kind in {"league", "sport"} else "full")
        assert told == {"type": "subscribed", "follow": {key: name, "view": shown}, "games": ["g1"]}
        while True:
            yield json.loads(link.recv(timeout=10))


@pytest.mark.parametrize("over", [over_sse, over_websocket])
def test_each_follow_brings_its_game_in_its_view_and_fixtures_that_appear(node: NodeProcess, over) -> None:
    begin(node, "g1")
    fans = {(follow, view): over(node, follow, view) for follow in FOLLOWS for view in VIEWS}
    for (follow, view), frames in fans.items():
        first = next(frames)
        line = view == "line" or (view is None and follow[0] in {"league", "sport"})
        assert (first["type"], first["game_id"], first["reason"]) == ("full_state", "g1", "join")
        assert ("events" in first["state"]) != line, (follow, view)
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
    begin(node, "g2")
    for (follow, view), frames in fans.items():
        line = view == "line" or (view is None and follow[0] in {"league", "sport"})
        goal = next(frames)
        assert (goal["type"], goal["seq"]) == ("score_update", 3)
        assert ("event" in goal) != line
        if follow[0] != "game":
            later = next(frames)
            assert (later["type"], later["game_id"]) == ("full_state", "g2"), (follow, view)
            assert ("events" in later["state"]) != line
        frames.close()


def test_a_hundred_follows_and_not_one_more(node: NodeProcess) -> None:
    games = [f"g{number}" for number in range(100)]
    node.post("acme", [declare(game_id) for game_id in games])
    node.settle(games[-1], 1)
    query = [("game", game_id) for game_id in games]
    with httpx.stream("GET", f"{node.url}/v1/stream", params=query, timeout=10) as response:
        told = sse(response)
        assert {json.loads(next(told)["data"])["game_id"] for _ in games} == set(games)
    refused = node.get("/v1/stream", params=[*query, ("team", "red")])
    assert (refused.status_code, refused.json()["code"]) == (400, "too_many_follows")
    with connect(node.url.replace("http", "ws") + "/v1/ws") as link:
        for game_id in games:
            link.send(json.dumps({"action": "subscribe", "game_id": game_id}))
        link.send(json.dumps({"action": "subscribe", "team_id": "red"}))
        while (frame := json.loads(link.recv(timeout=10)))["type"] != "error":
            assert frame["type"] in {"subscribed", "full_state"}
        assert frame["code"] == "too_many_follows"


def test_a_paced_game_is_written_to_once_an_interval_and_others_at_once(tmp_path: Path) -> None:
    node = NodeProcess(tmp_path / "data")
    node.env["SCOREWIRE__FANOUT__MIN_INTERVALS"] = "g1=1500"
    node.start()
    try:
        node.key("acme")
        begin(node, "g1", "g2")
        pieces, took_s = written(node, "g1")
        assert pieces <= 2 + took_s / 1.5
        pieces, took_s = written(node, "g2")
        # A reader that is late finds two goals in one piece; of a paced game it would find four.
        assert pieces > 2 + took_s / 1.5
    finally:
        node.close()


def eight_goals(node: NodeProcess, game_id: str) -> None:
    for number in range(2, 10):
        node.post("acme", event(game_id, number, "GOAL", team="home", period=1))
        time.sleep(0.2)


def written(node: NodeProcess, game_id: str) -> tuple[int, float]:
    """How many pieces eight goals come in, and within how many seconds, about two; all of them come."""
    pieces = []
    with httpx.stream("GET", f"{node.url}/v1/stream?game={game_id}", timeout=10) as response:
        chunks = response.iter_raw()
        text = ""
        while "full_state" not in text or not text.endswith("\n\n"):
            text += next(chunks).decode()
        began_s = time.monotonic()
        threading.Thread(target=eight_goals, args=(node, game_id), daemon=True).start()
        text = ""
        while text.count("score_update") < 16:  # the event's name, and the type in its data
            chunk = next(chunks).decode()
            pieces.append(chunk)
            text += chunk
    return len(pieces), time.monotonic() - began_s

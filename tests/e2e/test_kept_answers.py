"""What a node keeps ready is never older than what its streams have told, over real sockets."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from node_process import NodeProcess, declare, event, sse

GOALS = 25
LISTS = (
    "/v1/games",
    "/v1/games?league=cup",
    "/v1/games?team=red&limit=1",
    "/v1/games?status=underway&sport=soccer",
)


def test_whoever_was_told_of_a_goal_finds_it_in_every_list(node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    stop = threading.Event()

    def poll() -> None:
        """Somebody who keeps everything warm, so that there is something old to be given."""
        with httpx.Client(base_url=node.url) as client:
            while not stop.is_set():
                for path in (*LISTS, "/v1/games/g1/events?since_seq=2", "/v1/games/g1/state"):
                    assert client.get(path).status_code == 200

    with ThreadPoolExecutor(2) as pool, httpx.Client(base_url=node.url) as client:
        polling = [pool.submit(poll) for _ in range(2)]
        try:
            with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as stream:
                events = sse(stream)
                next(events)
                for goal in range(1, GOALS + 1):
                    node.post("acme", event("g1", goal + 1, "GOAL", team="home", period=1))
                    seq = json.loads(next(events)["data"])["seq"]
                    for path in LISTS:
                        (game,) = client.get(path).json()["games"]
                        assert game["seq"] >= seq, path
                        assert game["home"]["score"] >= goal, path
                    rows = client.get("/v1/games/g1/events?since_seq=2").json()
                    assert rows["seq"] >= seq
                    assert rows["events"][-1]["seq"] >= seq
                    assert client.get("/v1/games/g1/state").json()["score"]["seq"] >= seq
        finally:
            stop.set()
        for one in polling:
            one.result()
    assert counted(node, "hit") > 0


def test_a_game_appears_moves_and_leaves_lists_as_it_is_told(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    for path in (*LISTS, "/v1/leagues", "/v1/teams/red"):
        node.get(path)
    assert node.get("/v1/games?status=underway").json()["games"] == []
    node.post(
        "acme",
        [declare("g2", league={"id": "other", "name": "Other"}), event("g1", 1, "PERIOD_START", period=1)],
    )
    node.settle("g1", 2)
    node.settle("g2", 1)
    assert [game["game_id"] for game in node.get("/v1/games?status=underway").json()["games"]] == ["g1"]
    assert [game["game_id"] for game in node.get("/v1/games").json()["games"]] == ["g1", "g2"]
    assert {league["id"] for league in node.get("/v1/leagues").json()["leagues"]} == {"cup", "other"}
    assert set(node.get("/v1/teams/red").json()["games"]) == {"g1", "g2"}


def counted(node: NodeProcess, outcome: str) -> float:
    wanted = f'scorewire_cache_answers_total{{outcome="{outcome}"}} '
    (line,) = (line for line in node.get("/metrics").text.splitlines() if line.startswith(wanted))
    return float(line.removeprefix(wanted))

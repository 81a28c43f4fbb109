"""The way of a goal, over real sockets: signed call in, stream out."""

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

import shared_profile
from node_process import WORKERS, NodeProcess, declare, event, sse
from scorewire.metrics import METRICS


def test_a_goal_travels_from_a_signed_call_to_a_stream(node: NodeProcess) -> None:
    assert node.post("acme", declare("g1")).json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    node.settle("g1", 1)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as response:
        assert response.headers["content-type"] == "text/event-stream"
        events = sse(response)
        joined = next(events)
        assert (joined["event"], json.loads(joined["data"])["reason"]) == ("full_state", "join")
        answer = node.post(
            "acme", [event("g1", 1, "PERIOD_START", period=1), event("g1", 2, "GOAL", team="home")]
        )
        assert answer.status_code == 202
        kick_off, goal = json.loads(next(events)["data"]), json.loads(next(events)["data"])
    assert (kick_off["seq"], goal["seq"]) == (2, 3)
    assert goal["patch"]["home"] == {"score": 1}
    assert node.score("g1")["home"]["score"] == 1


def test_a_cancelled_goal_reaches_a_fan_and_one_who_was_asleep(node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    url = f"{node.url}/v1/stream?game=g1"
    with httpx.stream("GET", url, timeout=10) as response:
        asleep_at = next(sse(response))["id"]
    with httpx.stream("GET", url, timeout=10) as response:
        events = sse(response)
        next(events)
        node.post("acme", event("g1", 2, "GOAL", team="home", period=1))
        assert json.loads(next(events)["data"])["patch"]["home"] == {"score": 1}
        node.post("acme", event("g1", 3, "GOAL_CANCELLED", team="home", period=1, detail={"event": "e2"}))
        told = json.loads(next(events)["data"])
    assert (told["type"], told["reason"], told["state"]["home"]["score"]) == ("full_state", "correction", 0)
    with httpx.stream("GET", url, timeout=10, headers={"last-event-id": asleep_at}) as response:
        woken = json.loads(next(sse(response))["data"])
    assert (woken["type"], woken["reason"], woken["state"]["home"]["score"]) == (
        "full_state",
        "correction",
        0,
    )
    rows = node.get("/v1/games/g1/events").json()["events"]
    assert [(row["type"], row.get("corrects")) for row in rows[-2:]] == [
        ("GOAL", None),
        ("GOAL_CANCELLED", 3),
    ]


STOPS = (signal.SIGTERM,) if WORKERS else (signal.SIGTERM, signal.SIGHUP)
"""To a node with workers SIGHUP means a rolling restart; see tests/adversity."""


@pytest.mark.parametrize("number", STOPS, ids=[stop.name.lower() for stop in STOPS])
def test_a_signal_says_bye_and_a_restart_goes_on(node: NodeProcess, number: signal.Signals) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=10) as response:
        events = sse(response)
        cursor = next(events)["id"]
        assert node.stop(number) == 0
        bye = next(events)
        assert (bye["event"], json.loads(bye["data"])["reason"]) == ("bye", "drain")
    said = [json.loads(line) for line in node.log.read_text().splitlines() if '"role"' in line]
    assert {line["reason"] for line in said if line["event"] == "stopping"} == {number.name}
    told = [line.get("byes", 0) for line in said if line["event"] == "stopped"]
    assert (len(told), sum(told)) == (node.workers + 2 if node.workers else 1, 1)
    node.start()
    node.post("acme", event("g1", 2, "GOAL", team="away", period=1))
    node.settle("g1", 3)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1&since={cursor}", timeout=10) as response:
        first = json.loads(next(sse(response))["data"])
    state = first["state"] if first["type"] == "full_state" else None
    assert first["seq"] == 3
    assert state is None or state["away"]["score"] == 1


OF_OTHERS = (
    "scorewire_worker_",
    "scorewire_edge",
    "scorewire_relay_",
    "scorewire_stats_",
    "scorewire_game_events_",
)
"""Metrics of nodes with workers or edges (test_workers.py, test_edges.py), and of what is over Kafka."""


def test_every_metric_is_fed(node: NodeProcess) -> None:
    node.post("acme", [declare("g1"), event("g1", 1, "PERIOD_START", period=1)])
    node.settle("g1", 2)
    told = {line.split("{")[0].split(" ")[0] for line in node.get("/metrics").text.splitlines()}
    for name, row in METRICS.items():
        if name.startswith(OF_OTHERS):
            continue
        assert name in told or f"{name}_count" in told, (
            f"{name} ({row.kind}) is in the table, and nobody feeds it"
        )


def test_keys_are_those_of_the_running_node(node: NodeProcess) -> None:
    def keys(*words: str) -> str:
        command = [sys.executable, "-m", "scorewire", "keys", *words, "--data", str(node.data)]
        # It is told the folder only: where the journal is, the node knows.
        env = {name: value for name, value in os.environ.items() if not name.startswith("SCOREWIRE__")}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout

    made = json.loads(keys("create", "late", "--json"))
    assert made["id"] in keys("list")
    node.secrets["late"] = made["secret"]
    assert node.post("late", declare("g-late")).status_code == 202
    assert keys("revoke", made["id"]) == f"{made['id']} is revoked.\n"
    assert "revoked" in next(line for line in keys("list").splitlines() if made["id"] in line)
    assert not list(node.data.glob("journal.sqlite")) or not shared_profile.ENABLED

"""An editor puts a wrong score right on a running node, and hands back to the feed; fans see both at once."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from node_process import NodeProcess, declare, event, sse


def scorewire(node: NodeProcess, *arguments: str) -> str:
    """The command line, on the node's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "scorewire", *arguments, "--data", str(node.data)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wrong_score_is_put_right_within_half_a_minute_and_handed_back(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.post("acme", event("g1", 1, "PERIOD_START", period=1))
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1, clock="3:00"))
    node.settle("g1", 3)
    with httpx.stream("GET", f"{node.url}/v1/stream?game=g1", timeout=30) as response:
        frames = sse(response)
        next(frame for frame in frames if "full_state" in frame["data"])
        started_s = time.monotonic()
        out = scorewire(node, "correct", "score", "g1", "0-1", "--by", "anna", "--reason", "wrong side")
        assert "g1 is 0-1" in out
        told = next(frame for frame in frames if '"SCORE_SET"' in frame.get("data", ""))
        assert time.monotonic() - started_s < 30
        assert '"type":"full_state"' in told["data"]  # a correction
        assert "anna" not in told["data"]
        node.post("acme", event("g1", 3, "GOAL", team="away", period=1, clock="5:00"))
        node.settle("g1", 5)
        assert (node.score("g1")["home"]["score"], node.score("g1")["away"]["score"]) == (0, 2)
        assert "g1 is 1-1" in scorewire(node, "correct", "undo", "g1", "--by", "bert")
    listed = scorewire(node, "correct", "list", "g1")
    assert "anna: wrong side" in listed
    assert "handed back by bert" in listed


def test_an_event_that_the_feed_missed_is_entered(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.post("acme", event("g1", 1, "PERIOD_START", period=1))
    node.settle("g1", 2)
    out = scorewire(node, "event", "g1", "GOAL", "penalty=true", "--team", "home", "--clock", "12:00")
    assert "g1 is 1-0" in out
    explained = scorewire(node, "explain", "g1")
    assert "desk desk-" in explained


def test_a_game_is_taken_along_from_a_running_node_and_decided_again(
    node: NodeProcess, tmp_path: Path
) -> None:
    node.post("acme", declare("g1"))
    node.post("acme", event("g1", 1, "PERIOD_START", period=1))
    node.post("acme", event("g1", 3, "GOAL", team="away", period=1, clock="4:00"))  # waits for number 2
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1, clock="3:00"))
    node.settle("g1", 4)
    scorewire(node, "correct", "score", "g1", "0-1", "--by", "anna", "--reason", "wrong side")
    place = tmp_path / "g1.capture"
    scorewire(node, "capture", "take", "g1", "--out", str(place))
    checked = subprocess.run(
        [sys.executable, "-m", "scorewire", "capture", "check", str(place)],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert checked.stdout == "g1: 5 rows, reproduced.\n"
    assert "anna: wrong side" in scorewire(node, "explain", "g1")


def test_a_play_of_the_feed_is_cancelled_and_comes_back(node: NodeProcess) -> None:
    node.post("acme", declare("g1"))
    node.post("acme", event("g1", 1, "PERIOD_START", period=1))
    node.post("acme", event("g1", 2, "GOAL", team="home", period=1, clock="3:00"))
    node.settle("g1", 3)
    out = scorewire(node, "correct", "cancel", "g1", "3", "--by", "anna", "--reason", "offside")
    assert "g1 is 0-0" in out
    node.post("acme", event("g1", 2, "GOAL", revision=2_000_000_000_000, team="home", period=1, clock="3:05"))
    node.settle("g1", 5)
    assert node.score("g1")["home"]["score"] == 0
    assert "g1 is 1-0" in scorewire(node, "correct", "undo", "g1", "--by", "bert")

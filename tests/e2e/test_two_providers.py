"""Two providers of one game on a real node: one falls silent, both disagree, a kill in between."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from node_process import NodeProcess, declare, event

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node that waits one second for a silent provider, with a game that two tell."""
    env = {"SCOREWIRE__GAMES__FAILOVER_S": "1", "SCOREWIRE__GAMES__STEADY_S": "1"}
    node = NodeProcess(tmp_path / "data", env=env).start()
    for provider in ("acme", "backup"):
        node.key(provider)
    node.post("acme", declare("g", providers=["acme", "backup"]))
    for provider in ("acme", "backup"):
        say(node, provider, 1, "PERIOD_START")
    node.settle("g", 2)
    yield node
    node.close()


def say(node: NodeProcess, provider: str, number: int, type_: str, **data: object) -> None:
    answer = node.post(provider, event("g", number, type_, provider, period=1, **data))
    assert answer.status_code == 202, answer.text


def until(node: NodeProcess, holds: Callable[[dict], bool]) -> dict:
    deadline = time.monotonic() + 30
    while not holds(state := node.score("g")):
        assert time.monotonic() < deadline, state
        time.sleep(0.02)
    return state


def command(node: NodeProcess, *words: str) -> str:
    whole = [sys.executable, "-m", "scorewire", *words, "--data", str(node.data)]
    done = subprocess.run(whole, check=False, capture_output=True, text=True, env=node.env, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_silent_primary_is_replaced_by_time_alone_and_counts_nothing_twice_after_a_kill(
    pair: NodeProcess,
) -> None:
    say(pair, "backup", 2, "GOAL", team="home", clock="10:00")
    state = until(pair, lambda state: state["home"]["score"] == 1)
    assert [one["type"] for one in state["events"]][-2:] == ["PROVIDER_CHANGED", "GOAL"]
    pair.kill()
    pair.start()
    say(pair, "acme", 2, "GOAL", team="home", clock="10:01")
    say(pair, "acme", 3, "GOAL", team="away", clock="12:00")
    say(pair, "backup", 3, "GOAL", team="away", clock="12:00")
    state = until(pair, lambda state: state["away"]["score"] == 1)
    assert state["home"]["score"] == 1


def test_a_conflict_is_under_check_until_the_desk_settles_it(pair: NodeProcess) -> None:
    say(pair, "backup", 2, "GOAL", team="home", clock="10:00")
    say(pair, "acme", 2, "FOUL", team="home", clock="10:10")
    state = until(pair, lambda state: state.get("under_check", False))
    assert state["home"]["score"] == 0
    listed = command(pair, "conflicts", "list", "g")
    assert "backup e2  GOAL home period 1 10:00   missing, open" in listed
    told = command(pair, "conflicts", "settle", "g", "backup", "e2", "--adopt", "--by", "anna")
    assert "g is 1-0" in told
    assert not until(pair, lambda state: state["home"]["score"] == 1).get("under_check", False)
    assert command(pair, "conflicts", "list", "g") == "The providers agree.\n"
    assert "adopted   anna" in command(pair, "conflicts", "list", "g", "--all")

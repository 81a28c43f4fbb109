"""Shots and the pages of a game follow a real node: told, corrected, as they were at a seq."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node_process import NodeProcess, declare, event

GAME = "cup-final"
LATER = 4_000_000_000_000
"""A revision above all that are times."""
PENALTY_SPOT_OPTA = {"x": 0.885, "y": 0.5}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node that knows in which format `acme` tells places."""
    one = NodeProcess(tmp_path / "node", env={"SCOREWIRE__PROVIDERS__ACME__FORMAT": "opta_f24"}).start()
    one.key("acme")
    yield one
    one.close()


def say(node: NodeProcess, *messages: dict[str, Any]) -> None:
    answer = node.post("acme", list(messages))
    assert answer.status_code == 202, answer.text
    node.await_decided()


def test_shots_and_pages_follow_a_game(node: NodeProcess) -> None:
    goal = {"team": "home", "period": 1, "clock": "9:10", "player": {"id": "p1", "name": "Ada Example"}}
    lineup = {"p1": "9|Ada Example|Striker|starter"}
    say(
        node,
        declare(GAME),
        event(GAME, 1, "LINEUP", team="home", detail=lineup),
        event(GAME, 2, "PERIOD_START", period=1, clock="0:00"),
        event(GAME, 3, "GOAL", **goal, **PENALTY_SPOT_OPTA),
    )
    told = node.get(f"/v1/games/{GAME}/shots").json()
    (shot,) = told["shots"]
    # Opta's penalty spot lies at 88.5 of 100, ours 11 m from the line.
    assert (shot["along"], shot["across"], shot["outcome"]) == (94.0, 34.0, "goal")
    assert (shot["seq"], told["ground"]["unit"]) == (told["seq"], "m")
    assert "Ada Example" in node.get(f"/game/{GAME}/lineups").text
    box = node.get(f"/game/{GAME}/stats").text
    assert '<abbr title="Goals">G</abbr>' in box

    say(
        node, event(GAME, 4, "SHOT", **{**goal, "clock": "11:00"}, x=0.83, y=0.5, detail={"outcome": "saved"})
    )
    later = node.get(f"/v1/games/{GAME}/shots").json()
    assert [(one["outcome"], one["along"]) for one in later["shots"]] == [("goal", 94.0), ("saved", 88.5)]
    then = node.get(f"/v1/games/{GAME}/shots?seq={told['seq']}&epoch={told['epoch']}").json()
    assert then == told
    pictures = node.get(f"/game/{GAME}/part/pictures").text
    assert "2 shots" in pictures

    taken_back = event(GAME, 3, "GOAL", **goal, action="retract", revision=LATER)
    say(node, taken_back)
    assert [one["type"] for one in node.get(f"/v1/games/{GAME}/shots").json()["shots"]] == ["SHOT"]
    assert "1 shot" in node.get(f"/game/{GAME}/part/pictures").text
    assert node.get(f"/v1/games/{GAME}/shots?delay=30").status_code == 404

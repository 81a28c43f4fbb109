"""Box scores, leaders, players and teams of a node: as games go on, after a correction, over a kill."""

import time
from collections.abc import Callable
from typing import Any

from node_process import NodeProcess, declare, event

LATER = 4_000_000_000_000
"""A revision above all that are times."""


def until(seen: Callable[[], object], expected: object) -> None:
    deadline = time.monotonic() + 30
    while (now := seen()) != expected:
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def say(node: NodeProcess, *messages: dict[str, Any]) -> None:
    answer = node.post("acme", list(messages))
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == []


def goal(game: str, number: int, side: str, who: str, **fields: object) -> dict[str, Any]:
    player = {"id": who, "name": who.title()}
    return event(game, number, "GOAL", team=side, period=1, player=player, **fields)


def goals(node: NodeProcess, game: str, query: str = "") -> dict[str, int]:
    """Of the box score, by player."""
    answer = node.get(f"/v1/games/{game}/stats{query}")
    if answer.status_code != 200:
        return {}
    told = answer.json()
    lines = [*told["home"].get("players", ()), *told["away"].get("players", ())]
    return {line["id"]: line["tables"]["match"]["G"] for line in lines}


def leaders(node: NodeProcess) -> list[tuple[int, str, int]]:
    answer = node.get("/v1/leagues/cup/leaders?stat=G")
    if answer.status_code != 200:
        return []
    (board,) = answer.json()["boards"]
    return [(row["rank"], row["player"], row["value"]) for row in board["leaders"]]


def test_statistics_follow_the_games_of_a_node(node: NodeProcess) -> None:
    say(node, declare("final"), event("final", 1, "PERIOD_START", period=1), goal("final", 2, "home", "ada"))
    until(lambda: goals(node, "final"), {"ada": 1})
    # The goal was another's.
    say(node, goal("final", 2, "home", "bea", revision=LATER), goal("final", 3, "home", "bea"))
    until(lambda: goals(node, "final"), {"bea": 2})
    first = node.get("/v1/games/final/stats")
    assert goals(node, "final", "?seq=3") == {"ada": 1}
    again = node.get("/v1/games/final/stats", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    say(node, event("final", 8, "PERIOD_END", period=1), event("final", 9, "GAME_FINAL"))
    until(lambda: node.get("/v1/games/final/score").json()["status"], "final")
    until(lambda: "scorewire_lines_waiting_games 0.0" in node.get("/metrics").text, expected=True)
    assert leaders(node) == [(1, "bea", 2)]
    # What is decided in the moment before a kill is found by the next who starts.
    say(node, goal("final", 3, "home", "ada", revision=LATER))
    until(lambda: goals(node, "final"), {"ada": 1, "bea": 1})
    node.kill()
    node.start()
    until(lambda: "scorewire_lines_waiting_games 0.0" in node.get("/metrics").text, expected=True)
    until(lambda: node.get("/v1/players/ada/stats").status_code, 200)
    assert leaders(node) == [(1, "ada", 1), (1, "bea", 1)]
    player = node.get("/v1/players/ada/stats").json()
    assert (player["player"]["name"], player["seasons"][0]["totals"]["match"]["G"]) == ("Ada", 1)
    team = node.get(f"/v1/teams/{first.json()['home']['id']}/stats").json()
    assert (team["seasons"][0]["games"], team["games"][0]["game_id"]) == (1, "final")

"""The table of a league follows its games: live, after a correction, as of a day, over a restart."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node_process import NodeProcess, declare, event

LATER = 4_000_000_000_000
"""A revision above all that are times."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    league = "SCOREWIRE__LEAGUES__EPL__"
    env = {
        f"{league}RULES": "premier-league",
        f"{league}DEDUCTIONS": "2023-24 eve 2 2024-04-08 breach of the spending rules",
    }
    one = NodeProcess(tmp_path / "node", env=env, workers=0).start()
    yield one
    one.close()


def game(node: NodeProcess, home: str, away: str, day: str) -> str:
    """Declare a game of the league and begin it; returns its id."""
    name = f"{home}-{away}"
    told = declare(name)
    told["data"] |= {
        "league": {"id": "epl", "name": "Premier League"},
        "season": "2023-24",
        "start": f"{day}T15:00:00Z",
        "home": {"id": home, "name": home.title()},
        "away": {"id": away, "name": away.title()},
    }
    say(node, told, event(name, 1, "PERIOD_START", period=1))
    return name


def say(node: NodeProcess, *messages: dict[str, Any]) -> None:
    answer = node.post("acme", list(messages))
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == []


def rows(node: NodeProcess, query: str = "") -> list[tuple[int, str, int]]:
    """Rank, team, points."""
    answer = node.get(f"/v1/leagues/epl/standings{query}")
    if answer.status_code == 404:
        assert answer.json()["code"] == "unknown_standings"
        return []
    (part,) = answer.json()["table"]["parts"]
    return [(row["rank"], row["team"], row["points"]) for row in part["rows"]]


def until_table(node: NodeProcess, expected: list[tuple[int, str, int]]) -> None:
    deadline = time.monotonic() + 20
    while (seen := rows(node)) != expected:
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)


def test_a_league_has_a_table_from_its_first_goal_on(node: NodeProcess) -> None:
    node.key("acme")
    assert rows(node) == []
    first = game(node, "eve", "liv", "2024-04-24")
    say(node, event(first, 2, "GOAL", team="home", period=1))
    until_table(node, [(1, "eve", 1), (2, "liv", 0)])
    table = node.get("/v1/leagues/epl/standings?season=2023-24").json()
    assert (table["league"]["id"], table["season"]) == ("epl", "2023-24")
    assert (table["table"]["rules"], table["table"]["provisional"]) == ("premier-league", 1)
    assert table["table"]["deductions"][0]["reason"] == "breach of the spending rules"
    second = game(node, "ars", "che", "2024-04-25")
    say(node, *(event(second, n, "GOAL", team="home", period=1) for n in (2, 3)))
    until_table(node, [(1, "ars", 3), (2, "eve", 1), (3, "liv", 0), (4, "che", 0)])
    # One goal is taken back, and given to the others.
    say(node, event(second, 3, "GOAL", team="home", period=1, action="retract", revision=LATER))
    say(node, *(event(second, n, "GOAL", team="away", period=1) for n in (4, 5)))
    until_table(node, [(1, "che", 3), (2, "eve", 1), (3, "ars", 0), (4, "liv", 0)])
    for name in (first, second):
        say(node, event(name, 8, "PERIOD_END", period=1), event(name, 9, "GAME_END"))
    node.stop()
    node.start()
    until_table(node, [(1, "che", 3), (2, "eve", 1), (3, "ars", 0), (4, "liv", 0)])
    assert rows(node, "?season=1999") == []
    assert [points for *_, points in rows(node, "?as_of=2024-04-01")] == [0, 0, 0, 0]
    refused = node.get("/v1/leagues/epl/standings?as_of=tomorrow")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_date")
    assert node.get("/v1/leagues/epl/standings?delay=30").json()["code"] == "delay_unsupported"

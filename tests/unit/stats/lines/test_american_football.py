"""American football's lines: by hand, and four real games against the league's own, player by player."""

import json
from pathlib import Path
from typing import Any

import pytest

from scorewire.stats.lines.box import TeamLines
from unit.stats.lines.plays import Game, cells, game, recorded, same

FOLDER = "american_football/nfl_gamecenter"
GAMES = ("2012092305", "2012111110", "2014101202", "2015020100")
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "passing": ("passing", {"att": "ATT", "cmp": "CMP", "yds": "YDS", "tds": "TD", "ints": "INT"}),
    "rushing": ("rushing", {"att": "ATT", "yds": "YDS", "tds": "TD", "lng": "LNG"}),
    "receiving": ("receiving", {"rec": "REC", "yds": "YDS", "tds": "TD", "lng": "LNG"}),
    "kicking": ("kicking", {"fgm": "FGM", "fga": "FGA", "fgyds": "LNG", "xpmade": "XPM", "xpa": "XPA"}),
    "punting": ("punting", {"pts": "P", "yds": "YDS", "lng": "LNG"}),
    "kickret": ("returning", {"ret": "KR"}),
    "puntret": ("returning", {"ret": "PR"}),
    "defense": ("defence", {"sk": "SACK", "int": "INT"}),
    "fumbles": ("fumbles", {"tot": "FUM", "lost": "LOST"}),
}
TEAM = {"totyds": "TOTAL", "pyds": "PASS", "ryds": "RUSH", "pen": "PEN", "penyds": "PENYD", "trnovr": "TO"}


def test_a_touchdown_is_the_play_that_made_it() -> None:
    played = game("american_football")
    thrown = {"kind": "pass", "yards": 20, "passer": "QB", "passer_id": "qb"}
    played.say("TOUCHDOWN", "home", "p1", period=1, detail=thrown)
    played.say("TOUCHDOWN", "home", "p2", period=1, detail={"kind": "rush", "yards": 3})
    played.say("TOUCHDOWN", "home", "p3", period=1, detail={"kind": "return", "yards": 60})
    played.say("PASS", "home", "qb", period=1, detail={"yards": 8, "to": "P1", "to_id": "p1"})
    played.say("PASS_INCOMPLETE", "home", "qb", period=1)
    played.say("SPIKE", "home", "qb", period=1)
    played.say("INTERCEPTION", "away", "q1", period=1, detail={"yards": 12, "passer_id": "qb"})
    lines = played.lines
    assert cells(lines, "qb", "passing") == {
        "CMP": 2, "ATT": 5, "YDS": 28, "TD": 1, "INT": 1, "AVG": 5.6,
    }  # fmt: skip
    assert cells(lines, "p1", "receiving") == {"REC": 2, "YDS": 28, "TD": 1, "LNG": 20, "AVG": 14}
    assert cells(lines, "p2", "rushing") == {"ATT": 1, "YDS": 3, "TD": 1, "LNG": 3, "AVG": 3}
    assert [cells(lines, who, "scoring")["TD"] for who in ("p1", "p2", "p3")] == [1, 1, 1]
    assert cells(lines, "q1", "defence") == {"INT": 1, "INTYD": 12}
    assert lines.home.totals["team"] == {"RUSH": 3, "PASS": 28, "TOTAL": 31, "TO": 1}


def test_sacks_whole_and_shared_and_a_loss_is_the_longest_of_one() -> None:
    played = game("american_football")
    played.say("SACK", "home", "qb", period=1, detail={"yards": -7, "by": "Q1", "by_id": "q1"})
    played.say("SACK", "home", "qb", period=1, detail={"yards": -3, "by_id": "q1", "by2_id": "q2"})
    played.say("KNEEL", "home", "qb", period=1, detail={"yards": -1})
    lines = played.lines
    assert [cells(lines, who, "defence")["SACK"] for who in ("q1", "q2")] == [1.5, 0.5]
    assert [cells(lines, "qb", "passing")[name] for name in ("SK", "SKYD", "ATT")] == [2, -10, 0]
    assert cells(lines, "qb", "rushing")["LNG"] == lines.home.totals["rushing"]["LNG"] == -1
    assert lines.home.totals["team"]["PASS"] == -10


def test_a_play_that_a_penalty_takes_back_was_never_counted() -> None:
    played = game("american_football")
    before = played.lines
    played.say("RUSH", "home", "p1", period=1, event="r", detail={"yards": 30})
    assert cells(played.lines, "p1", "rushing")["YDS"] == 30
    played.say("PLAY_NULLIFIED", period=1, event="no", detail={"event": "r", "reason": "penalty"})
    assert same(played.lines, before)


def official(shared_data: Path, name: str) -> dict[str, Any]:
    payload = json.loads((shared_data / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = payload[name]
    return found


def differences(ours: TeamLines, theirs: dict[str, Any]) -> list[str]:
    """What is not as the league has it: every player in its tables, and nobody besides."""
    found: list[str] = []
    lines = {line.id: line.tables for line in ours.players}
    for table, (name, columns) in TABLES.items():
        said = theirs.get(table, {})
        for player, official in said.items():
            line = lines.get(f"nfl-{player}", {}).get(name, {})
            found += [
                f"{official['name']} {table} {word}: {line.get(column, 0)} for {official[word]}"
                for word, column in columns.items()
                if line.get(column, 0) != official[word]
            ]
        if name not in {"returning", "defence"}:
            besides = {who for who, tables in lines.items() if name in tables} - {
                f"nfl-{one}" for one in said
            }
            found += [f"{who} is in {name}" for who in besides]
    return found


@pytest.mark.data
@pytest.mark.parametrize("name", GAMES)
def test_every_player_has_the_leagues_figures(shared_data: Path, name: str) -> None:
    lines, league = recorded(shared_data, f"{FOLDER}/{name}.json").lines, official(shared_data, name)
    for side, ours in (("home", lines.home), ("away", lines.away)):
        theirs = league[side]["stats"]
        assert differences(ours, theirs) == []
        totals = ours.totals["team"]
        assert {word: totals[column] for word, column in TEAM.items()} == {
            word: theirs["team"][word] for word in TEAM
        }


@pytest.fixture
def played(shared_data: Path) -> Game:
    return recorded(shared_data, f"{FOLDER}/{GAMES[0]}.json")


@pytest.mark.data
def test_yards_put_right_and_back(played: Game) -> None:
    before = played.lines
    caught = played.plays("PASS")[0]
    assert caught.player is not None
    played.put_right(caught, detail={**caught.detail, "yards": int(caught.detail["yards"]) + 5})
    after = played.lines
    for who, table in ((caught.player.id, "passing"), (str(caught.detail["to_id"]), "receiving")):
        assert cells(after, who, table)["YDS"] == cells(before, who, table)["YDS"] + 5
    played.put_right(caught)
    assert same(played.lines, before)


@pytest.mark.data
def test_a_touchdown_cancelled_and_given_again(played: Game) -> None:
    before = played.lines
    scored = next(claim for claim in played.plays("TOUCHDOWN") if claim.event + "-cancelled" not in {
        one.event for one in played.plays("TOUCHDOWN_CANCELLED")
    } and "passer_id" in claim.detail)  # fmt: skip
    played.say("TOUCHDOWN_CANCELLED", provider="desk", event="no", detail={"event": scored.event})
    passer = str(scored.detail["passer_id"])
    assert cells(played.lines, passer, "passing")["TD"] == cells(before, passer, "passing")["TD"] - 1
    played.take_back(next(one for one in played.plays("TOUCHDOWN_CANCELLED") if one.event == "no"))
    assert same(played.lines, before)

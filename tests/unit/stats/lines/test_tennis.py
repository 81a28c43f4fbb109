"""Tennis: by hand, and real matches whose break points the source states point by point."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from unit.stats.lines.plays import Game, game, recorded, same

SLAM = "tennis/slam_pointbypoint/2012_usopen_selected_points.csv"


def rally(played: Game, winners: str, server: str = "home", kind: str = "") -> None:
    for winner in winners:
        detail = {"server": server} | ({"kind": kind} if kind else {})
        played.say("POINT", "home" if winner == "h" else "away", period=1, detail=detail)


def test_a_game_that_is_broken() -> None:
    played = game("tennis")
    rally(played, "aahaha")
    totals = played.lines.away.totals["match"]
    assert [totals[name] for name in ("BPW", "BP", "RPW", "GW", "TPW")] == [1, 2, 4, 1, 4]
    home = played.lines.home.totals["match"]
    assert [home[name] for name in ("SPW", "SPP", "BP", "GW")] == [2, 6, 0, 0]


def test_deuce_advantage_and_no_advantage() -> None:
    played = game("tennis")
    rally(played, "hhhaaa" + "a" + "h")
    assert played.lines.away.totals["match"]["BP"] == 1
    short = game("tennis", no_ad=True)
    rally(short, "hhhaaa")
    assert short.lines.away.totals["match"]["BP"] == 0
    rally(short, "h")
    assert [short.lines.away.totals["match"][name] for name in ("BP", "BPW")] == [1, 0]


def test_aces_and_double_faults_are_the_servers() -> None:
    played = game("tennis")
    rally(played, "h", kind="ace")
    rally(played, "a", kind="double_fault")
    rally(played, "a", kind="unforced_error")
    lines = played.lines
    assert [lines.home.totals["match"][name] for name in ("ACE", "DF", "UE")] == [1, 1, 1]
    assert "WIN" not in lines.home.totals["match"]


@pytest.mark.data
def test_the_source_counts_the_same_break_points(shared_data: Path) -> None:
    with (shared_data / SLAM).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first = rows[0]["match_id"]
    said = Counter[str]()
    for row in rows:
        if row["match_id"] == first:
            for name in ("Ace", "DoubleFault", "UnfErr", "BreakPoint", "BreakPointWon"):
                for player in ("P1", "P2"):
                    said[player + name] += int(row.get(player + name) or 0)
    lines = recorded(shared_data, SLAM).lines
    for player, team in (("P1", lines.home), ("P2", lines.away)):
        totals = team.totals["match"]
        assert [totals[name] for name in ("ACE", "DF", "BP", "BPW")] == [
            said[player + name] for name in ("Ace", "DoubleFault", "BreakPoint", "BreakPointWon")
        ]


@pytest.mark.data
def test_a_point_overruled_and_given_back_changes_everything_after_it_and_nothing(shared_data: Path) -> None:
    played = recorded(shared_data, SLAM)
    before = played.lines
    point = played.plays("POINT")[40]
    played.put_right(point, team="home" if point.team == "away" else "away")
    assert not same(played.lines, before)
    played.put_right(point)
    assert same(played.lines, before)

"""Cricket's scorecard: by hand, and real matches whose parts must come to the score."""

from pathlib import Path

import pytest

from unit.stats.lines.plays import Game, cells, game, recorded, same

SUPER_OVER = "cricket/cricsheet/t20i_super_over_902653.json"
ONE_DAY = "cricket/cricsheet/odi_dls_1277086.json"


def ball(played: Game, over: str, who: str = "p1", bowler: str = "q1", **detail: object) -> None:
    named = {"over": over, "bowler": bowler.upper(), "bowler_id": bowler, **detail}
    played.say("BALL", "home", who, period=1, detail=named)


def test_what_counts_for_whom() -> None:
    played = game("cricket")
    ball(played, "0.1", runs=4, boundary=4)
    ball(played, "0.1", wides=2)
    ball(played, "0.2", noballs=1, runs=6, boundary=6)
    ball(played, "0.2", legbyes=1)
    ball(played, "0.3", who="p2", byes=4)
    ball(played, "0.4", who="p2", runs=4)
    lines = played.lines
    assert cells(lines, "p1", "batting") == {"R": 10, "B": 3, "4s": 1, "6s": 1, "SR": 333.33, "OUT": 0}
    assert [cells(lines, "p2", "batting")[name] for name in ("R", "B", "4s")] == [4, 2, 0]
    assert cells(lines, "q1", "bowling") == {
        "O": 4, "M": 0, "R": 17, "W": 0, "WD": 2, "NB": 1, "ECON": 25.5,
    }  # fmt: skip
    assert lines.home.totals["extras"] == {"T": 22, "B": 4, "LB": 1, "W": 2, "NB": 1, "P": 0}


def test_maidens() -> None:
    played = game("cricket")
    for number in range(1, 7):
        ball(played, f"0.{number}", legbyes=1 if number == 2 else 0)
    for number in range(1, 6):
        ball(played, f"1.{number}", bowler="q2")
    ball(played, "1.6", bowler="q3")
    for number in range(1, 7):
        ball(played, f"2.{number}", bowler="q2", runs=1 if number == 6 else 0)
    lines = played.lines
    assert [cells(lines, who, "bowling")["M"] for who in ("q1", "q2", "q3")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("kind", "wickets", "column"),
    [
        ("caught", 1, "CT"),
        ("stumped", 1, "ST"),
        ("run_out", 0, "RO"),
        ("bowled", 1, ""),
        ("retired_out", 0, ""),
    ],
)
def test_wickets(kind: str, wickets: int, column: str) -> None:
    played = game("cricket")
    ball(played, "0.1")
    named = {"kind": kind, "bowler_id": "q1", "bowler": "Q1"} | ({"fielder_id": "q9"} if column else {})
    played.say("WICKET", "home", "p1", period=1, event="w", detail=named)
    lines = played.lines
    assert cells(lines, "p1", "batting")["OUT"] == 1
    assert cells(lines, "q1", "bowling")["W"] == wickets
    if column:
        assert cells(lines, "q9", "fielding")[column] == 1
    before = lines
    played.say("WICKET_CANCELLED", "home", event="no", detail={"event": "w"})
    assert cells(played.lines, "p1", "batting")["OUT"] == 0
    played.take_back(played.plays("WICKET_CANCELLED")[0])
    assert same(played.lines, before)


@pytest.mark.data
@pytest.mark.parametrize(("path", "home", "away"), [(SUPER_OVER, 154, 154), (ONE_DAY, 229, 168)])
def test_the_parts_come_to_the_score(shared_data: Path, path: str, home: int, away: int) -> None:
    lines = recorded(shared_data, path).lines
    for team, score in ((lines.home, home), (lines.away, away)):
        extras, other = team.totals["extras"], lines.away if team is lines.home else lines.home
        assert extras["T"] == score
        assert (
            team.totals["batting"]["R"] + sum(extras[name] for name in ("B", "LB", "W", "NB", "P")) == score
        )
        assert other.totals["bowling"]["R"] == score - extras["B"] - extras["LB"] - extras["P"]
        assert (
            sum(line.tables.get("batting", {}).get("R", 0) for line in team.players)
            == team.totals["batting"]["R"]
        )
        run_outs = other.totals["fielding"]["RO"]
        assert other.totals["bowling"]["W"] + run_outs == team.totals["batting"]["OUT"]

"""Volleyball's lines: by hand, and a scouted match whose points are counted a second way."""

from pathlib import Path

import pytest

from unit.stats.lines.plays import cells, game, recorded, same

SCOUTED = "volleyball/datavolley/example_data.dvw"


def test_points_by_kind() -> None:
    played = game("volleyball")
    for kind, who in (
        ("attack", "p1"),
        ("attack", "p2"),
        ("block", "p1"),
        ("ace", "p1"),
        ("opponent_error", ""),
    ):
        played.say("POINT", "home", who, period=1, detail={"kind": kind, "server": "home"})
    played.say("POINT", "away", period=1, detail={"kind": "opponent_error", "server": "home"})
    lines = played.lines
    assert cells(lines, "p1") == {"ATT": 1, "BLK": 1, "SRV": 1, "PTS": 3, "YC": 0, "RC": 0}
    home = lines.home.totals["match"]
    assert [home[name] for name in ("PTS", "OPP", "TP", "SP")] == [4, 1, 5, 5]
    assert [lines.away.totals["match"][name] for name in ("TP", "SP")] == [1, 0]


@pytest.mark.data
def test_every_rally_is_somebodys(shared_data: Path) -> None:
    played = recorded(shared_data, SCOUTED)
    lines = played.lines
    shown = played.desk.shown
    assert shown is not None
    points = {side: sum(line[side] for line in (shown.linescore or {}).values()) for side in ("home", "away")}
    for side, team in (("home", lines.home), ("away", lines.away)):
        totals = team.totals["match"]
        assert totals["TP"] == points[side]
        assert sum(line.tables["match"]["PTS"] for line in team.players) == totals["PTS"]
    assert points == {"home": 75, "away": 52}


@pytest.mark.data
def test_a_point_given_to_another_and_back(shared_data: Path) -> None:
    played = recorded(shared_data, SCOUTED)
    before = played.lines
    point = next(claim for claim in played.plays("POINT") if claim.detail.get("kind") == "block")
    assert point.player is not None
    assert point.team is not None
    played.put_right(point, detail={**point.detail, "kind": "attack"})
    assert cells(played.lines, point.player.id)["BLK"] == cells(before, point.player.id)["BLK"] - 1
    played.put_right(point)
    assert same(played.lines, before)

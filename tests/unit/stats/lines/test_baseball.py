"""Baseball's lines: by hand, a season of a park against the official earned runs, and an MLB game."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from scorewire.intake.recording import read
from scorewire.stats.lines import LINES
from scorewire.stats.lines.sheet import lines_of
from unit.providers.recorded import unpacked
from unit.stats.lines.plays import Game, cells, game, recorded, same

MLB = "baseball/mlb_statsapi_facts/747175_feed_live_facts.json.gz"
RETROSHEET = "baseball/retrosheet/2020ANA.EVA"


def started() -> Game:
    played = game("baseball")
    played.line_up("home", "s1", starters=1, position="P")
    played.say("PERIOD_START", "away", period=1)
    return played


def bat(played: Game, type_: str, who: str, **detail: object) -> None:
    played.say(type_, "away", who, period=1, detail=detail)


def test_at_bats_and_what_is_none() -> None:
    played = started()
    for kind in ("SINGLE", "DOUBLE", "TRIPLE", "STRIKEOUT"):
        bat(played, kind, "p1")
    bat(played, "OUT", "p1", kind="groundout")
    bat(played, "WALK", "p1", kind="intentional")
    bat(played, "HIT_BY_PITCH", "p2")
    bat(played, "FIELDERS_CHOICE", "p2")
    bat(played, "REACHED_ON_ERROR", "p2")
    bat(played, "INTERFERENCE", "p2")
    line = cells(played.lines, "p1", "batting")
    assert [line[name] for name in ("PA", "AB", "H", "2B", "3B", "SO", "BB", "IBB")] == [
        6,
        5,
        3,
        1,
        1,
        1,
        1,
        1,
    ]
    assert [line[name] for name in ("AVG", "OBP", "SLG", "OPS")] == [0.6, 0.667, 1.2, 1.867]
    assert [cells(played.lines, "p2", "batting")[name] for name in ("PA", "AB", "HBP")] == [4, 2, 1]


def test_sacrifices_are_no_at_bats() -> None:
    played = started()
    bat(played, "OUT", "p1", kind="sacrifice_fly")
    bat(played, "OUT", "p1", kind="sacrifice_bunt")
    line = cells(played.lines, "p1", "batting")
    assert [line[name] for name in ("PA", "AB", "SF", "SH")] == [2, 0, 1, 1]
    assert "AVG" not in line
    assert line["OBP"] == 0


def test_a_run_is_the_pitchers_who_let_the_runner_reach() -> None:
    played = started()
    bat(played, "SINGLE", "p1")
    bat(played, "SINGLE", "p2")
    relieved = {"in": "S2", "in_id": "s2", "kind": "pitcher"}
    played.say("SUBSTITUTION", "home", "s1", period=1, detail=relieved)
    bat(played, "FIELDERS_CHOICE", "p3", outs=1)
    played.say("SUBSTITUTION", "away", "p1", period=1, detail={"in_id": "p9", "kind": "pinch_runner"})
    bat(played, "RUNS", "p4", runs=2, rbi=2, scored="p9 p3", unearned=1)
    bat(played, "SINGLE", "p4")
    bat(played, "HOME_RUN", "p5", runs=2, rbi=2, scored="p4 p5", unearned=0)
    lines = played.lines
    first, second = cells(lines, "s1", "pitching"), cells(lines, "s2", "pitching")
    assert [first[name] for name in ("R", "ER", "H", "BF", "IP")] == [2, 1, 2, 2, 0]
    assert [second[name] for name in ("R", "ER", "H", "HR", "BF", "IP")] == [2, 2, 2, 1, 3, 1]
    assert [cells(lines, who, "batting")["R"] for who in ("p9", "p3", "p4", "p5")] == [1, 1, 1, 1]
    assert [cells(lines, who, "batting")["RBI"] for who in ("p4", "p5")] == [2, 2]
    assert lines.away.totals["batting"]["R"] == lines.home.totals["pitching"]["R"] == 4


def test_pitches_and_no_earned_runs_where_nobody_tells_them() -> None:
    played = started()
    for call in ("ball", "called_strike", "foul", "in_play", "hit_by_pitch"):
        bat(played, "PITCH", "p1", call=call)
    bat(played, "RUNS", "p1", runs=1, rbi=1, scored="p7")
    line = cells(played.lines, "s1", "pitching")
    assert [line[name] for name in ("PIT", "ST", "R")] == [5, 3, 1]
    assert "ER" not in line
    assert "ERA" not in line


def test_a_hit_that_the_scorer_makes_an_error_and_a_hit_again() -> None:
    played = started()
    bat(played, "SINGLE", "p1")
    before = played.lines
    hit = played.plays("SINGLE")[0]
    played.put_right(hit, type="REACHED_ON_ERROR")
    after = cells(played.lines, "p1", "batting")
    assert [after[name] for name in ("AB", "H")] == [1, 0]
    assert cells(played.lines, "s1", "pitching")["H"] == 0
    played.put_right(hit, type="SINGLE")
    assert same(played.lines, before)


@pytest.mark.data
def test_every_pitchers_earned_runs_are_the_official_ones(shared_data: Path) -> None:
    """Retrosheet's `data,er` rows, which no claim is made of."""
    said: dict[str, dict[str, int]] = defaultdict(dict)
    name = ""
    for row in (shared_data / RETROSHEET).read_text(encoding="utf-8").splitlines():
        fields = row.split(",")
        if fields[0] == "id":
            name = f"retrosheet-{fields[1].lower()}"
        elif fields[:2] == ["data", "er"]:
            said[name][f"retrosheet-{fields[2]}"] = int(fields[3])
    decoded = read(shared_data / RETROSHEET)[0].decode()
    compared = 0
    for declared in decoded.declarations:
        claims = [claim for claim in decoded.events if claim.game_id == declared.game_id]
        lines = lines_of(LINES["baseball"], declared, 1, claims)
        ours = {
            line.id: line.tables["pitching"]["ER"]
            for line in (*lines.home.players, *lines.away.players)
            if "pitching" in line.tables
        }
        assert ours == said[declared.game_id], declared.game_id
        compared += len(ours)
    assert compared == 284


@pytest.mark.data
def test_an_mlb_game_comes_to_its_line_score(shared_data: Path) -> None:
    raw = json.loads(unpacked(shared_data / MLB))["liveData"]
    lines = recorded(shared_data, MLB).lines
    for side, team in (("home", lines.home), ("away", lines.away)):
        innings = [inning[side] for inning in raw["linescore"]["innings"] if side in inning]
        runs, hits = (sum(one.get(name, 0) for one in innings) for name in ("runs", "hits"))
        assert [team.totals["batting"][name] for name in ("R", "H")] == [runs, hits]
    pitches = Counter[str]()
    for play in raw["plays"]["allPlays"]:
        who = f"mlb-{play['matchup']['pitcher']['id']}"
        pitches[who] += sum(bool(event.get("isPitch")) for event in play["playEvents"])
    ours = {
        line.id: line.tables["pitching"]["PIT"]
        for line in (*lines.home.players, *lines.away.players)
        if "pitching" in line.tables
    }
    assert ours == {who: number for who, number in pitches.items() if number}

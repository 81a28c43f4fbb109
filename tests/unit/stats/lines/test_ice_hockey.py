"""Ice hockey's lines: hand-made cases, and a PWHL game against its official summary, player by player."""

import json
from pathlib import Path
from typing import Any

import pytest

from scorewire.stats.lines.box import Cells
from unit.providers.recorded import unpacked
from unit.stats.lines.plays import Game, cells, game, recorded, same

PWHL = "ice_hockey/pwhl_hockeytech/pwhl_pbp_42.json.gz"
SUMMARY = "ice_hockey/pwhl_hockeytech/pwhl_game_summary_42.json.gz"
NHL = "ice_hockey/nhl_api_web/2024030121_play-by-play.json.gz"

SKATERS = {
    "G": "goals", "A": "assists", "+/-": "plusminus", "PIM": "pim", "SOG": "shots", "HIT": "hits",
    "FOW": "faceoff_wins", "PPG": "power_play_goals", "SHG": "short_handed_goals", "GWG": "game_winning_goal",
    "BLK": "shots_blocked_by_player", "SB": "shots_blocked",
}  # fmt: skip
KEEPERS = {"SA": "shots_against", "GA": "goals_against", "SV": "saves", "TOI": "seconds"}


def started(**rules: object) -> Game:
    played = game("ice_hockey", **rules)
    played.line_up("home", "g1", starters=1, position="G")
    played.line_up("away", "k1", "k2", starters=1, position="G")
    played.say("PERIOD_START", period=1, clock="0:00" if "clock_up" in rules else "20:00")
    return played


def goal(played: Game, side: str, who: str, clock: str, period: int = 1, **detail: object) -> None:
    played.say("GOAL", side, who, period=period, clock=clock, detail={"strength": "even", **detail})  # type: ignore[arg-type]


def test_a_goal_its_assists_and_who_was_on_the_ice() -> None:
    played = started()
    helpers = {"assist": "P2", "assist_id": "p2", "assist2": "P3", "assist2_id": "p3"}
    goal(played, "home", "p1", "15:00", plus_ids="p1 p2 p3", minus_ids="q1 q2", **helpers)
    goal(played, "home", "p1", "14:00", strength="pp", plus_ids="p1", minus_ids="q1", assist_id="p2")
    goal(played, "away", "q1", "13:00", strength="sh", plus_ids="q1", minus_ids="p1 p2")
    lines = played.lines
    shown = ("G", "A", "P", "+/-", "PPG", "SHG")
    assert [cells(lines, "p1")[one] for one in shown] == [2, 0, 2, 0, 1, 0]
    assert [cells(lines, "p2")[one] for one in shown] == [0, 2, 2, 0, 0, 0]
    assert [cells(lines, "q1")[one] for one in shown] == [1, 0, 1, 0, 0, 1]
    assert cells(lines, "k1", "goaltending")["GA"] == 2


def test_minutes_of_penalties() -> None:
    played = started()
    played.say("PENALTY", "home", "p1", period=1, clock="15:00", detail={"kind": "minor", "minutes": 2})
    played.say("PENALTY", "home", "p1", period=1, clock="10:00", detail={"kind": "match"})
    played.say("PENALTY", "home", period=1, clock="9:00", detail={"kind": "bench_minor"})
    assert cells(played.lines, "p1")["PIM"] == 17
    assert played.lines.home.totals["skating"]["PIM"] == 19


def test_an_empty_net_is_nobodys_goal_against_and_a_change_takes_the_time() -> None:
    played = started()
    played.say("SHOT", "home", "p1", period=1, clock="12:00")
    played.say("GOALIE_CHANGED", "away", "k1", period=1, clock="10:00", detail={"in": "K2", "in_id": "k2"})
    played.say("SHOT", "home", "p1", period=1, clock="9:00")
    played.say("GOALIE_PULLED", "away", "k2", period=1, clock="1:00")
    goal(played, "home", "p1", "0:30", strength="en")
    played.say("PERIOD_END", period=1, clock="0:00")
    lines = played.lines
    first, second = cells(lines, "k1", "goaltending"), cells(lines, "k2", "goaltending")
    assert [first[one] for one in ("SA", "GA", "TOI")] == [1, 0, 600]
    assert [second[one] for one in ("SA", "GA", "TOI")] == [1, 0, 540]
    assert cells(lines, "p1")["SOG"] == 3


def test_a_clock_that_counts_up() -> None:
    played = started(clock_up=True)
    played.say("GOALIE_PULLED", "away", "k1", period=1, clock="19:00")
    assert cells(played.lines, "k1", "goaltending")["TOI"] == 1140


def finished(played: Game, last: int) -> Game:
    for number in range(1, last + 1):
        if number > 1:
            played.say("PERIOD_START", period=number)
        played.say("PERIOD_END", period=number, sequence=None)
    played.say("GAME_END")
    return played


def decisions(played: Game) -> dict[str, list[object]]:
    lines = played.lines
    return {
        who: [cells(lines, who, "goaltending").get(one) for one in ("W", "L", "OTL")] for who in ("g1", "k1")
    }


def test_the_game_winning_goal_is_the_one_more_than_the_loser_had_in_the_end() -> None:
    played = started()
    for side, who in (("home", "p1"), ("home", "p2"), ("away", "q1"), ("home", "p3")):
        goal(played, side, who, "10:00")
    finished(played, 3)
    assert [cells(played.lines, who)["GWG"] for who in ("p1", "p2", "p3")] == [0, 1, 0]
    assert decisions(played) == {"g1": [1, 0, 0], "k1": [0, 1, 0]}


def test_overtime_and_shoot_out_are_losses_of_another_kind() -> None:
    played = started()
    for number in (1, 2, 3):
        if number > 1:
            played.say("PERIOD_START", period=number)
        played.say("PERIOD_END", period=number)
    played.say("PERIOD_START", period=4)
    goal(played, "away", "q1", "3:00", period=4)
    played.say("GAME_END")
    assert decisions(played) == {"g1": [0, 0, 1], "k1": [1, 0, 0]}
    level = started()
    level.say("SHOT", "home", "p1", period=1, clock="3:00")
    level.say("SHOOTOUT_GOAL", "home", "p1", period=5)
    level.say("GAME_END")
    assert [cells(level.lines, "g1", "skating")["GWG"], cells(level.lines, "p1")["G"]] == [0, 0]
    assert cells(level.lines, "k1", "goaltending")["OTL"] == 1


def test_without_a_goalkeeper_told_there_is_no_table_of_them() -> None:
    played = game("ice_hockey")
    played.say("GOAL", "home", "p1", period=1, clock="10:00")
    assert played.lines.away.totals["goaltending"] == {}
    assert "+/-" not in cells(played.lines, "p1")


def official(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unpacked(shared_data / SUMMARY))["GC"]["Gamesummary"]
    return found


@pytest.fixture
def played(shared_data: Path) -> Game:
    return recorded(shared_data, PWHL)


@pytest.mark.data
def test_every_skater_has_the_official_line(played: Game, shared_data: Path) -> None:
    lines, summary, compared = played.lines, official(shared_data), 0
    for side in ("home", "visitor"):
        for one in summary[f"{side}_team_lineup"]["players"]:
            ours = cells(lines, f"pwhl-{one['player_id']}", "skating")
            theirs = {name: int(one[word]) for name, word in SKATERS.items()}
            assert {name: ours[name] for name in theirs} == theirs, one["last_name"]
            assert ours["FOW"] + ours["FOL"] == int(one["faceoff_attempts"])
            compared += 1
    assert compared == 37


@pytest.mark.data
def test_and_every_goalkeeper(played: Game, shared_data: Path) -> None:
    lines, summary = played.lines, official(shared_data)
    for side in ("home", "visitor"):
        for one in summary[f"{side}_team_lineup"]["goalies"]:
            who = f"pwhl-{one['player_id']}"
            theirs = {name: int(one[word]) for name, word in KEEPERS.items()}
            if not theirs["TOI"]:
                assert (
                    "goaltending"
                    not in next(
                        line for line in (*lines.home.players, *lines.away.players) if line.id == who
                    ).tables
                )
                continue
            ours = cells(lines, who, "goaltending")
            assert {name: ours[name] for name in theirs} == theirs
        won = {str(one["player_id"]) for one in summary["goalies"][side] if one["win"] == "1"}
        ours_won = {
            line.id.removeprefix("pwhl-")
            for line in (lines.home if side == "home" else lines.away).players
            if line.tables.get("goaltending", {}).get("W")
        }
        assert ours_won == won


@pytest.mark.data
def test_and_the_teams(played: Game, shared_data: Path) -> None:
    summary = official(shared_data)
    for side, ours in (("home", played.lines.home), ("visitor", played.lines.away)):
        totals: Cells = ours.totals["skating"]
        assert [totals[name] for name in ("G", "A", "P", "PIM", "SOG", "HIT", "FOW")] == [
            int(summary[word][side])
            for word in ("goalCount", "assistCount", "pointsCount", "pimTotal", "totalShots", "totalHits")
        ] + [int(summary["totalFaceoffs"][side]["won"])]


@pytest.mark.data
def test_a_scorer_changed_and_changed_back(played: Game) -> None:
    before = played.lines
    scored = next(claim for claim in played.plays("GOAL") if "assist_id" in claim.detail)
    helper = str(scored.detail["assist_id"])
    assert scored.player is not None
    swapped = {**scored.detail, "assist_id": scored.player.id, "assist": scored.player.name}
    played.put_right(
        scored, player=type(scored.player)(id=helper, name=str(scored.detail["assist"])), detail=swapped
    )
    after = played.lines
    assert cells(after, helper)["G"] == cells(before, helper)["G"] + 1
    assert cells(after, scored.player.id)["A"] == cells(before, scored.player.id)["A"] + 1
    assert cells(after, helper)["P"] == cells(before, helper)["P"]
    played.put_right(scored)
    assert same(played.lines, before)


@pytest.mark.data
def test_a_goal_cancelled_and_given_again(played: Game) -> None:
    before = played.lines
    scored = next(claim for claim in played.plays("GOAL") if claim.team == "home")
    assert scored.player is not None
    played.say("GOAL_CANCELLED", "home", provider="desk", event="no", detail={"event": scored.event})
    after = played.lines
    assert cells(after, "pwhl-6", "goaltending")["GA"] == 2
    assert cells(after, scored.player.id)["SOG"] == cells(before, scored.player.id)["SOG"] - 1
    minus = str(scored.detail["minus_ids"]).split()
    assert [cells(after, who)["+/-"] - cells(before, who)["+/-"] for who in minus] == [1] * 5
    played.take_back(played.plays("GOAL_CANCELLED")[0])
    assert same(played.lines, before)


@pytest.mark.data
def test_an_assist_moved_and_a_penalty_lifted(played: Game) -> None:
    before = played.lines
    scored = next(claim for claim in played.plays("GOAL") if "assist_id" in claim.detail)
    helper = str(scored.detail["assist_id"])
    played.put_right(scored, detail={**scored.detail, "assist_id": "pwhl-32", "assist": "Laura Stacey"})
    assert cells(played.lines, helper)["A"] == cells(before, helper)["A"] - 1
    assert cells(played.lines, "pwhl-32")["A"] == cells(before, "pwhl-32")["A"] + 1
    played.put_right(scored)
    fouled = played.plays("PENALTY")[0]
    assert fouled.player is not None
    played.say("PENALTY_CANCELLED", fouled.team, provider="desk", event="no", detail={"event": fouled.event})
    assert cells(played.lines, fouled.player.id)["PIM"] == 0
    played.take_back(played.plays("PENALTY_CANCELLED")[0])
    assert same(played.lines, before)


@pytest.mark.data
def test_the_nhl_names_the_goalkeeper_of_each_shot(shared_data: Path) -> None:
    lines = recorded(shared_data, NHL).lines
    header = json.loads(unpacked(shared_data / NHL))
    assert lines.home.totals["skating"]["SOG"] == header["homeTeam"]["sog"]
    assert lines.away.totals["goaltending"]["SA"] == header["homeTeam"]["sog"]
    assert lines.home.totals["goaltending"]["GA"] == header["awayTeam"]["score"]
    assert "TOI" not in lines.home.totals["goaltending"], "the roster does not say who started"
    assert "+/-" not in lines.home.players[0].tables["skating"]


def test_a_shot_that_a_team_mate_was_in_the_way_of_is_no_block() -> None:
    played = game("ice_hockey")
    played.line_up("home", "h1", "h2")
    played.line_up("away", "a1")
    played.say("PERIOD_START", period=1)
    for blocker in ("h2", "a1"):
        played.say("SHOT_BLOCKED", "home", "h1", period=1, detail={"blocker_id": blocker})
    assert [one.id for one in played.lines.away.players] == ["a1"]
    figures = {name: figure for table in played.lines.away.totals.values() for name, figure in table.items()}
    assert figures["BLK"] == 1

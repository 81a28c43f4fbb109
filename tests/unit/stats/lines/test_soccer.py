"""Soccer's lines: hand-made cases, and a StatsBomb match counted a second way from its raw events."""

import json
from collections import Counter
from pathlib import Path

import pytest

from unit.providers.recorded import unpacked
from unit.stats.lines.plays import Game, cells, game, recorded, same

MATCH = "soccer/statsbomb/3788741_events.json.gz"
ELEVEN = tuple(f"p{number}" for number in range(1, 12))


def started() -> Game:
    played = game("soccer")
    played.line_up("home", *ELEVEN, "p12", "p13", starters=11)
    played.say("PERIOD_START", period=1)
    return played


def test_goals_shots_and_cards() -> None:
    played = started()
    played.say("GOAL", "home", "p1", period=1, detail={"assist": "P2", "assist_id": "p2"})
    played.say("GOAL", "home", "p1", period=1, detail={"penalty": True})
    played.say("GOAL", "home", "q1", period=1, detail={"own_goal": True, "assist_id": "p2"})
    played.say("SHOT", "home", "p1", period=1, detail={"outcome": "saved"})
    played.say("SHOT", "home", "p1", period=1, detail={"outcome": "blocked"})
    played.say("PENALTY_MISSED", "home", "p1", period=1, detail={"outcome": "saved"})
    played.say("YELLOW_CARD", "home", "p3", period=1)
    played.say("SECOND_YELLOW_CARD", "home", "p3", period=1)
    played.say("CORNER", "home", "p1", period=1)
    lines = played.lines
    line = cells(lines, "p1")
    assert [line[name] for name in ("G", "SH", "SOT", "PEN", "PENM", "A")] == [2, 5, 4, 1, 1, 0]
    assert cells(lines, "p2")["A"] == 1
    assert (cells(lines, "q1")["OG"], lines.away.totals["match"]["OG"]) == (1, 1)
    assert (cells(lines, "p3")["YC"], cells(lines, "p3")["RC"]) == (2, 1)
    assert (lines.home.totals["match"]["G"], lines.home.totals["match"]["GF"]) == (2, 3)
    assert lines.home.totals["match"]["CK"] == 1


def test_minutes_by_the_match_clock() -> None:
    played = started()
    played.say("SUBSTITUTION", "home", "p1", period=1, clock="30:00", detail={"in": "P12", "in_id": "p12"})
    played.say("RED_CARD", "home", "p2", period=1, clock="45+2:10")
    played.say("PERIOD_END", period=1)
    played.say("PERIOD_START", period=2)
    played.say("SUBSTITUTION", "home", "p3", period=2, clock="91:20", detail={"in": "P13", "in_id": "p13"})
    played.say("PERIOD_END", period=2)
    lines = played.lines
    assert [cells(lines, who)["MIN"] // 60 for who in ("p1", "p12", "p2", "p3", "p13", "p4")] == [
        30, 60, 45, 90, 0, 90,
    ]  # fmt: skip
    assert "MIN" not in lines.away.totals["match"] or lines.away.totals["match"]["MIN"] == 0


def test_extra_time_and_no_kicks_of_a_shoot_out() -> None:
    played = started()
    for number in (1, 2, 3, 4):
        if number > 1:
            played.say("PERIOD_START", period=number)
        played.say("PERIOD_END", period=number)
    played.say("PERIOD_START", period=5)
    played.say("SHOOTOUT_GOAL", "home", "p1", period=5)
    line = cells(played.lines, "p1")
    assert (line["MIN"], line["G"]) == (120 * 60, 0)


def test_without_a_line_up_there_are_no_minutes() -> None:
    played = game("soccer")
    played.say("GOAL", "home", "p1", period=1)
    assert cells(played.lines, "p1") == {"G": 1, "PEN": 0, "OG": 0, "YC": 0, "RC": 0}


@pytest.fixture
def played(shared_data: Path) -> Game:
    return recorded(shared_data, MATCH)


@pytest.mark.data
def test_a_match_counted_a_second_way(played: Game, shared_data: Path) -> None:
    """From the raw events: shots, goals, fouls, offsides; seconds from the substitutions."""
    raw = json.loads(unpacked(shared_data / MATCH))
    shots, goals, on_target, fouls = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for event in raw:
        who = f"statsbomb-{event['player']['id']}" if "player" in event else ""
        if event["type"]["name"] == "Shot":
            outcome = event["shot"]["outcome"]["name"]
            shots[who] += 1
            goals[who] += outcome == "Goal"
            on_target[who] += outcome in {"Goal", "Saved"}
        fouls[who] += event["type"]["name"] == "Foul Committed"
    lines = played.lines
    for line in (*lines.home.players, *lines.away.players):
        ours = line.tables["match"]
        wanted = [one[line.id] for one in (shots, goals, on_target, fouls)]
        assert [ours[name] for name in ("SH", "G", "SOT", "FC")] == wanted, line.name
    assert sum(shots.values()) == 27
    for event in raw:
        if event["type"]["name"] == "Substitution":
            off = cells(lines, f"statsbomb-{event['player']['id']}")["MIN"]
            assert off == min(event["minute"] * 60 + event["second"], 5400) or event["period"] == 1
    assert lines.home.totals["match"]["MIN"] == lines.away.totals["match"]["MIN"] == 11 * 5400


@pytest.mark.data
def test_an_own_goal_becomes_a_goal_and_an_own_goal_again(played: Game) -> None:
    before = played.lines
    own = next(claim for claim in played.plays("GOAL") if claim.detail.get("own_goal"))
    assert own.player is not None
    struck = next(claim for claim in played.plays("GOAL") if not claim.detail.get("own_goal"))
    assert struck.player is not None
    played.put_right(own, player=struck.player, detail={})
    after = played.lines
    assert cells(after, own.player.id)["OG"] == 0
    assert cells(after, struck.player.id)["G"] == cells(before, struck.player.id)["G"] + 1
    assert after.away.totals["match"]["GF"] == before.away.totals["match"]["GF"]
    played.put_right(own)
    assert same(played.lines, before)

"""Basketball's box score: hand-made cases, and three real feeds against the official one."""

import json
import re
from pathlib import Path

import pytest

from scorewire.stats.lines.box import Cells, GameLines
from unit.providers.recorded import unpacked
from unit.stats.lines.plays import Game, cells, game, player, recorded, same

LIVE = "basketball/nba_cdn_live/0022000001_"
PAIR = "basketball/nba_two_feeds_0021600270/"

COUNTED = {
    "FGM": "fieldGoalsMade", "FGA": "fieldGoalsAttempted", "3PM": "threePointersMade",
    "FTM": "freeThrowsMade",
    "3PA": "threePointersAttempted", "FTA": "freeThrowsAttempted", "OREB": "reboundsOffensive",
    "DREB": "reboundsDefensive", "AST": "assists", "STL": "steals", "BLK": "blocks", "TO": "turnovers",
    "PF": "foulsPersonal", "TF": "foulsTechnical", "PTS": "points",
}  # fmt: skip
OLDER = {
    "FGM": "FGM", "FGA": "FGA", "3PM": "FG3M", "3PA": "FG3A", "FTM": "FTM", "FTA": "FTA", "OREB": "OREB",
    "DREB": "DREB", "REB": "REB", "AST": "AST", "STL": "STL", "BLK": "BLK", "TO": "TO", "PF": "PF",
    "PTS": "PTS",
}  # fmt: skip


def test_what_each_event_counts() -> None:
    played = game("basketball")
    played.say("FG2", "home", "p1", period=1, detail={"assist": "P2", "assist_id": "p2"})
    played.say("FG3", "home", "p1", period=1)
    played.say("FG2_MISS", "home", "p1", period=1)
    played.say("FG3_MISS", "home", "p1", period=1)
    played.say("FT", "home", "p1", period=1)
    played.say("FT_MISS", "home", "p1", period=1)
    played.say("REBOUND", "away", "q1", period=1, detail={"kind": "defensive"})
    played.say("REBOUND", "home", "p1", period=1, detail={"kind": "offensive"})
    played.say("REBOUND", "home", period=1)
    played.say("REBOUND", "home", period=1, detail={"kind": "deadball"})
    played.say("FOUL", "home", "p1", period=1, detail={"kind": "shooting"})
    played.say("FOUL", "home", "p1", period=1, detail={"kind": "technical"})
    played.say("TURNOVER", "home", "p1", period=1)
    played.say("TURNOVER", "home", period=1)
    played.say("STEAL", "away", "q1", period=1)
    played.say("BLOCK", "away", "q1", period=1)
    lines = played.lines
    assert cells(lines, "p1") == {
        "FGM": 2, "FGA": 4, "FG%": 0.5, "3PM": 1, "3PA": 2, "3P%": 0.5, "FTM": 1, "FTA": 2, "FT%": 0.5,
        "OREB": 1, "DREB": 0, "REB": 1, "AST": 0, "STL": 0, "BLK": 0, "TO": 1, "PF": 1, "TF": 1, "PTS": 6,
    }  # fmt: skip
    assert (cells(lines, "p2")["AST"], cells(lines, "q1")["STL"], cells(lines, "q1")["BLK"]) == (1, 1, 1)
    home = lines.home.totals["box"]
    assert [home[name] for name in ("PTS", "REB", "TREB", "TO", "TTO")] == [6, 1, 2, 1, 1]


FIVES = (("home", ("p1", "p2", "p3", "p4", "p5", "p6")), ("away", ("q1", "q2", "q3", "q4", "q5", "q6")))


def on_court() -> Game:
    played = game("basketball")
    for side, names in FIVES:
        played.line_up(side, *names, starters=5)  # type: ignore[arg-type]
    played.say("PERIOD_START", period=1, clock="12:00")
    return played


def test_minutes_and_plus_minus_of_a_change_in_the_period() -> None:
    played = on_court()
    played.say("FG2", "home", "p1", period=1, clock="10:00")
    played.say("SUBSTITUTION", "home", "p1", period=1, clock="8:00", detail={"in": "P6", "in_id": "p6"})
    played.say("FG3", "away", "q1", period=1, clock="7:00")
    played.say("PERIOD_END", period=1, clock="0:00")
    lines = played.lines
    assert [(cells(lines, who)["MIN"], cells(lines, who)["+/-"]) for who in ("p1", "p2", "p6", "q1")] == [
        (240, 2),
        (720, -1),
        (480, -3),
        (720, 1),
    ]
    assert lines.home.totals["box"]["MIN"] == 5 * 720
    assert "+/-" not in lines.home.totals["box"]


def test_points_from_the_line_are_for_those_at_the_foul() -> None:
    played = on_court()
    played.say("FOUL", "away", "q1", period=1, clock="8:00")
    played.say("FT", "home", "p1", period=1, clock="8:00")
    played.say("SUBSTITUTION", "home", "p2", period=1, clock="8:00", detail={"in": "P6", "in_id": "p6"})
    played.say("FT", "home", "p1", period=1, clock="8:00")
    played.say("FG2", "home", "p1", period=1, clock="7:40")
    lines = played.lines
    assert [cells(lines, who)["+/-"] for who in ("p1", "p2", "p6")] == [4, 2, 2]


def test_changes_in_a_break_are_found_from_who_plays() -> None:
    played = on_court()
    played.say("PERIOD_END", period=1, clock="0:00")
    played.say("PERIOD_START", period=2, clock="12:00")
    for who in ("p6", "p2", "p3", "p4"):
        played.say("FG2_MISS", "home", who, period=2, clock="11:00")
    assert "MIN" not in cells(played.lines, "p1"), "p1 or p5 sits, and nobody knows which"
    played.say("SUBSTITUTION", "home", "p5", period=2, clock="6:00", detail={"in": "P1", "in_id": "p1"})
    played.say("PERIOD_END", period=2, clock="0:00")
    lines = played.lines
    assert [cells(lines, who)["MIN"] for who in ("p1", "p5", "p6")] == [1080, 1080, 720]


def test_a_technical_foul_places_nobody_on_court() -> None:
    played = on_court()
    played.say("FOUL", "home", "p6", period=1, clock="8:00", detail={"kind": "technical"})
    played.say("PERIOD_END", period=1, clock="0:00")
    assert cells(played.lines, "p6")["MIN"] == 0


def test_without_line_ups_there_are_no_minutes() -> None:
    played = game("basketball")
    played.say("FG2", "home", "p1", period=1, clock="8:00")
    assert cells(played.lines, "p1") == {"FGM": 1, "3PM": 0, "FTM": 0, "PTS": 2}


@pytest.fixture(scope="module")
def live(shared_data: Path) -> Game:
    return recorded(shared_data, f"{LIVE}playbyplay.json.gz")


def official(shared_data: Path) -> dict[str, Cells]:
    """The box score that the league published, by our names."""
    box = json.loads(unpacked(shared_data / f"{LIVE}boxscore.json.gz"))["game"]
    found: dict[str, Cells] = {}
    for team in ("homeTeam", "awayTeam"):
        for one in box[team]["players"]:
            stats = one["statistics"]
            minutes = re.fullmatch(r"PT(\d+)M([\d.]+)S", stats["minutes"])
            assert minutes is not None
            found[f"nba-{one['personId']}"] = (
                {
                    "MIN": int(minutes[1]) * 60 + round(float(minutes[2])),
                    "REB": stats["reboundsOffensive"] + stats["reboundsDefensive"],
                    "+/-": int(stats["plusMinusPoints"]),
                    **{ours: stats[theirs] for ours, theirs in COUNTED.items()},
                }
                if one["status"] == "ACTIVE"
                else {}
            )
    return found


def counted(lines: GameLines) -> dict[str, Cells]:
    """Every player's line without what follows from the rest of it."""
    return {
        one.id: {name: figure for name, figure in one.tables["box"].items() if "%" not in name}
        for one in (*lines.home.players, *lines.away.players)
    }


@pytest.mark.data
def test_the_live_feed_makes_the_official_box_score(live: Game, shared_data: Path) -> None:
    wanted = {who: line for who, line in official(shared_data).items() if line}
    assert counted(live.lines) == wanted
    assert len(wanted) == 28


@pytest.mark.data
def test_and_the_teams(live: Game, shared_data: Path) -> None:
    box = json.loads(unpacked(shared_data / f"{LIVE}boxscore.json.gz"))["game"]
    for team, ours in (("homeTeam", live.lines.home), ("awayTeam", live.lines.away)):
        stats, totals = box[team]["statistics"], ours.totals["box"]
        assert {name: totals[name] for name in COUNTED} == {
            name: stats[theirs] for name, theirs in COUNTED.items()
        }
        assert totals["FG%"] == round(stats["fieldGoalsPercentage"], 3)
        assert [totals["TREB"], totals["TTO"]] == [stats["reboundsTeam"], stats["turnoversTeam"]]
        assert totals["MIN"] == 240 * 60


def published(shared_data: Path) -> dict[str, Cells]:
    """The box score of stats.nba.com, by our names."""
    table = json.loads(unpacked(shared_data / f"{PAIR}stats_nba_com_boxscore.json"))["resultSets"][0]
    found: dict[str, Cells] = {}
    for row in table["rowSet"]:
        cells_ = dict(zip(table["headers"], row, strict=True))
        minutes, seconds = cells_["MIN"].split(":")
        found[f"nba-{cells_['PLAYER_ID']}"] = {
            "MIN": int(minutes) * 60 + int(seconds),
            "+/-": cells_["PLUS_MINUS"],
            **{ours: cells_[theirs] for ours, theirs in OLDER.items()},
        }
    return found


@pytest.mark.data
@pytest.mark.parametrize(("feed", "off_s"), [("data_nba_com", 0), ("stats_nba_com", 1)])
def test_the_two_older_feeds_make_it_too(shared_data: Path, feed: str, off_s: int) -> None:
    """stats.nba.com writes no tenths, so a change late in a period moves a second from one to another."""
    lines = recorded(shared_data, f"{PAIR}{feed}_pbp.json.gz").lines
    wanted = published(shared_data)
    off: list[int] = []
    for who, line in wanted.items():
        ours = dict(cells(lines, who))
        off.append(abs(int(ours.pop("MIN") - line.pop("MIN"))))
        assert {name: ours[name] for name in line} == line, player(lines, who).name
    assert max(off) == off_s
    assert sum(1 for one in off if one) == (3 if off_s else 0)


@pytest.mark.data
def test_a_scorer_put_right_and_back(live: Game, shared_data: Path) -> None:
    played = recorded(shared_data, f"{LIVE}playbyplay.json.gz")
    before = played.lines
    basket = next(claim for claim in played.plays("FG3") if claim.team == "home")
    other = next(
        claim.player
        for claim in played.plays("FG2")
        if claim.team == "home" and claim.player != basket.player
    )
    assert basket.player is not None
    assert other is not None
    played.put_right(basket, player=other)
    after = played.lines
    assert cells(after, basket.player.id)["PTS"] == cells(before, basket.player.id)["PTS"] - 3
    assert cells(after, other.id)["3PM"] == cells(before, other.id)["3PM"] + 1
    assert after.home.totals == before.home.totals
    played.put_right(basket)
    assert same(played.lines, before)


@pytest.mark.data
def test_a_basket_cancelled_and_given_again(shared_data: Path) -> None:
    played = recorded(shared_data, f"{LIVE}playbyplay.json.gz")
    before = played.lines
    basket = next(
        claim for claim in played.plays("FG2") if "assist_id" in claim.detail and claim.team == "away"
    )
    assert basket.player is not None
    played.say("BASKET_CANCELLED", "away", provider="desk", event="no", detail={"event": basket.event})
    after = played.lines
    assert after.away.totals["box"]["PTS"] == before.away.totals["box"]["PTS"] - 2
    helper = str(basket.detail["assist_id"])
    assert cells(after, helper)["AST"] == cells(before, helper)["AST"] - 1
    assert sum(int(one.tables["box"]["+/-"]) for one in after.home.players) == 5 * (26 + 2)
    played.take_back(played.plays("BASKET_CANCELLED")[0])
    assert same(played.lines, before)


@pytest.mark.data
def test_an_assist_moved_and_moved_back(shared_data: Path) -> None:
    played = recorded(shared_data, f"{LIVE}playbyplay.json.gz")
    before = played.lines
    basket = next(claim for claim in played.plays("FG2") if "assist_id" in claim.detail)
    assert basket.player is not None
    played.put_right(basket, detail={})
    helper = str(basket.detail["assist_id"])
    assert cells(played.lines, helper)["AST"] == cells(before, helper)["AST"] - 1
    played.put_right(basket)
    assert same(played.lines, before)

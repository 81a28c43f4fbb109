"""Season totals and leaders: shared ranks, minima, and two real tournaments whose leaders are on record."""

from pathlib import Path

import pytest

from scorewire.intake.recording import read
from scorewire.stats.leaders import (
    ELSEWHERE,
    MINIMA,
    Leader,
    Minimum,
    Total,
    figures,
    leaders,
    minimum_of,
    qualifies,
    ranked,
    season,
)
from scorewire.stats.lines import LINES
from scorewire.stats.lines.box import GameLines, PlayerLine, TeamLines
from scorewire.stats.lines.sheet import lines_of

BASKETBALL = LINES["basketball"]
BASEBALL = LINES["baseball"]
IPL = "cricket/cricsheet/ipl_2022_json.zip"
WORLD_CUP = "soccer/openfootball/worldcup_2022.json"


def line(who: str, table: str = "box", **cells: float) -> PlayerLine:
    return PlayerLine(id=who, name=who.upper(), played=any(cells.values()), tables={table: dict(cells)})


def played(*players: PlayerLine, number: int = 1, sport: str = "basketball") -> GameLines:
    return GameLines(
        game_id=f"g{number}",
        seq=1,
        sport=sport,
        home=TeamLines(id="h", totals={}, players=players),
        away=TeamLines(id="a", totals={}, players=()),
    )


def test_equal_values_share_a_rank_and_the_next_is_counted_on() -> None:
    held = season(BASKETBALL, [played(*(line(f"p{n}", PTS=pts) for n, pts in enumerate((9, 7, 7, 5))))])
    board = leaders(BASKETBALL, held, league="cup", table="box", column="PTS")
    assert [(row.rank, row.player, row.value) for row in board] == [
        (1, "p0", 9),
        (2, "p1", 7),
        (2, "p2", 7),
        (4, "p3", 5),
    ]
    first = leaders(BASKETBALL, held, league="cup", table="box", column="PTS", count=2)
    assert [row.rank for row in first] == [1, 2, 2]


def test_shares_are_made_of_the_sums() -> None:
    games = [
        played(line("p1", FGM=4, FGA=4, **{"FG%": 1.0})),
        played(line("p1", FGM=4, FGA=36, **{"FG%": 0.111})),
    ]
    held = season(BASKETBALL, games)
    assert figures(BASKETBALL, held.players["p1"], "box")["FG%"] == 0.2
    (row,) = leaders(BASKETBALL, held, league="cup", table="box", column="FG%")
    assert (row.value, row.games, row.team) == (0.2, 2, "h")


def test_a_correction_is_the_game_made_anew_and_nothing_of_it_stays() -> None:
    right, wrong = played(line("p1", PTS=3), number=2), played(line("p2", PTS=3), number=2)
    first = played(line("p1", PTS=5))
    corrected = season(BASKETBALL, [first, right])
    assert season(BASKETBALL, [first, wrong]) != corrected
    assert season(BASKETBALL, [first, right]) == corrected


def test_whoever_did_not_play_has_no_game() -> None:
    held = season(BASKETBALL, [played(line("p1", PTS=0))])
    assert held.players["p1"].games == 0
    assert leaders(BASKETBALL, held, league="cup", table="box", column="PTS") == ()


@pytest.mark.parametrize(
    ("games", "points", "team_games", "enough"),
    [
        (58, 100, 82, True),
        (57, 1399, 82, False),
        (40, 1400, 82, True),
        (29, 10, 41, True),
        (28, 10, 41, False),
        (28, 700, 41, True),
    ],
)
def test_the_nbas_minimum(games: int, points: int, team_games: int, *, enough: bool) -> None:
    """58 games or 1,400 points, and half of it at half of the season."""
    held = season(BASKETBALL, [])
    held.played["h"] = team_games
    total = Total("p", games=games, teams={"h": None})
    minimum = MINIMA["nba", "box", "PTS/G"]
    assert qualifies(held, total, {"PTS": points}, minimum) is enough


@pytest.mark.parametrize(("appearances", "enough"), [(503, True), (502, False)])
def test_the_mlbs_minimum(appearances: int, *, enough: bool) -> None:
    """3.1 appearances for each of 162 games are 502.2: 503."""
    held = season(BASEBALL, [])
    held.played["h"] = 162
    total = Total("p", games=100, teams={"h": None})
    assert qualifies(held, total, {"PA": appearances}, MINIMA["mlb", "batting", "AVG"]) is enough
    assert qualifies(held, total, {}, Minimum())


def test_a_league_without_a_rule_has_that_of_its_sport() -> None:
    for (sport, table, column), minimum in ELSEWHERE.items():
        columns = LINES[sport].tables[table].columns
        assert {column, minimum.column} <= columns.keys()
        assert minimum_of(sport, "unknown", table, column) is minimum
    assert minimum_of("basketball", "nba", "box", "FG%") is MINIMA["nba", "box", "FG%"]
    assert minimum_of("basketball", "unknown", "box", "PTS") is None


def test_less_is_better_of_some() -> None:
    games = [
        played(
            line("p1", "pitching", IP=27, ER=3),
            line("p2", "pitching", IP=27, ER=1, ERA=1.0),
            sport="baseball",
        )
    ]
    held = season(BASEBALL, games)
    board = leaders(BASEBALL, held, league="mlb", table="pitching", column="ERA")
    assert [(row.player, row.value) for row in board] == [("p2", 1.0), ("p1", 3.0)]


def test_what_the_sport_does_not_have_is_refused_and_what_nobody_told_is_empty() -> None:
    held = season(BASKETBALL, [played(line("p1", PTS=3))])
    with pytest.raises(ValueError, match="no column ERA"):
        leaders(BASKETBALL, held, league="cup", table="box", column="ERA")
    assert leaders(BASKETBALL, held, league="cup", table="box", column="STL") == ()
    assert ranked([], 10) == ()


def counted(folder: Path, path: str, sport: str) -> list[GameLines]:
    """The lines of all games of a file; all of its claims stand."""
    found: list[GameLines] = []
    for one in read(folder / path):
        decoded = one.decode()
        for declared in decoded.declarations:
            claims = [claim for claim in decoded.events if claim.game_id == declared.game_id]
            found.append(lines_of(LINES[sport], declared, 1, claims))
    return found


def shown(rows: tuple[Leader, ...]) -> list[tuple[int, str, float]]:
    return [(row.rank, row.name, row.value) for row in rows]


@pytest.mark.data
def test_the_caps_of_the_ipl_2022(shared_data: Path) -> None:
    """Orange cap: Buttler 863 runs; purple cap: Chahal 27 wickets, Hasaranga 26."""
    cricket = LINES["cricket"]
    held = season(cricket, counted(shared_data, IPL, "cricket"))
    batting = leaders(cricket, held, league="ipl", table="batting", column="R", count=3)
    assert shown(batting) == [(1, "JC Buttler", 863), (2, "KL Rahul", 616), (3, "Q de Kock", 508)]
    bowling = leaders(cricket, held, league="ipl", table="bowling", column="W", count=3)
    assert [(row.rank, row.value) for row in bowling] == [(1, 27), (2, 26), (3, 23)]
    assert bowling[0].name == "YS Chahal"
    assert batting[0].games == 17
    assert leaders(cricket, held, league="ipl", table="batting", column="6s", count=1)[0].value == 45


@pytest.mark.data
def test_the_scorers_of_the_world_cup_2022(shared_data: Path) -> None:
    """Mbappe has eight; the file writes two of them under another name, which is another player to us."""
    soccer = LINES["soccer"]
    held = season(soccer, counted(shared_data, WORLD_CUP, "soccer"))
    board = leaders(soccer, held, league="worldcup", table="match", column="G", count=4)
    assert [(row.rank, row.value) for row in board] == [(1, 7), (2, 6), (3, 4), (3, 4)]
    assert "Messi" in board[0].name
    assert sum(total.sums["match", "G"] for total in held.players.values() if "bapp" in total.name) == 8

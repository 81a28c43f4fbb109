"""Boards of leaders: which there are, the main ones in order, one by name, and what a wrong name is told."""

import pytest

from scorewire.stats.answers import Qualification
from scorewire.stats.boards import MAIN, main_boards, one_board, stats
from scorewire.stats.leaders import A_GAME, Season, season
from scorewire.stats.lines import LINES
from unit.stats.lines.plays import game

SPORT = LINES["basketball"]


@pytest.fixture
def held() -> Season:
    played = game("basketball")
    for who, threes in (("p1", 3), ("p2", 3), ("p3", 1)):
        for _ in range(threes):
            played.say("FG3", "home", who, period=1)
    played.say("FT", "away", "q1", period=1)
    return season(SPORT, [played.lines])


@pytest.mark.parametrize("sport", sorted(LINES))
def test_every_sport_has_main_boards_of_columns_that_it_has(sport: str) -> None:
    for name in MAIN[sport]:
        table, _, stat = name.partition(" ")
        column = LINES[sport].tables[table].columns[stat.removesuffix(A_GAME)]
        assert column.of != "team", name


def test_what_may_be_asked_for_is_what_there_is_a_figure_of(held: Season) -> None:
    told = [one.stat for one in stats(SPORT, held)]
    assert told == ["FGM", "FGM/G", "3PM", "3PM/G", "FTM", "FTM/G", "PTS", "PTS/G"]


def test_the_main_boards_come_in_their_order_without_those_on_which_there_is_nobody(held: Season) -> None:
    boards = main_boards(SPORT, held, "cup", stats(SPORT, held))
    assert [one.stat for one in boards] == ["PTS/G", "3PM"]
    assert [(row.rank, row.player, row.value) for row in boards[1].leaders] == [
        (1, "p1", 3),
        (1, "p2", 3),
        (3, "p3", 1),
    ]
    # A minimum of a whole season, of which the first game is a small part.
    of_the_nba = main_boards(SPORT, held, "nba", stats(SPORT, held))[0]
    assert of_the_nba.qualification == Qualification(games=58, column="PTS", at_least=1400)
    assert boards[0].qualification is None


def test_one_board_is_found_by_its_name_and_its_table(held: Season) -> None:
    told = stats(SPORT, held)
    assert one_board(SPORT, held, "cup", told, stat="PTS", table=None).leaders[0].value == 9
    assert one_board(SPORT, held, "cup", told, stat="PTS", table="box").name == "Points"
    assert one_board(SPORT, held, "cup", told, stat="PTS/G", table="box").name == "Points a game"


@pytest.mark.parametrize(("stat", "table"), [("GOALS", None), ("PTS", "batting"), ("AST", None)])
def test_a_name_without_a_figure_is_refused(held: Season, stat: str, table: str | None) -> None:
    with pytest.raises(ValueError, match="is none of"):
        one_board(SPORT, held, "cup", stats(SPORT, held), stat=stat, table=table)


def test_of_some_columns_less_is_better() -> None:
    hockey = LINES["ice_hockey"]
    played = game("ice_hockey")
    played.line_up("home", "h1", position="G")
    for _ in range(10):
        played.say("SHOT", "away", "a1", period=1, detail={"goalie_id": "h1"})
    found = season(hockey, [played.lines])
    lowest = {one.stat: one.lowest for one in main_boards(hockey, found, "cup", stats(hockey, found))}
    assert lowest["SV%"] is False
    assert all(low == (stat == "GAA") for stat, low in lowest.items())

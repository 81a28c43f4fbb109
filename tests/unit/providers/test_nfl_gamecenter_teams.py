"""Teams by abbreviation and by what a sentence calls them, and what a game's number tells."""

from typing import Any

import pytest

from scorewire.model.provider_event import Side
from scorewire.providers.nfl_gamecenter_teams import TEAMS, date, is_playoff, rules, season, side_of, team

SIDES: dict[str, Side] = {"NO": "home", "KC": "away"}


def test_a_team_is_one_whatever_its_abbreviation() -> None:
    assert team("JAC") == team("JAX")
    assert (team("KC").id, team("KC").name, team("KC").abbr) == ("nfl-kc", "Kansas City Chiefs", "KC")
    assert (team("XYZ").name, team("XYZ").city) == ("XYZ", "")


def test_ids_are_all_different() -> None:
    assert len({team(code).id for code in TEAMS}) == len(TEAMS)


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("Kansas City", "away"),
        ("New Orleans Saints", "home"),
        ("Chiefs", "away"),
        ("The Replay Assistant", None),
        ("", None),
    ],
)
def test_who_a_sentence_means(words: str, side: Side | None) -> None:
    assert side_of(words, SIDES) == side


def test_a_city_with_two_teams_in_the_game_means_neither() -> None:
    assert side_of("New York", {"NYG": "home", "NYJ": "away"}) is None
    assert side_of("Jets", {"NYG": "home", "NYJ": "away"}) == "away"


@pytest.mark.parametrize(
    ("game", "day", "year", "playoff"),
    [
        ("2012092305", (2012, 9, 23), 2012, False),
        ("2015020100", (2015, 2, 1), 2014, True),
        ("2016010300", (2016, 1, 3), 2015, False),
        ("2015011800", (2015, 1, 18), 2014, True),
        ("2012133105", None, 0, False),
        ("2013022900", None, 0, False),
        ("game", None, 0, False),
    ],
)
def test_what_the_number_tells(game: str, day: Any, year: int, playoff: bool) -> None:
    assert (date(game), season(game), is_playoff(game)) == (day, year, playoff)


@pytest.mark.parametrize(
    ("game", "expected"),
    [
        ("2009092700", {"overtime": "sudden_death", "overtime_minutes": 15}),
        ("2012092305", {"overtime": "modified", "overtime_minutes": 15}),
        ("2018093000", {"overtime": "modified", "overtime_minutes": 10}),
        (
            "2011011500",
            {"overtime": "modified", "overtime_minutes": 15, "overtime_periods": 0, "overtime_timeouts": 3},
        ),
    ],
)
def test_overtime_by_season(game: str, expected: dict[str, Any]) -> None:
    assert rules(game) == expected

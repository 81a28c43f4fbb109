"""Names and times of openfootball's files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.model.ids import is_id
from scorewire.providers.format import rfc3339
from scorewire.providers.openfootball_file import (
    Match,
    TeamName,
    competition,
    game_id,
    kick_off_ms,
    slug,
    team,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1. FC Köln", "1-fc-koln"),
        ("Újpest FC", "ujpest-fc"),
        ("Liverpool FC (ENG)", "liverpool-fc-eng"),
        ("Botafogo / RJ", "botafogo-rj"),
    ],
)
def test_slugs(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=10))
def test_whatever_the_names_the_ids_are_ids(one: str, other: str, round_name: str) -> None:
    match = Match(one, other, round=round_name)
    assert is_id(slug(one))
    assert is_id(game_id("de.1 2024-25", match))
    assert is_id(team(one).id)


def test_a_country_is_in_the_id_and_not_in_the_name() -> None:
    shown = team("River Plate (URU)")
    assert (shown.id, shown.name) == ("river-plate-uru", "River Plate")
    assert team(TeamName("Germany", "GER")).abbr == "GER"


def test_a_game_is_told_by_competition_round_and_teams() -> None:
    match = Match("A", "B", round="Matchday 1", date="2024-01-01")
    names = {
        game_id("x", match),
        game_id("x", Match("A", "B", round="Matchday 1", date="2024-02-01")),
        game_id("y", match),
        game_id("x", Match("A", "B", round="Final")),
        game_id("x", Match("B", "A", round="Matchday 1")),
    }
    assert len(names) == 4, "the same game on another date has the same name"


@pytest.mark.parametrize(
    ("name", "league", "season"),
    [
        ("English Premier League 2023/24", "english-premier-league", "2023/24"),
        ("World Cup 2022", "world-cup", "2022"),
        ("Friendlies", "friendlies", ""),
    ],
)
def test_competition_and_season(name: str, league: str, season: str) -> None:
    found, year = competition(name)
    assert (found.id, year) == (league, season)


@pytest.mark.parametrize(
    ("date", "time", "start"),
    [
        ("2014-06-12", "17:00 UTC-3", "2014-06-12T20:00:00Z"),
        ("2014-06-12", "22:00 UTC-4", "2014-06-13T02:00:00Z"),
        ("2022-11-20", "19:00 UTC+3", "2022-11-20T16:00:00Z"),
        ("2022-11-20", "19:00 UTC+5:30", "2022-11-20T13:30:00Z"),
        ("2024-06-14", "21:00", "2024-06-14T21:00:00Z"),
        ("2025-03-02", "1:00", "2025-03-02T01:00:00Z"),
        ("2024-06-14", None, "2024-06-14T00:00:00Z"),
        ("2024-06-14", "soon", "2024-06-14T00:00:00Z"),
        ("2024-06-14", "25:00", None),
        ("2024-06-14", "20:00 UTC+99", None),
        ("0001-01-01", "0:00 UTC+3", None),
        ("tomorrow", "21:00", None),
        (None, "21:00", None),
    ],
)
def test_kick_off(date: str | None, time: str | None, start: str | None) -> None:
    at = kick_off_ms(Match("A", "B", date=date, time=time))
    assert (rfc3339(at) if at is not None else None) == start

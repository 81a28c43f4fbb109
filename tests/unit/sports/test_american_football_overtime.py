"""Overtime, by each set of rules: which play decides the game, and which does not."""

from typing import Any

import pytest

from scorewire.sports.american_football import AMERICAN_FOOTBALL
from scorewire.sports.american_football_overtime import NOBODY, Series, decided_at_end, followed, other
from scorewire.sports.american_football_rules import rules_of
from unit.sports.plays import board, claim

# Home has the ball first in all of them.
KICK = ("KICKOFF", "away")
BACK = ("KICKOFF", "home")
HOME_TD, HOME_XP, HOME_FG = ("TOUCHDOWN", "home"), ("EXTRA_POINT", "home"), ("FIELD_GOAL", "home")
AWAY_TD, AWAY_XP, AWAY_FG = ("TOUCHDOWN", "away"), ("EXTRA_POINT", "away"), ("FIELD_GOAL", "away")
FUMBLED = ("FUMBLE", "away", {"lost": True})
PLAYOFF = {"overtime": "both", "overtime_periods": 0}
COLLEGE = {"overtime": "alternating"}


def status(plays: list[Any], rules: dict[str, Any], period: int = 5) -> str:
    claims = [claim(kind, side, period=period, detail=(more or [{}])[0]) for kind, side, *more in plays]
    return board(AMERICAN_FOOTBALL, claim("PERIOD_START", period=period), *claims, rules=rules).status


@pytest.mark.parametrize(
    ("plays", "both", "modified", "sudden_death"),
    [
        ([KICK, HOME_FG], "live", "live", "ended"),
        ([KICK, HOME_TD], "live", "ended", "ended"),
        ([HOME_TD], "live", "ended", "ended"),
        ([KICK, ("SAFETY", "away")], "ended", "ended", "ended"),
        ([("SAFETY", "away")], "ended", "ended", "ended"),
        ([KICK, ("INTERCEPTION", "away"), AWAY_TD], "ended", "ended", "ended"),
        ([("INTERCEPTION", "away"), AWAY_TD], "ended", "ended", "ended"),
        ([KICK, ("PUNT", "home"), AWAY_FG], "ended", "ended", "ended"),
        ([KICK, ("PUNT", "home"), ("RUSH", "away"), ("PUNT", "away"), HOME_FG], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, AWAY_FG], "live", "live", "ended"),
        ([KICK, HOME_FG, BACK, AWAY_TD], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, AWAY_FG, KICK, HOME_FG], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, ("INTERCEPTION", "home")], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, FUMBLED], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, ("FUMBLE", "away", {"lost": False})], "live", "live", "ended"),
        ([KICK, HOME_FG, BACK, ("FIELD_GOAL_MISS", "away")], "ended", "ended", "ended"),
        ([KICK, HOME_FG, BACK, ("TURNOVER_ON_DOWNS", "away")], "ended", "ended", "ended"),
        ([KICK, HOME_TD, HOME_XP, BACK, AWAY_TD], "live", "ended", "ended"),
        ([KICK, HOME_TD, HOME_XP, BACK, AWAY_TD, AWAY_XP], "live", "ended", "ended"),
        ([KICK, HOME_TD, HOME_XP, BACK, AWAY_TD, ("TWO_POINT", "away")], "ended", "ended", "ended"),
        ([KICK, HOME_TD, HOME_XP, BACK, AWAY_TD, ("TWO_POINT_MISS", "away")], "ended", "ended", "ended"),
        ([KICK, HOME_TD, ("EXTRA_POINT_MISS", "home"), BACK], "live", "ended", "ended"),
        ([KICK, HOME_TD, ("DEFENSIVE_TWO_POINT", "away"), BACK], "live", "ended", "ended"),
        ([KICK, FUMBLED], "live", "live", "live"),
        ([KICK, ("PUNT", "home"), ("FUMBLE", "home", {"lost": True}), AWAY_FG], "ended", "ended", "ended"),
    ],
)
def test_what_decides_an_overtime_of_the_nfl(
    plays: list[Any], both: str, modified: str, sudden_death: str
) -> None:
    for kind, expected in (("both", both), ("modified", modified), ("sudden_death", sudden_death)):
        assert status(plays, {"overtime": kind}) == expected, kind


@pytest.mark.parametrize(
    ("plays", "expected"),
    [
        ([HOME_TD, HOME_XP], "live"),
        ([HOME_TD, HOME_XP, AWAY_FG], "ended"),
        ([HOME_TD, HOME_XP, AWAY_TD, AWAY_XP], "live"),
        ([HOME_TD, ("TWO_POINT", "home"), AWAY_TD, AWAY_XP], "ended"),
        ([("FIELD_GOAL_MISS", "home"), AWAY_FG], "ended"),
        ([("FIELD_GOAL_MISS", "home"), ("FIELD_GOAL_MISS", "away")], "live"),
        ([("INTERCEPTION", "away"), AWAY_TD], "ended"),
        ([HOME_FG, ("TURNOVER_ON_DOWNS", "away")], "ended"),
    ],
)
def test_what_decides_a_college_overtime(plays: list[Any], expected: str) -> None:
    assert status(plays, COLLEGE) == expected


@pytest.mark.parametrize(
    ("plays", "expected"),
    [
        ([("TWO_POINT", "home")], "live"),
        ([("TWO_POINT", "home"), ("TWO_POINT_MISS", "away")], "ended"),
        ([("TWO_POINT", "home"), ("TWO_POINT", "away")], "live"),
        ([("TWO_POINT_MISS", "home"), ("TWO_POINT", "away")], "ended"),
    ],
)
def test_two_point_tries_alone(plays: list[Any], expected: str) -> None:
    assert status(plays, COLLEGE, period=7) == expected


@pytest.mark.parametrize(
    ("rules", "period", "level", "ahead"),
    [
        ({}, 3, False, False),
        ({}, 4, False, True),
        ({"overtime": "none"}, 4, True, True),
        ({}, 5, True, True),
        (PLAYOFF, 5, False, False),
        (COLLEGE, 5, False, True),
    ],
)
def test_what_the_end_of_a_period_decides(
    rules: dict[str, Any], period: int, level: bool, ahead: bool
) -> None:
    held = rules_of(rules)
    assert decided_at_end(held, period, None) is level
    assert decided_at_end(held, period, "home") is ahead


def test_each_college_overtime_has_a_series_of_its_own() -> None:
    held = rules_of(COLLEGE)
    series = followed(held, Series(5, "home", True), claim("RUSH", "away"), 6)
    assert series == Series(6, "away", False)
    assert followed(rules_of({}), Series(5, "home", True), claim("RUSH", "away"), 6).first == "home"


def test_who_has_the_ball_is_not_followed_before_overtime() -> None:
    assert followed(rules_of({}), NOBODY, claim("KICKOFF", "home"), 4) is NOBODY
    assert other("home") == "away"

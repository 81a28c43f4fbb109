"""Who bats next, and what a match shows once runs and wickets have been added."""

import pytest

from scorewire.sports.cricket import CRICKET
from scorewire.sports.cricket_innings import Innings
from scorewire.sports.cricket_match import CricketState, begun, reach, settled
from scorewire.sports.cricket_rules import read
from scorewire.sports.lifecycle import Course
from unit.sports.plays import board, claim, fold
from unit.sports.test_cricket import SHORT, SIX, START, ball, overs, wickets
from unit.sports.test_cricket import TEST as FIRST_CLASS

T20, TEST = read({}), read({"innings": 2})


@pytest.mark.parametrize(
    ("winner", "decision", "bats"),
    [("home", "bat", "home"), ("home", "field", "away"), ("away", "field", "home"), ("away", None, None)],
)
def test_the_toss_tells_who_bats_first(winner: str, decision: str | None, bats: str | None) -> None:
    toss = claim("TOSS", winner, detail={"decision": decision} if decision else {})
    state = fold(CRICKET, toss, claim("PERIOD_START", period=1))
    assert state.innings[1].side == state.detail.get("batting") == bats


@pytest.mark.parametrize(
    ("rules", "period", "enforced", "bats"),
    [
        (T20, 2, False, "away"),
        (T20, 3, False, "home"),
        (T20, 4, False, "away"),
        (T20, 5, False, "home"),
        (TEST, 3, False, "away"),
        (TEST, 3, True, "home"),
        (TEST, 4, False, "away"),
    ],
)
def test_who_bats_after_the_home_side(rules: object, period: int, enforced: bool, bats: str) -> None:
    """Who batted second bats first in the super over."""
    state = CricketState(
        rules,  # type: ignore[arg-type]
        innings={period - 1: Innings(side="home", said=True)},
        detail={"follow_on": "enforced"} if enforced else {},
    )
    assert begun(state, Course("live", period), None).innings[period].side == bats


def test_what_was_said_is_not_concluded_anew() -> None:
    state = begun(CricketState(T20), Course("live", 1), "away")
    assert begun(state, Course("live", 1), None).innings[1] == Innings(side="away", said=True)


def test_a_new_innings_wipes_reviews_and_intervals() -> None:
    state = CricketState(
        T20, detail={"review": "home", "reviews": {"home": 1}, "interval": "tea", "toss": {}}
    )
    assert begun(state, Course("live", 2), "away").detail == {"toss": {}, "batting": "away"}


def test_an_earlier_innings_is_not_begun_again() -> None:
    state = CricketState(T20, course=Course("live", 2))
    assert reach(state, 1) is state
    assert reach(state, 3).course.period == 3


def test_what_is_settled_stays_the_same_object() -> None:
    state = fold(CRICKET, claim("BALL", "home", period=1, detail={"runs": 1}))
    assert settled(state, 1) is state


@pytest.mark.parametrize(
    ("claims", "rules", "home", "away"),
    [
        ([START, *wickets("home", 1, 2), ball(runs=4)], {}, "4/2 (0.1)", ""),
        ([*SIX, ball("away", 2, runs=1)], SHORT, "6/0 (1)", "1/0 (0.1)"),
        ([START, *overs("home", 1, 1, 1), *wickets("home", 1, 10)], {}, "6 (1)", ""),
        ([START, ball(runs=3), claim("DECLARED", "home", period=1)], FIRST_CLASS, "3/0d", ""),
        (
            [
                START,
                ball(runs=9),
                *wickets("home", 1, 10),
                ball("away", 2),
                *wickets("away", 2, 10),
                ball(period=3, runs=2),
            ],
            FIRST_CLASS,
            "9 & 2/0 (0.1)",
            "0",
        ),
    ],
)
def test_a_list_shows_wickets_and_overs(claims: list, rules: dict, home: str, away: str) -> None:
    shown = board(CRICKET, *claims, rules=rules)
    assert (shown.home_note, shown.away_note) == (home, away)


def test_an_awarded_score_has_no_wickets() -> None:
    award = claim("GAME_AWARDED", "away", detail={"home": 0, "away": 20})
    assert board(CRICKET, *SIX, award, rules=SHORT).home_note == ""

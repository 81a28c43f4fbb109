"""Balls, overs and the end of one innings."""

import pytest

from scorewire.sports.cricket_innings import Innings, bowled, closing, overs, overs_text, shown, total
from scorewire.sports.cricket_rules import read
from unit.sports.plays import claim

T20 = read({})


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({}, (0, 0)),
        ({"runs": 4}, (4, 0)),
        ({"runs": 4, "noballs": 1}, (5, 1)),
        ({"wides": 5}, (5, 5)),
        ({"byes": 2, "legbyes": 1, "penalty": 5}, (8, 8)),
        ({"runs": -4, "wides": "5", "noballs": True}, (0, 0)),
    ],
)
def test_runs_of_a_ball(detail: dict, expected: tuple[int, int]) -> None:
    assert total(claim("BALL", "home", detail=detail)) == expected


def after(*balls: dict) -> Innings:
    one = Innings()
    for detail in balls:
        one = bowled(T20, one, claim("BALL", "home", detail=detail), 0)
    return one


@pytest.mark.parametrize(
    ("balls", "text"),
    [
        ([], "0"),
        ([{}], "0.1"),
        ([{}] * 6, "1"),
        ([{}] * 7, "1.1"),
        ([{"wides": 1}, {"noballs": 1}], "0"),
        ([{"wides": 1}] + [{}] * 5, "0.5"),
        ([{"over": "17.3"}], "17.1"),
        ([{"over": f"0.{number}"} for number in range(1, 6)] + [{"over": "1.1"}], "1.1"),
        ([{"over": f"0.{number}"} for number in range(1, 8)], "1"),
        ([{"over": f"0.{number}"} for number in range(1, 8)] + [{"over": "1.1"}], "1.1"),
        ([{"over": "2.1"}, {"over": "1.6"}], "2.2"),
    ],
)
def test_overs_are_counted_where_the_feed_says_they_are(balls: list[dict], text: str) -> None:
    """An over of five or of seven balls is an over."""
    assert overs_text(T20, after(*balls)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("17.3", (17, 3)), ("18", (18, 0)), ("17.", None), ("-1", None), ("1٣", None), (17, None), (None, None)],
)
def test_overs_read(text: object, expected: tuple[int, int] | None) -> None:
    assert overs(text) == expected


@pytest.mark.parametrize(
    ("one", "period", "runs", "target", "why"),
    [
        (Innings(wickets=10), 1, 0, None, "all_out"),
        (Innings(wickets=9, absent=1), 1, 0, None, "all_out"),
        (Innings(wickets=9), 1, 0, None, ""),
        (Innings(over=19, balls=6), 1, 0, None, "overs"),
        (Innings(over=35, balls=6, quota=36), 2, 0, None, "overs"),
        (Innings(over=20, quota=36), 2, 0, None, ""),
        (Innings(stopped="declared"), 1, 0, None, "declared"),
        (Innings(wickets=10, stopped="ended"), 1, 0, None, "all_out"),
        (Innings(), 2, 9, 9, "target"),
        (Innings(), 2, 8, 9, ""),
        (Innings(wickets=2), 3, 0, None, "all_out"),
        (Innings(balls=6), 3, 0, None, "overs"),
        (Innings(wickets=1, balls=5), 3, 0, None, ""),
    ],
)
def test_why_an_innings_is_over(one: Innings, period: int, runs: int, target: int | None, why: str) -> None:
    assert closing(T20, period, one, runs, target) == why


def test_shown_without_what_there_is_nothing_to_say_about() -> None:
    assert shown(T20, Innings(), 0) == {"runs": 0, "wickets": 0, "overs": "0"}
    whole = Innings(side="home", wickets=3, over=4, balls=2, extras=7, quota=18, closed="ended")
    assert shown(T20, whole, 40) == {
        "runs": 40,
        "wickets": 3,
        "overs": "4.2",
        "team": "home",
        "extras": 7,
        "closed": "ended",
        "quota": 18,
    }

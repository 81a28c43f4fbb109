"""Targets and results from runs and wickets alone."""

import pytest

from scorewire.sports.cricket_innings import Innings
from scorewire.sports.cricket_result import (
    Target,
    conclude,
    decides,
    follow_on_open,
    runs_of,
    said_result,
    target_of,
)
from scorewire.sports.cricket_rules import read
from scorewire.sports.tally import Tally, scored
from unit.sports.plays import claim

T20 = read({})
TEST = read({"innings": 2, "overs": 0, "super_over": False})


def made(*runs: tuple[str, int]) -> Tally:
    """Runs by side, an innings each; a side of `` has not batted."""
    tally = Tally()
    for period, (side, count) in enumerate(runs, 1):
        if side:
            tally = scored(tally, side, count, period)
    return tally


def batted(*sides: str, closed: str = "all_out") -> dict[int, Innings]:
    return {number: Innings(side=side, closed=closed) for number, side in enumerate(sides, 1)}


def test_the_target_is_one_more() -> None:
    tally = made(("home", 150), ("away", 20))
    assert target_of(T20, 2, batted("home", "away"), tally, {}) == 151
    assert target_of(T20, 1, batted("home", "away"), tally, {}) is None
    assert target_of(T20, 2, {}, tally, {}) is None
    assert target_of(T20, 2, batted("home", "away"), tally, {2: Target(99)}) == 99


def test_the_target_of_the_fourth_innings_counts_all_before_it() -> None:
    tally = made(("home", 300), ("away", 200), ("home", 100), ("away", 7))
    assert target_of(TEST, 4, batted("home", "away", "home", "away"), tally, {}) == 201


def test_only_the_second_of_a_super_over_has_a_target() -> None:
    supers = Tally(linescore={"3": {"home": 0, "away": 11}})
    sides = batted("home", "away", "away", "home")
    assert target_of(T20, 4, sides, supers, {}) == 12
    assert target_of(T20, 3, sides, supers, {}) is None


@pytest.mark.parametrize(
    ("second", "said", "expected"),
    [
        (151, {}, {"outcome": "won", "winner": "away", "by": "wickets", "margin": 7}),
        (149, {}, {"outcome": "won", "winner": "home", "by": "runs", "margin": 1}),
        (150, {}, {"outcome": "tie"}),
        (
            99,
            {2: Target(100, "D/L")},
            {"outcome": "tie", "method": "D/L"},
        ),
        (
            100,
            {2: Target(100, "D/L")},
            {"outcome": "won", "winner": "away", "by": "wickets", "margin": 7, "method": "D/L"},
        ),
    ],
)
def test_one_innings_a_side(second: int, said: dict, expected: dict) -> None:
    innings = {1: Innings(side="home"), 2: Innings(side="away", wickets=3, closed="overs")}
    assert conclude(T20, innings, made(("home", 150), ("away", second)), Tally(), said) == expected


def test_while_the_chase_goes_on_nobody_has_won() -> None:
    innings = {1: Innings(side="home"), 2: Innings(side="away")}
    tally = made(("home", 150), ("away", 150))
    assert conclude(T20, innings, tally, Tally(), {}) is None
    assert conclude(T20, {1: Innings(side="home")}, tally, Tally(), {}) is None


@pytest.mark.parametrize(
    ("own", "closed", "margin"),
    [(79, "all_out", 21), (100, "all_out", None), (79, "ended", None), (79, "", None)],
)
def test_an_innings_and_so_many_runs(own: int, closed: str, margin: int | None) -> None:
    innings = batted("home", "away", "away")
    innings[3] = Innings(side="away", closed=closed)
    result = conclude(TEST, innings, made(("home", 200), ("away", 100), ("away", own)), Tally(), {})
    assert (result and result["margin"]) == margin


def test_two_of_one_side_cannot_be_beaten_by_an_innings_of_nobody() -> None:
    tally = made(("home", 0), ("home", 0), ("home", 0))
    assert conclude(TEST, batted("home", "home", "home"), tally, Tally(), {}) is None


@pytest.mark.parametrize(
    ("first", "second", "closed", "winner"),
    [
        (10, 11, "", "home"),
        (10, 9, "overs", "away"),
        (10, 10, "overs", None),
        (10, 9, "", None),
    ],
)
def test_a_super_over(first: int, second: int, closed: str, winner: str | None) -> None:
    innings = {**batted("home", "away", "away"), 4: Innings(side="home", closed=closed)}
    supers = Tally(linescore={"3": {"home": 0, "away": first}, "4": {"home": second, "away": 0}})
    tied = made(("home", 9), ("away", 9))
    result = conclude(T20, innings, tied, supers, {})
    assert result is not None
    assert result.get("winner") == winner
    assert decides(T20, result) is (winner is not None)


def test_what_decides() -> None:
    assert not decides(T20, None)
    assert not decides(T20, {"outcome": "tie"})
    assert decides(read({"super_over": False}), {"outcome": "tie"})
    assert decides(T20, {"outcome": "no_result"})


def test_a_follow_on_is_open_from_its_lead_on() -> None:
    innings = batted("home", "away")
    assert follow_on_open(TEST, innings, made(("home", 300), ("away", 100)))
    assert not follow_on_open(TEST, innings, made(("home", 299), ("away", 100)))
    assert not follow_on_open(T20, innings, made(("home", 300), ("away", 100)))
    assert not follow_on_open(TEST, batted("home", "away", "home"), made(("home", 300), ("away", 100)))
    assert not follow_on_open(TEST, batted("home", "away", closed=""), made(("home", 300), ("away", 100)))


def test_what_a_source_says() -> None:
    said = claim("RESULT", "home", detail={"outcome": "won", "by": "runs", "margin": 3, "note": "x"})
    assert said_result(said) == {"outcome": "won", "winner": "home", "by": "runs", "margin": 3}
    assert said_result(claim("RESULT", detail={"outcome": 3})) == {"outcome": "no_result"}
    assert runs_of(Tally(), 1, None) == 0


def test_a_side_that_was_never_seen_to_bat_sets_no_target() -> None:
    tally = made(("", 0), ("away", 20))
    assert target_of(T20, 2, {2: Innings(side="away")}, tally, {}) is None
    assert conclude(T20, {2: Innings(side="away")}, tally, Tally(), {}) is None
    stated = scored(tally, "home", 19, 2)
    assert target_of(T20, 2, {2: Innings(side="away")}, stated, {}) == 20

"""What a game gives each side, and what outings add up to."""

from fractions import Fraction

import msgspec
import pytest

from scorewire.stats.standings.outing import charged, conduct, disciplinary, outings, total
from scorewire.stats.standings.result import Figures, Result
from scorewire.stats.standings.rules import Points, Rules
from unit.stats.standings.made import SOCCER, game, rules

NHL = Points(win=2, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)})
PWHL = Points(win=3, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)})
FIVB = Points(win=3, draw=0, loss=0, late={"deciding_set": (2, 1)})


def points(line: str, given: Points) -> tuple[int, int]:
    home, away = outings(game(1, line), 0, rules(points=given))
    return home.points, away.points


@pytest.mark.parametrize(
    ("given", "line", "expected"),
    [
        (SOCCER, "a 2-1 b", (3, 0)),
        (SOCCER, "a 1-1 b", (1, 1)),
        (SOCCER, "a 0-1 b", (0, 3)),
        (SOCCER, "a 1-1 b so", (1, 1)),
        (msgspec.structs.replace(SOCCER, late={"shootout": (2, 1)}), "a 1-1 b so", (2, 1)),
        (NHL, "a 3-2 b", (2, 0)),
        (NHL, "a 3-2 b ot", (2, 1)),
        (NHL, "a 2-3 b so", (1, 2)),
        (PWHL, "a 3-2 b", (3, 0)),
        (PWHL, "a 3-2 b ot", (2, 1)),
        (FIVB, "a 3-1 b", (3, 0)),
        (FIVB, "a 3-2 b set", (2, 1)),
    ],
)
def test_points(given: Points, line: str, expected: tuple[int, int]) -> None:
    assert points(line, given) == expected


def test_points_where_there_is_no_result() -> None:
    held = msgspec.structs.replace(game(1, "a 0-0 b"), outcome="no_result")
    home, _ = outings(held, 0, rules(points=Points(win=2, no_result=1)))
    assert (home.ended, home.points) == ("N", 1)


def rugby(home: int, away: int, tries: tuple[int, int] = (0, 0)) -> Result:
    held = game(1, f"a {home}-{away} b")
    return msgspec.structs.replace(
        held,
        home=msgspec.structs.replace(held.home, tries=tries[0]),
        away=msgspec.structs.replace(held.away, tries=tries[1]),
    )


SIX = rules(points=Points(win=4, draw=2, bonuses=("four_tries", "lost_by_seven")))
TOP = rules(points=Points(win=4, draw=2, bonuses=("three_tries_more", "lost_by_five")))


@pytest.mark.parametrize(
    ("held", "result", "expected"),
    [
        (SIX, rugby(30, 10, (4, 1)), (5, 0)),
        (SIX, rugby(30, 10, (3, 1)), (4, 0)),
        (SIX, rugby(30, 23, (3, 4)), (4, 2)),
        (SIX, rugby(30, 22, (3, 3)), (4, 0)),
        (SIX, rugby(20, 20, (4, 3)), (3, 2)),
        (TOP, rugby(30, 10, (4, 1)), (5, 0)),
        (TOP, rugby(30, 10, (4, 2)), (4, 0)),
        (TOP, rugby(20, 15), (4, 1)),
        (TOP, rugby(20, 14), (4, 0)),
    ],
)
def test_bonus_points(held: Rules, result: Result, expected: tuple[int, int]) -> None:
    home, away = outings(result, 0, held)
    assert (home.points, away.points) == expected


def test_no_bonus_in_an_awarded_game() -> None:
    held = msgspec.structs.replace(rugby(28, 0, (4, 0)), kind="awarded")
    home, away = outings(held, 0, SIX)
    assert (home.points, away.points) == (4, 0)


def test_all_out_is_charged_with_every_ball_it_could_have_had() -> None:
    assert charged(Figures(id="a", balls=93), 20) == 93
    assert charged(Figures(id="a", balls=93, all_out=True), 20) == 120
    assert charged(Figures(id="a", balls=93, all_out=True, quota=96), 20) == 96


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (Figures(id="a"), 0),
        (Figures(id="a", yellow=2), -2),
        (Figures(id="a", yellow=1, second_yellow=1), -3),
        (Figures(id="a", red=1), -4),
        (Figures(id="a", yellow=1, red=1), -5),
    ],
)
def test_conduct_as_fifa_counts_it(side: Figures, expected: int) -> None:
    assert conduct(side) == expected


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (Figures(id="a", yellow=2), -2),
        (Figures(id="a", yellow=1, second_yellow=1), -3),
        (Figures(id="a", red=1), -3),
    ],
)
def test_cards_as_uefa_counts_them(side: Figures, expected: int) -> None:
    assert disciplinary(side) == expected


def test_sum_of_outings() -> None:
    held = rules(points=NHL)
    lines = ("a 3-2 b", "a 3-2 b ot", "b 2-1 a so", "b 1-4 a", "a 0-2 b", "a 2-2 b")
    mine = [
        one
        for number, line in enumerate(lines)
        for one in outings(game(number, line), number, held)
        if one.own.id == "a"
    ]
    record = total(mine)
    assert (record.played, record.won, record.drawn, record.lost) == (6, 3, 1, 2)
    assert (record.won_late, record.won_shootout, record.lost_late, record.lost_shootout) == (1, 0, 0, 1)
    assert (record.scored, record.conceded, record.difference) == (13, 11, 2)
    assert (record.away_scored, record.away_won, record.points) == (5, 1, 8)
    assert record.pct == Fraction(7, 12)


def test_net_run_rate_counts_rated_games_only() -> None:
    held = game(1, "a 150-140 b")
    rated = msgspec.structs.replace(
        held,
        home=Figures(id="a", score=150, runs=150, balls=120),
        away=Figures(id="b", score=140, runs=140, balls=100, all_out=True),
        rated=True,
    )
    for one, expected in ((rated, Fraction(1, 2)), (msgspec.structs.replace(rated, rated=False), 0)):
        home, away = outings(one, 0, rules())
        assert total([home]).net_run_rate == expected
        assert total([away]).net_run_rate == -expected

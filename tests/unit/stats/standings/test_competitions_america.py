"""The American leagues, by cases made by hand; the official tables are in tests/contract."""

import pytest
from msgspec import UNSET

from scorewire.stats.standings.competitions import COMPETITIONS
from scorewire.stats.standings.table import table
from unit.stats.standings.made import games, places, teams

NHL, PWHL, MLB, MLB_2012, NBA = (COMPETITIONS[name] for name in ("nhl", "pwhl", "mlb", "mlb-2012", "nba"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("a 3-2 y, b 3-2 z, b 0-1 q", "a q b"),
        ("a 3-2 y ot, b 3-2 z", "b a"),
        ("a 3-2 y so, b 3-2 z ot", "b a"),
        ("a 5-2 y, b 3-2 z", "a b"),
        ("a 4-3 y, b 3-2 z", "a b"),
    ],
)
def test_made_by_hand_nhl(lines: str, expected: str) -> None:
    """Fewer games, then wins in regulation, without a shoot-out, then goals."""
    found = [team for team in places(NHL, games(lines), view="league") if team in "abq"]
    assert found == expected.split()


def test_made_by_hand_nhl_overtime_losses() -> None:
    rows = {row.team: row for row in table(NHL, games("a 3-2 b ot, b 3-2 a so, a 1-0 b")).parts[-1].rows}
    assert (rows["a"].points, rows["b"].points) == (5, 3)
    assert (rows["b"].won, rows["b"].lost, rows["b"].lost_late, rows["b"].won_shootout) == (1, 2, 1, 1)
    assert (rows["b"].home.lost, rows["b"].away.lost_late) == (0, 1)


def test_made_by_hand_nhl_wild_cards() -> None:
    """The first three of each division are in; the two best of the others of the conference follow."""
    who = teams(x_n="a b c d", x_s="e f g h i")
    lines = "a 4-0 z, b 3-0 z, c 2-0 z, d 1-0 z, e 9-0 z, f 8-0 z, g 7-0 z, h 6-0 z, i 5-0 z"
    parts = [part for part in table(NHL, games(lines), who).parts if part.view == "wild_card" and part.name]
    assert [(row.team, row.zone) for row in parts[0].rows] == [
        ("h", "Wild cards"),
        ("i", "Wild cards"),
        ("d", ""),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("a 3-2 y ot, a 0-1 y ot, b 3-2 z", "b a"),
        ("a 3-2 y, z 1-0 b so, b 3-2 z ot", "a b"),
    ],
)
def test_made_by_hand_pwhl_three_points(lines: str, expected: str) -> None:
    found = [team for team in places(PWHL, games(lines)) if team in "ab"]
    assert found == expected.split()


def test_made_by_hand_mlb_no_game_more_since_2022() -> None:
    """a and b are level; a has won the games between them. Until 2021 they would have met once more."""
    who = teams(x_n="a b", y_w="d")
    results = games("a 1-0 b, a 1-0 b, b 1-0 a, d 1-0 a, b 1-0 d")
    for held, ranks, undecided in ((MLB, [1, 2], UNSET), (MLB_2012, [1, 1], "play_off")):
        rows = next(part for part in table(held, results, who).parts if part.name == "x_n").rows
        assert [row.rank for row in rows] == ranks
        assert {row.undecided for row in rows} == {undecided}


def test_made_by_hand_nba_of_three_the_division_leader_is_first() -> None:
    """a, b and c are level. b has beaten both; a leads its division, and of three that comes first."""
    who = teams(x_n="a n", x_s="b c s")
    results = games(
        "b 1-0 a, b 1-0 c, a 1-0 n, c 1-0 n, s 2-0 b, s 1-0 b, c 1-0 a, a 1-0 n, n 1-0 c, s 1-0 n"
    )
    rows = {
        row.team: (row.rank, row.pct)
        for part in table(NBA, results, who).parts
        if part.name == "x"
        for row in part.rows
    }
    assert rows["a"][1] == rows["b"][1] == rows["c"][1] == 0.5
    assert rows["a"][0] < rows["b"][0] < rows["c"][0]

"""Each criterion of the American leagues, alone, separates teams that share a place (cases made by hand)."""

import pytest

from scorewire.stats.standings.criteria import SHARED
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.result import Result
from scorewire.stats.standings.rules import Entrant, Points
from unit.stats.standings.made import games, places, rules, teams

DIVISIONS = teams(x_north="a b c", x_south="d e")
IN_DIVISION = games("a 1-0 c, d 1-0 a, c 1-0 b, b 1-0 e")
CONFERENCES = teams(x_="a b e", y_="c d")
IN_CONFERENCE = games("a 1-0 e, c 1-0 a, e 1-0 b, b 1-0 d")
SWEEP = games("a 1-0 b, a 1-0 c, p 1-0 a, q 1-0 a, b 1-0 r, c 1-0 s")
COMMON = games("a 1-0 c, d 1-0 a, c 1-0 b, b 1-0 e, c 1-0 f")
STRENGTH = games("a 1-0 y, b 1-0 z, y 1-0 x")
BOTH = teams(x_="a b", y_="n r s t")
QUALIFIERS = games("a 1-0 q, q 1-0 b, q 1-0 w, q 1-0 w, p 1-0 a, b 1-0 p")

CASES: list[tuple[str, list[Entrant], list[Result], str, str]] = [
    ("division_pct", DIVISIONS, IN_DIVISION, "d a c b e", "d a=b=c e"),
    ("intradivision_pct", DIVISIONS, IN_DIVISION, "d a c b e", "d a=b=c e"),
    ("interdivision_pct", DIVISIONS, IN_DIVISION, "d b a=c e", "d a=b=c e"),
    ("conference_pct", CONFERENCES, IN_CONFERENCE, "c a e b d", "c a=b=e d"),
    (
        "last_half_intraleague_pct",
        teams(x_="a b c"),
        games("c 1-0 a, b 1-0 c, a 1-0 c, c 1-0 b"),
        "a c b",
        "a=b=c",
    ),
    ("head_to_head_sweep", [], SWEEP, "p=q a b=c r=s", "p=q a=b=c r=s"),
    ("common_pct", [], COMMON, "d c a b e=f", "d c a=b e=f"),
    ("net_points_common", [], games("a 3-0 c, b 1-0 c"), "a b c", "a=b c"),
    ("net_points_conference", teams(x_="a b c", y_="d"), games("a 1-0 c, b 3-0 d"), "a b d c", "a=b c=d"),
    ("net_points", [], games("a 2-0 y, b 1-0 z"), "a b z y", "a=b y=z"),
    ("strength_of_victory", [], STRENGTH, "a b y x=z", "a=b y x=z"),
    ("strength_of_schedule", [], STRENGTH, "a b y z x", "a=b y x=z"),
    ("scoring_ranks_conference", teams(x_="a b", y_="y z"), games("a 5-0 z, b 3-0 y"), "a b y z", "a=b y=z"),
    ("scoring_ranks", BOTH, games("a 6-2 r, b 4-1 s, n 5-3 t"), "a b n t s r", "a=b=n r=s=t"),
    ("qualifiers_pct", teams(x_="q a b w", y_="p"), QUALIFIERS, "q a b=p w", "q a=b=p w"),
    ("other_qualifiers_pct", teams(x_="q a b w", y_="p"), QUALIFIERS, "q b a=p w", "q a=b=p w"),
]


@pytest.mark.parametrize(
    ("name", "who", "results", "with_it", "without"), CASES, ids=[one[0] for one in CASES]
)
def test_separates(name: str, who: list[Entrant], results: list[Result], with_it: str, without: str) -> None:
    assert places(rules(primary="win_pct", qualifiers=1), results, who) == without
    assert places(rules(name, primary="win_pct", qualifiers=1), results, who) == with_it


def test_each_criterion_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"head_to_head_even_points"} == CRITERIA.keys() - SHARED.keys()


def test_the_record_in_a_division_is_for_teams_of_one() -> None:
    """d of another division is equal to a and b too: nobody is separated by it."""
    results = games("a 1-0 c, e 1-0 a, c 1-0 b, b 1-0 e, d 1-0 e, e 1-0 d")
    assert places(rules("division_pct", primary="win_pct"), results, DIVISIONS) == "a=b=c=d=e"


def test_ranks_in_the_conference_and_in_all_differ() -> None:
    """a has scored most and b has conceded least; only n of the other conference comes between."""
    results = games("a 6-2 r, b 4-1 s, n 5-3 t")
    assert places(rules("scoring_ranks_conference", primary="win_pct"), results, BOTH).startswith("n a=b")
    assert places(rules("scoring_ranks", primary="win_pct"), results, BOTH).startswith("a b n")


def test_a_sweep_works_both_ways() -> None:
    """c has lost to both, and is last of the three."""
    results = games("a 1-0 c, b 1-0 c, p 1-0 a, p 1-0 b, c 1-0 r, c 1-0 r")
    assert places(rules("head_to_head_sweep", primary="win_pct"), results) == "p a=b c r"


def test_of_two_who_have_not_met_no_sweep() -> None:
    results = games("a 2-0 y, b 1-0 z")
    assert places(rules("head_to_head_sweep", primary="win_pct"), results) == "a=b y=z"


def test_common_games_must_be_enough() -> None:
    assert places(rules("common_pct", primary="win_pct", common_min=2), COMMON) == "d c a=b e=f"


def test_the_one_game_more_is_none_between_the_equals() -> None:
    """The last halves are alike. The game before them is that of a and b, which a won and which does not
    count; the one before that b has won, and a has lost."""
    who = teams(x_="a b e f")
    results = games("e 1-0 a, b 1-0 f, a 1-0 b, a 1-0 f, e 1-0 a, e 1-0 b, b 1-0 f")
    assert places(rules(primary="win_pct"), results, who) == "e a=b f"
    assert places(rules("last_half_intraleague_pct", primary="win_pct"), results, who) == "e b a f"


def test_an_odd_game_does_not_count() -> None:
    """Two of three games were in a's city: the first of them, which a won, is left out."""
    points = Points(win=2, draw=1, loss=0, late={"overtime": (2, 1)})
    results = games("a 1-0 b, a 1-2 b ot, b 2-1 a ot")
    assert places(rules("head_to_head_points", points=points), results) == "a=b"
    assert places(rules("head_to_head_even_points", points=points), results) == "b a"

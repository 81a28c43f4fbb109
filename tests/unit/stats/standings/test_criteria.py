"""Each criterion, alone, separates teams that share a place without it (cases made by hand)."""

import msgspec
import pytest

from scorewire.stats.standings.criteria import SHARED, ratio
from scorewire.stats.standings.result import Result
from scorewire.stats.standings.rules import Deduction, Entrant, Points
from unit.stats.standings.made import SOCCER, cards, game, games, places, rules, teams

HOCKEY = Points(win=2, draw=1, loss=0, late={"overtime": (2, 1), "shootout": (2, 1)})
VOLLEYBALL = Points(win=3, draw=0, loss=0, late={"deciding_set": (2, 1)})
TESTED = {"points", "ranking", "win_pct", "division_leader", "head_to_head_pct", "net_run_rate", "tries"}
"""Those with a test of their own."""


def rallied(lines: str, *lost: int) -> list[Result]:
    """Matches in which home made 75 points."""
    return [
        msgspec.structs.replace(
            one,
            home=msgspec.structs.replace(one.home, rallies=75),
            away=msgspec.structs.replace(one.away, rallies=points),
        )
        for one, points in zip(games(lines), lost, strict=True)
    ]


LEVEL = games("a 1-1 b")
CASES = [
    ("wins", SOCCER, games("a 1-0 z, z 1-0 a, z 2-0 a, b 0-0 y, b 0-0 y, b 0-0 y"), "z a b=y", "z a=b=y"),
    ("difference", SOCCER, games("a 2-0 y, b 1-0 z"), "a b z y", "a=b y=z"),
    ("scored", SOCCER, games("a 3-2 y, b 1-0 z"), "a b y z", "a=b y=z"),
    ("away_scored", SOCCER, games("y 1-2 a, b 2-1 z"), "a b z y", "a=b y=z"),
    ("away_wins", SOCCER, games("y 0-1 a, b 1-0 z"), "a b y=z", "a=b y=z"),
    ("opponents_points", SOCCER, games("a 1-0 y, b 1-0 z, y 1-0 x, z 0-0 x"), "y a b x=z", "a=b=y x=z"),
    ("opponents_difference", SOCCER, games("a 1-0 y, b 1-0 z, y 3-0 x, z 1-0 x"), "a b y=z x", "a=b=y=z x"),
    ("opponents_scored", SOCCER, games("a 1-0 y, b 1-0 z, y 3-0 x, z 1-0 x"), "a b=y=z x", "a=b=y=z x"),
    ("conduct", SOCCER, [cards(LEVEL[0], home="y", away="ys")], "a b", "a=b"),
    ("disciplinary", SOCCER, [cards(LEVEL[0], home="r", away="yyyy")], "a b", "a=b"),
    ("head_to_head_points", SOCCER, games("a 1-0 b, b 1-0 y, z 1-0 y"), "a b=z y", "a=b=z y"),
    ("head_to_head_difference", SOCCER, games("a 3-1 b, b 1-0 a"), "a b", "a=b"),
    ("head_to_head_scored", SOCCER, games("a 2-2 b, a 0-0 c, b 1-1 c"), "b a c", "a=b=c"),
    ("head_to_head_away_scored", SOCCER, games("a 1-1 b, b 2-2 a"), "a b", "a=b"),
    ("points_pct", HOCKEY, games("a 1-0 y, b 1-0 z, z 1-0 b"), "a b=z y", "a=b=z y"),
    ("regulation_wins", HOCKEY, games("a 3-2 y ot, b 3-2 y, c 3-2 y so"), "b a=c=y", "a=b=c=y"),
    ("regulation_and_overtime_wins", HOCKEY, games("a 3-2 y ot, b 3-2 y, c 3-2 y so"), "a=b c=y", "a=b=c=y"),
    ("set_ratio", VOLLEYBALL, games("a 3-0 y, b 3-1 z"), "a b z y", "a=b y=z"),
    ("point_ratio", VOLLEYBALL, rallied("a 3-0 y, b 3-0 z", 60, 50), "b a y z", "a=b y=z"),
]


@pytest.mark.parametrize(
    ("name", "points", "results", "with_it", "without"), CASES, ids=[one[0] for one in CASES]
)
def test_separates(name: str, points: Points, results: list[Result], with_it: str, without: str) -> None:
    assert places(rules(points=points), results) == without
    assert places(rules(name, points=points), results) == with_it


def test_each_criterion_has_a_case() -> None:
    assert {case[0] for case in CASES} | TESTED | {"coefficient"} == SHARED.keys()


def test_a_red_card_is_dearer_in_the_world_cup() -> None:
    """A red card is four yellows there, and three in UEFA's competitions."""
    held = [cards(LEVEL[0], home="r", away="yyyy")]
    assert places(rules("conduct"), held) == "a=b"
    assert places(rules("disciplinary"), held) == "a b"


def test_points_less_deductions() -> None:
    assert places(rules(), LEVEL) == "a=b"
    assert places(rules(), LEVEL, deductions=[Deduction(team="a", points=1)]) == "b a"


def test_coefficient() -> None:
    who = [Entrant(id="a", coefficient=10.5), Entrant(id="b", coefficient=90)]
    assert places(rules("coefficient"), LEVEL, who) == "b a"


def test_ranking_needs_one_for_all() -> None:
    assert places(rules("ranking"), LEVEL, [Entrant(id="a", ranking=12), Entrant(id="b", ranking=3)]) == "b a"
    assert places(rules("ranking"), LEVEL, [Entrant(id="a"), Entrant(id="b", ranking=3)]) == "a=b"


def test_share_of_games_won() -> None:
    results = games("a 1-0 b, a 0-0 b, c 1-0 d")
    assert places(rules(primary="win_pct"), results) == "c a b d"


def test_head_to_head_pct() -> None:
    results = games("a 1-0 b, a 1-0 b, b 1-0 a, y 1-0 a, b 1-0 z")
    assert places(rules(primary="win_pct"), results) == "y a=b z"
    assert places(rules("head_to_head_pct", primary="win_pct"), results) == "y a b z"


def test_head_to_head_is_passed_over_by_those_who_have_not_met() -> None:
    results = games("a 1-0 y, b 2-0 z")
    for name in ("head_to_head_points", "head_to_head_difference", "head_to_head_pct"):
        assert places(rules(name), results) == "a=b y=z"
        assert places(rules(name, "difference"), results) == "b a y z"


def test_head_to_head_waits_for_all_meetings_where_it_must() -> None:
    """La Liga: a has beaten b, but their second game is still to come."""
    results = games("a 1-0 b, b 1-0 z")
    assert places(rules("head_to_head_points"), results) == "a b z"
    assert places(rules("head_to_head_points", meetings=2), results) == "a=b z"


def test_tries() -> None:
    held = msgspec.structs.replace(LEVEL[0], away=msgspec.structs.replace(LEVEL[0].away, tries=3))
    assert places(rules("tries"), [held]) == "b a"


def test_net_run_rate() -> None:
    held = game(1, "a 140-140 b")
    faster = msgspec.structs.replace(
        held,
        rated=True,
        home=msgspec.structs.replace(held.home, runs=140, balls=119),
        away=msgspec.structs.replace(held.away, runs=140, balls=120),
    )
    assert places(rules("net_run_rate"), [held]) == "a=b"
    assert places(rules("net_run_rate"), [faster]) == "a b"


def test_a_ratio_without_losses_is_above_all_others() -> None:
    assert ratio(3, 0) > ratio(99, 1) > ratio(1, 2) > ratio(0, 1)
    assert ratio(0, 0) < ratio(1, 99)


def test_division_leader() -> None:
    """a leads its division, and c, as good as a, does not lead its own."""
    who = teams(x_north="a n", x_south="b c")
    results = games("b 1-0 c, a 1-0 n, c 1-0 n, n 1-0 a")
    north = rules(primary="win_pct", name="division", by="division").views[0]
    for order, expected in ((("division_leader",), "b a c n"), ((), "b a=c n")):
        conference = rules(*order, primary="win_pct", name="conference", by="conference").views[0]
        both = msgspec.structs.replace(rules(), views=(north, conference))
        assert places(both, results, who, view="conference") == expected

"""What becomes of those who are still equal: four ways to go on, edges of zones, leaders, wild cards."""

import msgspec
import pytest

from scorewire.stats.standings.ranking import crosses, edges
from scorewire.stats.standings.rules import Regroup, View, Zone
from unit.stats.standings.made import games, places, rules, teams

CIRCLE = games("a 1-0 b, b 3-2 c, c 3-2 a, a 1-0 d, b 5-0 d, c 1-0 d")
"""a, b and c are equal and have beaten each other in a circle. Goals among the three put c first and leave a
and b; alone, a has beaten b; in all games b has the better difference."""
DIRECT = ("head_to_head_points", "head_to_head_scored", "difference")


@pytest.mark.parametrize(
    ("regroup", "expected"),
    [("never", "c b a d"), ("head_to_head", "c a b d"), ("always", "c a b d")],
)
def test_two_of_three_may_start_again(regroup: Regroup, expected: str) -> None:
    assert places(rules(*DIRECT, regroup=regroup), CIRCLE) == expected


@pytest.mark.parametrize(
    ("regroup", "expected"),
    [("never", "c a=b d"), ("head_to_head", "c a=b d"), ("always", "c a b d")],
)
def test_and_not_everywhere_after_all_games(regroup: Regroup, expected: str) -> None:
    """What parts c from a and b is the difference in all games: in UEFA's order there is no way back."""
    results = games("a 1-0 b, b 1-0 c, c 1-0 a, a 1-0 d, b 1-0 d, c 4-0 d")
    assert places(rules("head_to_head_points", "difference", regroup=regroup), results) == expected


def test_head_to_head_after_all_games_is_among_those_left() -> None:
    """World Cup to 2022: c is apart by goals, so only the game of a and b counts between them."""
    results = games("a 1-0 b, b 1-0 c, c 1-0 a, a 1-0 d, b 1-0 d, c 4-0 d")
    assert places(rules("difference", "head_to_head_points"), results) == "c a b d"
    assert places(rules("head_to_head_points", "difference"), results) == "c a=b d"


@pytest.mark.parametrize(("regroup", "expected"), [("always", "y a b c w"), ("one_by_one", "y a c b w")])
def test_one_by_one_starts_again_without_the_best(regroup: Regroup, expected: str) -> None:
    """NFL: among three b is better than c; without a, c has beaten b."""
    meetings = ["a 1-0 b", "b 1-0 a", *["a 1-0 c"] * 4, "c 1-0 b"]
    level = ["y 1-0 a"] * 4 + ["b 1-0 w"] + ["c 1-0 w"] * 3
    held = rules("head_to_head_pct", primary="win_pct", regroup=regroup)
    assert places(held, games(*meetings, *level)) == expected


def test_three_or_more_may_have_an_order_of_their_own() -> None:
    results = games("a 1-0 b, b 3-0 c, c 1-0 a")
    assert places(rules("scored", many=("difference",), regroup="always"), results) == "b a c"
    assert places(rules("scored", regroup="always"), results) == "b a=c"


def test_edges_of_zones() -> None:
    view = View(zones=(Zone(name="Top", first=1, last=4), Zone(name="Down", first=18, last=20)))
    assert edges(view) == {4, 17, 20}
    assert crosses(view, 4, 2)
    assert crosses(view, 3, 3)
    assert not crosses(view, 5, 2)
    assert not crosses(view, 3, 2)
    assert not crosses(view, 4, 1)


@pytest.mark.parametrize(("zone", "expected"), [(2, "p a b q"), (1, "p a=b q"), (3, "p a=b q")])
def test_some_criteria_only_where_something_is_at_stake(zone: int, expected: str) -> None:
    """Premier League: a and b, second and third, are equal in all but their own game."""
    zones = (Zone(name="Up", first=1, last=zone),)
    held = rules("difference", "scored", at_stake=("head_to_head_points",), zones=zones)
    assert places(held, games("a 1-0 b, p 1-0 a, b 1-0 q")) == expected


def test_leaders_come_first_and_one_of_a_division_at_a_time() -> None:
    """NFL: e leads a weak division. Of the rest, b and c of one division and f are equal: first who is better
    of b and c, then that one against f."""
    who = teams(x_north="a b c", x_south="e f")
    north = View(
        name="division", by="division", primary="win_pct", order=("difference",), regroup="one_by_one"
    )
    conference = msgspec.structs.replace(
        north, name="conference", by="conference", order=("scored",), leaders="division", one_per="division"
    )
    held = msgspec.structs.replace(rules(), views=(north, conference))
    # b: 2-1 and 1-2; c: 6-1 and 0-9, a worse difference and more goals; f: 3-2 and 0-1.
    results = games(
        "a 1-0 z, a 1-0 z, b 2-0 z, z 2-1 b, c 6-1 z, z 9-0 c, f 4-2 z, z 3-0 f, e 1-0 z, e 1-0 z, z 1-0 e"
    )
    found = places(held, results, who, view="conference").split(" | ")[-1]
    assert found == "a e f b c"
    free = msgspec.structs.replace(held, views=(north, msgspec.structs.replace(conference, one_per="")))
    assert places(free, results, who, view="conference").split(" | ")[-1] == "a e c f b"

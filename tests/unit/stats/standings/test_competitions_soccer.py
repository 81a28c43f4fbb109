"""Soccer's competitions, by cases made by hand; the official tables are in tests/contract."""

import msgspec
import pytest
from msgspec import UNSET

from scorewire.stats.standings.competitions import COMPETITIONS
from scorewire.stats.standings.rules import Entrant, Rules
from scorewire.stats.standings.table import table
from unit.stats.standings.made import cards, games, places

PREMIER_LEAGUE, LA_LIGA, SERIE_A, BUNDESLIGA, CHAMPIONS_LEAGUE, EURO, WORLD_CUP, WORLD_CUP_2026 = (
    COMPETITIONS[name]
    for name in (
        "premier-league",
        "la-liga",
        "serie-a",
        "bundesliga",
        "champions-league",
        "euro",
        "world-cup",
        "world-cup-2026",
    )
)
TWICE = "a 1-0 b, b 3-1 a, a 9-0 c, b 1-0 c"
"""a and b have six points each; b is better between them, a in all games."""


@pytest.mark.parametrize(
    ("held", "expected"),
    [(PREMIER_LEAGUE, "a b c"), (BUNDESLIGA, "a b c"), (LA_LIGA, "b a c"), (SERIE_A, "b a c")],
    ids=lambda one: one.id if isinstance(one, Rules) else "",
)
def test_made_by_hand_between_the_two_or_in_all_games(held: Rules, expected: str) -> None:
    assert places(held, games(TWICE)) == expected


def test_made_by_hand_la_liga_waits_for_the_second_game() -> None:
    """b has beaten a; until they have met twice the difference in all games counts."""
    results = games("b 1-0 a, a 9-0 c, b 0-1 d")
    assert places(LA_LIGA, results) == "a d b c"
    assert places(SERIE_A, results) == "d b a c"


def test_made_by_hand_la_liga_begins_again_with_those_left() -> None:
    """Three equal in a circle; c is apart by the difference in all games, and then a and b by their own."""
    circle = "a 1-0 b, b 1-0 c, c 1-0 a, b 0-0 a, c 0-0 b, a 0-0 c"
    results = games(circle, "a 1-0 d, b 1-0 d, c 4-0 d")
    assert places(LA_LIGA, results) == "c a b d"
    assert places(SERIE_A, results) == "c a=b d"


def test_made_by_hand_la_liga_fair_play() -> None:
    first, second = games("a 0-0 b, b 0-0 a")
    assert places(LA_LIGA, [cards(first, home="y"), second]) == "b a"


def test_made_by_hand_serie_a_plays_off_the_title() -> None:
    rows = table(SERIE_A, games(TWICE)).parts[0].rows
    assert [(row.team, row.undecided) for row in rows] == [("b", "play_off"), ("a", "play_off"), ("c", UNSET)]


def test_made_by_hand_premier_league_shares_a_place_in_the_middle() -> None:
    """x and y meet again in a play-off only if their games do not tell who is champion."""
    level = games("x 1-0 y, y 1-0 x")
    rows = table(PREMIER_LEAGUE, level).parts[0].rows
    assert [(row.rank, row.undecided) for row in rows] == [(1, UNSET), (1, UNSET)]
    top = msgspec.structs.replace(
        PREMIER_LEAGUE,
        views=(
            msgspec.structs.replace(
                PREMIER_LEAGUE.views[0],
                zones=(msgspec.structs.replace(PREMIER_LEAGUE.views[0].zones[0], last=1),),
            ),
        ),
    )
    assert [row.undecided for row in table(top, level).parts[0].rows] == ["play_off", "play_off"]
    assert places(top, games("x 2-1 y, y 1-0 x")) == "y x"


def test_made_by_hand_bundesliga_goals_between_the_two() -> None:
    results = games("a 1-0 b, b 2-0 a, a 3-1 c, b 2-1 c")
    assert places(BUNDESLIGA, results) == "b a c"


def test_made_by_hand_champions_league_goes_down_to_the_coefficient() -> None:
    who = [Entrant(id="a", coefficient=20), Entrant(id="b", coefficient=30)]
    assert places(CHAMPIONS_LEAGUE, games("a 1-1 b"), who) == "b a"


def test_made_by_hand_champions_league_away_goals_of_all_games() -> None:
    assert places(CHAMPIONS_LEAGUE, games("y 1-2 a, b 2-1 z")) == "a b z y"


class TestGroups:
    """a, b and c are equal in points; the two orders of FIFA and UEFA differ."""

    RESULTS = games("a 1-0 b, b 2-0 c, c 2-0 a, a 1-0 d, b 1-0 d, c 5-0 d", group="A")

    def test_made_by_hand_world_cup_to_2022_all_games_first(self) -> None:
        assert places(WORLD_CUP, self.RESULTS) == "c b a d"

    @pytest.mark.parametrize("held", [EURO, WORLD_CUP_2026], ids=lambda one: one.id)
    def test_made_by_hand_between_the_equals_first(self, held: Rules) -> None:
        results = games("a 3-0 b, b 2-0 c, c 2-0 a, a 1-0 d, b 1-0 d, c 9-0 d", group="A")
        assert places(held, results) == "a c b d"
        assert places(WORLD_CUP, results) == "c a b d"

    @pytest.mark.parametrize("held", [EURO, WORLD_CUP_2026], ids=lambda one: one.id)
    def test_made_by_hand_and_again_between_those_left(self, held: Rules) -> None:
        """Among the three c has the best difference; a and b are alike there, and a has beaten b."""
        results = games("a 1-0 b, b 3-2 c, c 3-2 a, a 1-0 d, b 5-0 d, c 1-0 d", group="A")
        assert places(held, results) == "c a b d"

    def test_made_by_hand_fair_play_then_lots(self) -> None:
        """Japan and Senegal, 2018: equal in all, and one had fewer cards."""
        first, *rest = games("a 2-2 b, a 1-0 c, b 1-0 c", group="H")
        assert places(WORLD_CUP, [cards(first, home="yy", away="y"), *rest]) == "b a c"
        found = table(WORLD_CUP, [first, *rest]).parts[0].rows
        assert [row.undecided for row in found] == ["lots", "lots", UNSET]

    def test_made_by_hand_the_eight_best_thirds_go_on(self) -> None:
        results = []
        for number, group in enumerate("ABCDEFGHIJKL"):
            one, two, three = (f"{group}{place}" for place in (1, 2, 3))
            lines = f"{one} 1-0 {two}, {one} {2 + number}-1 {three}, {two} 1-0 {three}"
            results += games(lines, group=group, first=1 + 3 * number)
        thirds = [part for part in table(WORLD_CUP_2026, results).parts if part.view == "best_thirds"]
        (part,) = thirds
        assert [row.team for row in part.rows] == [f"{group}3" for group in "ABCDEFGHIJKL"]
        assert [row.zone for row in part.rows] == ["Round of 32"] * 8 + [""] * 4

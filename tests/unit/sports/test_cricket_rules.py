"""The forms of cricket: what their rules make of a declaration, and the names of their periods."""

import pytest

from scorewire.sports.cricket_rules import SUPER_OVERS_MAX, label, read


def test_without_a_word_it_is_a_t20() -> None:
    held = read({})
    assert (held.overs, held.innings, held.balls_per_over, held.players) == (20, 1, 6, 11)
    assert (held.last, held.periods) == (2, 2 + SUPER_OVERS_MAX)


@pytest.mark.parametrize(
    ("given", "last", "periods"),
    [
        ({"innings": 2, "super_over": False}, 4, 4),
        ({"innings": 1, "super_over": False}, 2, 2),
        ({"innings": 3, "super_over": False}, 2, 2),
        ({"innings": "two", "super_over": "no"}, 2, 2 + SUPER_OVERS_MAX),
    ],
)
def test_a_side_has_one_innings_or_two(given: dict, last: int, periods: int) -> None:
    held = read(given)
    assert (held.last, held.periods) == (last, periods)


def test_nothing_divides_by_a_nought() -> None:
    held = read({"balls_per_over": 0, "players": 0, "super_over_wickets": 0})
    assert (held.balls_per_over, held.players, held.super_over_wickets) == (1, 2, 1)


@pytest.mark.parametrize(
    ("period", "closed", "name"),
    [
        (0, False, ""),
        (2, True, "INN2 END"),
        (3, False, "SO1"),
        (3, True, "SO1 BREAK"),
        (4, False, "SO1"),
        (4, True, "SO1 END"),
        (5, False, "SO2"),
    ],
)
def test_labels(period: int, closed: bool, name: str) -> None:
    assert label(read({}), period, closed=closed) == name


def test_no_super_over_breaks_the_tie_of_a_match_of_two_innings_a_side() -> None:
    held = read({"innings": 2})
    assert (held.super_over, held.last, held.periods) == (False, 4, 4)

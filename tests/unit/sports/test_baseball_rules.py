"""The rules of a competition of baseball, and the names of half-innings."""

import pytest

from scorewire.sports.baseball_rules import decided, inning_of, is_bottom, label, read


@pytest.mark.parametrize(
    ("period", "over", "name"),
    [
        (0, False, ""),
        (1, False, "T1"),
        (1, True, "M1"),
        (2, False, "B1"),
        (18, True, "E9"),
        (19, False, "T10"),
    ],
)
def test_labels(period: int, over: bool, name: str) -> None:
    assert label(period, over=over) == name


def test_two_periods_are_an_inning() -> None:
    assert [inning_of(period) for period in (1, 2, 17, 18)] == [1, 1, 9, 9]
    assert [is_bottom(period) for period in (1, 2)] == [False, True]


def test_rules_of_the_wrong_kind_are_as_if_not_given() -> None:
    held = read({"innings": "seven", "extra_runner": 1, "forfeit_points": -9})
    assert held == read({})
    assert (held.innings, held.extra_runner, held.forfeit_points) == (9, True, 9)
    assert read({"innings": 0}).innings == 1


def test_a_runner_from_the_first_extra_inning_on() -> None:
    assert [read({}).has_runner(period) for period in (18, 19)] == [False, True]
    assert not read({"extra_runner": False}).has_runner(19)


@pytest.mark.parametrize(
    ("period", "over", "home", "away", "won"),
    [
        (17, False, 1, 0, False),
        (17, True, 1, 0, True),
        (17, True, 0, 0, False),
        (18, False, 0, 1, False),
        (18, False, 1, 0, True),
        (18, True, 0, 1, True),
        (18, True, 0, 0, False),
        (16, True, 5, 0, False),
    ],
)
def test_when_a_game_is_decided(period: int, over: bool, home: int, away: int, won: bool) -> None:
    assert decided(read({}), period, over=over, home=home, away=away) is won
    swapped = read({"home_bats_first": True})
    assert decided(swapped, period, over=over, home=away, away=home) is won

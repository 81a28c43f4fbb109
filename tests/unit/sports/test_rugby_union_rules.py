"""Times and points of a competition, from its declaration."""

import pytest

from scorewire.sports.rugby_union_events import EVENTS
from scorewire.sports.rugby_union_rules import rules_of


def test_the_defaults_are_the_points_of_the_table() -> None:
    assert rules_of({}).points == {kind: spec.points for kind, spec in EVENTS.items() if spec.points}


def test_periods_follow_one_another() -> None:
    held = rules_of({})
    assert held.starts_s == (0, 0, 2400, 4800, 5400, 6000, 6600)
    assert held.ends_s == (0, 2400, 4800, 5400, 6000, 6600, 6600)


@pytest.mark.parametrize(
    ("given", "periods"),
    [
        ({}, {1, 2, 3, 4, 5, 6}),
        ({"extra_time": False}, {1, 2, 6}),
        ({"kicking_competition": False}, {1, 2, 3, 4, 5}),
        ({"extra_time": False, "kicking_competition": False}, {1, 2}),
    ],
)
def test_which_periods_there_may_be(given: dict, periods: set[int]) -> None:
    assert rules_of(given).periods == periods


def test_sevens() -> None:
    held = rules_of({"half_minutes": 7, "extra_time_minutes": 5, "players": 7, "yellow_card_minutes": 2})
    assert held.ends_s[:4] == (0, 420, 840, 1140)
    assert (held.players, held.yellow_minutes) == (7, 2)

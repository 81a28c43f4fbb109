"""What varies by competition in ice hockey, and the places in a game that follow from it."""

import pytest

from scorewire.sports.ice_hockey_rules import label, read


@pytest.mark.parametrize(
    ("given", "last", "shootout", "overtime_s", "skaters"),
    [
        ({}, 5, 5, 300, 3),
        ({"overtime": "full"}, 0, 0, 1200, 5),
        ({"overtime": "none"}, 4, 4, 300, 3),
        ({"overtime": "none", "shootout": False}, 3, 0, 300, 3),
        ({"shootout": False}, 4, 0, 300, 3),
        ({"overtime": "full", "overtime_minutes": 20, "overtime_skaters": 3}, 0, 0, 1200, 3),
        ({"overtime_minutes": 10, "overtime_skaters": 4}, 5, 5, 600, 4),
        ({"overtime": 7, "shootout": "yes"}, 5, 5, 300, 3),
    ],
)
def test_overtime_and_shootout(given: dict, last: int, shootout: int, overtime_s: int, skaters: int) -> None:
    held = read(given)
    assert (held.last, held.shootout, held.overtime_s, held.skaters) == (last, shootout, overtime_s, skaters)


@pytest.mark.parametrize(
    ("period", "start_s", "length_s"),
    [(0, 0, 1200), (1, 0, 1200), (3, 2400, 1200), (4, 3600, 300), (6, 4200, 300)],
)
def test_seconds_played_when_a_period_begins(period: int, start_s: int, length_s: int) -> None:
    held = read({})
    assert (held.start_s(period), held.length_s(period)) == (start_s, length_s)


def test_labels() -> None:
    held = read({})
    assert [label(held, period, closed=False) for period in range(6)] == ["", "P1", "P2", "P3", "OT", "SO"]
    assert label(held, 2, closed=True) == "P2 END"

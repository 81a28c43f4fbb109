"""What varies by competition: lengths, time-outs, the last period, and the names of periods."""

from typing import Any

import pytest

from scorewire.sports.american_football_rules import label, rules_of


@pytest.mark.parametrize(
    ("given", "period", "shown"),
    [
        ({}, 0, ("", "")),
        ({}, 1, ("Q1", "Q1 END")),
        ({}, 2, ("Q2", "HT")),
        ({}, 4, ("Q4", "Q4 END")),
        ({}, 5, ("OT", "OT END")),
        ({}, 6, ("OT2", "OT2 END")),
        ({"periods": 2}, 1, ("Q1", "HT")),
    ],
)
def test_labels(given: Any, period: int, shown: tuple[str, str]) -> None:
    held = rules_of(given)
    assert (label(held, period, closed=False), label(held, period, closed=True)) == shown


@pytest.mark.parametrize(
    ("given", "lengths", "last"),
    [
        ({}, (900, 600), 5),
        ({"overtime_minutes": 15, "overtime_periods": 0}, (900, 900), 0),
        ({"overtime": "alternating"}, (900, 0), 0),
        ({"overtime": "none", "period_minutes": 12}, (720, 600), 4),
        ({"overtime": "no such rules"}, (900, 600), 5),
    ],
)
def test_lengths_and_the_last_period(given: Any, lengths: tuple[int, int], last: int) -> None:
    held = rules_of(given)
    assert (held.length_s(4), held.length_s(5), held.last) == (*lengths, last)


@pytest.mark.parametrize(
    ("given", "from_period"),
    [({}, 0), ({"overtime": "alternating"}, 7), ({"overtime": "alternating", "two_point_overtime": 0}, 0)],
)
def test_where_only_two_point_tries_are_played(given: Any, from_period: int) -> None:
    assert rules_of(given).two_point_from == from_period


@pytest.mark.parametrize(
    ("given", "stretches"),
    [({}, [1, 1, 2, 2, 3, 3, 4]), ({"overtime": "alternating"}, [1, 1, 2, 2, 3, 4, 5])],
)
def test_periods_that_share_their_timeouts(given: Any, stretches: list[int]) -> None:
    held = rules_of(given)
    assert [held.stretch(period) for period in range(1, 8)] == stretches
    assert (held.timeouts_in(4), held.timeouts_in(5)) == (3, 2)

"""Percentiles by nearest rank, and rounding."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.bench.figures import Spread, percentile, rounded, spread

FINITE = st.floats(min_value=-1e9, max_value=1e9)


@pytest.mark.parametrize(
    ("count", "percent", "wanted"),
    [
        (1, 50, 1),
        (1, 99, 1),
        (2, 50, 1),
        (3, 50, 2),
        (100, 99, 99),
        (101, 99, 100),
        (200, 99, 198),
        (10, 100, 10),
    ],
)
def test_percentile_is_the_nearest_rank(count: int, percent: float, wanted: int) -> None:
    assert percentile(range(1, count + 1), percent) == wanted


@given(st.lists(FINITE, min_size=1), st.sampled_from([1, 50, 90, 99, 100]))
def test_so_many_values_do_not_exceed_a_percentile(values: list[float], percent: int) -> None:
    found = percentile(sorted(values), percent)
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


def test_spread_sorts_by_itself() -> None:
    assert spread([3, 1, 2]) == Spread(first=1, p50=2, p99=3, last=3)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(0, 0), (1.23456, 1.235), (123456, 123500), (0.00123456, 0.001235), (-98.7654, -98.77), (1.3, 1.3)],
)
def test_rounded_to_four_digits(value: float, wanted: float) -> None:
    assert rounded(value) == wanted


def test_what_is_no_number_stays_none() -> None:
    assert rounded(math.inf) == math.inf

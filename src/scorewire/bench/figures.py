"""Percentiles and rounding; pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIGNIFICANT_DIGITS = 4


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all values do not exceed (nearest rank).

    Args:
        ordered: ascending, not empty.
        percent: above 0, at most 100.
    """
    assert ordered
    assert 0 < percent <= 100
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """How many values lie where: the least, the middle, 99 of 100, the greatest."""

    first: float
    p50: float
    p99: float
    last: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of some values, in any order; at least one."""
    ordered = sorted(values)
    return Spread(ordered[0], percentile(ordered, 50), percentile(ordered, 99), ordered[-1])


def rounded(value: float) -> float:
    """To SIGNIFICANT_DIGITS, which is more than any of these measurements is worth."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(value))))

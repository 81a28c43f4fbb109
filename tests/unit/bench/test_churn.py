"""The slope of what is resident."""

import pytest

from scorewire.bench.churn import PARTS, WARM_PARTS, churn_figures, churn_plot, growth


@pytest.mark.parametrize(
    ("readings", "wanted"),
    [([5, 5, 5], 0), ([90, 100, 110], 0.2), ([110, 100, 90], -0.2), ([100, 101, 100, 101], 0.006)],
)
def test_growth_is_what_the_line_rises(readings: list[float], wanted: float) -> None:
    assert growth(readings) == pytest.approx(wanted, abs=1e-3)


def test_the_warm_up_does_not_count() -> None:
    steady = [0] * WARM_PARTS + [100_000_000] * (PARTS + 1 - WARM_PARTS)
    figures = churn_figures(1000, steady, 2.0, 10**9)
    assert (figures[0].value, figures[0].met) == (0, True)
    leaking = [100_000_000 + 100_000 * part for part in range(PARTS + 1)]
    figures = churn_figures(1000, leaking, 2.0, 10**9)
    assert figures[0].met is False
    assert figures[0].value == pytest.approx(2.46, abs=0.01)


def test_memory_is_drawn_against_joins() -> None:
    assert churn_plot(40, [100_000_000, 102_000_000]).curves == {"resident": [(0, 100), (40, 102)]}

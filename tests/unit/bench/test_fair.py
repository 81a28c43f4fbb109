"""Sizes, and the goal that has two halves."""

import pytest

from scorewire.bench.fair import Options, Point, fair_figures, fair_plot, sizes
from scorewire.bench.spreading import Delays

OPTIONS = Options(fans=1000, small=50, rate=10, updates=4, points=2)


def times(last_ms: float) -> Delays:
    value = [last_ms / 1000]
    return Delays(decided=value, sent=value, decided_last=value, sent_last=value, broadcast=value)


def point(alone_ms: float, beside_ms: float, fans: int = 1000) -> Point:
    return Point(
        fans=fans,
        alone=times(alone_ms),
        beside=times(beside_ms),
        bursts=9,
        late_s=0,
        client_s=1,
        lasted_s=2,
        failures=[],
    )


@pytest.mark.parametrize(
    ("fans", "points", "wanted"),
    [(1000, 1, [1000]), (900, 3, [300, 600, 900]), (2, 5, [1, 2])],
)
def test_sizes_rise_to_the_wanted_one(fans: int, points: int, wanted: list[int]) -> None:
    assert sizes(fans, points) == wanted


@pytest.mark.parametrize(
    ("alone_ms", "beside_ms", "met"),
    [(1, 9.9, True), (4, 11.9, True), (3, 11, False)],
)
def test_three_times_or_ten_milliseconds_is_fair(alone_ms: float, beside_ms: float, met: bool) -> None:
    figures = fair_figures(OPTIONS, [point(alone_ms, beside_ms)], 1)
    assert figures[0].met is met


def test_smaller_sizes_are_told_too_and_drawn() -> None:
    made = [point(1, 2, 500), point(1, 3, 1000)]
    names = {figure.name: figure.value for figure in fair_figures(OPTIONS, made, 2)}
    assert names["500 fans: decision to last fan, beside"] == 2
    assert names["load clients busy"] == 25
    assert fair_plot(OPTIONS, made).curves["beside"] == [(500, 2), (1000, 3)]

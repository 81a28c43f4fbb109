"""What one that does not read costs."""

import pytest

from scorewire.bench.slow import Point, metric, slow_figures, slow_plot
from scorewire.bench.spreading import Delays


def times(p99_ms: float) -> Delays:
    value = [p99_ms / 1000]
    return Delays(sent=value, sent_last=value, sent_p99=value)


def point(beside_ms: float, grown: int = 5_000_000) -> Point:
    return Point(
        fans=1000,
        stalled=100,
        reading=times(10),
        beside=times(beside_ms),
        grown_bytes=grown,
        own_bytes=2_000_000,
        paused=100,
        healthy_missed=0,
        stalled_missed=0,
    )


@pytest.mark.parametrize(("beside_ms", "met"), [(12, True), (12.5, False)])
def test_healthy_fans_may_hardly_notice(beside_ms: float, met: bool) -> None:
    assert slow_figures([point(beside_ms)])[0].met is met


@pytest.mark.parametrize(("grown", "value"), [(5_000_000, 30), (1_000_000, 0)])
def test_what_the_game_itself_grew_is_taken_off(grown: int, value: float) -> None:
    assert slow_figures([point(10, grown)])[1].value == value


def test_the_plot_has_both_curves() -> None:
    curves = slow_plot([point(12)]).curves
    assert [len(curve) for curve in curves.values()] == [1, 1]


def test_a_metric_is_read_whole() -> None:
    page = "# TYPE a gauge\na 12.0\na_b 3.0\n"
    assert (metric(page, "a"), metric(page, "b"), metric(page, "a_b")) == (12, 0, 3)

"""Starts with games and without."""

from scorewire.bench.start import Start, start_figures


def test_medians_are_held_against_each_other() -> None:
    full = [Start(1.0, 1.2, 10), Start(2.0, 9.0, 30), Start(1.0, 1.1, 20)]
    bare = [Start(0.5, 1.0, 10)] * 3
    figures = start_figures(100, full, bare, 5_000_000)
    assert [(figure.value, figure.met) for figure in figures[:2]] == [(1.2, True), (1.2, True)]

"""Readings of a long run."""

import pytest

from scorewire.bench.soak import Done, Options, Sample, soak_figures, soak_plot

OPTIONS = Options(seconds=100, fans=30, games=5, rate=20, sample_s=10, workers=1)


DONE = Done(events=1000, corrections=50, came=40, polls=90)


def readings(*megabytes: float, lost: int = 0) -> list[Sample]:
    return [
        Sample(
            at_s=10.0 * number,
            resident_bytes=round(one * 1e6),
            files=40 + number % 3,
            p50_s=0.004,
            p99_s=0.010 + number / 1000,
            deliveries=10,
            lost=lost,
        )
        for number, one in enumerate(megabytes, 1)
    ]


@pytest.mark.parametrize(
    ("megabytes", "slope"),
    [([70, 90, *[100] * 8], 0), ([70, 90, *[100 + n for n in range(8)]], 360), ([100] * 10, 0)],
)
def test_the_slope_of_memory_leaves_out_the_first_fifth(megabytes: list[float], slope: float) -> None:
    figures = {one.name: one for one in soak_figures(OPTIONS, readings(*megabytes), DONE, slow=3)}
    assert figures["resident memory, slope"].value == pytest.approx(slope, abs=1e-6)
    # 700 of the 1,000 events lie between the first of the readings that are left and the last.
    assert figures["resident memory, slope an event"].value == pytest.approx(slope * 1e6 / 36_000, rel=0.01)
    assert figures["resident memory at the beginning"].value == megabytes[0]


def test_latency_is_told_of_both_halves_and_losses_are_added_up() -> None:
    figures = {one.name: one for one in soak_figures(OPTIONS, readings(*[100] * 10, lost=2), DONE, slow=3)}
    assert figures["updates lost"].value == 20
    assert figures["call sent to fan, p99, first half"].value == pytest.approx(14)
    assert figures["call sent to fan, p99, second half"].value == pytest.approx(18)
    assert figures["open files, most"].value == 42
    assert figures["deliveries"].value == 100


def test_memory_and_latency_are_drawn_over_minutes() -> None:
    drawn = soak_plot(OPTIONS, readings(80, 90, 100))
    assert drawn.curves["resident memory, MB"] == [(10 / 60, 80), (20 / 60, 90), (30 / 60, 100)]
    assert len(drawn.curves) == 3

"""The arithmetic held against sizes that were really run: predicted beside measured. Pure.

What goes in comes from other runs than what is predicted: a delivery's time and the way to the first fan from
the run with 19,000 fans, a fan's memory from `bench memory`. So a prediction can be wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scorewire.bench.report import Report
from scorewire.planner.reading import figure

NEAR = 0.25
"""A prediction within so much of what was measured is taken to be right."""
BASIS = "fanout-sse-19000"
BASIS_FANS = 19_000


@dataclass(frozen=True, slots=True)
class Check:
    """One number of one run, and what the arithmetic says it should have been."""

    run: str
    what: str
    unit: str
    predicted: float
    measured: float

    @property
    def off(self) -> float:
        """How far the prediction is from what was measured; 0.1 is a tenth too much."""
        return self.predicted / self.measured - 1

    @property
    def near(self) -> bool:
        """Whether it is within NEAR."""
        return abs(self.off) <= NEAR


RUNS = (
    ("1,000 fans", "fanout-series", "1000 fans: call sent to last fan", 1_000),
    ("5,000 fans", "fanout-series", "5000 fans: call sent to last fan", 5_000),
    ("10,000 fans", "fanout-sse-10000", "call sent to last fan", 10_000),
    ("100,000 fans, 6 workers on one core", "fanout-sse-100000", "call sent to last fan", 100_000),
)
MIDDLE = (
    ("10,000 fans", "fanout-sse-10000", 10_000),
    ("100,000 fans, 6 workers on one core", "fanout-sse-100000", 100_000),
)


def checks(reports: Mapping[str, Report]) -> list[Check]:
    """Every prediction of which there is a run.

    Raises:
        ConfigError: the run that predictions are made from is not there.
    """
    basis = reports[BASIS]
    first_ms = figure(basis, "call sent to first fan")
    each_ms = figure(basis, "first to last fan") / BASIS_FANS
    found = [
        Check(run, "call to last fan", "ms", first_ms + fans * each_ms, figure(reports[name], what))
        for run, name, what, fans in RUNS
        if name in reports
    ]
    for run, name, fans in MIDDLE:
        if name not in reports:
            continue
        report = reports[name]
        found.append(
            Check(
                run,
                "call to the middle fan",
                "ms",
                first_ms + fans / 2 * each_ms,
                figure(report, "call sent to fan, p50"),
            )
        )
        if "memory" in reports:
            predicted = figure(reports["memory"], "sse: user memory a fan, one game")
            found.append(Check(run, "memory a fan", "KB", predicted, figure(report, "user memory a fan")))
    return found

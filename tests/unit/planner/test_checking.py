"""Predictions beside what really ran."""

from pathlib import Path

import msgspec

from scorewire.planner.checking import BASIS, Check, checks
from scorewire.planner.reading import read_reports

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"


def test_every_size_that_ran_is_predicted_within_a_quarter() -> None:
    held = checks(read_reports(RESULTS))
    assert {"1,000 fans", "10,000 fans", "100,000 fans, 6 workers on one core"} <= {one.run for one in held}
    assert [one for one in held if not one.near] == []


def test_a_run_that_was_slower_shows() -> None:
    reports = read_reports(RESULTS)
    slow = reports["fanout-sse-100000"]
    figures = tuple(msgspec.structs.replace(one, value=one.value * 2) for one in slow.figures)
    reports["fanout-sse-100000"] = msgspec.structs.replace(slow, figures=figures)
    assert [one.run for one in checks(reports) if not one.near] == ["100,000 fans, 6 workers on one core"] * 3


def test_what_did_not_run_is_left_out() -> None:
    reports = read_reports(RESULTS)
    assert checks({BASIS: reports[BASIS]}) == []


def test_how_far_off() -> None:
    one = Check("1,000 fans", "call to last fan", "ms", 12.0, 10.0)
    assert round(one.off, 3) == 0.2
    assert one.near
    assert not Check("", "", "", 13.0, 10.0).near

"""What was measured comes out of reports, and what comes along is what the results say."""

from pathlib import Path

import pytest

from scorewire.errors import ConfigError
from scorewire.planner.reading import SOURCES, figure, read_measured, read_reports, reference

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"


def test_what_comes_along_is_what_the_results_say() -> None:
    assert reference() == read_measured(read_reports(RESULTS)), "run `make docs`"


def test_every_source_is_a_figure_of_the_results() -> None:
    reports = read_reports(RESULTS)
    for source in SOURCES.values():
        assert figure(reports[source.report], source.figure) > 0


def test_what_only_adds_is_told_without_what_it_is_added_to() -> None:
    reports = read_reports(RESULTS)
    whole = figure(reports["tiers"], "edge: call sent to last fan, p50")
    assert 0 < read_measured(reports).edge_ms < whole


def test_a_missing_report_is_named() -> None:
    reports = read_reports(RESULTS)
    del reports["memory"]
    with pytest.raises(ConfigError, match=r"memory\.json"):
        read_measured(reports)


def test_a_folder_without_reports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no reports"):
        read_reports(tmp_path)
    (tmp_path / "site.json").write_text("{")
    with pytest.raises(ConfigError, match=r"site\.json"):
        read_reports(tmp_path)

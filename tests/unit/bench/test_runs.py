"""Results in a folder, and what runs leave there."""

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from scorewire.bench.overview import BEGIN, END, SHORT_BEGIN, SHORT_END, overview, short
from scorewire.bench.programme import PROGRAMME, Run
from scorewire.bench.report import Machine, Report, plain, write_report
from scorewire.bench.runs import measure_all, read_results, render
from scorewire.errors import ConfigError

MACHINE = Machine(
    cpu="Processor 9",
    cores=2,
    server_cores=(1,),
    client_cores=(0,),
    memory_gib=4,
    kernel="6.1",
    python="3.11",
    loop="uvloop",
    disk="ext4",
)
RESULT = Report(
    bench="path",
    commit="abc",
    date="2026-01-02T03:04:05+00:00",
    command="scorewire bench path --rounds 3",
    machine=MACHINE,
    settings={"rounds": 3},
    figures=(plain("fsync, p50", 0.25, unit="ms"),),
)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with the result of `path`."""
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "path.json").write_bytes(write_report(RESULT))
    return folder


def test_the_table_is_written_between_the_marks_of_a_page(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    table = render(results, page)
    assert "fsync, p50 | 0.25 ms" in table
    assert page.read_text() == f"before\n{BEGIN}\n{table}{END}\nafter\n"
    assert render(results, None) == table


def test_a_page_without_marks_and_a_result_that_is_none_are_refused(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(ConfigError, match="has no"):
        render(results, page)
    (results / "fold.json").write_text("{}")
    with pytest.raises(ConfigError, match="is no result of a benchmark"):
        read_results(results)


def test_a_run_that_fails_is_said_and_the_next_one_runs(results: Path, tmp_path: Path) -> None:
    said = io.StringIO()
    runs = [
        Run(name=name, title="", full=words, quick=words, full_s=1)
        for name, words in (("bad", "nonsense"), ("other", "show"))
    ]
    # `show` takes no --json: both fail, each in its own words.
    failed = measure_all(runs, results, quick=True, folder=None, console=Console(file=said, width=200))
    assert [one.split(":")[0] for one in failed] == ["bad", "other"]
    assert "left with 2" in failed[0]
    assert "nonsense" in failed[0]
    assert sorted(file.name for file in results.iterdir()) == ["path.json"]
    shutil.rmtree(results)
    with pytest.raises(ConfigError, match="is no folder"):
        measure_all(runs, results, quick=True, folder=None, console=Console(file=said))


def test_the_pages_say_what_the_results_say() -> None:
    home = Path(__file__).parents[3]
    page, reports = home / "benchmarks" / "README.md", read_results(home / "benchmarks" / "results")
    table = overview(PROGRAMME, reports, images="results/")
    assert f"{BEGIN}\n{table}{END}" in page.read_text(), "render it: make docs"
    few = f"{SHORT_BEGIN}\n{short(PROGRAMME, reports)}{SHORT_END}"
    assert few in (home / "README.md").read_text(), "render it: make docs"

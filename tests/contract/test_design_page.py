"""docs/design-fan-out.md shows the code that was measured, and what was measured of it."""

import re
import textwrap
from pathlib import Path

import pytest

from scorewire.bench.bars import svg
from scorewire.bench.report import Report, read_report
from scorewire.bench.steps.page import filled
from scorewire.bench.steps.result import BESIDE_COLUMNS, COLUMNS, STEPS, panels, table, value_of

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "design-fan-out.md"
PLOT = ROOT / "docs" / "images" / "fan-out-steps.svg"
STEPS_CODE = ROOT / "src" / "scorewire" / "bench" / "steps"


@pytest.fixture(scope="module")
def report() -> Report:
    """The result that is kept."""
    return read_report((ROOT / "benchmarks" / "results" / "steps.json").read_bytes())


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_table_and_plot_are_those_of_the_kept_result(page: str, report: Report) -> None:
    told = "run `make docs`"
    assert filled(page, table(report)) == page, told
    assert svg(panels(report.figures)) == PLOT.read_text(encoding="utf-8"), told


def test_the_kept_result_is_whole(report: Report) -> None:
    assert not report.failures
    names = [name for name, _, _ in (*COLUMNS, *BESIDE_COLUMNS)]
    missing = [
        (step.name, name) for step in STEPS for name in names if value_of(report.figures, step, name) is None
    ]
    # The naive loop stands still; a node's collection cannot be asked for.
    assert [step for step, _ in missing] == ["naive", "scorewire"]


def test_code_on_the_page_is_code_that_runs(page: str) -> None:
    sources = [path.read_text(encoding="utf-8") for path in STEPS_CODE.glob("*.py")]
    shown = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(shown) >= len(STEPS) - 2
    for block in shown:
        indented = [textwrap.indent(f"\n{block}", " " * depth) for depth in range(0, 20, 4)]
        assert any(code in source for code in indented for source in sources), block


def test_what_the_page_leads_to_is_there(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page) if "://" not in link]
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
    for name in re.findall(r"`([a-z_]+\.py)`", page):
        assert (ROOT / "src" / "scorewire" / "fanout" / name).exists(), name

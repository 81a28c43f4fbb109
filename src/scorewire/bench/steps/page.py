"""Puts a kept result into the page about the design: `python -m scorewire.bench.steps.page RESULT PAGE PLOT`.

The table goes between two comments of the page, the plot into a file of its own. Neither is written by hand.
"""

import sys
from pathlib import Path

from scorewire.bench.bars import svg
from scorewire.bench.report import read_report
from scorewire.bench.steps.result import panels, table

BEGIN, END = "<!-- steps: written by make docs -->\n", "<!-- /steps -->\n"


def filled(page: str, made: str) -> str:
    """The page with the table in its place.

    Raises:
        ValueError: the page has no such place.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no lines {BEGIN.strip()} and {END.strip()}")
    return f"{before}{begin}\n{made}\n{end}{after}"


def main(result: Path, page: Path, plot: Path) -> None:
    """Write both from one result."""
    report = read_report(result.read_bytes())
    page.write_text(filled(page.read_text(encoding="utf-8"), table(report)), encoding="utf-8")
    plot.write_text(svg(panels(report.figures)), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))

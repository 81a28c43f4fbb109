"""docs/reliability.md: its table of faults, out of what the trials of tests/faults found.

    python tests/reliability_page.py     write the page again; `make docs` does

The words before and after the table are kept.
"""

from pathlib import Path
from typing import Any, Final

from faults.harm import ALL_FAULTS
from faults.record import kept
from faults.trial import Fault

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->\n"
HEAD: Final = (
    "| fault | longest wait of a fan | provider without an answer | acknowledged | lost | twice |"
    " calls repeated | shown again |\n|---|---:|---:|---:|---:|---:|---:|---:|\n"
)


def table(rows: dict[str, dict[str, Any]]) -> str:
    """A line for each fault, in the order in which they are tried."""
    return HEAD + "".join(_line(fault, rows[fault.name]) for fault in ALL_FAULTS if fault.name in rows)


def _line(fault: Fault, row: dict[str, Any]) -> str:
    cells = [
        fault.title,
        f"{row['fans_waited_s']:.1f} s",
        f"{row['provider_waited_s']:.1f} s",
        f"{row['acknowledged']:,}",
        *(str(row[name]) for name in ("lost", "doubled", "posted_again", "shown_again")),
    ]
    return f"| {' | '.join(cells)} |\n"


def page(before: str) -> str:
    """The page with the table of now."""
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{table(kept())}{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))

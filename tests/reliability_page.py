"""docs/reliability.md: its table, out of what the trials of tests/faults found. The words around it are kept.

python tests/reliability_page.py     write the page again; `make docs` does
"""

import json
from pathlib import Path
from typing import Any, Final

TESTS: Final = Path(__file__).resolve().parent
RESULTS: Final = TESTS / "faults" / "results.json"
PAGE: Final = TESTS.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->\n"
HEAD: Final = (
    "| fault | lasts | a fan waits | the provider waits | acknowledged | lost | applied twice |"
    " calls repeated | shown again |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)


def kept() -> dict[str, dict[str, Any]]:
    """What was found, by fault, in the order in which they are tried."""
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def table(rows: dict[str, dict[str, Any]]) -> str:
    """A line for each fault."""
    return HEAD + "".join(map(_line, rows.values()))


def _line(row: dict[str, Any]) -> str:
    cells = [
        row["title"],
        *(f"{row[name]:.1f} s" for name in ("broken_s", "fans_waited_s", "provider_waited_s")),
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

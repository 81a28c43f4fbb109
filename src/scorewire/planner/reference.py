"""Writes reference.json: what was measured on the machine of the project's own results. For `make docs`."""

import sys
from pathlib import Path

import msgspec

from scorewire.planner.reading import REFERENCE, read_measured, read_reports


def main(folder: Path) -> None:
    """Read the reports of a folder, and put what a plan needs of them beside this file."""
    body = msgspec.json.format(msgspec.json.encode(read_measured(read_reports(folder))), indent=1)
    Path(__file__).with_name(REFERENCE).write_bytes(body + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

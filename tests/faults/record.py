"""What the trials found: results.json keeps it where SCOREWIRE_FAULTS=all, for docs/reliability.md."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from faults.trial import Row

RESULTS: Final = Path(__file__).with_name("results.json")


def kept() -> dict[str, dict[str, Any]]:
    """The rows by fault."""
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def note(row: Row) -> None:
    """Say what was found, and keep it if all faults are tried."""
    print(json.dumps(asdict(row)))
    if os.environ.get("SCOREWIRE_FAULTS") == "all":
        found = {**asdict(row), "machine": f"{os.cpu_count()} cores, {platform.machine()}"}
        RESULTS.write_text(json.dumps({**kept(), row.fault: found}, indent=1) + "\n")

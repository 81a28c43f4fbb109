"""What the trials found: results.json keeps it where SCOREWIRE_FAULTS=all, for docs/reliability.md."""

import json
import os
from dataclasses import asdict

from faults.harm import ALL_FAULTS
from faults.trial import Row
from reliability_page import RESULTS, kept


def note(row: Row) -> None:
    """Say what was found, and keep it if all faults are tried."""
    print(json.dumps(asdict(row)))
    if os.environ.get("SCOREWIRE_FAULTS") != "all":
        return
    found = {**kept(), row.fault: asdict(row)}
    ordered = {fault.name: found[fault.name] for fault in ALL_FAULTS if fault.name in found}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")

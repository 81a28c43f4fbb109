"""What the trials found, kept in benchmarks/results/faults.json where SCOREWIRE_FAULTS_RECORD is set."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from faults.trial import Row

RESULTS: Final = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "faults.json"


def note(row: Row) -> None:
    """Say what was found, and keep it if that is wanted."""
    print(json.dumps(asdict(row)))
    if os.environ.get("SCOREWIRE_FAULTS_RECORD"):
        held = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        held[row.fault] = asdict(row)
        RESULTS.write_text(json.dumps(held, indent=1) + "\n")

"""Issue: after 1,000 corrections at random over a season, tables, leaders and lines equal a rebuild.

tests/backends/test_corrected_season.py has it over PostgreSQL.
"""

from pathlib import Path

import pytest

from contract.corrected_season import a_thousand_corrections
from scorewire.journal.journal import Journal


@pytest.mark.slow
async def test_a_season_that_was_corrected_a_thousand_times_is_that_made_from_nothing(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.sqlite")
    try:
        await a_thousand_corrections(journal)
    finally:
        await journal.close()

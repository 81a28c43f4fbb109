"""The season of tests/contract/test_corrected_season.py over PostgreSQL."""

import pytest

from contract.corrected_season import a_thousand_corrections
from scorewire.journal.journal import Journal

pytestmark = pytest.mark.postgres


async def test_a_season_that_was_corrected_a_thousand_times_is_that_made_from_nothing(
    postgres_url: str,
) -> None:
    journal = await Journal.open(postgres_url)
    try:
        await a_thousand_corrections(journal, seed=7)
    finally:
        await journal.close()

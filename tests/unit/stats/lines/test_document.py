"""docs/statistics.md is what the tables say."""

from pathlib import Path

from scorewire.sports import SPORTS
from scorewire.stats.lines import LINES, document

PAGE = Path(__file__).resolve().parents[4] / "docs" / "statistics.md"


def test_the_page_is_written_from_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == document.page(), "run `make docs`"


def test_every_sport_has_lines_and_a_word_on_what_they_are_worth() -> None:
    assert set(LINES) == set(SPORTS) == set(document.SAID)

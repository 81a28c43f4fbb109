"""docs/standings.md is what the rules say, and names every competition, criterion and bonus."""

from pathlib import Path

from scorewire.stats.standings import document
from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.outing import BONUSES

PAGE = Path(__file__).resolve().parents[4] / "docs" / "standings.md"


def test_page_is_written_from_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == document.page(), (
        "run: python -m scorewire.stats.standings.document > docs/standings.md"
    )


def test_nothing_is_left_out() -> None:
    page = document.page()
    for held in (*COMPETITIONS.values(), *DEFAULTS.values()):
        assert f"`{held.id}`" in page
        assert held.proved in page
    for name in (*CRITERIA, *BONUSES):
        assert f"| `{name}` | " in page


def test_every_criterion_names_its_source() -> None:
    silent = [name for name, one in CRITERIA.items() if "Source:" not in (one.__doc__ or "")]
    assert silent == []

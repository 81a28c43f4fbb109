"""The words that tables of lines are made of."""

import pytest

from scorewire.sports import SPORTS
from scorewire.stats.lines import LINES
from scorewire.stats.lines.columns import Cell, Column, Unit, ratio, shown, total


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("", 12, "12"),
        ("s", 2202, "36:42"),
        ("s", 59, "0:59"),
        ("outs", 17, "5.2"),
        ("balls", 23, "3.5"),
        ("balls", 24, "4"),
        ("share", 0.438, ".438"),
        ("share", 1.0, "1.000"),
        ("rate", 2.7, "2.70"),
        ("signed", 7, "+7"),
        ("signed", -7, "-7"),
        ("signed", 0, "0"),
    ],
)
def test_cells_are_shown_as_box_scores_write_them(unit: Unit, value: Cell, text: str) -> None:
    assert shown(Column("x", unit), value) == text


def test_a_share_of_nothing_is_no_figure() -> None:
    assert ratio("FGM", "FGA")({"FGM": 0, "FGA": 0}) is None
    assert ratio("FGM", "FGA")({"FGM": 7, "FGA": 16}) == 0.438
    assert ratio("ER", "OUTS", places=2, times=27)({"ER": 3, "OUTS": 20}) == 4.05
    assert total("W", "L", "-T")({"W": 3, "T": 1}) == 2


@pytest.mark.parametrize("sport", LINES)
def test_what_counts_is_in_the_tables_and_in_the_sports_own(sport: str) -> None:
    """A typing error in a table of counts would otherwise count for nothing, unseen."""
    lines = LINES[sport]
    assert lines.sport == sport
    for kind, rules in lines.counts.items():
        assert kind in SPORTS[sport].events
        for rule in rules:
            assert set(rule.adds) <= set(lines.tables[rule.table or lines.first].columns)
    for table in lines.tables.values():
        for column in table.columns.values():
            for need in column.needs:
                kind = need.partition(".")[0]
                assert kind in SPORTS[sport].events or kind == kind.lower()

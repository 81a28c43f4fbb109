"""What stands above figures: the columns of a sport's tables of which there is one. Pure."""

from collections.abc import Iterable, Mapping

from scorewire.stats.answers import Heading, Headings
from scorewire.stats.lines.box import Cells
from scorewire.stats.lines.sheet import SportLines


def headings(lines: SportLines, figures: Iterable[Mapping[str, Cells]]) -> Headings:
    """The tables and columns that have a figure somewhere, in the sport's order."""
    found: dict[str, set[str]] = {}
    for tables in figures:
        for table, cells in tables.items():
            found.setdefault(table, set()).update(cells)
    return {
        name: tuple(
            Heading(id=column, name=spec.long, unit=spec.unit)
            for column, spec in table.columns.items()
            if column in found[name]
        )
        for name, table in lines.tables.items()
        if found.get(name)
    }

"""The ways to look at one table: by what its rules set out, at home, away, and lately. Pure.

What a split ranks is not in the rules: it is by points, or by the share of games won, then by the difference
and what was scored; who is equal in all of these shares the place.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from msgspec import UNSET
from msgspec.structs import replace

from scorewire.web.standings import ShownPart, Standings, TablePart, TableRow, TableSplit, shown_part

Split = Literal["home", "away", "last_ten"]

SPLITS: Final[dict[Split, tuple[str, str]]] = {
    "home": ("Home", "Games at home alone"),
    "away": ("Away", "Games away alone"),
    "last_ten": ("Form", "The last ten games of each team alone"),
}
"""What is shown of a split: its name, and what it means."""


@dataclass(frozen=True, slots=True)
class TableView:
    """One way to look at a table; `key` names it in an address, empty for the first."""

    key: str
    name: str
    note: str = ""


def table_views(standings: Standings) -> tuple[TableView, ...]:
    """What can be chosen: the views of the rules in their order, then the splits that rows have."""
    names = list(dict.fromkeys(part.view for part in standings.table.parts))
    found = [
        TableView("" if place == 0 else name, _named(name) if len(names) > 1 else "Overall")
        for place, name in enumerate(names)
    ]
    rows = [row for part in standings.table.parts for row in part.rows]
    found += [
        TableView(split, name, note)
        for split, (name, note) in SPLITS.items()
        if any(getattr(row, split).played for row in rows) and split not in names
    ]
    return tuple(found)


def view_parts(standings: Standings, key: str, playing: Collection[str] = ()) -> list[ShownPart]:
    """The tables of a view; of the first one where nothing has that name.

    Args:
        playing: teams whose game goes on now.
    """
    parts = standings.table.parts
    views = [part.view for part in parts]
    if not parts:
        return []
    if key in SPLITS and key not in views:
        first = [part for part in parts if part.view == views[0]]
        return [shown_part(split_part(part, key), playing) for part in first]
    chosen = key if key in views else views[0]
    return [shown_part(part, playing) for part in parts if part.view == chosen]


def split_part(part: TablePart, split: str) -> TablePart:
    """A table of some of each team's games alone."""
    rows = [_alone(row, getattr(row, split)) for row in part.rows]
    rows.sort(key=_worth, reverse=True)
    ranked: list[TableRow] = []
    for number, row in enumerate(rows, 1):
        shared = bool(ranked) and _worth(ranked[-1]) == _worth(row)
        ranked.append(replace(row, rank=ranked[-1].rank if shared else number))
    return TablePart(view=part.view, name=part.name, rows=tuple(ranked))


def _alone(row: TableRow, split: TableSplit) -> TableRow:
    counted = split.won + split.drawn + split.lost
    return TableRow(
        rank=row.rank,
        team=row.team,
        name=row.name,
        abbr=row.abbr,
        played=split.played,
        won=split.won,
        drawn=split.drawn,
        lost=split.lost,
        lost_late=split.lost_late,
        no_result=split.played - counted,
        scored=split.scored,
        conceded=split.conceded,
        difference=split.scored - split.conceded,
        points=UNSET if row.points is UNSET else split.points,
        pct=UNSET if row.pct is UNSET else round((split.won + split.drawn / 2) / (counted or 1), 3),
    )


def _worth(row: TableRow) -> tuple[float, float, int, int]:
    first = row.pct if row.points is UNSET else row.points
    return 0.0 if first is UNSET else float(first), row.won, row.difference, row.scored


def _named(view: str) -> str:
    return view[:1].upper() + view[1:]

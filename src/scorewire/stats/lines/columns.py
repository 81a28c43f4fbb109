"""What a table of lines is made of: columns, and which event adds to which of them for whom.

A sport's file holds two tables made of these words: TABLES (the columns, by the abbreviation that the sport's
official box score uses) and COUNTS (type of event -> what it adds). What needs more than adding (minutes, who
pitched to whom) is a function beside them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Cell = int | float
"""Times are seconds, innings are outs, overs are balls: so that lines can be added. See `shown`."""

Unit = Literal["", "s", "outs", "balls", "share", "rate", "signed"]
"""s: seconds, shown 36:42; outs: 17 is shown 5.2; balls: 23 is shown 3.5; share: of 1, shown .438; rate:
shown with two decimals; signed: +7."""

Total = Literal["sum", "max", "none"]
"""What becomes of a column in a team's line and in a season: added, the greatest, or nothing."""

Formula = Callable[[Mapping[str, Cell]], Cell | None]
"""A column that follows from others of its table; None where it has no meaning (no attempts)."""

Words = frozenset[str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        long: its name in words.
        needs: types of events, and keys of details (`.assist_id`), one of which must have been told in the
            game; else the column is left out, because a provider that never speaks of something did not say
        zero. formula: for what follows from other columns.
        personal: the team's figure is the sum of its players'; what nobody is named for is left out.
        of: whose lines have it.
    """

    long: str
    unit: Unit = ""
    needs: tuple[str, ...] = ()
    formula: Formula | None = None
    personal: bool = False
    of: Literal["both", "players", "team"] = "both"
    total: Total = "sum"


@dataclass(frozen=True, slots=True)
class Table:
    """One block of a box score: `batting`, `pitching`.

    Attributes:
        everyone: whoever is in the line-up has a line; else only those of whom something was counted.
    """

    columns: Mapping[str, Column]
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """What one event adds.

    Attributes:
        adds: column -> a number, or the key of the detail that holds it.
        whom: `player`; `team` (nobody's line); `nobody`: the team, where the event names no player; or a
            role in the detail, `assist` for `assist_id`, or several players, `plus` for `plus_ids`.
        table: which; empty for the first of the sport.
        other: for the other side than the event's team.
        where, unless: values that keys of the detail must have, or must not; None stands for an absent key.
    """

    adds: Mapping[str, int | str]
    whom: str = "player"
    table: str = ""
    other: bool = False
    where: Mapping[str, Words] = field(default_factory=dict)
    unless: Mapping[str, Words] = field(default_factory=dict)


Counts = Mapping[str, tuple[Count, ...]]


def words(*values: str | float | None) -> Words:
    """A set of values, for `where` and `unless`."""
    return frozenset(values)


def ratio(part: str, whole: str, *, places: int = 3, times: float = 1) -> Formula:
    """`ratio("FGM", "FGA")`; None without attempts."""

    def formula(cells: Mapping[str, Cell]) -> Cell | None:
        divisor = cells.get(whole, 0)
        return round(cells.get(part, 0) * times / divisor, places) if divisor else None

    return formula


def total(*columns: str) -> Formula:
    """The sum of other columns; `-GA` subtracts."""

    def formula(cells: Mapping[str, Cell]) -> Cell:
        return sum(
            -cells.get(name[1:], 0) if name.startswith("-") else cells.get(name, 0) for name in columns
        )

    return formula


SIXTY: Final = 60
THREE: Final = 3
SIX: Final = 6


def shown(column: Column, value: Cell) -> str:
    """A cell as box scores write it: `36:42`, `5.2`, `.438`, `+7`."""
    match column.unit:
        case "s":
            return f"{int(value) // SIXTY}:{int(value) % SIXTY:02}"
        case "outs":
            return f"{int(value) // THREE}.{int(value) % THREE}"
        case "balls":
            return f"{int(value) // SIX}.{int(value) % SIX}" if value % SIX else str(int(value) // SIX)
        case "share":
            return f"{value:.3f}".removeprefix("0")
        case "rate":
            return f"{value:.2f}"
        case "signed":
            return f"{value:+d}" if isinstance(value, int) and value else str(value)
        case _:
            return str(value)

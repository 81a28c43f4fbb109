"""A game's box score as its page shows it: tables of players, totals, and the two teams compared. Pure.

What is decoded here is what `GET /v1/games/{id}/stats` answers. A column that is nobody's of a side is not in
that side's table; one that belongs to the team alone stands in the comparison.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

SECONDS, OUTS, BALLS = 60, 3, 6

COMPARED_MAX: Final = 16
"""Lines of the comparison."""
NOT_COMPARED: Final = frozenset({"s", "signed"})
"""Units whose sums say nothing of a team."""
FIRST: Final[Mapping[str, tuple[str, ...]]] = {"box": ("MIN", "PTS", "REB", "AST")}
"""Columns by which most people judge a player, where a phone shows them without scrolling."""
TABLE_NAMES: Final[Mapping[str, str]] = {"box": "Players", "skating": "Skaters", "goaltending": "Goalkeepers"}


class Heading(Struct, frozen=True, kw_only=True):
    """A column."""

    id: str
    name: str
    unit: str = ""


class PlayerLine(Struct, frozen=True, kw_only=True):
    """A player."""

    id: str
    name: str = ""
    number: str = ""
    position: str = ""
    starter: bool = False
    played: bool = False
    tables: dict[str, dict[str, float]] = {}


class TeamLines(Struct, frozen=True, kw_only=True):
    """A side."""

    id: str
    name: str = ""
    abbr: str = ""
    totals: dict[str, dict[str, float]] = {}
    players: tuple[PlayerLine, ...] = ()


class BoxScore(Struct, frozen=True, kw_only=True):
    """The answer, of it what is shown."""

    seq: int = 0
    sport: str = ""
    columns: dict[str, tuple[Heading, ...]] = {}
    home: TeamLines
    away: TeamLines


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: as it is written, and by what a column of such is sorted; empty where there is none."""

    text: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A player's line in one table."""

    id: str
    name: str
    number: str
    position: str
    starter: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one side; `key` names it on its page."""

    key: str
    name: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]
    totals: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SideTables:
    """A side's tables, and who of its line-up nothing was counted of."""

    side: str
    name: str
    tables: tuple[Table, ...]
    idle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the comparison; share: of the home side, in percent."""

    name: str
    home: str
    away: str
    share: float


_decoder = msgspec.json.Decoder(BoxScore)


def read_box_score(body: bytes) -> BoxScore:
    """The answer, as the page needs it."""
    return _decoder.decode(body)


def figure(unit: str, value: float) -> str:
    """As box scores write it: `36:42`, `5.2`, `.438`, `+7`."""
    whole = int(value)
    match unit:
        case "s":
            return f"{whole // SECONDS}:{whole % SECONDS:02}"
        case "outs":
            return f"{whole // OUTS}.{whole % OUTS}"
        case "balls":
            return f"{whole // BALLS}.{whole % BALLS}" if whole % BALLS else str(whole // BALLS)
        case "share":
            return f"{value:.3f}".removeprefix("0")
        case "rate":
            return f"{value:.2f}"
        case "signed":
            return f"{whole:+d}".replace("-", "−") if whole else "0"
    told = str(whole) if value == whole else f"{value:.1f}"
    return told.replace("-", "−")


def has_lines(box: BoxScore) -> bool:
    """Whether anything was counted of anybody: before a game there is only who is in the line-up."""
    return any(player.played for side in (box.home, box.away) for player in side.players) or bool(
        compared(box)
    )


def side_tables(box: BoxScore) -> list[SideTables]:
    """Both sides, home first."""
    return [_side(box, "home", box.home), _side(box, "away", box.away)]


def legend(sides: Iterable[SideTables]) -> list[tuple[str, list[Heading]]]:
    """What stands above the figures of either side, by table: on a phone no pointer shows a title."""
    found: dict[str, dict[str, Heading]] = {}
    for table in (table for side in sides for table in side.tables):
        found.setdefault(table.name, {}).update({one.id: one for one in table.columns})
    return [(name, list(columns.values())) for name, columns in found.items()]


def _side(box: BoxScore, side: str, team: TeamLines) -> SideTables:
    told = [table for name in box.columns if (table := _table(box, side, team, name)) is not None]
    return SideTables(
        side=side,
        name=team.name or team.id,
        tables=tuple(told),
        idle=tuple(player.name or player.id for player in team.players if not _was_on(player)),
    )


def _was_on(player: PlayerLine) -> bool:
    """Who starts plays, also while nothing is counted of him."""
    return player.played or player.starter


def _table(box: BoxScore, side: str, team: TeamLines, name: str) -> Table | None:
    counted = [player for player in team.players if _was_on(player) and name in player.tables]
    columns = tuple(
        column
        for column in _ordered(box, name)
        if any(column.id in player.tables[name] for player in counted)
    )
    if not columns:
        return None
    rows = sorted((_row(player, name, columns) for player in counted), key=lambda row: not row.starter)
    totals = team.totals.get(name, {})
    return Table(
        key=f"{side}-{name}",
        name=table_name(name),
        columns=columns,
        rows=tuple(rows),
        totals=tuple(_cell(totals, column) for column in columns),
    )


def _ordered(box: BoxScore, table: str) -> list[Heading]:
    first = FIRST.get(table, ()) if box.sport == "basketball" else ()
    return sorted(box.columns[table], key=lambda one: first.index(one.id) if one.id in first else len(first))


def table_name(name: str) -> str:
    """`passing` -> `Passing`."""
    return TABLE_NAMES.get(name, name.replace("_", " ").capitalize())


def _row(player: PlayerLine, table: str, columns: Sequence[Heading]) -> Row:
    cells = player.tables[table]
    return Row(
        id=player.id,
        name=player.name or player.id,
        number=player.number,
        position=player.position,
        starter=player.starter,
        cells=tuple(_cell(cells, column) for column in columns),
    )


def _cell(cells: Mapping[str, float], column: Heading) -> Cell:
    value = cells.get(column.id)
    return Cell() if value is None else Cell(figure(column.unit, value), f"{value:g}")


def compared(box: BoxScore) -> list[Compared]:
    """What both teams' lines add up to, side by side; nothing where neither has any of it."""
    return list(_compared(box))[:COMPARED_MAX]


def _compared(box: BoxScore) -> Iterator[Compared]:
    # A yard of a pass and one of a run are told apart; what stands in one table only needs no more words.
    names = Counter(column.name for columns in box.columns.values() for column in columns)
    for name, columns in box.columns.items():
        home, away = box.home.totals.get(name, {}), box.away.totals.get(name, {})
        for column in columns:
            first, second = home.get(column.id), away.get(column.id)
            if first is None or second is None or column.unit in NOT_COMPARED or not (first or second):
                continue
            yield Compared(
                name=column.name if names[column.name] == 1 else f"{table_name(name)}: {_lower(column.name)}",
                home=figure(column.unit, first),
                away=figure(column.unit, second),
                share=_share(first, second),
            )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _share(home: float, away: float) -> float:
    first, second = max(0.0, home), max(0.0, away)
    return round(100 * first / (first + second), 1) if first + second else 50.0

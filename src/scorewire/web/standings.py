"""A league's table as pages show it: which columns, in which words, and what of it is around two teams. Pure.

What is decoded here is what `GET /v1/leagues/{id}/standings` answers; of its rows only what is shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scorewire.model.provider_event import League
from scorewire.web.board import badge, hue

BESIDE = 2
"""Places above and below the teams of a game that its page shows too."""
GAP = -1
"""In a list of places: some are left out."""
ENDED = {"W": "won", "D": "drawn", "L": "lost", "T": "drawn", "N": "no result"}


class TableSplit(Struct, frozen=True, kw_only=True):
    """A team's record in some of its games."""

    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    lost_late: int = 0
    scored: int = msgspec.field(name="for", default=0)
    conceded: int = msgspec.field(name="against", default=0)
    points: int = 0


class TableRow(Struct, frozen=True, kw_only=True):
    """A team's row."""

    rank: int
    team: str
    name: str = ""
    abbr: str = ""
    played: int = 0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    no_result: int = 0
    lost_late: int = 0
    lost_shootout: int = 0
    scored: int = msgspec.field(name="for", default=0)
    conceded: int = msgspec.field(name="against", default=0)
    difference: int = 0
    points: int | UnsetType = UNSET
    deducted: int = 0
    net_run_rate: float | UnsetType = UNSET
    pct: float | UnsetType = UNSET
    games_behind: float | UnsetType = UNSET
    form: str = ""
    home: TableSplit = TableSplit()
    away: TableSplit = TableSplit()
    last_ten: TableSplit = TableSplit()
    zone: str = ""
    undecided: str = ""


class TablePart(Struct, frozen=True, kw_only=True):
    """One table of a view."""

    view: str
    name: str = ""
    rows: tuple[TableRow, ...] = ()


class TableDeduction(Struct, frozen=True, kw_only=True):
    """Points that were taken from a team."""

    team: str
    points: int
    reason: str = ""


class _Table(Struct, frozen=True, kw_only=True):
    parts: tuple[TablePart, ...] = ()
    deductions: tuple[TableDeduction, ...] = ()


class Standings(Struct, frozen=True, kw_only=True):
    """A league's table."""

    league: League
    season: str
    table: _Table


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a row; `strong` for what ranks."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown.

    Attributes:
        badge: the class of its colours; paint: its own colour, if it is known; abbr: what stands on it.
        zone: what the place leads to; `zone_class` is `z0` to `z3`, the same for a zone in all of a table.
        notes: what is to be said of it besides: points were taken, nothing separates two teams.
        live: the team plays now, and the row counts that as it stands.
        form: the newest games as (letter, word).
    """

    rank: int
    team: str
    name: str
    abbr: str
    badge: str
    cells: tuple[Cell, ...]
    zone: str
    zone_class: str
    live: bool
    notes: tuple[str, ...]
    form: tuple[tuple[str, str], ...]
    paint: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as it is shown; a line of None stands for places that are left out.

    Attributes:
        formed: rows tell the form of their teams.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line | None, ...]
    zones: tuple[tuple[str, str], ...]
    formed: bool = True


_decoder = msgspec.json.Decoder(Standings)


def read_standings(body: bytes) -> Standings:
    """What the journal keeps, as pages need it."""
    return _decoder.decode(body)


def shown_parts(standings: Standings, playing: Collection[str] = ()) -> list[ShownPart]:
    """All parts of the first view, the one that the competition itself is told by.

    Args:
        playing: teams whose game goes on now.
    """
    parts = standings.table.parts
    first = [part for part in parts if part.view == parts[0].view]
    return [shown_part(part, playing) for part in first]


def shown_part(part: TablePart, playing: Collection[str] = ()) -> ShownPart:
    """One table, all of it."""
    return _shown(part, range(len(part.rows)), playing)


def painted(parts: Iterable[ShownPart], colors: Mapping[str, str]) -> list[ShownPart]:
    """The same in the teams' own colours, which a table does not know.

    Args:
        colors: of teams, as declared.
    """
    return [replace(part, lines=tuple(_painted(line, colors) for line in part.lines)) for part in parts]


def _painted(line: Line | None, colors: Mapping[str, str]) -> Line | None:
    if line is None:
        return None
    name, paint = badge(line.team, colors.get(line.team, ""))
    return replace(line, badge=name, paint=paint)


def around(standings: Standings, teams: Collection[str], playing: Collection[str] = ()) -> list[ShownPart]:
    """The places of some teams, with those just above and below; whole groups of up to six. Of a table that
    nobody has played for yet, as before a season or in play-offs, there is nothing to show."""
    parts = standings.table.parts
    found: list[ShownPart] = []
    for part in (part for part in parts if part.view == parts[0].view):
        own = [place for place, row in enumerate(part.rows) if row.team in teams]
        if own and any(row.played for row in part.rows):
            found.append(_shown(part, _places(own, len(part.rows)), playing))
    return found


def _places(own: Sequence[int], count: int) -> list[int]:
    if count <= 2 * BESIDE + 2:
        return list(range(count))
    near = sorted(
        {place for mid in own for place in range(mid - BESIDE, mid + BESIDE + 1) if 0 <= place < count}
    )
    found: list[int] = []
    for place in near:
        if found and place > found[-1] + 1:
            found.append(GAP)
        found.append(place)
    return found


def _shown(part: TablePart, places: Sequence[int], playing: Collection[str]) -> ShownPart:
    zones = {name: f"z{number % 4}" for number, name in enumerate(dict.fromkeys(_zones(part)))}
    columns = _columns(part.rows)
    lines = tuple(
        None if place == GAP else _line(part.rows[place], columns, zones, playing) for place in places
    )
    return ShownPart(
        name=f"Group {part.name}" if part.view == "group" and len(part.name) == 1 else part.name,
        columns=tuple((short, long) for short, long, _ in columns),
        lines=lines,
        zones=tuple((name, zones[name]) for name in zones),
        formed=any(row.form for row in part.rows),
    )


def _zones(part: TablePart) -> list[str]:
    return [row.zone for row in part.rows if row.zone]


Column = tuple[str, str, str]
"""What stands above it, what that means, and the field that it shows."""


def _columns(rows: Sequence[TableRow]) -> list[Column]:
    """The columns that this table needs: nobody wants a column of noughts."""
    by_points = any(row.points is not UNSET for row in rows)
    late = any(row.lost_late or row.lost_shootout for row in rows)
    found: list[Column] = [("P", "Played", "played"), ("W", "Won", "won")]
    if any(row.drawn for row in rows):
        found.append(("D", "Drawn", "drawn") if by_points else ("T", "Tied", "drawn"))
    found.append(("L", "Lost", "lost"))
    if late:
        found.append(("OTL", "Of them in overtime or shoot-out", "late"))
    if any(row.no_result for row in rows):
        found.append(("NR", "No result", "no_result"))
    if any(row.net_run_rate is not UNSET for row in rows):
        found.append(("NRR", "Net run rate", "net_run_rate"))
    else:
        found += [("+/−", "For and against", "goals"), ("Diff", "Difference", "difference")]
    if by_points:
        found.append(("Pts", "Points", "points"))
    else:
        found.append(("Pct", "Share of games won", "pct"))
    if any(row.games_behind is not UNSET for row in rows):
        found.append(("GB", "Games behind", "games_behind"))
    return found


def _line(row: TableRow, columns: Sequence[Column], zones: dict[str, str], playing: Collection[str]) -> Line:
    name = row.name or row.team
    return Line(
        rank=row.rank,
        team=row.team,
        name=name,
        abbr=(row.abbr or name[:3]).upper()[:4],
        badge=f"h{hue(row.team)}",
        cells=tuple(Cell(_figure(row, field), field in ("points", "pct")) for *_, field in columns),
        zone=row.zone,
        zone_class=zones.get(row.zone, ""),
        live=row.team in playing,
        notes=_notes(row),
        form=tuple((letter, ENDED.get(letter, letter)) for letter in row.form),
    )


def _notes(row: TableRow) -> tuple[str, ...]:
    found = []
    if row.deducted:
        found.append(
            f"{row.deducted} points deducted" if row.deducted > 0 else f"{-row.deducted} points given"
        )
    if row.undecided:
        found.append({"lots": "to be decided by lots"}.get(row.undecided, "to be decided by a play-off"))
    return tuple(found)


def _figure(row: TableRow, field: str) -> str:
    match field:
        case "goals":
            return f"{row.scored}:{row.conceded}"
        case "late":
            return str(row.lost_late + row.lost_shootout)
        case "difference":
            return f"{row.difference:+d}".replace("-", "−") if row.difference else "0"
        case "pct":
            return "" if row.pct is UNSET else f"{row.pct:.3f}".removeprefix("0")
        case "net_run_rate":
            return "" if row.net_run_rate is UNSET else f"{row.net_run_rate:+.3f}".replace("-", "−")
        case "games_behind":
            behind = row.games_behind
            if behind is UNSET or not behind:
                return "–"
            half = "½" if behind % 1 else ""
            return f"{int(behind) or ('' if half else '0')}{half}"
        case "points":
            return "" if row.points is UNSET else str(row.points).replace("-", "−")
        case _:
            return str(getattr(row, field))

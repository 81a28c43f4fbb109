"""The sheet on which a game is counted: events in play order in, lines out. Pure, and made anew each time.

Nothing is ever taken off a sheet. A correction changes which plays stand, and the game is counted again
from the first of them: what no longer stands was then never counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scorewire.model.provider_event import Detail, GameDeclared, ProviderEvent, Side, Team
from scorewire.stats.lines.box import Cells, GameLines, PlayerLine, TeamLines
from scorewire.stats.lines.columns import Cell, Column, Count, Counts, Table

SIDES: Final[tuple[Side, Side]] = ("home", "away")


def other(side: Side) -> Side:
    """The opponent."""
    return "away" if side == "home" else "home"


@dataclass(slots=True)
class Entry:
    """One player of a sheet; `cells` by (table, column)."""

    name: str = ""
    number: str = ""
    position: str = ""
    starter: bool = False
    listed: bool = False
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Sheet:
    """What was counted so far.

    Attributes:
        rules: of the competition, as declared.
        told: types of events and keys of details (`.assist_id`) that the game has seen; columns need them.
        apart: counted for a side and for none of its players, by (table, column).
    """

    rules: Detail
    entries: dict[Side, dict[str, Entry]] = field(default_factory=lambda: {"home": {}, "away": {}})
    apart: dict[Side, Counter[tuple[str, str]]] = field(
        default_factory=lambda: {"home": Counter(), "away": Counter()}
    )
    told: set[str] = field(default_factory=set)

    def entry(self, side: Side, player: str, name: str = "") -> Entry:
        """A player's entry, made where there is none; the first name that is told stays."""
        found = self.entries[side].get(player)
        if found is None:
            found = self.entries[side][player] = Entry()
        found.name = found.name or name
        return found

    def lists(self, side: Side, player: str) -> bool:
        """Whether the side's line-up names a player."""
        found = self.entries[side].get(player)
        return found is not None and found.listed

    def add(self, side: Side, player: str, table: str, column: str, number: Cell = 1) -> None:
        """Count for a player, or, for "", for the side alone."""
        cells = self.entry(side, player).cells if player else self.apart[side]
        cells[table, column] += number  # type: ignore[assignment]

    def raise_to(self, side: Side, player: str, table: str, column: str, number: Cell) -> None:
        """Keep the greatest: the longest gain, the highest break."""
        cells = self.entry(side, player).cells if player else self.apart[side]
        cells[table, column] = max(cells.get((table, column), number), number)  # type: ignore[assignment]

    def value(self, side: Side, player: str, table: str, column: str) -> Cell:
        """What was counted for a player so far."""
        found = self.entries[side].get(player)
        return found.cells[table, column] if found is not None else 0


Further = Callable[[Sheet, list[ProviderEvent]], None]
"""What a sport counts beyond its table COUNTS; it sees all that stands, in play order."""


@dataclass(frozen=True, slots=True)
class SportLines:
    """One sport: its tables, what events add to them, and what needs more than adding.

    Attributes:
        names.
    """

    sport: str
    tables: Mapping[str, Table]
    counts: Counts
    further: Further | None = None

    @property
    def first(self) -> str:
        """The name of the first table."""
        return next(iter(self.tables))


def count(lines: SportLines, declared: GameDeclared, claims: list[ProviderEvent]) -> Sheet:
    """Count all that stands of a game."""
    sheet = Sheet(declared.rules)
    for claim in claims:
        sheet.told.add(claim.type)
        sheet.told.update(f"{claim.type}.{key}" for key in claim.detail if claim.type != "LINEUP")
        if claim.type == "LINEUP" and claim.team is not None:
            _list(sheet, claim.team, claim.detail)
            continue
        for rule in lines.counts.get(claim.type, ()):
            _count(sheet, lines, rule, claim)
    if lines.further is not None:
        lines.further(sheet, claims)
    return sheet


def _list(sheet: Sheet, side: Side, detail: Detail) -> None:
    """Take over a line-up: `10|Lionel Messi|F|starter` by player."""
    for player, text in detail.items():
        number, name, position, role = ([*str(text).split("|"), "", "", ""])[:4]
        entry = sheet.entry(side, player, name)
        entry.number, entry.position = number, position
        entry.starter, entry.listed = role == "starter", True


def _holds(wanted: Mapping[str, frozenset[str | int | float | bool | None]], detail: Detail) -> bool:
    return all(detail.get(key) in values for key, values in wanted.items())


def _count(sheet: Sheet, lines: SportLines, rule: Count, claim: ProviderEvent) -> None:
    side, detail = claim.team, claim.detail
    if side is None or not _holds(rule.where, detail):
        return
    if any(detail.get(key) in values for key, values in rule.unless.items()):
        return
    own, side = side, other(side) if rule.other else side
    table = rule.table or lines.first
    for player, name in players(claim, rule.whom):
        if player and side != own and sheet.lists(own, player) and not sheet.lists(side, player):
            continue  # a shot that a team-mate was in the way of is nobody's deed
        if player:
            sheet.entry(side, player, name)
        for column, number in rule.adds.items():
            amount = number if isinstance(number, int) else detail.get(number, 0)
            if isinstance(amount, (int, float)):
                sheet.add(side, player, table, column, amount)


def players(claim: ProviderEvent, whom: str) -> Iterable[tuple[str, str]]:
    """Who has a role in an event, as (id, name); ("", "") for the side alone."""
    detail = claim.detail
    if whom == "player":
        return [(claim.player.id, claim.player.name)] if claim.player is not None else [("", "")]
    if whom == "team":
        return [("", "")]
    if whom == "nobody":
        return [("", "")] if claim.player is None else []
    one = detail.get(f"{whom}_id")
    if isinstance(one, str) and one:
        return [(one, str(detail.get(whom, "")))]
    several = detail.get(f"{whom}_ids")
    return [(player, "") for player in several.split()] if isinstance(several, str) else []


def lines_of(lines: SportLines, declared: GameDeclared, seq: int, claims: list[ProviderEvent]) -> GameLines:
    """The lines of a game from what stands of it."""
    sheet = count(lines, declared, claims)
    return GameLines(
        game_id=declared.game_id,
        seq=seq,
        sport=declared.sport,
        league=declared.league.id,
        season=declared.season,
        home=_team(lines, sheet, "home", declared.home),
        away=_team(lines, sheet, "away", declared.away),
    )


def _team(lines: SportLines, sheet: Sheet, side: Side, team: Team) -> TeamLines:
    entries = sheet.entries[side]
    apart = sheet.apart[side]
    totals: dict[str, Cells] = {}
    for name, table in lines.tables.items():
        sums: dict[str, Cell] = {}
        for column, spec in table.columns.items():
            figures = [
                entry.cells[name, column] for entry in entries.values() if (name, column) in entry.cells
            ]
            alone = apart[name, column] if not spec.personal else 0
            if spec.total == "sum":
                sums[column] = sum(figures) + alone
            elif spec.total == "max":
                sums[column] = max([*figures, *([alone] if alone else [])], default=0)
        totals[name] = cells(table.columns, sums, sheet.told, players=False)
    return TeamLines(
        id=team.id,
        name=team.name,
        abbr=team.abbr,
        totals=totals,
        players=tuple(_player(lines, sheet, player, entry) for player, entry in entries.items()),
    )


def _player(lines: SportLines, sheet: Sheet, player: str, entry: Entry) -> PlayerLine:
    counted = {table for (table, _), number in entry.cells.items() if number}
    tables = {
        name: cells(
            table.columns,
            {column: entry.cells[name, column] for column in table.columns},
            sheet.told,
            players=True,
        )
        for name, table in lines.tables.items()
        if name in counted or table.everyone
    }
    return PlayerLine(
        id=player,
        name=entry.name,
        number=entry.number,
        position=entry.position,
        starter=entry.starter,
        played=bool(counted),
        tables=tables,
    )


def cells(
    columns: Mapping[str, Column], counted: Mapping[str, Cell], told: set[str], *, players: bool
) -> Cells:
    """The columns of a table that have a figure, in its order; formulas see all of them."""
    whole: Cells = dict(counted)
    shown: Cells = {}
    wanted = "players" if players else "team"
    for name, column in columns.items():
        if column.formula is not None:
            value = column.formula(whole)
            if value is None:
                continue
            whole[name] = value
        elif name not in whole:
            continue
        if column.of in ("both", wanted) and (not column.needs or any(need in told for need in column.needs)):
            shown[name] = whole[name]
    return shown

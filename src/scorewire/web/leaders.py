"""Leader boards as pages show them: cards with the first of each column, and one column in full. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scorewire.web.board import badge
from scorewire.web.statistics import BALLS, OUTS, Board, Leader, Leaders, NamedTeam, written
from scorewire.web.words import humanise

CARD_ROWS: Final = 5
COUNTED_IN: Final[Mapping[str, int]] = {"outs": OUTS, "balls": BALLS}
NO_COLORS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One row; `shared` where somebody else has the same rank. badge, paint: of the crest of its team."""

    rank: int
    shared: bool
    player: str
    name: str
    team: str
    team_name: str
    abbr: str
    badge: str
    games: int
    figure: str
    paint: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One column's leaders.

    Attributes:
        more: those who share the last rank that is shown, and are not.
        minimum: what qualifies, as a sentence; empty for no minimum.
    """

    table: str
    stat: str
    name: str
    group: str
    rows: tuple[LeaderRow, ...]
    more: int
    minimum: str


@dataclass(frozen=True, slots=True)
class _Paints:
    """Teams by id, and their colours as declared."""

    teams: Mapping[str, NamedTeam]
    colors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StatGroup:
    """What may be asked for of one table of the sport: (table, stat, name), the current one told apart."""

    name: str
    stats: tuple[tuple[str, str, str, bool], ...]


def cards(found: Leaders, colors: Mapping[str, str] = NO_COLORS) -> tuple[Card, ...]:
    """The main columns, the first rows of each; a column in which nobody has anything is left out."""
    paints, several = _Paints(_teams(found), colors), _several(found)
    return tuple(
        _card(found, board, paints, CARD_ROWS, several=several)
        for board in found.boards
        if any(leader.value for leader in board.leaders)
    )


def whole(found: Leaders, colors: Mapping[str, str] = NO_COLORS) -> Card | None:
    """The one column that was asked for, all of it; None where there is not just one."""
    if len(found.boards) != 1:
        return None
    board = found.boards[0]
    return _card(found, board, _Paints(_teams(found), colors), len(board.leaders), several=_several(found))


def stat_groups(found: Leaders, table: str, stat: str) -> tuple[StatGroup, ...]:
    """All columns that have leaders, by table."""
    held: dict[str, list[tuple[str, str, str, bool]]] = {}
    for one in found.stats:
        chosen = (one.table, one.stat) == (table, stat)
        held.setdefault(one.table, []).append((one.table, one.stat, one.name, chosen))
    return tuple(StatGroup(humanise(name), tuple(own)) for name, own in held.items())


def _teams(found: Leaders) -> Mapping[str, NamedTeam]:
    return {team.id: team for team in found.teams}


def _several(found: Leaders) -> bool:
    return len({one.table for one in found.boards} | {one.table for one in found.stats}) > 1


def _card(found: Leaders, board: Board, paints: _Paints, rows_max: int, *, several: bool) -> Card:
    shown = board.leaders[:rows_max]
    last = shown[-1].rank if shown else 0
    ranks = [leader.rank for leader in board.leaders]
    return Card(
        table=board.table,
        stat=board.stat,
        name=board.name,
        group=humanise(board.table) if several else "",
        rows=tuple(_row(one, paints, board.unit, shared=ranks.count(one.rank) > 1) for one in shown),
        more=sum(one.rank == last for one in board.leaders[rows_max:]),
        minimum=minimum(found, board),
    )


def _row(leader: Leader, paints: _Paints, unit: str, *, shared: bool) -> LeaderRow:
    team = paints.teams.get(leader.team) or NamedTeam(id=leader.team)
    name = team.name or team.id
    colour, paint = badge(leader.team, paints.colors.get(leader.team, ""))
    return LeaderRow(
        rank=leader.rank,
        shared=shared,
        player=leader.player,
        name=leader.name or leader.player,
        team=leader.team,
        team_name=name,
        abbr=(team.abbr or name[:3]).upper()[:4],
        badge=colour,
        paint=paint,
        games=leader.games,
        figure=written(leader.value, unit),
    )


def minimum(found: Leaders, board: Board) -> str:
    """What qualifies for a column: `At least 58 games or 1,400 points in a whole season.`"""
    asked = board.qualification
    if asked is None:
        return ""
    parts = [f"{asked.games} games"] if asked.games else []
    if asked.column and asked.at_least:
        parts.append(_amount(found, board, asked.at_least))
    told = " or ".join(parts)
    sentences = [f"At least {told} in a whole season, in proportion until its end."] if told else []
    if asked.column and asked.a_game:
        sentences.append(f"At least {_amount(found, board, asked.a_game)} for each game of the team.")
    return " ".join(sentences)


def _amount(found: Leaders, board: Board, number: float) -> str:
    """`1,400 points`; innings and overs, which are counted in outs and balls, as they are asked for."""
    column = "" if board.qualification is None else board.qualification.column
    for one in found.stats:
        if (one.table, one.stat) == (board.table, column):
            return f"{number / COUNTED_IN.get(one.unit, 1):,g} {one.name.lower()}"
    return f"{number:,g} {column}"

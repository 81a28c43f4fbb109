"""Boards of leaders: which there may be, the main ones of each sport, and one or all of them made. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from scorewire.stats.answers import Board, Qualification, Stat
from scorewire.stats.leaders import A_GAME, LOWEST_FIRST, Season, leaders, minimum_of
from scorewire.stats.lines.sheet import SportLines

MAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "american_football": (
        "passing YDS", "passing TD", "rushing YDS", "rushing TD", "receiving YDS", "receiving REC",
        "receiving TD", "defence SACK", "defence INT", "kicking PTS", "scoring TD",
    ),
    "baseball": (
        "batting AVG", "batting HR", "batting RBI", "batting H", "batting SB", "batting OPS",
        "pitching ERA", "pitching SO", "pitching WHIP", "pitching IP",
    ),
    "basketball": (
        "box PTS/G", "box REB/G", "box AST/G", "box STL/G", "box BLK/G", "box 3PM", "box FG%", "box 3P%",
        "box FT%", "box MIN/G", "box +/-",
    ),
    "cricket": (
        "batting R", "batting SR", "batting 6s", "batting 4s", "bowling W", "bowling ECON", "fielding CT",
    ),
    "handball": ("match G", "match AS", "match S", "match SV", "match 7G", "match 2M"),
    "ice_hockey": (
        "skating P", "skating G", "skating A", "skating +/-", "skating PPG", "skating SOG", "skating PIM",
        "goaltending SV%", "goaltending GAA", "goaltending W",
    ),
    "rugby_union": ("match PTS", "match T", "match C", "match PG", "match TW", "match YC"),
    "soccer": (
        "match G", "match A", "match SH", "match SOT", "match SV", "match YC", "match RC", "match MIN",
    ),
    "tennis": ("match SW", "match ACE", "match WIN", "match BPW", "match DF", "match TPW"),
    "volleyball": ("match PTS", "match ATT", "match BLK", "match SRV"),
}  # fmt: skip
"""Sport -> the boards of its page, the most asked for first."""

OF_SIDES: Final = frozenset({"team"})
"""Columns of teams only lead nowhere."""
NEVER_A_GAME: Final = frozenset({"share", "rate"})
"""Units whose figure a game is the figure itself."""
ROWS: Final = 10
ROWS_ALONE: Final = 50
"""Of a board that was asked for by name."""


def stats(lines: SportLines, held: Season) -> tuple[Stat, ...]:
    """All that leaders may be asked for: columns of which there is a figure, as sums and a game."""
    found: list[Stat] = []
    for table, spec in lines.tables.items():
        for name, column in spec.columns.items():
            if (table, name) not in held.told or column.of in OF_SIDES:
                continue
            found.append(Stat(table=table, stat=name, name=column.long, unit=column.unit))
            if column.total == "sum" and column.formula is None and column.unit not in NEVER_A_GAME:
                a_game = f"{column.long} a game"
                found.append(Stat(table=table, stat=f"{name}{A_GAME}", name=a_game, unit=column.unit))
    return tuple(found)


def main_boards(lines: SportLines, held: Season, league: str, told: Iterable[Stat]) -> tuple[Board, ...]:
    """The main boards of the sport, without those on which there is nobody."""
    by_name = {(one.table, one.stat): one for one in told}
    boards = []
    for name in MAIN.get(lines.sport, ()):
        table, _, stat = name.partition(" ")
        if (table, stat) in by_name:
            boards.append(_board(lines, held, league, by_name[table, stat], ROWS))
    return tuple(board for board in boards if board.leaders)


def one_board(
    lines: SportLines, held: Season, league: str, told: Iterable[Stat], *, stat: str, table: str | None
) -> Board:
    """The board of one column, in the first table that has it or the one that is named.

    Raises:
        ValueError: no figure has this name; says which have.
    """
    for one in told:
        if one.stat == stat and table in (None, one.table):
            return _board(lines, held, league, one, ROWS_ALONE)
    where = "" if table is None else f" in {table!r}"
    known = ", ".join(dict.fromkeys(one.stat for one in told if table in (None, one.table)))
    raise ValueError(f"{stat!r}{where} is none of {known or 'the columns that there are'}")


def _board(lines: SportLines, held: Season, league: str, one: Stat, rows: int) -> Board:
    minimum = minimum_of(lines.sport, league, one.table, one.stat)
    qualification = None
    if minimum is not None:
        qualification = Qualification(
            games=minimum.games, column=minimum.column, at_least=minimum.at_least, a_game=minimum.a_game
        )
    lowest = one.stat.removesuffix(A_GAME) in LOWEST_FIRST
    rows_of = leaders(lines, held, league=league, table=one.table, column=one.stat, count=rows)
    if not one.unit and not lowest:
        # Who has none of something does not lead in it, though nobody else has any.
        rows_of = tuple(row for row in rows_of if row.value)
    return Board(
        table=one.table,
        stat=one.stat,
        name=one.name,
        unit=one.unit,
        lowest=lowest,
        qualification=qualification,
        leaders=rows_of,
    )

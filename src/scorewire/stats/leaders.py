"""Season totals and leaders: the lines of a season's games summed, and who has most. Pure.

Recomputed, never added up: `season` takes all lines that hold now. Whoever keeps the lines of a game anew
after a correction asks again, and a total cannot remember what was wrong.

    GameLines of every game -> season -> Totals -> leaders -> rows with shared ranks (1, 2, 2, 4)

A column that follows from others (a share, an average) is made of the summed ones, never of its own values.
It has leaders only among those who did enough: the minima below, in the words of each league. A minimum for
a season that is under way is in proportion to what was played.

Source: NBA statistical minimums (nba.com/stats/help/statminimums); MLB Official Baseball Rules 2024, 9.22;
NFL Record and Fact Book, qualifiers; ICC and league record tables have none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from scorewire.stats.lines.box import Cells, GameLines
from scorewire.stats.lines.columns import Cell, Column
from scorewire.stats.lines.sheet import SportLines, cells


@dataclass(frozen=True, slots=True)
class Minimum:
    """What qualifies for a column: enough games, or enough of another column; either is enough.

    Attributes:
        games: of a whole season; 0 for none.
        column: of the same table, and how much of it in a whole season (`at_least`), or for each game that
            the player's team has played (`a_game`).
        season_games: games of a whole season, to which `games` and `at_least` are in proportion.
    """

    games: int = 0
    column: str = ""
    at_least: float = 0
    a_game: float = 0
    season_games: int = 0


MINIMA: Mapping[tuple[str, str, str], Minimum] = {
    ("nba", "box", "PTS/G"): Minimum(games=58, column="PTS", at_least=1400, season_games=82),
    ("nba", "box", "REB/G"): Minimum(games=58, column="REB", at_least=800, season_games=82),
    ("nba", "box", "AST/G"): Minimum(games=58, column="AST", at_least=400, season_games=82),
    ("nba", "box", "BLK/G"): Minimum(games=58, column="BLK", at_least=100, season_games=82),
    ("nba", "box", "STL/G"): Minimum(games=58, column="STL", at_least=125, season_games=82),
    ("nba", "box", "FG%"): Minimum(column="FGM", at_least=300, season_games=82),
    ("nba", "box", "3P%"): Minimum(column="3PM", at_least=82, season_games=82),
    ("nba", "box", "FT%"): Minimum(column="FTM", at_least=125, season_games=82),
    ("mlb", "batting", "AVG"): Minimum(column="PA", a_game=3.1),
    ("mlb", "batting", "OBP"): Minimum(column="PA", a_game=3.1),
    ("mlb", "batting", "SLG"): Minimum(column="PA", a_game=3.1),
    ("mlb", "batting", "OPS"): Minimum(column="PA", a_game=3.1),
    ("mlb", "pitching", "ERA"): Minimum(column="IP", a_game=3),
    ("mlb", "pitching", "WHIP"): Minimum(column="IP", a_game=3),
    ("nfl", "passing", "AVG"): Minimum(column="ATT", a_game=14),
    ("nfl", "rushing", "AVG"): Minimum(column="ATT", a_game=6.25),
    ("nfl", "receiving", "AVG"): Minimum(column="REC", a_game=1.875),
    ("nfl", "punting", "AVG"): Minimum(column="P", a_game=2.5),
}
"""League, table and column -> what qualifies; outs for innings, so that three are one inning a game."""

ELSEWHERE: Mapping[tuple[str, str, str], Minimum] = {
    ("american_football", "passing", "AVG"): Minimum(column="ATT", a_game=14),
    ("american_football", "rushing", "AVG"): Minimum(column="ATT", a_game=6.25),
    ("american_football", "receiving", "AVG"): Minimum(column="REC", a_game=1.875),
    ("american_football", "punting", "AVG"): Minimum(column="P", a_game=2.5),
    ("baseball", "batting", "AVG"): Minimum(column="PA", a_game=3.1),
    ("baseball", "batting", "OBP"): Minimum(column="PA", a_game=3.1),
    ("baseball", "batting", "SLG"): Minimum(column="PA", a_game=3.1),
    ("baseball", "batting", "OPS"): Minimum(column="PA", a_game=3.1),
    ("baseball", "pitching", "ERA"): Minimum(column="IP", a_game=3),
    ("baseball", "pitching", "WHIP"): Minimum(column="IP", a_game=3),
    ("basketball", "box", "FG%"): Minimum(column="FGM", a_game=3),
    ("basketball", "box", "3P%"): Minimum(column="3PM", a_game=1),
    ("basketball", "box", "FT%"): Minimum(column="FTM", a_game=1.5),
    ("cricket", "batting", "SR"): Minimum(column="B", a_game=8),
    ("cricket", "bowling", "ECON"): Minimum(column="O", a_game=12),
    ("handball", "match", "%"): Minimum(column="S", a_game=2),
    ("ice_hockey", "goaltending", "SV%"): Minimum(column="SA", a_game=10),
    ("ice_hockey", "goaltending", "GAA"): Minimum(column="SA", a_game=10),
    ("ice_hockey", "skating", "FO%"): Minimum(column="FOW", a_game=3),
}
"""Sport, table and column -> what qualifies in a league without a rule of its own: that of the sport's best
known league where it has one for each game, else ours. Without, who tried once and had luck would lead."""


def minimum_of(sport: str, league: str, table: str, column: str) -> Minimum | None:
    """What qualifies for a column; None where anybody may lead."""
    return MINIMA.get((league, table, column)) or ELSEWHERE.get((sport, table, column))


LOWEST_FIRST: Final = frozenset({"GAA", "ERA", "WHIP", "ECON"})
"""Columns of which less is better."""
A_GAME: Final = "/G"


@dataclass(slots=True)
class Total:
    """One player's season.

    Attributes:
        teams: whose games the player was in, newest last.
        sums: by table and column, what adds.
        greatest: by table and column, what is the greatest of games.
    """

    player: str
    name: str = ""
    games: int = 0
    teams: dict[str, None] = field(default_factory=dict)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    greatest: dict[tuple[str, str], Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Season:
    """Totals of all players.

    Attributes:
        played: games of each team.
        told: tables and columns of which there was a figure.
        shown: what figures came to, by table and player, once they were asked for.
    """

    players: dict[str, Total] = field(default_factory=dict)
    played: Counter[str] = field(default_factory=Counter)
    told: set[tuple[str, str]] = field(default_factory=set)
    shown: dict[tuple[str, str], Cells] = field(default_factory=dict)


class Leader(Struct, frozen=True, kw_only=True):
    """One row of a leader board: `{"rank": 2, "player": "p1", "name": "Jos Buttler", "value": 863, ...}`."""

    rank: int
    player: str
    name: str
    team: str
    games: int
    value: Cell


def season(lines: SportLines, games: Iterable[GameLines]) -> Season:
    """Sum the lines of games; each game once, whatever its order."""
    held = Season()
    add(held, lines, games)
    return held


def add(held: Season, lines: SportLines, games: Iterable[GameLines]) -> None:
    """Sum further games of the same season; each once."""
    held.shown.clear()
    for game in games:
        for team in (game.home, game.away):
            held.played[team.id] += 1
            for one in team.players:
                total = held.players.setdefault(one.id, Total(one.id))
                total.name = one.name or total.name
                if one.played:
                    total.games += 1
                    total.teams.pop(team.id, None)
                    total.teams[team.id] = None
                for table, figures in one.tables.items():
                    _add(held, total, lines, table, figures)


def team_totals(lines: SportLines, games: Iterable[Mapping[str, Cells]]) -> dict[str, Cells]:
    """What the totals of a team's games come to, by table."""
    held, total = Season(), Total("")
    for tables in games:
        for table, figures in tables.items():
            _add(held, total, lines, table, figures)
    return totals(lines, held, total, players=False)


def totals(lines: SportLines, held: Season, total: Total, *, players: bool = True) -> dict[str, Cells]:
    """All tables of one player's season, or one team's, of columns that were told."""
    counted = {table for table, _ in (*total.sums, *total.greatest)}
    return {
        table: {
            name: figure
            for name, figure in figures(lines, total, table, players=players).items()
            if (table, name) in held.told
        }
        for table in lines.tables
        if table in counted
    }


def _add(held: Season, total: Total, lines: SportLines, table: str, figures: Cells) -> None:
    columns = lines.tables[table].columns if table in lines.tables else {}
    for name, figure in figures.items():
        column = columns.get(name)
        if column is None:
            continue
        held.told.add((table, name))
        if column.formula is None and column.total == "sum":
            total.sums[table, name] += figure  # type: ignore[assignment]
        elif column.formula is None and column.total == "max":
            before = total.greatest.get((table, name), figure)
            total.greatest[table, name] = max(before, figure)


def figures(lines: SportLines, total: Total, table: str, *, players: bool = True) -> Cells:
    """One table of a player's season, with what follows from the sums."""
    columns = lines.tables[table].columns
    summed: dict[str, Cell] = {}
    for name, column in columns.items():
        if column.formula is None:
            summed[name] = total.greatest.get((table, name), total.sums[table, name])
    return cells({name: _plain(column) for name, column in columns.items()}, summed, set(), players=players)


def _plain(column: Column) -> Column:
    """The column without what a single game must have told."""
    return Column(column.long, column.unit, formula=column.formula, of=column.of, total=column.total)


def leaders(
    lines: SportLines, held: Season, *, league: str, table: str, column: str, count: int = 10
) -> tuple[Leader, ...]:
    """The first `count` of a column, and all who share the last rank.

    Args:
        column: of the table, or `PTS/G` for the figure a game.

    Raises:
        ValueError: the sport has no such table or column.
    """
    name = column.removesuffix(A_GAME)
    if table not in lines.tables or name not in lines.tables[table].columns:
        raise ValueError(f"{lines.sport} has no column {column} in {table}")
    if (table, name) not in held.told:
        return ()
    minimum = minimum_of(lines.sport, league, table, column)
    rows: list[tuple[Cell, Total]] = []
    for total in held.players.values():
        if not total.games or not any(key[0] == table for key in (*total.sums, *total.greatest)):
            continue
        shown = held.shown.get((table, total.player))
        if shown is None:
            shown = held.shown[table, total.player] = figures(lines, total, table)
        value = shown.get(name)
        if value is None or (minimum is not None and not qualifies(held, total, shown, minimum)):
            continue
        rows.append((round(value / total.games, 3) if column.endswith(A_GAME) else value, total))
    sign = 1 if name in LOWEST_FIRST else -1
    rows.sort(key=lambda row: (sign * row[0], row[1].name, row[1].player))
    return ranked(rows, count)


def qualifies(held: Season, total: Total, shown: Mapping[str, Cell], minimum: Minimum) -> bool:
    """Whether a player has done enough for a column."""
    played = max((held.played[team] for team in total.teams), default=0)
    share = min(1.0, played / minimum.season_games) if minimum.season_games else 1.0
    if minimum.games and total.games >= minimum.games * share:
        return True
    if not minimum.column:
        return not minimum.games
    wanted = minimum.at_least * share if minimum.at_least else minimum.a_game * played
    return shown.get(minimum.column, 0) >= wanted


def ranked(rows: list[tuple[Cell, Total]], count: int) -> tuple[Leader, ...]:
    """Ranks for rows in order: equal values share one, and the next is counted on from all before it."""
    found: list[Leader] = []
    for number, (value, total) in enumerate(rows, 1):
        rank = found[-1].rank if found and found[-1].value == value else number
        if rank > count:
            break
        team = next(reversed(total.teams), "")
        found.append(
            Leader(rank=rank, player=total.player, name=total.name, team=team, games=total.games, value=value)
        )
    return tuple(found)

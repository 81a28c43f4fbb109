"""Figures of seasons and games set out in tables: a squad, the seasons of a player, a log of games. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from scorewire.web.box_score import FIRST, table_name
from scorewire.web.statistics import (
    Figures,
    Heading,
    Headings,
    NamedTeam,
    Played,
    PlayerSeason,
    SquadLine,
    TeamSeason,
    written,
)
from scorewire.web.team_games import COUNTED, score_tells

T = TypeVar("T")

TELLING: Final[Mapping[str, tuple[str, ...]]] = {
    "box": ("PTS", "MIN"),
    "match": ("PTS", "G", "A", "SW", "MIN"),
    "batting": ("HR", "R", "H", "AB"),
    "pitching": ("IP", "SO"),
    "bowling": ("W", "O"),
    "skating": ("P", "G"),
    "goaltending": ("TOI", "SV"),
    "scoring": ("TD",),
}
"""By what a squad is sorted in a table; else by its first columns."""
A_GAME: Final = "/G"
HIGHLIGHTS_MAX: Final = 6
HIGHLIGHTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "american_football": {
        "passing": ("YDS", "TD"),
        "rushing": ("YDS", "TD"),
        "receiving": ("REC", "YDS", "TD"),
        "defence": ("SACK", "INT"),
        "kicking": ("FGM", "PTS"),
    },
    "baseball": {"batting": ("AVG", "HR", "RBI", "OPS"), "pitching": ("ERA", "SO", "WHIP", "IP")},
    "basketball": {"box": ("PTS/G", "REB/G", "AST/G", "FG%", "3P%")},
    "cricket": {"batting": ("R", "SR", "6s"), "bowling": ("W", "ECON")},
    "handball": {"match": ("G", "AS", "SV")},
    "ice_hockey": {"skating": ("G", "A", "P"), "goaltending": ("SV%", "GAA", "W")},
    "rugby_union": {"match": ("PTS", "T", "MIN")},
    "soccer": {"match": ("G", "A", "SH", "MIN", "SV")},
    "tennis": {"match": ("SW", "ACE", "WIN", "BPW")},
    "volleyball": {"match": ("PTS", "ATT", "BLK", "SRV")},
}
"""What people ask first of a player, by sport and table; `/G` is the figure a game."""
OF_TEAMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    sport: tuple((table, column) for table, columns in tables.items() for column in columns.split())
    for sport, tables in {
        "american_football": {
            "scoring": "TD",
            "team": "TOTAL PASS RUSH TO PENYD",
            "defence": "SACK INT",
            "kicking": "FGM",
        },
        "baseball": {"batting": "R H HR AVG OBP SLG SB", "pitching": "ERA WHIP SO BB", "fielding": "E"},
        "basketball": {"box": "PTS FG% 3P% FT% REB AST STL BLK TO PF"},
        "cricket": {"batting": "R 4s 6s SR", "bowling": "W ECON", "fielding": "CT"},
        "handball": {"match": "G % 7G SV TO 2M"},
        "ice_hockey": {"skating": "G SOG PPG PIM HIT FO%", "goaltending": "SV%"},
        "rugby_union": {"match": "PTS T C PG PEN TW YC"},
        "soccer": {"match": "GF A SH SOT CK OFF FC SV YC RC"},
        "tennis": {"match": "SW GW ACE DF WIN UE BP%"},
        "volleyball": {"match": "PTS ATT BLK SRV OPP"},
    }.items()
}
"""What is told of a team in sum, in this order, by sport."""
SHORTER: Final[Mapping[str, str]] = {"GF": "Goals"}
"""Names of columns where no other one of the kind stands beside them."""
ALWAYS: Final = frozenset({"G", "PTS", "R", "W"})
"""Columns that are shown though nobody has any."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    Attributes:
        name, href: who or what it is of; `note` stands behind the name.
        before: what stands between the name and the figures.
    """

    name: str
    href: str
    cells: tuple[str, ...]
    note: str = ""
    before: tuple[str, ...] = ()
    game: "LogGame | None" = None


@dataclass(frozen=True, slots=True)
class LogGame:
    """A game as a log names it; `outcome` is won, drawn, lost, or empty where that is not told."""

    game_id: str
    start: str
    at: str
    opponent: NamedTeam
    outcome: str
    score: str


@dataclass(frozen=True, slots=True)
class StatTable:
    """One table; `totals` is its last row, where there is one."""

    key: str
    name: str
    columns: tuple[Heading, ...]
    rows: tuple[Entry, ...]
    totals: tuple[str, ...] = ()


def squad(season: TeamSeason) -> tuple[StatTable, ...]:
    """The players of a team in a season, by table, those who did most first."""
    found = []
    for key, headings in season.columns.items():
        own = [one for one in season.players if any(one.totals.get(key, {}).values())]
        columns = _wanted(key, headings, [one.totals[key] for one in own])
        if not own or not columns:
            continue
        rows = sorted(own, key=lambda one: _worth(key, one), reverse=True)
        totals = season.totals.get(key, {})
        found.append(
            StatTable(
                key=key,
                name=table_name(key),
                columns=columns,
                rows=tuple(_of_squad(one, key, columns) for one in rows),
                totals=_cells(totals, columns) if totals else (),
            )
        )
    return tuple(found)


def _of_squad(one: SquadLine, key: str, columns: Sequence[Heading]) -> Entry:
    note = " ".join(part for part in (one.number, one.position) if part)
    cells = _cells(one.totals[key], columns)
    return Entry(one.name or one.id, f"/player/{one.id}", cells, note=note, before=(str(one.games),))


def _worth(key: str, one: SquadLine) -> tuple[float, ...]:
    figures = one.totals[key]
    names = TELLING.get(key) or tuple(figures)[:2]
    return (*(figures.get(name, 0) for name in names), one.games)


def seasons_of(seasons: Iterable[PlayerSeason]) -> tuple[StatTable, ...]:
    """What a player did in each season of a league, by table; the newest first."""
    return _by_table(
        list(seasons),
        lambda one: one.columns,
        lambda one, key, columns: Entry(
            one.league.name or one.league.id,
            f"/league/{one.league.id}",
            _cells(one.totals[key], columns),
            note=one.season,
            before=(", ".join(team.abbr or team.name or team.id for team in one.teams), str(one.games)),
        ),
        lambda one: one.totals,
    )


def game_log(games: Iterable[Played], seasons: Sequence[PlayerSeason]) -> tuple[StatTable, ...]:
    """The newest games of a player, each with its line."""
    known = {(one.league.id, one.season): one.columns for one in seasons}
    by_sport = {one.sport: one.columns for one in reversed(seasons)}

    def columns_of(one: Played) -> Headings:
        return known.get((one.league, one.season)) or by_sport.get(one.sport, {})

    return _by_table(
        list(games),
        columns_of,
        lambda one, key, columns: Entry(
            "", f"/game/{one.game_id}", _cells(one.tables[key], columns), game=log_game(one)
        ),
        lambda one: one.tables,
    )


def log_game(one: Played) -> LogGame:
    """A game from its team's side."""
    own, opponent = (one.home, one.away) if one.side == "home" else (one.away, one.home)
    score, outcome = "", ""
    if own.score is not None and opponent.score is not None:
        score = f"{own.score}–{opponent.score}"
        outcome = "won" if own.score > opponent.score else "lost" if own.score < opponent.score else "drawn"
    over = one.status in COUNTED and one.status != "retired" and score_tells(one.sport)
    return LogGame(
        game_id=one.game_id,
        start=one.start,
        at="v" if one.side == "home" else "at",
        opponent=opponent,
        outcome=outcome if over else "",
        score=score,
    )


def _by_table(
    entries: Sequence[T],
    columns_of: Callable[[T], Headings],
    made: Callable[[T, str, Sequence[Heading]], Entry],
    tables_of: Callable[[T], Mapping[str, Figures]],
) -> tuple[StatTable, ...]:
    keys = dict.fromkeys(key for one in entries for key in columns_of(one))
    found = []
    for key in keys:
        own = [one for one in entries if any(tables_of(one).get(key, {}).values())]
        headings = {head.id: head for one in own for head in columns_of(one).get(key, ())}
        columns = _wanted(key, tuple(headings.values()), [tables_of(one)[key] for one in own])
        if own and columns:
            rows = tuple(made(one, key, columns) for one in own)
            found.append(StatTable(key=key, name=table_name(key), columns=columns, rows=rows))
    return tuple(found)


def _wanted(key: str, headings: Sequence[Heading], figures: Sequence[Figures]) -> tuple[Heading, ...]:
    """Those in which anybody has anything, for nobody wants a column of noughts; the most asked for first."""
    first = FIRST.get(key, ())
    ordered = sorted(headings, key=lambda head: first.index(head.id) if head.id in first else len(first))
    return tuple(
        head
        for head in ordered
        if any(one.get(head.id) for one in figures)
        or (head.id in ALWAYS and any(head.id in one for one in figures))
    )


def _cells(figures: Figures, columns: Sequence[Heading]) -> tuple[str, ...]:
    return tuple(written(figures[head.id], head.unit) if head.id in figures else "" for head in columns)


def team_figures(season: TeamSeason) -> tuple[tuple[str, str, str], ...]:
    """What a team adds up to, as (name, in all, a game); shares and rates have no figure a game."""
    found = []
    for table, column in OF_TEAMS.get(season.sport, ()):
        head = next((one for one in season.columns.get(table, ()) if one.id == column), None)
        value = season.totals.get(table, {}).get(column)
        if head is None or value is None:
            continue
        a_game = f"{value / season.games:.1f}" if season.games and not head.unit else ""
        found.append((SHORTER.get(column, head.name), written(value, head.unit), a_game))
    return tuple(found)


def highlights(seasons: Sequence[PlayerSeason]) -> tuple[tuple[str, str], ...]:
    """What people ask first of a player, of the newest season: (name, figure), the games first."""
    if not seasons:
        return ()
    newest = seasons[0]
    found = [("Games", str(newest.games))]
    for key, headings in newest.columns.items():
        figures = newest.totals.get(key, {})
        named = {head.id: head for head in headings}
        for column in HIGHLIGHTS.get(newest.sport, {}).get(key, ()):
            value = figures.get(column.removesuffix(A_GAME))
            head = named.get(column.removesuffix(A_GAME))
            if head is None or not value:
                continue
            if column.endswith(A_GAME):
                found.append((f"{head.name} a game", f"{value / newest.games:.1f}" if newest.games else "–"))
            else:
                found.append((head.name, written(value, head.unit)))
    return tuple(found[:HIGHLIGHTS_MAX])

"""Finding teams, leagues, players and games by what people type of their names.

Case and accents make no difference: `modric` finds Modrić, `koln` finds 1. FC Köln. Every word that is typed
has to be in the name, in any order. The database folds what is more than ASCII itself (folds.py).

All names are looked through, which takes 0.1 to 0.3 s for a hundred thousand: what is asked is short, answers
are few, and who asks keeps them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from scorewire.journal.folds import folds
from scorewire.journal.listing import read_line
from scorewire.journal.schema import game_heads, games, leagues, players, teams
from scorewire.model.folding import folded
from scorewire.model.score_state import ScoreState

WORDS_MAX = 6
TEXT_MAX = 80
EACH_MAX = 12
"""Names of one kind that are told; so many teams may bring games."""
GAMES_READ_MAX = 200
GAMES_MAX = 20


class Named(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team, league or player that was found; `sport` of a league."""

    id: str
    name: str
    sport: str = ""


class Found(Struct, frozen=True, kw_only=True):
    """What a text found, the likeliest first: names that begin with it, then shorter ones; games under way,
    then those nearest in time."""

    teams: tuple[Named, ...] = ()
    leagues: tuple[Named, ...] = ()
    players: tuple[Named, ...] = ()
    games: tuple[ScoreState, ...] = ()


def words_of(text: str) -> tuple[str, ...]:
    """What is searched for: words without case and accents; none of an endless text beyond the first few."""
    return tuple(folded(text[:TEXT_MAX]).split()[:WORDS_MAX])


def find(connection: sa.Connection, words: Sequence[str], now_ms: int, epoch: str) -> Found:
    """Everything that is named so."""
    if not words:
        return Found()
    told_teams = _named(connection, teams, words)
    told_leagues = _named(connection, leagues, words)
    return Found(
        teams=told_teams,
        leagues=told_leagues,
        players=_named(connection, players, words),
        games=_games(connection, words, now_ms, epoch),
    )


def _named(connection: sa.Connection, table: sa.Table, words: Sequence[str]) -> tuple[Named, ...]:
    sport: sa.ColumnElement[Any] = table.c.sport if "sport" in table.c else sa.literal("")
    made = (
        sa.select(table.c.id, table.c.name, sport.label("sport"))
        .where(*(_holds(connection, table.c.name, word) for word in words))
        .order_by(sa.func.length(table.c.name), table.c.name, table.c.id)
        .limit(EACH_MAX * 4)
    )
    found = [Named(id=one.id, name=one.name, sport=one.sport) for one in connection.execute(made)]
    whole = " ".join(words)
    return tuple(sorted(found, key=lambda one: _likely(one.name, whole))[:EACH_MAX])


def _likely(name: str, whole: str) -> tuple[bool, bool, int, str]:
    plain = folded(name)
    return not plain.startswith(whole), f" {whole}" not in plain, len(name), name


def _holds(connection: sa.Connection, column: sa.Column[Any], word: str) -> sa.ColumnElement[bool]:
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    plain = sa.func.lower(column).like(pattern, escape="\\")
    other = folds(connection, column)
    return sa.or_(plain, sa.and_(other.needed, other.text.like(pattern, escape="\\")))


def _games(
    connection: sa.Connection, words: Sequence[str], now_ms: int, epoch: str
) -> tuple[ScoreState, ...]:
    """Games whose teams and league hold every word between them, of the teams that hold any."""
    ids: set[str] = set()
    for word in words:
        ids.update(one.id for one in _named(connection, teams, [word]))
    if not ids:
        return ()
    near = sa.func.abs(games.c.start_ms - now_ms)
    made = (
        sa.select(game_heads.c.line)
        .join(games, games.c.game_id == game_heads.c.game_id)
        .where(sa.or_(games.c.home_id.in_(sorted(ids)), games.c.away_id.in_(sorted(ids))))
        .order_by(games.c.underway.desc(), near, games.c.game_id)
        .limit(GAMES_READ_MAX)
    )
    lines = [read_line(body, epoch) for body in connection.execute(made).scalars()]
    return tuple(_all_of(lines, words))[:GAMES_MAX]


def _all_of(lines: Iterable[ScoreState], words: Sequence[str]) -> Iterable[ScoreState]:
    for line in lines:
        text = folded(f"{line.home.name} {line.away.name} {line.league.name}")
        if all(word in text for word in words):
            yield line

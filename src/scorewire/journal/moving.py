"""A file's journal copied into an empty database of a server, so that a site that grows keeps its games.

It is the same history under another roof, so it keeps its incarnation, and with it the epoch: a cursor, an
ETag or an immutable URL means there what it meant here. What belongs to the log that the games were decided
from stays behind: another log begins at 1, and its claims are not those that were counted (positions.py).

    file ──a snapshot──► [ one transaction: tables, months, rows in batches; each row compared ] ──► server

All or nothing: until COMMIT nobody sees any of it, and what fails leaves the database as it was. Nobody can
open the database's journal meanwhile: a process that had read another incarnation would tell another epoch.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from scorewire.errors import BackendError, ConfigError, OutcomeUnknown
from scorewire.journal import dialect, history, migrations, partitions, schema

BATCH_ROWS: Final = 1000
"""Rows in memory at once; of `events`, about a megabyte."""

LEFT: Final = frozenset({schema.meta.name, schema.consumed.name})
"""Not copied: positions count another log's claims; of `meta`, the incarnation alone is."""

TABLES: Final = tuple(table for table in schema.metadata.tables.values() if table.name not in LEFT)


class Moved(Struct, frozen=True, kw_only=True):
    """What was copied, and found equal row by row: `{"rows": {"events": 4200, "keys": 3}}`."""

    rows: dict[str, int]


class Progress:
    """Is told how a move goes on; this one keeps it to itself."""

    def begin(self, what: str, rows: int) -> None:
        """A stage, `copy` or `compare`, of so many rows begins."""

    def advance(self, rows: int) -> None:
        """So many more rows of it are done."""


def move(source: Path, url: str, *, progress: Progress) -> Moved:
    """Copy the journal of a file, whose node is stopped, into an empty database.

    Args:
        source: of this release; Journal.open brings it up.

    Raises:
        ConfigError: the URL is not that of a server, its database has been used already, or
            a game under way must not be moved.
        BackendError: nothing was copied.
        OutcomeUnknown: all of it was copied, or nothing.
    """
    location = dialect.locate(url)
    if dialect.is_file(location):
        raise ConfigError(dialect.SETTING, "is moved to a server: postgresql://user@host:5432/scorewire")
    wait_s = float(dialect.CONNECT_TIMEOUT_S)
    here = dialect.engine(dialect.locate(source), connections=1, busy_timeout_s=wait_s, writes=False)
    there = dialect.engine(location, connections=1, busy_timeout_s=wait_s, writes=True)
    done: Moved | None = None
    try:
        with here.begin() as held, there.begin() as made:
            done = _fill(held, made, progress)
    except sa.exc.DBAPIError as error:
        why = dialect.explained(error)
        if done is None:
            raise why from error
        # Only the COMMIT comes after the work.
        detail = f"{why}; whether the games were moved is not known: a second try says so"
        raise OutcomeUnknown(detail, retryable=True) from error
    finally:
        there.dispose()
        here.dispose()
    return done


def _fill(held: sa.Connection, made: sa.Connection, progress: Progress) -> Moved:
    if several := _of_several_providers(held):
        raise ConfigError(
            "storage.data",
            f"{several} games under way are told by several providers, whose claims are ordered by their"
            " places on one log: wait until these games are over",
        )
    _prepare(made)
    rows = {table.name: _count(held, table) for table in TABLES}
    progress.begin("copy", sum(rows.values()))
    days = held.execute(sa.select(schema.events.c.game_date).distinct()).scalars()
    partitions.prepare(made, partitions.wanting(days, ()))
    for table in TABLES:
        for batch in _batches(held, sa.select(table)):
            made.execute(table.insert(), [row._asdict() for row in batch])
            progress.advance(len(batch))
    chosen = schema.meta.c.name == "incarnation"
    incarnation = [row._asdict() for row in held.execute(sa.select(schema.meta).where(chosen))]
    made.execute(dialect.upsert(made, schema.meta), incarnation)
    progress.begin("compare", sum(rows.values()))
    for table in TABLES:
        _compare(held, made, table, progress)
    return Moved(rows=rows)


def _of_several_providers(connection: sa.Connection) -> int:
    """How many games under way have more than one; opening such a game puts in order what each told."""
    table = schema.games
    underway = connection.execute(sa.select(table.c.game_id).where(table.c.underway == 1)).scalars().all()
    declared = (history.declared(connection, game_id) for game_id in underway)
    return sum(one is not None and len(one.providers) > 1 for one in declared)


def _prepare(made: sa.Connection) -> None:
    """Make the tables, keep everybody out, and see that nothing is in them.

    Raises:
        ConfigError: something is, or somebody has it open.
    """
    dialect.doubts(made)
    migrations.bring_up(made)
    # First, so that whoever comes now waits, and whoever came before is counted.
    dialect.keep_out(made, schema.meta)
    if (others := dialect.others(made)) > 0:
        raise ConfigError(dialect.SETTING, f"is in use by {others} connections of Scorewire: stop them first")
    for table in TABLES:
        if (rows := _count(made, table)) > 0:
            raise ConfigError(
                dialect.SETTING, f"is not empty: {table.name} has {rows} rows; name a new database"
            )
    counted = schema.consumed.c.position
    if made.execute(sa.select(counted).where(counted > 0).limit(1)).first() is not None:
        raise ConfigError(dialect.SETTING, "has counted the claims of a log already; name a new database")


def _compare(held: sa.Connection, made: sa.Connection, table: sa.Table, progress: Progress) -> None:
    """See that each row of a table, and no other, is on the server.

    Raises:
        BackendError: it is not so; what was copied is taken back.
    """
    query = sa.select(table).order_by(*table.primary_key.columns)
    for here, there in zip_longest(_batches(held, query), _batches(made, query), fillvalue=()):
        if list(map(tuple, here)) != list(map(tuple, there)):
            raise BackendError(f"journal: {table.name} is not the same on the server", retryable=False)
        progress.advance(len(here))


def _batches(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
    with closing(connection.execution_options(yield_per=BATCH_ROWS).execute(query)) as result:
        yield from result.partitions()


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

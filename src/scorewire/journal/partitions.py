"""The months in which a server's `events` lies, made ahead of the rows.

A row lies in the month of its game's first scheduled day. A month is made when a game of it is first seen,
however old a recording or far ahead a fixture is, and `upkeep` makes the next ones before anybody needs them.
What has no month of its own lies in the default partition: a day outside YEARS, or rows of a moment when a
month could not be made, because scores go before tidiness. Upkeep moves the latter, and reports what is left.

    events ─┬─ events_y2022m12   2022-12-01 ≤ game_date < 2023-01-01
            ├─ events_y2023m01   ...
            └─ events_default    empty in normal operation

A month is made beside the table and then attached: that stops neither readers nor writers of other months,
while CREATE TABLE ... PARTITION OF would wait for all of them. Nothing is ever dropped, since rows are the
record; docs/journal.md says how an operator may detach a season that was kept elsewhere.

Source: PostgreSQL 15, 5.11.2.2 "Partition Maintenance".
"""

from collections.abc import Collection, Iterable
from datetime import date

import sqlalchemy as sa
import structlog
from msgspec import Struct

from scorewire.journal import dialect

_log = structlog.get_logger("scorewire.journal")

YEARS = range(1990, 2050)
"""Years whose months may be made; a feed that dates a game in the year 9999 does not cost a table."""

AHEAD_MONTHS = 3
"""Months that upkeep makes beyond this one: it may stay undone for a quarter."""

DEFAULT = "events_default"


class Upkeep(Struct, frozen=True, kw_only=True):
    """What upkeep did, and found.

    Attributes:
        made: months that had no partition yet, as `2022-12`.
        moved: rows that left the default partition for them.
        strays: rows that are in it still: games that are dated outside YEARS.
    """

    made: tuple[str, ...] = ()
    moved: int = 0
    strays: int = 0


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def ahead(today: date) -> list[date]:
    """This month, and those that upkeep makes."""
    months = [month_of(today)]
    while len(months) <= AHEAD_MONTHS:
        months.append(next_month(months[-1]))
    return months


def wanting(days: Iterable[date], held: Collection[date]) -> list[date]:
    """The months of `days` that should have a partition and are not among `held`, ascending."""
    months = {month_of(day) for day in days if day.year in YEARS}
    return sorted(months.difference(held))


def prepare(connection: sa.Connection, months: Collection[date]) -> None:
    """Make those of `months` that have no partition; waits for other processes that do the same.

    What cannot be made leaves the transaction as it was: its rows lie in the default partition until the next
    upkeep.
    """
    if not dialect.partitioned(connection):
        return
    try:
        with connection.begin_nested():
            dialect.alone(connection)
            held = _held(connection)
            for month in months:
                if month not in held:
                    _make(connection, month)
    except sa.exc.DBAPIError as error:
        if dialect.fault(error) != "other":
            raise
        _log.warning("the partition of a month could not be made", detail=str(dialect.explained(error)))


def upkeep(connection: sa.Connection, today: date) -> Upkeep:
    """Make this month and the next ones, and bring home what strayed; does nothing the second time."""
    if not dialect.partitioned(connection):
        return Upkeep()
    dialect.alone(connection)
    dialect.unhurried(connection)
    astray = connection.exec_driver_sql(
        f"SELECT date_trunc('month', game_date)::date, count(*) FROM {DEFAULT} GROUP BY 1"  # noqa: S608 (a name of ours)
    ).all()
    months = wanting([*ahead(today), *(month for month, _ in astray)], _held(connection))
    moved = sum(_make(connection, month) for month in months)
    return Upkeep(
        made=tuple(month.strftime("%Y-%m") for month in months),
        moved=moved,
        strays=sum(count for _, count in astray) - moved,
    )


def _held(connection: sa.Connection) -> frozenset[date]:
    names = connection.exec_driver_sql(
        "SELECT part.relname FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid"
        " WHERE inhparent = 'events'::regclass"
    ).scalars()
    return frozenset(
        date(int(name[8:12]), int(name[13:15]), 1) for name in names if name.startswith("events_y")
    )


def _make(connection: sa.Connection, month: date) -> int:
    """Make one, with the rows of its month that strayed; returns how many those are."""
    name = f"events_y{month:%Y}m{month:%m}"
    first, end = month.isoformat(), next_month(month).isoformat()
    run = connection.exec_driver_sql
    run(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)")
    within = f"game_date >= '{first}' AND game_date < '{end}'"
    moved = run(
        f"WITH strays AS (DELETE FROM {DEFAULT} WHERE {within} RETURNING *)"  # noqa: S608 (names and dates of ours)
        f" INSERT INTO {name} SELECT * FROM strays"
    ).rowcount
    run(f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')")
    return moved

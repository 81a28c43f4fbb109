"""What games came to, by competition, and the table that was made of it.

    read ──► results, teams, version ──► a table, computed outside ──► keep: both, in one transaction

A table takes longer to compute than a transaction should last. So it is made from a snapshot, and kept
together with the results that changed it, both or neither, if nobody has changed the competition since: of
two processes that compute one table at the same time, the second is told so, and reads again.

Bodies are the caller's, and opaque here. All of it can be made again from the games.
"""

from collections.abc import Collection, Sequence
from functools import partial

import sqlalchemy as sa
from msgspec import Struct

from scorewire.journal.database import Database
from scorewire.journal.dialect import upsert
from scorewire.journal.schema import game_heads, games, leagues, results, standings, teams
from scorewire.model.provider_event import Team


class KeptResult(Struct, frozen=True, kw_only=True):
    """What a game came to.

    Attributes:
        season: empty where games name none.
        seq: the row after which it was so.
        body: None once it counts for nothing any more, as when it has been put off.
    """

    game_id: str
    league_id: str
    season: str
    seq: int
    start_ms: int
    body: bytes | None


class KeptTable(Struct, frozen=True, kw_only=True):
    """The table of a competition.

    Attributes:
        version: of the competition that it was made from, 0 for a new one; of itself, where it was read.
    """

    league_id: str
    season: str
    version: int
    body: bytes


class Competition(Struct, frozen=True, kw_only=True):
    """All that a table is made from, of one snapshot; teams by id.

    Attributes:
        name: the league's; empty where nobody has named it.
    """

    league_id: str
    name: str
    season: str
    version: int
    results: tuple[KeptResult, ...]
    teams: tuple[Team, ...]


class _Outdated(Exception):
    """The competition has another version now."""


_TABLE = (standings.c.league_id, standings.c.season, standings.c.version, standings.c.body)


class Competitions:
    """See the module.

    Every method raises BackendError where the store fails; nothing was written then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, league_id: str, season: str) -> Competition:
        """What the table of a competition is made from; empty for an unknown one."""
        return await self._database.read(
            partial(_competition, league_id=league_id, season=season), lane="inner"
        )

    async def held(self, game_ids: Collection[str]) -> dict[str, KeptResult]:
        """What is kept of these games."""
        return await self._database.read(partial(_held, game_ids=list(game_ids)), lane="inner")

    async def keep(self, changed: Sequence[KeptResult], tables: Sequence[KeptTable]) -> bool:
        """Keep results, and the tables of all competitions that they belong to or belonged to.

        Returns:
            False: one of these competitions has changed since it was read, and nothing was kept.
        """
        try:
            await self._database.write(partial(_keep, changed=changed, tables=tables))
        except _Outdated:
            return False
        return True

    async def table(self, league_id: str, season: str | None = None) -> KeptTable | None:
        """The table of a competition; of the season with the newest game, where none is named."""
        return await self._database.read(partial(_table, league_id=league_id, season=season))

    async def versions(self, league_ids: Collection[str]) -> dict[str, list[tuple[str, int]]]:
        """Of these leagues, those that have tables: the season and version of each."""
        return await self._database.read(partial(_versions, league_ids=list(league_ids)))

    async def tables(self) -> list[KeptTable]:
        """The tables of all competitions, the one with the newest game first."""
        return await self._database.read(_tables, lane="inner")

    async def unkept(self, statuses: Collection[str], *, after: str = "", limit: int = 200) -> list[str]:
        """Games whose result was made from an older head than theirs, by id.

        Args:
            statuses: a game in one of these counts without any result too.
            after: only games with ids after this one.
        """
        return await self._database.read(
            partial(_unkept, statuses=list(statuses), after=after, limit=limit), lane="inner"
        )


def _competition(connection: sa.Connection, league_id: str, season: str) -> Competition:
    version = connection.execute(
        sa.select(standings.c.version).where(*_is(standings, league_id, season))
    ).scalar_one_or_none()
    found = connection.execute(sa.select(results).where(*_is(results, league_id, season))).all()
    # Who plays in it has a row before its first game.
    playing = sa.union(
        sa.select(games.c.home_id).where(*_is(games, league_id, season)),
        sa.select(games.c.away_id).where(*_is(games, league_id, season)),
    )
    named = connection.execute(sa.select(teams).where(teams.c.id.in_(playing)).order_by(teams.c.id)).all()
    name = connection.execute(sa.select(leagues.c.name).where(leagues.c.id == league_id)).scalar_one_or_none()
    return Competition(
        league_id=league_id,
        name=name or "",
        season=season,
        version=version or 0,
        results=tuple(KeptResult(**row._mapping) for row in found),
        teams=tuple(Team(**row._mapping) for row in named),
    )


def _held(connection: sa.Connection, game_ids: list[str]) -> dict[str, KeptResult]:
    found = connection.execute(sa.select(results).where(results.c.game_id.in_(game_ids))).all()
    return {row.game_id: KeptResult(**row._mapping) for row in found}


def _keep(connection: sa.Connection, changed: Sequence[KeptResult], tables: Sequence[KeptTable]) -> None:
    newest = {(one.league_id, one.season): 0 for one in tables}
    for one in changed:
        place = (one.league_id, one.season)
        newest[place] = max(newest[place], one.start_ms)
    # In one order for all, so that two who keep the same competitions never wait for each other.
    for table in sorted(tables, key=lambda one: (one.league_id, one.season)):
        _replace(connection, table, newest[(table.league_id, table.season)])
    gone = [one.game_id for one in changed if one.body is None]
    if gone:
        connection.execute(sa.delete(results).where(results.c.game_id.in_(gone)))
    rows = [
        {name: getattr(one, name) for name in KeptResult.__struct_fields__}
        for one in sorted(changed, key=lambda one: one.game_id)
        if one.body is not None
    ]
    if rows:
        connection.execute(upsert(connection, results), rows)


def _replace(connection: sa.Connection, table: KeptTable, newest_ms: int) -> None:
    values = {"version": table.version + 1, "body": table.body}
    if table.version == 0:
        place = {"league_id": table.league_id, "season": table.season}
        made = connection.execute(
            upsert(connection, standings, replace=False), [{**place, **values, "newest_ms": newest_ms}]
        )
    else:
        newer = sa.case((standings.c.newest_ms < newest_ms, newest_ms), else_=standings.c.newest_ms)
        made = connection.execute(
            sa.update(standings)
            .where(*_is(standings, table.league_id, table.season), standings.c.version == table.version)
            .values(**values, newest_ms=newer)
        )
    if made.rowcount != 1:
        raise _Outdated


def _table(connection: sa.Connection, league_id: str, season: str | None) -> KeptTable | None:
    wanted = sa.select(*_TABLE)
    if season is None:
        wanted = wanted.where(standings.c.league_id == league_id).order_by(
            standings.c.newest_ms.desc(), standings.c.season.desc()
        )
    else:
        wanted = wanted.where(*_is(standings, league_id, season))
    row = connection.execute(wanted.limit(1)).one_or_none()
    return None if row is None else KeptTable(**row._mapping)


def _versions(connection: sa.Connection, league_ids: list[str]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    wanted = sa.select(standings.c.league_id, standings.c.season, standings.c.version)
    for league_id, season, version in connection.execute(wanted.where(standings.c.league_id.in_(league_ids))):
        found.setdefault(league_id, []).append((season, version))
    return found


def _tables(connection: sa.Connection) -> list[KeptTable]:
    in_order = (standings.c.newest_ms.desc(), standings.c.league_id, standings.c.season)
    return [KeptTable(**row._mapping) for row in connection.execute(sa.select(*_TABLE).order_by(*in_order))]


def _unkept(connection: sa.Connection, statuses: list[str], after: str, limit: int) -> list[str]:
    joined = sa.outerjoin(game_heads, results, results.c.game_id == game_heads.c.game_id)
    lacks = sa.and_(results.c.game_id.is_(None), game_heads.c.status.in_(statuses))
    return list(
        connection.execute(
            sa.select(game_heads.c.game_id)
            .select_from(joined)
            .where(game_heads.c.game_id > after, sa.or_(lacks, results.c.seq != game_heads.c.head_seq))
            .order_by(game_heads.c.game_id)
            .limit(limit)
        ).scalars()
    )


def _is(
    table: sa.Table, league_id: str, season: str
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.league_id == league_id, table.c.season == season

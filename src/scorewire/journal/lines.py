"""Lines of games as they were counted last, by season, team and player.

    keep ──► one row a game, replaced as a whole, and who played in it, in one transaction
    season, of_team, of_player ──► bodies of games, to be summed
    unkept ──► games whose lines are older than their head, or were counted otherwise

Of two processes that keep one game at a time the newer row stands. Bodies are the caller's, and opaque here.
All of it can be made again from the games' rows.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import Struct

from scorewire.journal.database import Database
from scorewire.journal.dialect import upsert
from scorewire.journal.schema import game_heads, line_players, lines


class KeptLines(Struct, frozen=True, kw_only=True):
    """The lines of a game.

    Attributes:
        league_id, season, home_id, away_id: empty, as the body, for a game that counts for nothing: it is
            found in no season, and at no team.
        seq: the row after which they were so.
        counted: by what they were counted; see `Lines.unkept`.
        players: who played in it, each once.
    """

    game_id: str
    league_id: str = ""
    season: str = ""
    seq: int
    counted: str
    start_ms: int = 0
    home_id: str = ""
    away_id: str = ""
    body: bytes = b""
    players: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a game stands in its season; the first is before every game."""

    start_ms: int = -(2**62)
    game_id: str = ""


_VALUES = tuple(name for name in KeptLines.__struct_fields__ if name not in ("game_id", "players"))
_NEWEST_FIRST = (lines.c.start_ms.desc(), lines.c.game_id.desc())


class Lines:
    """See the module.

    Every method raises BackendError where the store fails; nothing was written then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, changed: Sequence[KeptLines]) -> None:
        """Keep the lines of games, each once, but of those of which newer ones are kept."""
        await self._database.write(partial(_keep, changed=changed))

    async def held(self, game_ids: Collection[str]) -> dict[str, int]:
        """After which row those lines are that are kept of these games."""
        return await self._database.read(partial(_held, game_ids=list(game_ids)), lane="inner")

    async def unkept(
        self, statuses: Collection[str], counted: str, *, after: str = "", limit: int = 200
    ) -> list[str]:
        """Games whose lines are of an older head than theirs, or were counted by something else, by id.

        Args:
            statuses: a game in one of these counts without any lines too.
            after: only games with ids after this one.
        """
        return await self._database.read(
            partial(_unkept, statuses=list(statuses), counted=counted, after=after, limit=limit),
            lane="inner",
        )

    async def newest_season(self, league_id: str) -> str | None:
        """The season with the newest game of a league; None for a league without lines."""
        newest = (
            sa.select(lines.c.season)
            .where(lines.c.league_id == league_id)
            .group_by(lines.c.season)
            .order_by(sa.func.max(lines.c.start_ms).desc(), lines.c.season.desc())
            .limit(1)
        )
        return await self._database.read(lambda connection: connection.execute(newest).scalar())

    async def season(
        self, league_id: str, season: str, *, after: Place | None = None, limit: int = 100
    ) -> list[tuple[Place, bytes]]:
        """Lines of a season, the oldest game first, page by page."""
        place = after or Place()
        wanted = (
            sa.select(lines.c.start_ms, lines.c.game_id, lines.c.body)
            .where(lines.c.league_id == league_id, lines.c.season == season)
            .where(sa.tuple_(lines.c.start_ms, lines.c.game_id) > sa.tuple_(place.start_ms, place.game_id))
            .order_by(lines.c.start_ms, lines.c.game_id)
            .limit(limit)
        )

        def read(connection: sa.Connection) -> list[tuple[Place, bytes]]:
            return [(Place(start, game_id), body) for start, game_id, body in connection.execute(wanted)]

        return await self._database.read(read)

    async def of_player(self, player_id: str, season: str | None = None, *, limit: int) -> list[bytes]:
        """Lines of the games that a player played in, the newest first."""
        wanted = (
            sa.select(lines.c.body)
            .select_from(sa.join(line_players, lines, line_players.c.game_id == lines.c.game_id))
            .where(line_players.c.player_id == player_id)
        )
        return await self._read(wanted, season, limit)

    async def of_team(self, team_id: str, season: str | None = None, *, limit: int) -> list[bytes]:
        """Lines of a team's games, the newest first."""
        wanted = sa.select(lines.c.body).where(sa.or_(lines.c.home_id == team_id, lines.c.away_id == team_id))
        return await self._read(wanted, season, limit)

    async def _read(self, wanted: sa.Select[bytes], season: str | None, limit: int) -> list[bytes]:
        if season is not None:
            wanted = wanted.where(lines.c.season == season)
        ordered = wanted.order_by(*_NEWEST_FIRST).limit(limit)
        return await self._database.read(lambda connection: list(connection.execute(ordered).scalars()))


def _keep(connection: sa.Connection, changed: Sequence[KeptLines]) -> None:
    # In one order for all, so that two who keep the same games never wait for each other.
    for one in sorted(changed, key=lambda one: one.game_id):
        # Who was first to keep anything of a game has put in its row between the two; then it is there.
        if _replaced(connection, one) or _put(connection, one) or _replaced(connection, one):
            _name(connection, one)


def _replaced(connection: sa.Connection, one: KeptLines) -> bool:
    values = {name: getattr(one, name) for name in _VALUES}
    made = connection.execute(
        sa.update(lines).where(lines.c.game_id == one.game_id, lines.c.seq <= one.seq).values(**values)
    )
    return made.rowcount == 1


def _put(connection: sa.Connection, one: KeptLines) -> bool:
    row = {"game_id": one.game_id, **{name: getattr(one, name) for name in _VALUES}}
    return connection.execute(upsert(connection, lines, replace=False), [row]).rowcount == 1


def _name(connection: sa.Connection, one: KeptLines) -> None:
    """Who played is the same most of the time, and then nothing is written."""
    own = line_players.c.game_id == one.game_id
    named = set(connection.execute(sa.select(line_players.c.player_id).where(own)).scalars())
    gone, come = named - set(one.players), set(one.players) - named
    if gone:
        connection.execute(sa.delete(line_players).where(own, line_players.c.player_id.in_(gone)))
    if come:
        rows = [{"player_id": player, "game_id": one.game_id} for player in sorted(come)]
        connection.execute(sa.insert(line_players), rows)


def _held(connection: sa.Connection, game_ids: list[str]) -> dict[str, int]:
    found = connection.execute(sa.select(lines.c.game_id, lines.c.seq).where(lines.c.game_id.in_(game_ids)))
    return {row.game_id: row.seq for row in found}


def _unkept(
    connection: sa.Connection, statuses: list[str], counted: str, after: str, limit: int
) -> list[str]:
    joined = sa.outerjoin(game_heads, lines, lines.c.game_id == game_heads.c.game_id)
    lacks = sa.and_(lines.c.game_id.is_(None), game_heads.c.status.in_(statuses))
    old = sa.or_(lines.c.seq != game_heads.c.head_seq, lines.c.counted != counted)
    return list(
        connection.execute(
            sa.select(game_heads.c.game_id)
            .select_from(joined)
            .where(game_heads.c.game_id > after, sa.or_(lacks, old))
            .order_by(game_heads.c.game_id)
            .limit(limit)
        ).scalars()
    )

"""Lists of games, and their cursors.

Every list has one order: games under way first, then the newest start, then the id. A cursor names the last
game of a page by these three, so pages stay put while games are added; a game whose status changes between
two pages may be told twice or, if it moves ahead of the cursor, be found on the next reading of page one.
"""

import base64
import binascii
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import sqlalchemy as sa

from scorewire.errors import BackendError, RequestError
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.journal.schema import events, game_heads, games, ledger
from scorewire.journal.upcast import current
from scorewire.model.score_state import ScoreState

LIMIT_MAX = 200
"""Games on one page: about 100 KB of JSON."""

UNDERWAY = "underway"
"""The value of GamesQuery.status that stands for every status of a game that fans watch now."""

Group = Literal["team", "league", "sport"]

_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Position = tuple[_Int64, _Int64, str]
"""(under way, start in ms, game id): where a game stands in the order."""


class _Time(msgspec.Struct, frozen=True):
    updated_at: int


_order: tuple[sa.Column[Any], ...] = (games.c.underway, games.c.start_ms, games.c.game_id)
_line_decoder = msgspec.json.Decoder(ScoreState)
_time_decoder = msgspec.json.Decoder(_Time)
_position_decoder: msgspec.json.Decoder[Position] = msgspec.json.Decoder(Position)
_encode = msgspec.json.Encoder().encode

Found = sa.Select[int, int, str, bytes]


def page(
    connection: sa.Connection, wanted: GamesQuery, epoch: str, without: Collection[str] = ()
) -> GamesPage:
    """One page of games as lines, told in the journal's epoch of now.

    Args:
        without: games that are left out.

    Raises:
        RequestError: the date, the time zone or the cursor cannot be read (400).
    """
    limit = max(1, min(wanted.limit, LIMIT_MAX))
    # One more than is told says whether there is a next page.
    made = query(wanted)
    if without:
        made = made.where(games.c.game_id.not_in(list(without)))
    found = connection.execute(made.limit(limit + 1)).all()
    told = found[:limit]
    last = told[-1] if len(found) > limit else None
    return GamesPage(
        # The stored line may be older than a renewed epoch; its seq and bytes are what it says they are.
        games=tuple(read_line(row.line, epoch) for row in told),
        next=None if last is None else write_cursor((last.underway, last.start_ms, last.game_id)),
    )


def read_line(body: bytes, epoch: str) -> ScoreState:
    """A stored line, told in the journal's epoch of now.

    Raises:
        BackendError: it cannot be read.
    """
    try:
        line = _line_decoder.decode(current("line", body))
    except msgspec.DecodeError as error:
        raise BackendError(f"a stored line cannot be read: {error}", retryable=False) from error
    return msgspec.structs.replace(line, epoch=epoch)


def query(wanted: GamesQuery) -> Found:
    """The query of a page, without its limit."""
    made = sa.select(*_order, game_heads.c.line).join(game_heads, game_heads.c.game_id == games.c.game_id)
    if wanted.sport is not None:
        made = made.where(games.c.sport == wanted.sport)
    if wanted.league is not None:
        made = made.where(games.c.league_id == wanted.league)
    if wanted.season is not None:
        made = made.where(games.c.season == wanted.season)
    if wanted.games is not None:
        made = made.where(games.c.game_id.in_(wanted.games[:LIMIT_MAX]))
    if wanted.team is not None:
        made = made.where(_plays(wanted.team))
    if wanted.date is not None:
        first, end = days_ms(wanted)
        # Naming both values lets the database seek twice in the index of the order, and read that day only.
        made = made.where(games.c.underway.in_((1, 0)), games.c.start_ms >= first, games.c.start_ms < end)
    order = _order
    if wanted.status == UNDERWAY:
        made = made.where(games.c.underway == 1)
    elif wanted.status is not None:
        # A status is either under way or not, so the first part of the order says nothing; without it the
        # index of statuses is in order too.
        made = made.where(games.c.status == wanted.status)
        order = _order[1:]
    if wanted.cursor is not None:
        made = made.where(_behind(order, read_cursor(wanted.cursor)[-len(order) :]))
    return made.order_by(*(column.desc() for column in order))


def _behind(order: tuple[sa.Column[Any], ...], place: tuple[int | str, ...]) -> sa.ColumnElement[bool]:
    """What stands behind a place in the order."""
    if len(order) == len(_order) and place[0] == 0:
        # The same, since nothing is below 0. PostgreSQL guesses from the first column alone how many rows a
        # comparison leaves, would take them for none, and walk all games for those of a league.
        return sa.and_(games.c.underway == 0, _behind(order[1:], place[1:]))
    return sa.tuple_(*order) < sa.tuple_(*(sa.literal(part) for part in place))


def not_over(group: Group, name: str, limit: int) -> sa.Select[str]:
    """The query for the games of a team, league or sport that may still change by plain events.

    Those under way come first, then the nearest start: a follow that is cut off keeps what matters.
    """
    member = {
        "team": _plays(name),
        "league": games.c.league_id == name,
        "sport": games.c.sport == name,
    }[group]
    return (
        sa.select(games.c.game_id)
        .where(member, games.c.over == 0)
        .order_by(games.c.underway.desc(), games.c.start_ms, games.c.game_id)
        .limit(limit)
    )


def undecided(since_ms: int) -> sa.Select[str]:
    """The query for games that are not over, of which a provider told something that is no row.

    Only what lately had a row or a start is looked at, game by game: a node keeps every game that nobody ever
    ended, and a ledger of them all.
    """
    newest = sa.exists().where(
        events.c.game_date == game_heads.c.game_date,
        events.c.game_id == game_heads.c.game_id,
        events.c.seq == game_heads.c.head_seq,
        events.c.ts >= since_ms,
    )
    told = sa.exists().where(
        ledger.c.game_id == games.c.game_id,
        ledger.c.what == "told",
        sa.func.length(ledger.c.body) > 0,
    )
    return (
        sa.select(games.c.game_id)
        .join(game_heads, game_heads.c.game_id == games.c.game_id)
        .where(games.c.over == 0, sa.or_(games.c.start_ms >= since_ms, newest), told)
        .order_by(games.c.game_id)
    )


def changed(connection: sa.Connection, since_ms: int, epoch: str) -> list[ScoreState]:
    """The lines of games with a row younger than `since_ms`, oldest change first; looks at every game."""
    bodies = connection.execute(sa.select(game_heads.c.line)).scalars()
    found = [read_line(body, epoch) for body in bodies if _time_decoder.decode(body).updated_at > since_ms]
    return sorted(found, key=lambda line: line.updated_at)


def is_of(line: ScoreState, group: str, name: str) -> bool:
    """Whether a game belongs to a team, league or sport."""
    match group:
        case "team":
            return name in {line.home.id, line.away.id}
        case "league":
            return line.league.id == name
        case _:
            return line.sport == name


def _plays(team: str) -> sa.ColumnElement[bool]:
    return sa.or_(games.c.home_id == team, games.c.away_id == team)


def days_ms(wanted: GamesQuery) -> tuple[int, int]:
    """First moment of the days of a query that names a date, and of the day after them.

    Raises:
        RequestError: as `day_ms`.
    """
    assert wanted.date is not None
    first, end = day_ms(wanted.date, wanted.tz)
    if wanted.days == 1:
        return first, end
    last = date.fromisoformat(wanted.date) + timedelta(days=wanted.days - 1)
    return first, day_ms(last.isoformat(), wanted.tz)[1]


def day_ms(day: str, tz: str) -> tuple[int, int]:
    """First moment of a calendar day in a time zone, and of the day after, in ms: 23 to 25 hours apart.

    Raises:
        RequestError: no such day, or no such zone.
    """
    try:
        zone = ZoneInfo(tz) if tz != "UTC" else UTC
    # A name such as ".." is a ValueError, a folder of the zone files an OSError.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestError(400, "unknown_time_zone", f"{tz!r} is not an IANA time zone") from error
    try:
        first = date.fromisoformat(day)
        begin, end = (
            datetime(one.year, one.month, one.day, tzinfo=zone).timestamp()
            for one in (first, first + timedelta(days=1))
        )
    except (ValueError, OverflowError) as error:
        raise RequestError(400, "bad_date", f"{day!r} is not a day such as 2022-12-18") from error
    return int(begin * 1000), int(end * 1000)


def write_cursor(position: Position) -> str:
    """Name a place in the order, in characters that need no escaping."""
    return base64.urlsafe_b64encode(_encode(position)).rstrip(b"=").decode()


def read_cursor(text: str) -> Position:
    """Read what write_cursor wrote.

    Raises:
        RequestError: it did not.
    """
    try:
        return _position_decoder.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise RequestError(400, "unreadable_cursor", "the cursor is not one of ours") from error

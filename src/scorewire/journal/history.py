"""Reading a game back: its checkpoint, the rows after it, its ledger.

Every read goes by (game_date, game_id, seq), so it costs what it returns, whatever else is stored.
"""

from datetime import date

import msgspec
import sqlalchemy as sa

from scorewire.errors import BackendError
from scorewire.journal.records import Checkpoint, LedgerEntry, Stored
from scorewire.journal.schema import checkpoints, events, game_heads, games, ledger
from scorewire.journal.upcast import current
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.provider_event import GameDeclared
from scorewire.model.score_state import ScoreState

_row_decoder = msgspec.json.Decoder(GameEvent)
_declared_decoder = msgspec.json.Decoder(GameDeclared)
_line_decoder = msgspec.json.Decoder(ScoreState)

TOLD: dict[Level, tuple[Level, ...]] = {
    "key": ("key",),
    "play": ("key", "play"),
    "touch": ("key", "play", "touch"),
}
"""Which levels a reader of one level is told."""


def load(
    connection: sa.Connection, game_id: str, upto_seq: int | None, *, checkpoints: bool = True
) -> Stored | None:
    """What folding a game to `upto_seq` (its head, if None or beyond) starts from; None if unknown.

    Args:
        checkpoints: False leaves them out of it.
    """
    head = connection.execute(
        sa.select(
            game_heads.c.game_date,
            game_heads.c.head_seq,
            game_heads.c.corrected_seq,
            game_heads.c.published_seq,
        ).where(game_heads.c.game_id == game_id)
    ).one_or_none()
    if head is None:
        return None
    last = head.head_seq if upto_seq is None else min(upto_seq, head.head_seq)
    checkpoint = _checkpoint(connection, game_id, last) if checkpoints else None
    since = checkpoint.seq if checkpoint is not None else 0
    corrected = head.corrected_seq
    if corrected > last:
        corrected = _corrected(connection, head.game_date, game_id, last)
    return Stored(
        head_seq=head.head_seq,
        corrected_seq=corrected,
        published_seq=head.published_seq,
        checkpoint=checkpoint,
        rows=_decoded(connection, between(head.game_date, game_id, since, last)),
        ledger=_ledger(connection, game_id),
    )


def rows(
    connection: sa.Connection, game_id: str, since_seq: int, limit: int, level: Level | None
) -> tuple[GameEvent, ...]:
    """At most `limit` rows after `since_seq`, in order; empty for an unknown game."""
    day = connection.execute(
        sa.select(game_heads.c.game_date).where(game_heads.c.game_id == game_id)
    ).scalar()
    if day is None:
        return ()
    query = between(day, game_id, since_seq, None).limit(limit)
    if level is not None:
        query = query.where(events.c.level.in_(TOLD[level]))
    return _decoded(connection, query)


def seq_at(connection: sa.Connection, game_id: str, time_ms: int) -> tuple[int, int | None]:
    """The newest seq whose row is of `time_ms` or before (0: none), and the time of the row after it.

    A row is never older than the row before it, so the search begins at the end and reads what is younger.
    """
    day = connection.execute(
        sa.select(game_heads.c.game_date).where(game_heads.c.game_id == game_id)
    ).scalar()
    if day is None:
        return 0, None
    of_game = sa.select(events.c.seq).where(events.c.game_date == day, events.c.game_id == game_id)
    newest = of_game.where(events.c.ts <= time_ms).order_by(events.c.seq.desc()).limit(1)
    seq = connection.execute(newest).scalar() or 0
    after = of_game.with_only_columns(events.c.ts).where(events.c.seq == seq + 1)
    return seq, connection.execute(after).scalar()


def declared(connection: sa.Connection, game_id: str) -> GameDeclared | None:
    """The frame now held of a game; None if it is unknown."""
    body = connection.execute(sa.select(games.c.declared).where(games.c.game_id == game_id)).scalar()
    if body is None:
        return None
    try:
        return _declared_decoder.decode(current("game_declared", body))
    except msgspec.DecodeError as error:
        raise BackendError(
            f"game {game_id}: its declaration cannot be read: {error}", retryable=False
        ) from error


def listed(connection: sa.Connection, game_id: str) -> tuple[int, ScoreState] | None:
    """A game's head and the line that lists tell of it, as stored together; None if it is unknown."""
    found = connection.execute(
        sa.select(game_heads.c.head_seq, game_heads.c.line).where(game_heads.c.game_id == game_id)
    ).one_or_none()
    if found is None:
        return None
    try:
        return found.head_seq, _line_decoder.decode(current("line", found.line))
    except msgspec.DecodeError as error:
        raise BackendError(f"game {game_id}: its line cannot be read: {error}", retryable=False) from error


def between(day: date, game_id: str, since_seq: int, upto_seq: int | None) -> sa.Select[bytes]:
    """The query for a game's rows after `since_seq`, up to `upto_seq` inclusive."""
    query = sa.select(events.c.body).where(
        events.c.game_date == day, events.c.game_id == game_id, events.c.seq > since_seq
    )
    if upto_seq is not None:
        query = query.where(events.c.seq <= upto_seq)
    return query.order_by(events.c.seq)


def _decoded(connection: sa.Connection, query: sa.Select[bytes]) -> tuple[GameEvent, ...]:
    try:
        return tuple(
            [_row_decoder.decode(current("game_event", body)) for body in connection.execute(query).scalars()]
        )
    except msgspec.DecodeError as error:
        raise BackendError(f"a stored row cannot be read: {error}", retryable=False) from error


def _checkpoint(connection: sa.Connection, game_id: str, last: int) -> Checkpoint | None:
    found = connection.execute(
        sa.select(checkpoints)
        .where(checkpoints.c.game_id == game_id, checkpoints.c.seq <= last)
        .order_by(checkpoints.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Checkpoint(game_id=game_id, seq=found.seq, body=found.body)


def _ledger(connection: sa.Connection, game_id: str) -> tuple[LedgerEntry, ...]:
    query = sa.select(ledger.c.provider, ledger.c.event, ledger.c.revision, ledger.c.what, ledger.c.body)
    return tuple(
        [
            LedgerEntry(
                game_id=game_id,
                provider=provider,
                event=event,
                revision=revision,
                what=what,
                body=body or b"",
            )
            for provider, event, revision, what, body in connection.execute(
                query.where(ledger.c.game_id == game_id)
            )
        ]
    )


def _corrected(connection: sa.Connection, day: date, game_id: str, last: int) -> int:
    found = connection.execute(
        sa.select(sa.func.max(events.c.seq)).where(
            events.c.game_date == day,
            events.c.game_id == game_id,
            events.c.seq <= last,
            events.c.correction == 1,
        )
    ).scalar()
    return found or 0

"""What lies on disk: entries, the answers of earlier calls, and dead letters.

Every function runs in the reader's thread, on a connection that sees commits only.
"""

import sqlite3
from collections.abc import Sequence

import msgspec

from scorewire.log.base import DeadLetter, LogEntry
from scorewire.model.provider_event import Claim

PARTITION = 0
"""The local log has one."""

_CLAIM = msgspec.json.Decoder(Claim)

_LETTER = (
    "SELECT number, ts, provider, game_id, rule, detail, payload, webhook_id, position, state"
    " FROM dead_letters"
)


def entries(connection: sqlite3.Connection, after: int, limit: int) -> list[LogEntry]:
    """Entries above an offset, in order."""
    rows = connection.execute(
        'SELECT "offset", received_ms, webhook_id, value FROM claims WHERE "offset" > ? ORDER BY 1 LIMIT ?',
        (after, limit),
    )
    return [
        LogEntry(
            partition=PARTITION,
            offset=offset,
            received_ms=received_ms,
            webhook_id=webhook_id,
            claim=_CLAIM.decode(value),
        )
        for offset, received_ms, webhook_id, value in rows
    ]


def waiting(connection: sqlite3.Connection, after: int, held: Sequence[int]) -> int:
    """How many claims lie above an offset, or at one of `held`."""
    (above,) = connection.execute('SELECT count(*) FROM claims WHERE "offset" > ?', (after,)).fetchone()
    one = 'SELECT 1 FROM claims WHERE "offset" = ?'
    return int(above) + sum(connection.execute(one, (offset,)).fetchone() is not None for offset in held)


def answered(
    connection: sqlite3.Connection, provider: str, webhook_id: str
) -> tuple[bytes, int, bytes] | None:
    """Digest, status and answer of an earlier call."""
    row: tuple[bytes, int, bytes] | None = connection.execute(
        "SELECT digest, status, answer FROM webhooks WHERE provider = ? AND id = ?", (provider, webhook_id)
    ).fetchone()
    return row


def dead_letters(
    connection: sqlite3.Connection, *, state: str, game_id: str, rule: str, since_ms: int, limit: int
) -> list[DeadLetter]:
    """Dead letters, newest first; an empty filter matches all."""
    conditions = ["ts >= ?"]
    wanted: list[str | int] = [since_ms]
    for column, value in (("state", state), ("game_id", game_id), ("rule", rule)):
        if value:
            conditions.append(f"{column} = ?")
            wanted.append(value)
    query = f"{_LETTER} WHERE {' AND '.join(conditions)} ORDER BY number DESC LIMIT ?"
    return [_letter(row) for row in connection.execute(query, (*wanted, limit))]


def dead_letter(connection: sqlite3.Connection, number: int) -> DeadLetter | None:
    """One dead letter; None for a number that no letter can have, too."""
    if not is_number(number):
        return None
    row = connection.execute(f"{_LETTER} WHERE number = ?", (number,)).fetchone()
    return None if row is None else _letter(row)


def is_number(number: int) -> bool:
    """Whether SQLite could hold it as a number of ours."""
    return 0 < number < 2**63


def _letter(row: tuple[int, int, str, str, str, str, bytes, str, str, str]) -> DeadLetter:
    number, ts, provider, game_id, rule, detail, payload, webhook_id, position, state = row
    return DeadLetter(
        number=number,
        ts=ts,
        provider=provider,
        game_id=game_id,
        rule=rule,
        detail=detail,
        payload=payload,
        webhook_id=webhook_id,
        position=position,
        state=state,
    )

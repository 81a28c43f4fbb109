"""A batch of waiting calls as one transaction: all of the batch is durable, or none of it.

Rows are written many to a statement. The interpreter's lock is let go and fought for again at each step of
a statement, so that fifty steps beside a busy event loop would cost far more than fifty rows do.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from scorewire.errors import WebhookConflict
from scorewire.log.base import DeadLetter, LogEntry, Receipt, Submission
from scorewire.log.local_reads import PARTITION

_ENCODER = msgspec.json.Encoder()

CHUNKS = (64, 16, 4, 1)
"""Rows a statement: few sizes, so that every statement stays prepared."""

SWEEP_COMMITS = 64
"""Commits between two looks for what is too old."""
SWEEP_ROWS_MIN = 500
"""Rows that one look deletes at most, or twice what came since the last, so that it always keeps up."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The new state of dead letters, waiting to be written."""

    numbers: Sequence[int]
    state: str


Work = Submission | Sequence[DeadLetter] | Settled
"""What a call asks of the writer."""

Outcome = Receipt | WebhookConflict | None

Chunked = TypeVar("Chunked")


@dataclass(slots=True)
class Batch:
    """What a transaction wrote, and what each call is told; nothing of it holds before the commit."""

    next_offset: int
    outcomes: list[Outcome] = field(default_factory=list)
    entries: list[LogEntry] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def last_offset(connection: sqlite3.Connection) -> int:
    """The offset of the newest claim that was ever written; 0 before the first."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'claims'").fetchone()
    return 0 if row is None else int(row[0])


def write(connection: sqlite3.Connection, works: Sequence[Work], next_offset: int) -> Batch:
    """Write all works, in order, inside the open transaction."""
    batch = Batch(next_offset)
    known = _known(connection, [work for work in works if isinstance(work, Submission)])
    webhooks: list[tuple[object, ...]] = []
    claims: list[tuple[object, ...]] = []
    for work in works:
        if isinstance(work, Submission):
            batch.outcomes.append(_submit(work, known, batch, webhooks, claims))
            continue
        batch.outcomes.append(None)
        if isinstance(work, Settled):
            _settle(connection, work)
        else:
            _bury(connection, work)
    _insert(connection, "INSERT INTO webhooks (provider, id, digest, status, answer, ts)", webhooks)
    _insert(connection, 'INSERT INTO claims ("offset", game_id, received_ms, webhook_id, value)', claims)
    for work, outcome in zip(works, batch.outcomes, strict=True):
        if isinstance(work, Submission) and isinstance(outcome, Receipt) and not outcome.repeated:
            _bury(connection, work.refused)
    return batch


Known = dict[tuple[str, str], tuple[bytes, int, bytes]]
"""(provider, webhook-id) -> digest, status, answer"""


def _submit(
    work: Submission,
    known: Known,
    batch: Batch,
    webhooks: list[tuple[object, ...]],
    claims: list[tuple[object, ...]],
) -> Outcome:
    key = (work.provider, work.webhook_id)
    if key in known:
        digest, status, answer = known[key]
        if digest != work.digest:
            return WebhookConflict(work.webhook_id)
        return Receipt(status=status, answer=answer, repeated=True)
    # Remembered at once: the same id may come twice in one batch.
    known[key] = (work.digest, work.status, work.answer)
    webhooks.append((*key, work.digest, work.status, work.answer, work.received_ms))
    for claim in work.claims:
        value = _ENCODER.encode(claim)
        claims.append((batch.next_offset, claim.game_id, work.received_ms, work.webhook_id, value))
        batch.sizes.append(len(value))
        batch.entries.append(
            LogEntry(
                partition=PARTITION,
                offset=batch.next_offset,
                received_ms=work.received_ms,
                webhook_id=work.webhook_id,
                claim=claim,
            )
        )
        batch.next_offset += 1
    return Receipt(status=work.status, answer=work.answer, repeated=False)


def _known(connection: sqlite3.Connection, submissions: Sequence[Submission]) -> Known:
    """Which of the ids were used before; nobody else writes, so the answer holds until the commit."""
    keys = dict.fromkeys((work.provider, work.webhook_id) for work in submissions)
    known: Known = {}
    for chunk in _chunks(list(keys)):
        marks = ",".join(["(?,?)"] * len(chunk))
        for provider, webhook_id, *answer in connection.execute(
            "SELECT provider, id, digest, status, answer FROM webhooks"  # noqa: S608 (only marks are spliced)
            f" WHERE (provider, id) IN (VALUES {marks})",
            [value for key in chunk for value in key],
        ):
            known[provider, webhook_id] = (answer[0], answer[1], answer[2])
    return known


def _bury(connection: sqlite3.Connection, letters: Iterable[DeadLetter]) -> None:
    for letter in letters:
        connection.execute(
            "INSERT INTO dead_letters"
            " (ts, provider, game_id, rule, detail, payload, webhook_id, position, state)"
            " VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (position) WHERE position != '' DO NOTHING",
            (
                letter.ts,
                letter.provider,
                letter.game_id,
                letter.rule,
                letter.detail,
                letter.payload,
                letter.webhook_id,
                letter.position,
                letter.state,
            ),
        )


def _settle(connection: sqlite3.Connection, work: Settled) -> None:
    for chunk in _chunks(work.numbers):
        marks = ",".join("?" * len(chunk))
        connection.execute(
            f"UPDATE dead_letters SET state = ? WHERE number IN ({marks})",  # noqa: S608 (only marks are spliced)
            (work.state, *chunk),
        )


def _insert(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    for chunk in _chunks(rows):
        marks = "(" + ",".join("?" * len(chunk[0])) + ")"
        connection.execute(
            f"{statement} VALUES {','.join([marks] * len(chunk))}", [value for row in chunk for value in row]
        )


def _chunks(rows: Sequence[Chunked]) -> Iterator[Sequence[Chunked]]:
    start = 0
    for size in CHUNKS:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@dataclass(slots=True)
class Sweeper:
    """Deletes by age, a bounded number of rows now and then, inside a commit that is due anyway.

    Attributes:
        webhook_ids_ms: how long an id is remembered with its answer.
        retention_ms: how long claims and dead letters stay.
    """

    webhook_ids_ms: int
    retention_ms: int
    _commits: int = SWEEP_COMMITS
    _came: int = 0

    def count(self, came: int) -> None:
        """Take note of a commit that brought `came` rows."""
        self._commits += 1
        self._came += came

    def sweep(self, connection: sqlite3.Connection, now_ms: int) -> None:
        """Delete, where enough commits have passed.

        Numbers grow with time, so the oldest rows are the lowest and no index by time is needed.
        """
        if self._commits < SWEEP_COMMITS:
            return
        limit = max(SWEEP_ROWS_MIN, 2 * self._came)
        self._commits = self._came = 0
        for table, column, age_ms in (
            ("webhooks", "number", self.webhook_ids_ms),
            ("claims", '"offset"', self.retention_ms),
            ("dead_letters", "number", self.retention_ms),
        ):
            stamp = "received_ms" if table == "claims" else "ts"
            connection.execute(  # only names of the three rows above are spliced
                f"DELETE FROM {table} WHERE {column} IN (SELECT {column} FROM {table} ORDER BY 1 LIMIT ?)"  # noqa: S608
                f" AND {stamp} < ?",
                (limit, now_ms - age_ms),
            )

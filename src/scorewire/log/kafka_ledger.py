"""Which webhook-ids were used, and what was answered: one table for all intakes, beside the journal.

Kafka and a database have no commit in common, so a call takes three steps:

    reserve ──► claims on Kafka, acknowledged by all replicas ──► answer ──► the caller is told
       │                                                           │
       └── another intake holds it: Busy, the caller comes again   └── it lost its hold meanwhile: as there

A call is acknowledged only after the last step. An intake that dies between them leaves an id that is held
and not answered. The caller's next try takes it over, at once where the database sees that the holder's line
has ended, and else when the hold runs out; its claims may then lie on the log twice. They are applied once:
games/ knows each (provider, event, revision).
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

from scorewire.errors import BackendError

Key = tuple[str, str]
"""(provider, webhook-id)."""

STATEMENT_MS: Final = 10_000

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Answered:
    """The first call's body and what it was told."""

    digest: bytes
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """The id is ours until the hold runs out."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Another intake is at this call, or was a moment ago; `digest` is of the body that it has."""

    digest: bytes


Standing = Answered | Held | Busy


class WebhookLedger(Protocol):
    """What the log on Kafka needs of it. Every method may block, and raises BackendError."""

    def reserve(self, calls: Sequence[tuple[Key, bytes]]) -> dict[Key, Standing]:
        """Take the ids that nobody has used or holds, with their digests; one durable step for all."""
        ...

    def answer(self, calls: Sequence[tuple[Key, int, bytes]]) -> set[Key]:
        """Make status and answer durable for ids that we hold; those of them that are so now."""
        ...

    def release(self, keys: Sequence[Key]) -> None:
        """Their claims may not have become durable: whoever repeats the call may take it over at once."""
        ...

    def recall(self, key: Key) -> Answered | None:
        """The answer to an earlier call; may be asked from another thread than the rest."""
        ...

    def sweep(self, rows_max: int) -> int:
        """Delete ids that are too old, the oldest first; how many."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...


TABLE: Final = """
CREATE TABLE IF NOT EXISTS webhook_ids (
    provider text NOT NULL,
    id text NOT NULL,
    digest bytea NOT NULL,
    status integer,
    answer bytea,
    holder text NOT NULL,
    held_until timestamptz NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, id)
);
CREATE INDEX IF NOT EXISTS webhook_ids_at ON webhook_ids (at);
"""
TABLE_LOCK: Final = 0x5C0_4EF1
"""Of pg_advisory_xact_lock: two intakes that start together would both create the table."""

LIFE_LOCK: Final = 0x5C0_4EF2
"""First half of an advisory lock that an intake has while its line lives; the second is its holder's name."""
LIVE: Final = "SELECT pg_advisory_lock_shared(%s, hashtext(%s))"

# In order of the key, so that two intakes never wait for each other crosswise. Where two holders' names have
# one hash, a dead one seems to live, and its hold runs out as it would anyway.
RESERVE: Final = """
INSERT INTO webhook_ids AS held (provider, id, digest, holder, held_until)
SELECT provider, id, digest, %(holder)s, now() + make_interval(secs => %(hold_s)s)
FROM unnest(%(providers)s::text[], %(ids)s::text[], %(digests)s::bytea[]) AS call (provider, id, digest)
ORDER BY provider, id
ON CONFLICT (provider, id) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE held.answer IS NULL AND held.digest = excluded.digest
  AND (held.holder = excluded.holder OR held.held_until < now() OR NOT EXISTS (
    SELECT FROM pg_locks AS life
    WHERE life.locktype = 'advisory' AND life.objsubid = 2 AND life.granted
      AND life.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND life.classid::bigint = %(life_lock)s
      AND life.objid::bigint = hashtext(held.holder)::bigint & 4294967295))
RETURNING provider, id
"""
STANDING: Final = """
SELECT provider, id, digest, status, answer FROM webhook_ids
WHERE (provider, id) IN (SELECT * FROM unnest(%(providers)s::text[], %(ids)s::text[]))
"""
ANSWER: Final = """
UPDATE webhook_ids AS held SET status = call.status, answer = call.answer
FROM unnest(%(providers)s::text[], %(ids)s::text[], %(statuses)s::int[], %(answers)s::bytea[])
  AS call (provider, id, status, answer)
WHERE held.provider = call.provider AND held.id = call.id
  AND held.holder = %(holder)s AND held.answer IS NULL
RETURNING held.provider, held.id
"""
RELEASE: Final = """
UPDATE webhook_ids SET held_until = '-infinity'
WHERE (provider, id) IN (SELECT * FROM unnest(%(providers)s::text[], %(ids)s::text[]))
  AND holder = %(holder)s AND answer IS NULL
"""
RECALL: Final = """
SELECT digest, status, answer FROM webhook_ids WHERE provider = %s AND id = %s AND answer IS NOT NULL
"""
SWEEP: Final = """
DELETE FROM webhook_ids WHERE (provider, id) IN (
    SELECT provider, id FROM webhook_ids WHERE at < now() - make_interval(hours => %s) ORDER BY at LIMIT %s)
"""


class PostgresLedger:
    """A WebhookLedger in PostgreSQL; the database's clock decides for all intakes.

    A connection that breaks is made anew at the next call; the call that met it fails, and is retryable.

    Args:
        url: `postgresql://user@host/database`, or libpq's words for it; the journal's.
        holder: names this process, unlike any other that runs or has run: a random word.
        hold_s: longer than Kafka may take to acknowledge; no longer than a provider goes on trying.
        webhook_ids_h: hours for which an id is remembered.
    """

    def __init__(self, url: str, *, holder: str, hold_s: float, webhook_ids_h: int) -> None:
        self._url = make_conninfo(
            url,
            # Of several hosts the one that takes writes, as the journal has it.
            target_session_attrs="read-write",
            connect_timeout=5,
            # A server whose machine is gone says nothing; nobody waits a quarter of an hour for that.
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=10_000,
            application_name="scorewire-intake",
            options=f"-c statement_timeout={STATEMENT_MS}",
        )
        self._holder = holder
        self._hold_s = hold_s
        self._webhook_ids_h = webhook_ids_h
        self._writing = _Line(self._url, begin=self._live)
        self._reading = _Line(self._url)

    def prepare(self) -> None:
        """Make the table where it is missing.

        Raises:
            BackendError: the database cannot be reached or will not have it.
        """

        def create(connection: psycopg.Connection[Any]) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (TABLE_LOCK,))
            connection.execute(TABLE)

        self._writing.ask(create)

    def reserve(self, calls: Sequence[tuple[Key, bytes]]) -> dict[Key, Standing]:
        """See `WebhookLedger.reserve`."""
        if not calls:
            return {}
        asked = {
            **_columns([key for key, _ in calls]),
            "digests": [digest for _, digest in calls],
            "holder": self._holder,
            "hold_s": self._hold_s,
            "life_lock": LIFE_LOCK,
        }

        def take(connection: psycopg.Connection[Any]) -> dict[Key, Standing]:
            found: dict[Key, Standing] = {
                (provider, webhook_id): Held()
                for provider, webhook_id in connection.execute(RESERVE, asked).fetchall()
            }
            left = [key for key, _ in calls if key not in found]
            if left:
                for provider, webhook_id, *row in connection.execute(STANDING, _columns(left)).fetchall():
                    found[provider, webhook_id] = _standing(*row)
            return found

        return self._writing.ask(take)

    def _live(self, connection: psycopg.Connection[Any]) -> None:
        # Shared: the line before this one may not have ended yet for the server.
        connection.execute(LIVE, (LIFE_LOCK, self._holder))

    def answer(self, calls: Sequence[tuple[Key, int, bytes]]) -> set[Key]:
        """See `WebhookLedger.answer`."""
        if not calls:
            return set()
        given = {
            **_columns([key for key, _, _ in calls]),
            "statuses": [status for _, status, _ in calls],
            "answers": [answer for _, _, answer in calls],
            "holder": self._holder,
        }
        return self._writing.ask(lambda connection: set(connection.execute(ANSWER, given).fetchall()))

    def release(self, keys: Sequence[Key]) -> None:
        """See `WebhookLedger.release`."""
        if keys:
            held = {**_columns(keys), "holder": self._holder}
            self._writing.ask(lambda connection: connection.execute(RELEASE, held))

    def recall(self, key: Key) -> Answered | None:
        """See `WebhookLedger.recall`."""
        row = self._reading.ask(lambda connection: connection.execute(RECALL, key).fetchone())
        return None if row is None else Answered(*row)

    def sweep(self, rows_max: int) -> int:
        """See `WebhookLedger.sweep`."""
        return self._writing.ask(
            lambda connection: connection.execute(SWEEP, (self._webhook_ids_h, rows_max)).rowcount
        )

    def close(self) -> None:
        """See `WebhookLedger.close`."""
        self._writing.close()
        self._reading.close()


class _Line:
    """One connection, made when it is wanted, for one caller at a time.

    Args:
        begin: called with each new connection, in a transaction.
    """

    def __init__(
        self, url: str, *, begin: Callable[[psycopg.Connection[Any]], None] = lambda _line: None
    ) -> None:
        self._url = url
        self._begin = begin
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, question: Callable[[psycopg.Connection[Any]], Done]) -> Done:
        """One transaction."""
        with self._lock, self._translated():
            if self._connection is None:
                self._connection = psycopg.connect(self._url)
                with self._connection.transaction():
                    self._begin(self._connection)
            with self._connection.transaction():
                return question(self._connection)

    def close(self) -> None:
        with self._lock:
            self._drop()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as error:
            # A server that has become another's standby is left: the next line goes to who takes writes.
            self._drop()
            raise BackendError(f"the ledger of webhook-ids: {_first_line(error)}", retryable=True) from error
        except psycopg.Error as error:
            raise BackendError(f"the ledger of webhook-ids: {_first_line(error)}", retryable=False) from error

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


def _columns(keys: Sequence[Key]) -> dict[str, object]:
    return {"providers": [provider for provider, _ in keys], "ids": [webhook_id for _, webhook_id in keys]}


def _standing(digest: bytes, status: int | None, answer: bytes | None) -> Standing:
    if answer is None or status is None:
        return Busy(digest)
    return Answered(digest, status, answer)


def _first_line(error: Exception) -> str:
    """Without what PostgreSQL adds below, which may quote values."""
    return str(error).strip().partition("\n")[0]

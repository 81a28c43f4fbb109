import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.log_suite import NOW_MS, goal, letter, submission
from scorewire.errors import WebhookConflict
from scorewire.log.base import Receipt
from scorewire.log.local_schema import open_to_write
from scorewire.log.local_writes import SWEEP_COMMITS, SWEEP_ROWS_MIN, Sweeper, last_offset, write

HOUR_MS = 3_600_000


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_to_write(tmp_path / "log.sqlite")
    yield connection
    connection.close()


def count(connection: sqlite3.Connection, table: str) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 63, 64, 65, 150])
def test_every_claim_of_a_call_is_written_whatever_their_number(
    connection: sqlite3.Connection, size: int
) -> None:
    batch = write(connection, [submission("w1", *(goal(n) for n in range(size)))], 1)
    rows = connection.execute('SELECT "offset" FROM claims ORDER BY 1').fetchall()
    assert [row[0] for row in rows] == list(range(1, size + 1))
    assert [entry.offset for entry in batch.entries] == list(range(1, size + 1))
    assert len(batch.sizes) == size
    assert batch.next_offset == size + 1


def test_a_hundred_claims_take_a_handful_of_statements(connection: sqlite3.Connection) -> None:
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    write(connection, [submission(f"w{n}", goal(n)) for n in range(100)], 1)
    assert len(statements) < 20


def test_the_same_id_twice_in_one_batch(connection: sqlite3.Connection) -> None:
    batch = write(
        connection,
        [
            submission("w1", goal(1), refused=(letter(1),)),
            submission("w1", goal(1), refused=(letter(1),)),
            submission("w1", goal(2), body="other", refused=(letter(2),)),
            submission("w2", goal(3)),
        ],
        1,
    )
    first, second, third, fourth = batch.outcomes
    assert first == Receipt(status=202, answer=b"answer to w1", repeated=False)
    assert second == Receipt(status=202, answer=b"answer to w1", repeated=True)
    assert isinstance(third, WebhookConflict)
    assert isinstance(fourth, Receipt)
    assert count(connection, "claims") == 2
    assert count(connection, "webhooks") == 2
    assert count(connection, "dead_letters") == 1


def test_ids_of_earlier_batches_are_known_however_many_are_asked(connection: sqlite3.Connection) -> None:
    calls = [submission(f"w{n}", goal(n)) for n in range(100)]
    write(connection, calls, 1)
    again = write(connection, calls, 101)
    assert all(isinstance(one, Receipt) and one.repeated for one in again.outcomes)
    assert again.next_offset == 101


def test_offsets_go_on_after_everything_was_deleted(connection: sqlite3.Connection) -> None:
    assert last_offset(connection) == 0
    write(connection, [submission("w1", goal(1), goal(2))], 1)
    connection.execute("DELETE FROM claims")
    assert last_offset(connection) == 2


def swept(connection: sqlite3.Connection, now_ms: int) -> list[int]:
    Sweeper(24 * HOUR_MS, 30 * 24 * HOUR_MS).sweep(connection, now_ms)
    return [count(connection, table) for table in ("webhooks", "claims", "dead_letters")]


@pytest.mark.parametrize(
    ("hours", "left"),
    [(0, [1, 1, 1]), (24, [1, 1, 1]), (25, [0, 1, 1]), (30 * 24, [0, 1, 1]), (30 * 24 + 1, [0, 0, 0])],
)
def test_what_is_too_old_goes_and_nothing_else(
    connection: sqlite3.Connection, hours: int, left: list[int]
) -> None:
    write(connection, [submission("w1", goal(1), refused=(letter(0),))], 1)
    assert swept(connection, NOW_MS + hours * HOUR_MS) == left


def test_a_sweep_is_bounded_and_comes_only_now_and_then(connection: sqlite3.Connection) -> None:
    old = SWEEP_ROWS_MIN + 100
    write(connection, [submission(f"w{n}", goal(n)) for n in range(old)], 1)
    sweeper = Sweeper(HOUR_MS, HOUR_MS)
    later = NOW_MS + 2 * HOUR_MS
    sweeper.sweep(connection, later)
    assert count(connection, "claims") == 100
    sweeper.sweep(connection, later)
    assert count(connection, "claims") == 100
    for _ in range(SWEEP_COMMITS):
        sweeper.count(1)
    sweeper.sweep(connection, later)
    assert count(connection, "claims") == 0


def test_a_sweep_keeps_up_with_any_rate(connection: sqlite3.Connection) -> None:
    write(connection, [submission("w1", *(goal(n) for n in range(2000)))], 1)
    sweeper = Sweeper(HOUR_MS, HOUR_MS)
    sweeper.count(1000)
    sweeper.sweep(connection, NOW_MS + 2 * HOUR_MS)
    assert count(connection, "claims") == 0

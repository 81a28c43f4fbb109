import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.log_suite import DECLARED, goal, letter, submission
from scorewire.log import local_reads
from scorewire.log.local_schema import open_to_write
from scorewire.log.local_writes import write


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_to_write(tmp_path / "log.sqlite")
    yield connection
    connection.close()


def test_claims_are_decoded_into_what_they_were(connection: sqlite3.Connection) -> None:
    batch = write(connection, [submission("w1", goal(1), DECLARED)], 1)
    assert local_reads.entries(connection, 0, 10) == batch.entries
    assert local_reads.entries(connection, 1, 10) == batch.entries[1:]
    assert local_reads.entries(connection, 0, 1) == batch.entries[:1]


def test_a_claim_written_by_the_first_version_is_still_read(connection: sqlite3.Connection) -> None:
    stored = b'{"kind":"event","provider":"acme","game_id":"g1","event":"prov-1","revision":7,"type":"GOAL"}'
    connection.execute("INSERT INTO claims VALUES (1, 'g1', 5, 'w1', ?)", (stored,))
    (entry,) = local_reads.entries(connection, 0, 10)
    assert (entry.claim.provider, entry.claim.revision, entry.received_ms) == ("acme", 7, 5)


def test_an_answer_is_found_by_provider_and_id(connection: sqlite3.Connection) -> None:
    call = submission("w1", goal(1))
    write(connection, [call], 1)
    assert local_reads.answered(connection, "acme", "w1") == (call.digest, call.status, call.answer)
    assert local_reads.answered(connection, "backup", "w1") is None


@pytest.mark.parametrize("number", [-1, 0, 2, 2**63, 10**30])
def test_a_number_that_no_letter_has_is_nothing(connection: sqlite3.Connection, number: int) -> None:
    write(connection, [[letter(1)]], 1)
    assert local_reads.dead_letter(connection, number) is None
    found = local_reads.dead_letter(connection, 1)
    assert found is not None
    assert found.payload == letter(1).payload


def test_filters_are_values_never_sql(connection: sqlite3.Connection) -> None:
    write(connection, [[letter(1)]], 1)
    wanted = {"state": "open", "game_id": "", "since_ms": 0, "limit": 10}
    assert len(local_reads.dead_letters(connection, rule="unknown_game", **wanted)) == 1
    assert local_reads.dead_letters(connection, rule="x' OR '1'='1", **wanted) == []


def test_claims_that_wait_are_those_above_and_those_that_were_held(connection: sqlite3.Connection) -> None:
    count = len(write(connection, [submission("w1", DECLARED, *map(goal, range(1, 4)))], 1).entries)
    assert count == 4
    assert local_reads.waiting(connection, 0, ()) == count
    assert local_reads.waiting(connection, count, ()) == 0
    assert local_reads.waiting(connection, count, (1, 2, 99)) == 2

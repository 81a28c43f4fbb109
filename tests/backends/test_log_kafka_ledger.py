"""The ledger of webhook-ids on a real PostgreSQL: who holds a call, and what was answered."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import psycopg
import pytest

from scorewire.errors import BackendError
from scorewire.journal.dialect import locate
from scorewire.journal.libpq import conninfo
from scorewire.log.kafka_ledger import Answered, Busy, Held, PostgresLedger
from services.ports import HOST
from services.postgres import PostgresServer, run_sql

pytestmark = pytest.mark.postgres

KEY = ("acme", "w1")
DIGEST = b"digest"


def opened(url: str, holder: str, *, hold_s: float = 60.0) -> PostgresLedger:
    ledger = PostgresLedger(url, holder=holder, hold_s=hold_s, webhook_ids_h=24)
    ledger.prepare()
    return ledger


@pytest.fixture
def ledgers(postgres_url: str) -> Iterator[list[PostgresLedger]]:
    """Of two intakes."""
    both = [opened(postgres_url, "first"), opened(postgres_url, "second")]
    yield both
    for one in both:
        one.close()


def test_an_id_is_held_by_one_intake_until_it_is_answered(ledgers: list[PostgresLedger]) -> None:
    first, second = ledgers
    assert first.reserve([(KEY, DIGEST)]) == {KEY: Held()}
    assert second.reserve([(KEY, DIGEST)]) == {KEY: Busy(DIGEST)}
    assert first.recall(KEY) is None
    assert first.answer([(KEY, 202, b"ok")]) == {KEY}
    for one in ledgers:
        assert one.reserve([(KEY, b"another")]) == {KEY: Answered(DIGEST, 202, b"ok")}
        assert one.recall(KEY) == Answered(DIGEST, 202, b"ok")


def test_the_holder_itself_may_begin_again(ledgers: list[PostgresLedger]) -> None:
    assert ledgers[0].reserve([(KEY, DIGEST)]) == {KEY: Held()}
    assert ledgers[0].reserve([(KEY, DIGEST)]) == {KEY: Held()}


def test_what_was_released_is_taken_at_once_and_with_the_same_body_only(
    ledgers: list[PostgresLedger],
) -> None:
    first, second = ledgers
    first.reserve([(KEY, DIGEST)])
    second.release([KEY])
    assert second.reserve([(KEY, DIGEST)]) == {KEY: Busy(DIGEST)}
    first.release([KEY])
    assert second.reserve([(KEY, b"another")]) == {KEY: Busy(DIGEST)}
    assert second.reserve([(KEY, DIGEST)]) == {KEY: Held()}


def test_a_dead_intakes_hold_runs_out_and_it_can_answer_no_more(postgres_url: str) -> None:
    dead, alive = opened(postgres_url, "dead", hold_s=0.0), opened(postgres_url, "alive")
    dead.reserve([(KEY, DIGEST)])
    assert alive.reserve([(KEY, DIGEST)]) == {KEY: Held()}
    assert dead.answer([(KEY, 202, b"late")]) == set()
    assert alive.answer([(KEY, 202, b"ok")]) == {KEY}
    assert dead.answer([(KEY, 202, b"later")]) == set()
    assert dead.recall(KEY) == Answered(DIGEST, 202, b"ok")
    dead.close()
    alive.close()


def test_who_has_ended_holds_nothing_back(postgres_url: str) -> None:
    dead, alive = opened(postgres_url, "dead"), opened(postgres_url, "alive")
    dead.reserve([(KEY, DIGEST)])
    assert alive.reserve([(KEY, DIGEST)]) == {KEY: Busy(DIGEST)}
    dead.close()
    # The server hears of it when it next looks at that line.
    deadline = time.monotonic() + 20
    while alive.reserve([(KEY, DIGEST)]) != {KEY: Held()}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    # It comes back, as if only its line had been lost: the call is another's.
    assert dead.reserve([(KEY, DIGEST)]) == {KEY: Busy(DIGEST)}
    assert dead.answer([(KEY, 202, b"late")]) == set()
    assert alive.answer([(KEY, 202, b"ok")]) == {KEY}
    dead.close()
    alive.close()


def test_a_holder_whose_line_was_made_anew_lives(ledgers: list[PostgresLedger], postgres_url: str) -> None:
    first, second = ledgers
    first.reserve([(KEY, DIGEST)])
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    for one in ledgers:
        with suppress(BackendError):
            one.release([])
            one.reserve([(("acme", "other"), DIGEST)])
        one.reserve([(("acme", "other"), DIGEST)])
    assert second.reserve([(KEY, DIGEST)]) == {KEY: Busy(DIGEST)}
    assert first.answer([(KEY, 202, b"ok")]) == {KEY}


def test_many_are_reserved_in_one_step_each_by_its_own_standing(ledgers: list[PostgresLedger]) -> None:
    first, second = ledgers
    first.reserve([(("acme", "held"), DIGEST), (("acme", "answered"), DIGEST)])
    first.answer([(("acme", "answered"), 422, b"no")])
    asked = [(("acme", name), DIGEST) for name in ("new", "held", "answered")] + [(("other", "held"), DIGEST)]
    assert second.reserve(asked) == {
        ("acme", "new"): Held(),
        ("acme", "held"): Busy(DIGEST),
        ("acme", "answered"): Answered(DIGEST, 422, b"no"),
        ("other", "held"): Held(),
    }
    assert second.reserve([]) == {}
    assert second.answer([]) == set()


def test_two_intakes_with_the_same_calls_share_them_and_never_lock_each_other(
    ledgers: list[PostgresLedger],
) -> None:
    taken: dict[int, int] = {0: 0, 1: 0}
    failed: list[BackendError] = []

    def take(which: int) -> None:
        for turn in range(60):
            keys = [("acme", f"w{turn}-{number}") for number in range(40)]
            asked = [(key, DIGEST) for key in (keys if which else keys[::-1])]
            try:
                found = ledgers[which].reserve(asked)
            except BackendError as error:
                failed.append(error)
                continue
            assert set(found) == set(keys)
            taken[which] += sum(isinstance(one, Held) for one in found.values())

    threads = [threading.Thread(target=take, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sum(taken.values()) == 60 * 40


def test_ids_are_forgotten_after_their_hours(ledgers: list[PostgresLedger], postgres_url: str) -> None:
    ledger = ledgers[0]
    ledger.reserve([(KEY, DIGEST), (("acme", "w2"), DIGEST)])
    ledger.answer([(KEY, 202, b"ok")])
    assert ledger.sweep(100) == 0
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE webhook_ids SET at = now() - interval '25 hours' WHERE id = 'w1'")
    assert ledger.sweep(0) == 0
    assert ledger.sweep(100) == 1
    assert ledger.recall(KEY) is None
    assert ledger.reserve([(("acme", "w2"), DIGEST)]) == {("acme", "w2"): Held()}


def test_intakes_that_start_together_make_one_table(postgres_url: str) -> None:
    failed: list[Exception] = []

    def start(number: int) -> None:
        try:
            opened(postgres_url, str(number)).close()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_a_database_that_went_away_fails_the_call_and_serves_the_next() -> None:
    with PostgresServer() as server:
        ledger = opened(server.make_database(), "first")
        ledger.reserve([(KEY, DIGEST)])
        server.kill()
        for _ in range(2):
            with pytest.raises(BackendError, match="ledger of webhook-ids") as failed:
                ledger.answer([(KEY, 202, b"ok")])
            assert failed.value.retryable
        server.start()
        assert ledger.reserve([(KEY, DIGEST)]) == {KEY: Held()}
        assert ledger.answer([(KEY, 202, b"ok")]) == {KEY}
        ledger.close()


def test_a_server_that_only_reads_is_left_for_one_that_takes_writes(postgres_url: str) -> None:
    """As after a failover, when the first host of the URL is the other's standby."""
    writes = urlsplit(postgres_url)
    with PostgresServer() as first:
        run_sql(first.url, f"create database {writes.path[1:]}")
        hosts = f"host={HOST}:{first.port}&host={writes.hostname}:{writes.port}"
        url = writes._replace(netloc=f"{writes.username}@", query=hosts).geturl()
        # As a node reads the journal's URL.
        ledger = opened(conninfo(locate(url)), "first")
        ledger.reserve([(KEY, DIGEST)])
        run_sql(first.url, "alter system set default_transaction_read_only = on")
        run_sql(first.url, "select pg_reload_conf()")
        assert eventually_fails(ledger).retryable
        opened(postgres_url, "second").close()
        assert ledger.reserve([(KEY, DIGEST)]) == {KEY: Held()}
        ledger.close()


def eventually_fails(ledger: PostgresLedger) -> BackendError:
    """What a call is told, once the server has taken note of its new setting."""
    for _ in range(500):
        try:
            ledger.reserve([(KEY, DIGEST)])
        except BackendError as error:
            return error
        time.sleep(0.02)
    raise AssertionError("the server takes writes still")


def test_a_failure_names_no_secret(postgres_url: str) -> None:
    ledger = PostgresLedger(
        "postgresql://someone:hunter2@127.0.0.1:1/none", holder="x", hold_s=1, webhook_ids_h=1
    )
    with pytest.raises(BackendError) as failed:
        ledger.prepare()
    assert "hunter2" not in str(failed.value)

"""What lies on Kafka comes back as it was given, and what is not ours is refused."""

import json

import msgspec
import pytest

from contract.log_suite import DECLARED, NOW_MS, goal, letter, submission
from scorewire.log.base import LogEntry
from scorewire.log.kafka_records import (
    UNREADABLE,
    Lettered,
    Settled,
    claim_records,
    kafka_offset,
    letter_record,
    port_offset,
    read_buried,
    read_claim,
    settled_record,
)


def test_each_claim_of_a_call_is_a_record_of_its_game() -> None:
    records = claim_records(submission("w1", goal(1), goal(2, "g2"), DECLARED))
    assert [record.key for record in records] == [b"g1", b"g2", b"g1"]
    assert json.loads(records[0].value)["event"] == "prov-1"


def test_a_claim_comes_back_with_all_that_its_call_said() -> None:
    (record,) = claim_records(submission("w1", goal(1), traceparent="00-aa-bb-01"))
    assert read_claim(2, 6, record.headers, record.value) == LogEntry(
        partition=2, offset=7, received_ms=NOW_MS, webhook_id="w1", claim=goal(1), traceparent="00-aa-bb-01"
    )


def test_a_call_without_a_trace_has_no_such_header() -> None:
    (record,) = claim_records(submission("wü", goal(1)))
    assert [name for name, _ in record.headers] == ["webhook-id", "received-ms"]
    entry = read_claim(0, 0, record.headers, record.value)
    assert (entry.webhook_id, entry.traceparent) == ("wü", "")


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ([], b"{}"),
        ([("webhook-id", b"w"), ("received-ms", b"soon")], msgspec.json.encode(goal(1))),
        ([("webhook-id", b"w"), ("received-ms", b"1")], b'{"kind":"weather"}'),
        ([("webhook-id", b"w"), ("received-ms", b"1")], b"\xff"),
        ([("webhook-id", b"\xff"), ("received-ms", b"1")], msgspec.json.encode(goal(1))),
        ([("webhook-id", b"w")], msgspec.json.encode(goal(1))),
    ],
)
def test_what_is_not_ours_is_refused(headers: list[tuple[str, str | bytes | None]], value: bytes) -> None:
    with pytest.raises(UNREADABLE):
        read_claim(0, 0, headers, value)


def test_the_port_counts_from_one() -> None:
    assert port_offset(0) == 1
    assert [kafka_offset(after) for after in (-1, 0, 1, 7)] == [0, 0, 1, 7]


def test_dead_letters_and_what_became_of_them_come_back() -> None:
    one = letter(3, position="0:7")
    assert read_buried(letter_record(one).value) == Lettered(letter=one)
    assert read_buried(settled_record([4, 2**70, -1, 9], "replayed").value) == Settled(
        numbers=(4, 9), state="replayed"
    )
    with pytest.raises(UNREADABLE):
        read_buried(b'{"kind":"other"}')

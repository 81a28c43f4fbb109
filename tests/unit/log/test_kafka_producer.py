"""The producer goes on after its client has failed for good; on the broker that librdkafka has for tests."""

import ctypes
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Producer

from scorewire.log.kafka_producer import Delivery, KafkaProducer
from scorewire.log.kafka_records import Record

RECORD = Record(b"g1", b"{}", [])


def test_a_producer_that_can_never_send_again_is_replaced() -> None:
    producer = KafkaProducer("127.0.0.1:1", {"test.mock.num.brokers": 1})
    assert producer.produce([(0, "claims", RECORD)]).failed == {}
    fail_for_good(producer._producer)
    assert producer.produce([(0, "claims", RECORD)]).failed[0].retryable
    assert producer.produce([(0, "claims", RECORD)]).failed == {}
    producer.close()


@pytest.mark.parametrize(
    ("code", "retryable"), [(KafkaError.MSG_SIZE_TOO_LARGE, False), (KafkaError._MSG_TIMED_OUT, True)]
)
def test_a_record_that_fails_is_no_reason_for_another_producer(code: int, retryable: bool) -> None:
    delivery = Delivery()
    delivery.fail(7, KafkaError(code))
    assert delivery.failed[7].retryable is retryable
    assert not delivery.fatal


def fail_for_good(producer: Producer) -> None:
    """As an idempotent producer does whose brokers have lost count of its records."""
    mapped = Path("/proc/self/maps").read_text().split()
    library = ctypes.CDLL(next(one for one in mapped if "librdkafka" in one))
    fail = library.rd_kafka_test_fatal_error
    fail.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p]
    # The client's handle is the first field of the object.
    handle = ctypes.c_void_p.from_address(id(producer) + object.__basicsize__)
    assert fail(handle, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, b"for a test") == 0

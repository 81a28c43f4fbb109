"""Reading by offset on a real Kafka: forwards, back and forth, several at once, with little room."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from backends.kafka_logs import Place, made
from contract.log_suite import goal, submission
from scorewire.errors import BackendError
from scorewire.log.base import LogEntry
from scorewire.log.kafka_fetching import Decode
from scorewire.log.kafka_reader import KafkaReader
from scorewire.log.kafka_records import Headers, read_claim

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

COUNT = 6_000
"""More than the thread fetches in one round, so that it must rest between."""


@pytest.fixture
async def place(kafka_address: str, postgres_url: str) -> AsyncIterator[Place]:
    with made(kafka_address, postgres_url, partitions=1) as one:
        log = await one.open()
        await log.append(submission("w1", *(goal(number) for number in range(1, COUNT + 1))))
        await log.close()
        yield one


@pytest.fixture
async def reader(place: Place) -> AsyncIterator[KafkaReader[LogEntry]]:
    one = reader_at(place, read_claim)
    one.start()
    yield one
    await one.close()


def reader_at(place: Place, decode: Decode[LogEntry]) -> KafkaReader[LogEntry]:
    return KafkaReader(
        brokers=place.brokers,
        security={},
        topic=place.claims_topic,
        decode=decode,
        loop=asyncio.get_running_loop(),
        kept=10,
        room=50,
    )


async def test_all_is_read_in_order_though_there_is_little_room(reader: KafkaReader[LogEntry]) -> None:
    after = 0
    while page := await reader.read(0, after, 37):
        assert [entry.offset for entry in page] == list(range(after + 1, after + 1 + len(page)))
        assert page[0].claim == goal(after + 1)
        after = page[-1].offset
    assert after == COUNT


async def test_a_page_that_has_no_room_is_as_long_as_it_can_be(reader: KafkaReader[LogEntry]) -> None:
    reader.expect(0, COUNT)
    after = 0
    while page := await reader.read(0, after, COUNT):
        after = page[-1].offset
    assert after == COUNT


async def test_whoever_goes_back_and_forth_finds_what_lies_there(reader: KafkaReader[LogEntry]) -> None:
    rng = random.Random(7)
    for _ in range(60):
        after = rng.randrange(COUNT + 1)
        page = await reader.read(0, after, 5)
        assert bool(page) == (after < COUNT)
        assert [entry.offset for entry in page] == list(range(after + 1, after + 1 + len(page)))
        assert await reader.wait(0, after, 0.0) == (after < COUNT)


async def test_two_who_read_at_different_places_both_come_to_the_end(reader: KafkaReader[LogEntry]) -> None:
    async def follow(after: int) -> int:
        while page := await reader.read(0, after, 500):
            assert page[0].offset == after + 1
            after = page[-1].offset
        return after

    assert await asyncio.gather(follow(0), follow(3_000)) == [COUNT, COUNT]


async def test_a_partition_that_was_left_is_fetched_no_more_until_somebody_reads_it(place: Place) -> None:
    fetched: list[int] = []

    def decode(partition: int, offset: int, headers: Headers, value: bytes) -> LogEntry:
        fetched.append(offset)
        return read_claim(partition, offset, headers, value)

    reader = reader_at(place, decode)
    reader.start()
    log = await place.open()
    reader.expect(0, COUNT)
    assert len(await reader.read(0, COUNT - 10, 100)) == 10
    reader.leave(0)
    await asyncio.sleep(0.5)
    await log.append(submission("w2", goal(COUNT + 1)))
    assert len(await log.read(0, COUNT, 1)) == 1
    await asyncio.sleep(0.5)
    assert max(fetched) == COUNT - 1
    (entry,) = await reader.read(0, COUNT, 1)
    assert entry.claim == goal(COUNT + 1)
    await log.close()
    await reader.close()


async def test_a_closed_reader_lets_go_who_waits(reader: KafkaReader[LogEntry]) -> None:
    waiting = asyncio.create_task(reader.wait(0, COUNT, 60))
    assert list(await reader.read(0, COUNT, 1)) == []
    await reader.close()
    assert await waiting is False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_reader_whose_thread_died_says_so_at_once(place: Place) -> None:
    def spoilt(*_: object) -> LogEntry:
        raise RuntimeError("nobody foresaw this")

    reader: KafkaReader[LogEntry] = KafkaReader(
        brokers=place.brokers,
        security={},
        topic=place.claims_topic,
        decode=spoilt,
        loop=asyncio.get_running_loop(),
    )
    reader.start()
    with pytest.raises(BackendError, match="reader has ended") as failed:
        await reader.read(0, 0, 10)
    assert not failed.value.retryable
    await reader.close()

"""The suite of the log over Kafka and PostgreSQL, and what the adapter promises beyond it."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from confluent_kafka import Consumer, TopicPartition

from backends.kafka_logs import PARTITIONS, Place, made
from contract.log_suite import LogSuite, goal, letter, submission
from scorewire.errors import BackendError, WebhookConflict
from scorewire.log.base import DeadLetter, ProviderLog
from scorewire.log.kafka import KafkaLog

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def place(kafka_address: str, postgres_url: str) -> Iterator[Place]:
    with made(kafka_address, postgres_url) as one:
        yield one


class TestKafkaLog(LogSuite):
    """One broker, three partitions, a ledger of its own for each test."""

    @pytest.fixture(autouse=True)
    def _place(self, place: Place) -> None:
        self.place = place

    async def start(self) -> ProviderLog:
        self.log = await self.place.open()
        return self.log

    def partition(self, game_id: str) -> int:
        return self.log.partition_of(game_id)


async def test_each_game_lies_on_the_partition_that_a_java_client_would_choose(place: Place) -> None:
    log = await place.open()
    try:
        games = [f"game-{number}" for number in range(40)]
        await log.append(submission("w1", *(goal(1, game_id) for game_id in games)))
        for partition in range(PARTITIONS):
            entries = await log.read(partition, 0, 100)
            found = [entry.claim.game_id for entry in entries]
            assert found == [game_id for game_id in games if log.partition_of(game_id) == partition]
            assert [entry.offset for entry in entries] == list(range(1, len(entries) + 1))
            assert len(found) > 3
    finally:
        await log.close()


async def test_the_trace_of_a_call_travels_with_its_claims(place: Place) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    log = await place.open()
    try:
        await log.append(submission("w1", goal(1), traceparent=trace))
        await log.append(submission("w2", goal(2)))
        entries = await log.read(log.partition_of("g1"), 0, 10)
        assert [entry.traceparent for entry in entries] == [trace, ""]
    finally:
        await log.close()
    (raw, _) = raw_records(place, log.partition_of("g1"))
    assert dict(raw)["traceparent"] == trace.encode()


async def test_what_another_process_has_written_is_seen_once_its_end_was_asked(place: Place) -> None:
    one, other = await place.open(), await place.open()
    try:
        here = one.partition_of("g1")
        for number in range(1, 21):
            await one.append(submission(f"w{number}", goal(number)))
            assert await other.ends([here]) == {here: number}
            (entry,) = await other.read(here, number - 1, 10)
            assert entry.claim == goal(number)
            await one.bury([letter(number)])
            assert len(await other.dead_letters()) == number
    finally:
        await one.close()
        await other.close()


async def test_two_intakes_take_a_call_once(place: Place) -> None:
    logs = [await place.open(), await place.open()]
    try:
        told = await asyncio.gather(
            *(repeated(logs[number % 2], "w1") for number in range(20)),
            *(repeated(logs[number % 2], "w2") for number in range(20)),
        )
        assert told.count(False) == 2
        assert len(await logs[0].read(logs[0].partition_of("g1"), 0, 100)) == 2
        with pytest.raises(WebhookConflict):
            await logs[1].append(submission("w1", goal(9), body="other"))
        assert (await logs[1].recall("acme", "w1", submission("w1").digest)) is not None
    finally:
        for log in logs:
            await log.close()


async def repeated(log: KafkaLog, webhook_id: str) -> bool:
    """Post as a provider does: again while another intake is at it."""
    while True:
        try:
            return (await log.append(submission(webhook_id, goal(1)))).repeated
        except BackendError as error:
            if not error.retryable:
                raise
            await asyncio.sleep(0.05)


async def letters_seen(log: KafkaLog, count: int) -> Sequence[DeadLetter]:
    """The open dead letters, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            found = await log.dead_letters()
            if len(found) == count:
                return found
            await asyncio.sleep(0.01)


async def test_what_another_process_buried_or_settled_is_seen(place: Place) -> None:
    first, second = await place.open(), await place.open()
    try:
        assert list(await second.dead_letters()) == []
        await first.bury([letter(1), letter(2)])
        found = await letters_seen(second, 2)
        await second.settle([found[0].number], "replayed")
        assert (await letters_seen(first, 1))[0].number == found[1].number
    finally:
        await first.close()
        await second.close()


async def test_a_record_that_is_not_ours_is_passed_by(place: Place) -> None:
    from confluent_kafka import Producer

    log = await place.open()
    try:
        await log.append(submission("w1", goal(1)))
        stranger = Producer({"bootstrap.servers": place.brokers, "partitioner": "murmur2_random"})
        stranger.produce(place.claims_topic, key=b"g1", value=b"{}")
        assert stranger.flush(10) == 0
        await log.append(submission("w2", goal(2)))
        entries = await log.read(log.partition_of("g1"), 0, 10)
        assert [(entry.offset, entry.claim) for entry in entries] == [(1, goal(1)), (3, goal(2))]
        assert list(await log.read(log.partition_of("g1"), 3, 10)) == []
    finally:
        await log.close()


async def test_a_reader_may_go_back_and_several_may_read_at_once(place: Place) -> None:
    log = await place.open()
    try:
        await log.append(submission("w1", *(goal(n) for n in range(300))))
        partition = log.partition_of("g1")
        for after in (0, 250, 100, 299, 0):
            entries = await log.read(partition, after, 7)
            assert [entry.offset for entry in entries] == list(range(after + 1, min(after + 8, 301)))
        pages = await asyncio.gather(*(log.read(partition, after, 5) for after in (10, 200, 50, 299)))
        assert [page[0].offset for page in pages] == [11, 201, 51, 300]
    finally:
        await log.close()


async def test_a_log_that_ends_before_what_was_read_from_it_says_so(place: Place) -> None:
    log = await place.open()
    try:
        await log.append(submission("w1", goal(1)))
        with pytest.raises(BackendError, match="ends at 1, and 900 was read"):
            await log.read(log.partition_of("g1"), 900, 10)
        assert len(await log.read(log.partition_of("g1"), 0, 10)) == 1
    finally:
        await log.close()


async def test_a_claim_too_large_fails_its_own_call_only(place: Place) -> None:
    log = await place.open()
    try:
        huge = goal(1)
        huge.detail["blob"] = "x" * (25 * 1024 * 1024)
        told = await asyncio.gather(
            log.append(submission("w1", huge)), log.append(submission("w2", goal(2))), return_exceptions=True
        )
        assert isinstance(told[0], BackendError)
        assert not told[0].retryable
        assert not isinstance(told[1], BaseException)
        assert len(await log.read(log.partition_of("g1"), 0, 10)) == 1
    finally:
        await log.close()


@pytest.mark.xfail(
    strict=True,
    reason="a call's claims are records of their own: of a call that failed some may lie on the log,"
    " where the embedded log has none (ADR 8)",
)
async def test_of_a_call_that_failed_nothing_is_on_the_log(place: Place) -> None:
    log = await place.open()
    try:
        huge = goal(2)
        huge.detail["blob"] = "x" * (25 * 1024 * 1024)
        with pytest.raises(BackendError):
            await log.append(submission("w1", goal(1), huge))
        assert list(await log.read(log.partition_of("g1"), 0, 10)) == []
    finally:
        await log.close()


async def test_topics_that_are_missing_are_named(place: Place) -> None:
    place.prefix = "nowhere."
    with pytest.raises(BackendError, match=r"nowhere\.claims; run `scorewire topics`"):
        await place.open()


def raw_records(place: Place, partition: int) -> list[list[tuple[str, bytes]]]:
    """The headers on a partition, as another program sees them."""
    consumer = Consumer(
        {"bootstrap.servers": place.brokers, "group.id": "look", "enable.partition.eof": True}
    )
    consumer.assign([TopicPartition(place.claims_topic, partition, 0)])
    found: list[list[tuple[str, bytes]]] = []
    while (message := consumer.poll(10)) is not None and message.error() is None:
        found.append(message.headers())
    consumer.close()
    return found

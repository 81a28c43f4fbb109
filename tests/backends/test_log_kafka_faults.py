"""What harm to Kafka and PostgreSQL does to the log: nothing acknowledged is lost, nothing counts twice.

A provider repeats a call under its webhook-id until it is acknowledged, as they all do. Each test that does
harm starts servers of its own.
"""

import asyncio
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from backends.kafka_logs import PARTITIONS, Place, eventually
from contract.log_suite import goal, submission
from scorewire.errors import BackendError
from scorewire.log.base import LogEntry, Receipt
from scorewire.log.kafka import KafkaLog
from scorewire.log.kafka_ledger import Held
from scorewire.log.kafka_producer import DELIVERY_S, KafkaProducer
from scorewire.log.kafka_records import claim_records
from services.kafka import KafkaServer
from services.postgres import PostgresServer

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(180)]

GAMES = 12


@pytest.fixture
def broker() -> Iterator[KafkaServer]:
    with KafkaServer() as server:
        yield server


@dataclass
class Provider:
    """Posts calls of three claims one after another, each until it is acknowledged.

    Attributes:
        told: what each call was answered; tries: how often it was posted.
    """

    name: str
    log: KafkaLog
    told: dict[str, Receipt] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    enough: bool = False

    async def talk(self) -> None:
        while not self.enough:
            number = len(self.told)
            webhook_id = f"{self.name}-{number}"
            claims = [goal(3 * number + one, f"{self.name}-{one}") for one in range(3)]
            while True:
                self.tries[webhook_id] += 1
                try:
                    self.told[webhook_id] = await self.log.append(submission(webhook_id, *claims))
                    break
                except BackendError as error:
                    self.failures.append(str(error))
                    if not error.retryable:
                        raise
                    await asyncio.sleep(0.2)


def told(providers: Sequence[Provider]) -> int:
    """Calls that were acknowledged."""
    return sum(len(provider.told) for provider in providers)


def reached(providers: Sequence[Provider], enough: int) -> bool:
    """Whether so many were."""
    return told(providers) >= enough


async def everything(log: KafkaLog) -> list[LogEntry]:
    """All entries of all partitions, each partition's in order."""
    found: list[LogEntry] = []
    for partition in range(PARTITIONS):
        after = 0
        while page := await log.read(partition, after, 500):
            found += page
            after = page[-1].offset
    return found


def judge(providers: Sequence[Provider], entries: Sequence[LogEntry]) -> int:
    """Hold what lies on the log to what was acknowledged; how many claims lie there twice."""
    lying = Counter((entry.webhook_id, entry.claim.revision) for entry in entries)
    for provider in providers:
        for number, webhook_id in enumerate(provider.told):
            assert all(lying[webhook_id, 3 * number + one] >= 1 for one in range(3)), f"{webhook_id} is lost"
    tries = sum((provider.tries for provider in providers), Counter[str]())
    for (webhook_id, _), times in lying.items():
        # Only what was posted again may lie there again, and never more often.
        assert times <= tries[webhook_id]
    for provider in providers:
        for one in range(3):
            told = [
                entry.claim.revision for entry in entries if entry.claim.game_id == f"{provider.name}-{one}"
            ]
            # A provider's next call is later on the log than its last, however often each was posted.
            assert list(dict.fromkeys(told)) == sorted(set(told))
    return sum(lying.values()) - len(lying)


async def test_a_broker_that_is_killed_loses_nothing_acknowledged(
    broker: KafkaServer, postgres_url: str
) -> None:
    place = Place(broker.url, postgres_url)
    place.make()
    log = await place.open()
    reader = await place.open()
    providers = [Provider(name, log) for name in ("acme", "beta", "gamma")]
    seen: list[LogEntry] = []

    async def follow(partition: int) -> None:
        after = 0
        while True:
            try:
                page = await reader.read(partition, after, 100)
            except BackendError:
                continue  # as an owner insists
            assert all(entry.offset > after for entry in page)
            seen.extend(page)
            after = page[-1].offset if page else after
            await reader.wait(partition, after, 0.5)

    followers = [asyncio.create_task(follow(partition)) for partition in range(PARTITIONS)]
    talking = [asyncio.create_task(provider.talk()) for provider in providers]
    for away_s in (0.5, DELIVERY_S + 1):  # the producer waits; then it gives up, and providers repeat
        await asyncio.sleep(1.5)
        enough = told(providers) + 20
        await asyncio.to_thread(broker.kill)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(broker.start)
        await eventually(partial(reached, providers, enough), within_s=60)
    for provider in providers:
        provider.enough = True
    await asyncio.gather(*talking)
    entries = await everything(log)
    await eventually(lambda: len(seen) >= len(entries), within_s=40)
    for follower in followers:
        follower.cancel()
    await asyncio.wait(followers)
    await reader.close()
    await log.close()

    assert told(providers) > 40
    assert all(provider.failures for provider in providers)
    judge(providers, entries)
    places = Counter((entry.partition, entry.offset) for entry in seen)
    assert places == Counter((entry.partition, entry.offset) for entry in entries)


async def test_a_broker_that_sleeps_five_seconds_only_makes_callers_wait(
    broker: KafkaServer, postgres_url: str
) -> None:
    place = Place(broker.url, postgres_url)
    place.make()
    log = await place.open()
    provider = Provider("acme", log)
    talking = asyncio.create_task(provider.talk())
    await asyncio.sleep(1)
    broker.pause()
    await asyncio.sleep(0.2)
    asleep = len(provider.told)
    await asyncio.sleep(4.8)
    assert len(provider.told) <= asleep + 1
    broker.resume()
    await eventually(lambda: len(provider.told) >= asleep + 20, within_s=40)
    provider.enough = True
    await talking
    assert provider.failures == []
    assert judge([provider], await everything(log)) == 0
    await log.close()


async def test_a_broker_that_stands_still_holds_up_nobody_who_stops(
    broker: KafkaServer, postgres_url: str
) -> None:
    place = Place(broker.url, postgres_url)
    place.make()
    group = place.group()
    log = await place.open(group=group)
    group.start()
    owned = await asyncio.wait_for(group.change(frozenset()), 60)
    await log.append(submission("w1", goal(1)))
    broker.pause()
    try:
        for partition in owned:
            log.done(partition, 1)
        await asyncio.wait_for(log.close(), 40)
        assert not group.owned
    finally:
        broker.resume()


async def test_a_database_that_is_killed_loses_nothing_acknowledged(broker: KafkaServer) -> None:
    with PostgresServer() as server:
        place = Place(broker.url, server.make_database())
        place.make()
        log = await place.open()
        provider = Provider("acme", log)
        talking = asyncio.create_task(provider.talk())
        await asyncio.sleep(1)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start)
        again = len(provider.told)
        await eventually(lambda: len(provider.told) >= again + 20, within_s=40)
        provider.enough = True
        await talking
        assert provider.failures
        assert "ledger of webhook-ids" in provider.failures[0]
        judge([provider], await everything(log))
        await log.close()


async def test_an_intake_that_died_before_its_answer_is_followed_by_another(
    kafka_address: str, postgres_url: str
) -> None:
    place = Place(kafka_address, postgres_url)
    place.make()
    log = await place.open()
    call = submission("w1", goal(1), goal(2))
    dead = place.ledger(hold_s=1.5)
    assert dead.reserve([(("acme", "w1"), call.digest)]) == {("acme", "w1"): Held()}
    producer = KafkaProducer(place.brokers, {})
    assert not producer.produce([(0, place.claims_topic, one) for one in claim_records(call)]).failed
    producer.close()

    with pytest.raises(BackendError, match="another intake is at the call 'w1'") as refused:
        await log.append(call)
    assert refused.value.retryable
    assert await log.recall("acme", "w1", call.digest) is None
    await asyncio.sleep(1.6)
    assert await log.append(call) == Receipt(status=202, answer=b"answer to w1", repeated=False)
    # It woke up after all: too late to answer, and told so.
    assert dead.answer([(("acme", "w1"), 500, b"mine")]) == set()
    dead.close()
    entries = await log.read(log.partition_of("g1"), 0, 10)
    assert [entry.claim for entry in entries] == [goal(1), goal(2), goal(1), goal(2)]
    assert (await log.append(call)).repeated
    await log.close()


@pytest.mark.mount
async def test_a_full_disk_fails_what_is_posted_and_loses_nothing(postgres_url: str) -> None:
    with small_disk() as server:
        place = Place(server.url, postgres_url)
        place.make()
        log = await place.open()
        provider = Provider("acme", log)
        talking = asyncio.create_task(provider.talk())
        await asyncio.sleep(1)
        await asyncio.to_thread(fill, server.data / "filler")
        await eventually(lambda: bool(provider.failures), within_s=30)
        (server.data / "filler").unlink()
        # Kafka halts when its only disk fails.
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        again = len(provider.told)
        await eventually(lambda: len(provider.told) >= again + 20, within_s=60)
        provider.enough = True
        await talking
        judge([provider], await everything(log))
        await log.close()


@contextmanager
def small_disk() -> Iterator[KafkaServer]:
    """A broker with 96 MB for its data."""
    server = KafkaServer()
    server.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", server.data], check=True)
    try:
        yield server.start()
    finally:
        server.stop()
        subprocess.run(["umount", server.data], check=True)
        server.close()


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65_536))
        except OSError:
            return

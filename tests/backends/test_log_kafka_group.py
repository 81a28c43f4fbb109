"""Owners that share the partitions: every claim has one owner, whoever comes, goes, dies or sleeps."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from backends.kafka_logs import PARTITIONS, Place, eventually, made
from backends.kafka_shift import Record, Shift
from contract.log_suite import goal, submission
from scorewire.errors import BackendError
from scorewire.log.kafka import KafkaLog

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

ALL = frozenset(range(PARTITIONS))
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def place(kafka_address: str, postgres_url: str) -> Iterator[Place]:
    with made(kafka_address, postgres_url) as one:
        yield one


async def until(
    shift: Shift, *, owns: frozenset[int] | None = None, count: int = 0, within_s: float = 40
) -> None:
    """Wait until a shift owns these partitions, or so many."""
    async with asyncio.timeout(within_s):
        known = shift.group.owned
        while known != owns if owns is not None else len(known) != count:
            known = await shift.group.change(known)


async def say(log: KafkaLog, first: int, count: int) -> None:
    """Claims of many games, each call with one of them."""
    for number in range(first, first + count):
        await log.append(submission(f"w{number}", goal(number, f"game-{number % 20}")))


async def caught_up(record: Record, count: int) -> None:
    await eventually(lambda: len(record.taken) >= count, within_s=30)


async def test_partitions_move_to_who_comes_and_back_from_who_goes(place: Place) -> None:
    record = Record()
    intake = await place.open()
    async with Shift("first", await place.open(group=place.group()), record) as first:
        await until(first, owns=ALL)
        await say(intake, 0, 60)
        async with Shift("second", await place.open(group=place.group()), record) as second:
            talking = asyncio.create_task(say(intake, 60, 200))
            await until(second, count=1)
            await until(first, count=2)
            await talking
            await say(intake, 260, 40)
            await caught_up(record, 300)
        talking = asyncio.create_task(say(intake, 300, 100))
        await until(first, owns=ALL)
        await talking
        await caught_up(record, 400)
    await intake.close()

    assert not record.together
    assert sorted(entry.claim.revision for _, entry in record.taken) == list(range(400))
    assert {name for name, _ in record.taken} == {"first", "second"}
    places = [(entry.partition, entry.offset) for _, entry in record.taken]
    for partition in ALL:
        offsets = [offset for number, offset in places if number == partition]
        assert offsets == list(range(1, len(offsets) + 1))


async def test_nobody_begins_before_the_last_owner_has_finished(place: Place) -> None:
    record = Record()
    async with Shift("slow", await place.open(group=place.group()), record, finish_s=3.0) as slow:
        await until(slow, owns=ALL)
        async with Shift("second", await place.open(group=place.group()), record) as second:
            await until(second, count=1)
            (moved,) = second.group.owned
            await eventually(lambda: record.owners[moved] == {"second"}, within_s=20)
    assert not record.together


async def test_many_who_come_and_go_lose_nothing(place: Place) -> None:
    record = Record()
    intake = await place.open()
    async with Shift("steady", await place.open(group=place.group()), record) as steady:
        await until(steady, owns=ALL)
        talking = asyncio.create_task(say(intake, 0, 400))
        for number in range(3):
            async with Shift(f"guest-{number}", await place.open(group=place.group()), record) as guest:
                await until(guest, count=1)
        await talking
        await until(steady, owns=ALL)
        await caught_up(record, 400)
    await intake.close()
    assert not record.together
    assert sorted(entry.claim.revision for _, entry in record.taken) == list(range(400))


async def test_what_is_done_is_committed_and_the_rest_is_lag(place: Place) -> None:
    intake = await place.open()
    await say(intake, 0, 40)
    log = await place.open(group=place.group())
    assert log.group is not None
    log.group.start()
    group = log.group
    async with asyncio.timeout(40):
        assert await group.change(frozenset()) == ALL
    log.done(0, 3)
    log.done(0, 2)  # it never goes back
    await eventually(lambda: group.lag_claims == 37, within_s=30)
    await log.close()
    await intake.close()
    consumer = Consumer({"bootstrap.servers": place.brokers, "group.id": f"{place.prefix}games"})
    committed = consumer.committed([TopicPartition(place.claims_topic, number) for number in ALL], timeout=10)
    consumer.close()
    assert [one.offset for one in committed] == [3, -1001, -1001]


async def test_an_owner_that_does_not_stop_is_waited_for_and_then_not(place: Place) -> None:
    stubborn = await place.open(group=place.group(release_s=1.5))
    assert stubborn.group is not None
    stubborn.group.start()
    async with asyncio.timeout(40):
        assert await stubborn.group.change(frozenset()) == ALL
    record = Record()
    loop = asyncio.get_running_loop()
    async with Shift("second", await place.open(group=place.group()), record) as second:
        async with asyncio.timeout(40):
            left = await stubborn.group.change(ALL)
        asked = loop.time()
        await until(second, count=1)
        assert 1.0 < loop.time() - asked < 8.0
        assert left | second.group.owned == ALL
    await stubborn.close()


@contextmanager
def member(place: Place) -> Iterator[subprocess.Popen[str]]:
    """A member in a process of its own."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "backends.kafka_member",
            place.brokers,
            place.claims_topic,
            f"{place.prefix}games",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def said(process: subprocess.Popen[str]) -> frozenset[int]:
    """The next line of a member."""
    assert process.stdout is not None
    async with asyncio.timeout(40):
        # Its log goes to the same place.
        while not (line := await asyncio.to_thread(process.stdout.readline)).startswith("owns"):
            assert line, "it has ended"
    return frozenset(int(word) for word in line.split()[1:])


async def test_who_was_killed_is_replaced_within_its_session(place: Place) -> None:
    record = Record()
    with member(place) as other:
        assert await said(other) == ALL
        async with Shift("heir", await place.open(group=place.group()), record) as heir:
            await until(heir, count=1)
            other.kill()
            killed = asyncio.get_running_loop().time()
            await until(heir, owns=ALL, within_s=30)
            assert asyncio.get_running_loop().time() - killed < 20


async def test_who_slept_finds_its_partitions_lost_and_joins_again(place: Place) -> None:
    record = Record()
    with member(place) as sleeper:
        assert await said(sleeper) == ALL
        sleeper.send_signal(signal.SIGSTOP)
        async with Shift("heir", await place.open(group=place.group()), record) as heir:
            await until(heir, owns=ALL)
            sleeper.send_signal(signal.SIGCONT)
            assert await said(sleeper) == frozenset()
            assert len(await said(sleeper)) == 1
            await until(heir, count=2)
    assert not record.together


async def test_a_partition_is_confirmed_to_its_member_and_to_nobody_else(place: Place) -> None:
    record = Record()
    async with Shift("first", await place.open(group=place.group()), record) as first:
        await until(first, owns=ALL)
        async with asyncio.timeout(20):
            for partition in sorted(ALL):
                await first.group.confirm(partition)
        async with Shift("second", await place.open(group=place.group()), record) as second:
            await until(second, count=1)
            await until(first, count=2)
            (moved,) = second.group.owned
            asking = asyncio.create_task(first.group.confirm(moved))
            async with asyncio.timeout(20):
                await second.group.confirm(moved)
            _, waiting = await asyncio.wait([asking], timeout=1)
            assert waiting
        # Now it has come back, and the one who asked all the time is told.
        async with asyncio.timeout(40):
            await asking
    with pytest.raises(BackendError, match="has left the group"):
        await first.group.confirm(0)

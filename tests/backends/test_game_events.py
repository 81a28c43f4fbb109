"""What owners announce on a real Kafka: in order, whole where something was missed, and never waited for."""

import asyncio
from collections.abc import Iterator

import pytest
from confluent_kafka import murmur2

from backends.announcements import announced, announcing, topic_of
from backends.kafka_logs import PARTITIONS, Place, eventually, made
from contract.scoreboard_suite import EPOCH, state, update
from scorewire.clock import SystemClock
from scorewire.errors import BackendError
from scorewire.log.kafka_announcing import DAY_MS, MARGIN_MS, GameEvents
from scorewire.log.kafka_game_events import as_whole
from scorewire.log.kafka_places import KafkaPlaces
from scorewire.log.kafka_producer import KafkaProducer
from scorewire.log.kafka_records import Record
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, whole
from services.link import Link
from services.ports import HOST

pytestmark = pytest.mark.kafka

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"
GAMES = [f"game-{number}" for number in range(8)]


@pytest.fixture
def place(kafka_address: str) -> Iterator[Place]:
    with made(kafka_address, "") as one:
        yield one


class Rows:
    """What stands in the journal: the newest seq of each game, and when it was written."""

    def __init__(self, **seqs: int) -> None:
        self.seqs = seqs
        self.asked_ms: list[int] = []
        self.written_ms: dict[str, int] = {}
        self.answers = asyncio.Event()
        self.answers.set()

    async def changed(self, since_ms: int) -> list[str]:
        self.asked_ms.append(since_ms)
        await self.answers.wait()
        return [game_id for game_id in self.seqs if self.written_ms.get(game_id, 1 << 60) > since_ms]

    async def newest(self, game_id: str) -> Update | None:
        return whole(Head(state=state(game_id, self.seqs[game_id]), corrected_seq=0))


async def test_every_update_comes_in_order_where_its_claims_lie(place: Place) -> None:
    async with announcing(place) as events:
        for seq in range(1, 41):
            events.publish([update(game_id, seq) for game_id in GAMES])
        await asyncio.wait_for(events.drained(), 10)
        assert (events.waiting, events.failed, events.fault) == (0, 0, None)
        events.publish([])
        await asyncio.wait_for(events.drained(), 10)
    found = await announced(place)
    for game_id in GAMES:
        entries = [one for one in found if one.update.game_id == game_id]
        assert [one.update for one in entries] == [update(game_id, seq) for seq in range(1, 41)]
        assert {one.partition for one in entries} == {murmur2(game_id.encode(), PARTITIONS)}
        # Nobody has looked what the last owner left.
        assert {one.complete_ms for one in entries} == {0}


async def test_a_row_carries_the_trace_of_the_call_that_made_it(place: Place) -> None:
    async with announcing(place) as events:
        events.trace({("game-1", 2): TRACE + "01", ("game-2", 9): TRACE + "03"})
        events.publish([update(game_id, seq) for game_id in GAMES for seq in (1, 2, 3)])
        await asyncio.wait_for(events.drained(), 10)
        events.publish([update("game-2", 9)])
        await asyncio.wait_for(events.drained(), 10)
    found = {(one.update.game_id, one.update.seq): one.traceparent for one in await announced(place)}
    assert {key: trace for key, trace in found.items() if trace} == {
        ("game-1", 2): TRACE + "01",
        ("game-2", 9): TRACE + "03",
    }


async def test_another_number_of_partitions_and_no_topic_are_refused(place: Place) -> None:
    async def open_it(topic: str, partitions: int) -> GameEvents:
        return await GameEvents.open(
            brokers=place.brokers, topic=topic, partitions=partitions, clock=SystemClock()
        )

    for topic, partitions, why in (
        (topic_of(place), PARTITIONS + 1, "has 3 partitions"),
        (f"{place.prefix}none", PARTITIONS, "scorewire topics"),
    ):
        with pytest.raises(BackendError, match=why) as refused:
            await open_it(topic, partitions)
        assert not refused.value.retryable


async def test_brokers_that_are_not_there_cost_nobody_anything_but_rows(place: Place) -> None:
    with Link(int(place.brokers.rpartition(":")[2])) as link:
        link.refuse()
        events = GameEvents(
            producer=KafkaProducer(f"{HOST}:{link.port}", {"message.timeout.ms": 300}),
            places=KafkaPlaces(brokers=place.brokers, security={}, topic=topic_of(place), group="any"),
            topic=topic_of(place),
            partitions=PARTITIONS,
            clock=SystemClock(),
            waiting_max=20,
        )
        events.start()
        events.trace({("g2", 40): TRACE + "01"})
        for seq in range(1, 41):
            events.publish([update("g1", seq), update("g2", seq)])
        await eventually(lambda: events.failed > 0, within_s=10)
        assert events.waiting <= 20
        link.admit()
        events.publish([update("g1", 41)])
        await asyncio.wait_for(events.drained(), 20)
        await events.close()
    found = await announced(place)
    assert {one.traceparent for one in found if (one.update.game_id, one.update.seq) == ("g2", 40)} == {
        TRACE + "01"
    }
    newest = {one.update.game_id: one.update for one in found}
    assert newest["g2"] == as_whole(update("g2", 40))
    assert newest["g1"] in (update("g1", 41), as_whole(update("g1", 41)))


async def test_a_new_owner_announces_what_the_last_one_had_no_time_for(place: Place) -> None:
    game_id = "game-1"
    number = murmur2(game_id.encode(), PARTITIONS)
    mine = [one for one in GAMES if murmur2(one.encode(), PARTITIONS) == number]
    async with announcing(place) as events:
        none = Rows()
        await events.take_over(number, epoch=EPOCH, changed=none.changed, newest=none.newest)
        events.publish([update(game_id, seq) for seq in range(1, 6)])
        await asyncio.wait_for(events.drained(), 10)
    rows = Rows(**dict.fromkeys(GAMES, 7))
    # One game has slept since long before the last record.
    rows.written_ms[mine[-1]] = update(game_id, 1).ts - MARGIN_MS
    async with announcing(place) as events:
        count = await events.take_over(number, epoch=EPOCH, changed=rows.changed, newest=rows.newest)
        await asyncio.wait_for(events.drained(), 10)
    assert rows.asked_ms == [update(game_id, 1).ts - MARGIN_MS]
    assert count == len(mine) - 1
    found = await announced(place)
    told = {one.update.game_id: one.update for one in found}
    assert told == {one: whole(Head(state=state(one, 7), corrected_seq=0)) for one in mine[:-1]}
    # What was told of the game before stays where it was.
    assert [one.update.seq for one in found if one.update.game_id == game_id] == [1, 2, 3, 4, 5, 7]


async def test_who_announces_before_it_has_looked_promises_nothing(place: Place) -> None:
    game_id = "game-1"
    number = murmur2(game_id.encode(), PARTITIONS)
    rows = Rows()

    async def look(events: GameEvents) -> bool:
        """Whether a new owner would have to look back for a day."""
        await events.take_over(number, epoch=EPOCH, changed=rows.changed, newest=rows.newest)
        return rows.asked_ms[-1] > update(game_id, 1).ts

    async with announcing(place) as events:
        # The last owner may have left what this one does not know of yet.
        events.publish([update(game_id, 1)])
        await asyncio.wait_for(events.drained(), 10)
        assert await look(events)
        events.publish([update(game_id, 2)])
        await asyncio.wait_for(events.drained(), 10)
        assert not await look(events)
        # It has come back: another owned the partition meanwhile.
        rows.answers.clear()
        again = asyncio.create_task(look(events))
        await asyncio.sleep(0)
        events.publish([update(game_id, 3)])
        await asyncio.wait_for(events.drained(), 10)
        rows.answers.set()
        await again
    assert [one.complete_ms > 0 for one in await announced(place)] == [False, True, False]


async def test_an_empty_topic_another_epoch_and_what_nobody_can_read_are_a_day(place: Place) -> None:
    async with announcing(place) as events:
        rows = Rows()

        async def asked_s_ago() -> float:
            await events.take_over(0, epoch="another1", changed=rows.changed, newest=rows.newest)
            return (SystemClock().now_ms() - rows.asked_ms[-1]) / 1000

        assert DAY_MS / 1000 <= await asked_s_ago() < DAY_MS / 1000 + 60
        (game_id,) = [one for one in GAMES if murmur2(one.encode(), PARTITIONS) == 0][:1]
        events.publish([update(game_id, 1)])
        await asyncio.wait_for(events.drained(), 10)
        assert DAY_MS / 1000 <= await asked_s_ago() < DAY_MS / 1000 + 60
        producer = KafkaProducer(place.brokers, {})
        produced = await asyncio.to_thread(
            producer.produce, [(0, topic_of(place), Record(game_id.encode(), b"{}", []))]
        )
        assert not produced.failed
        assert DAY_MS / 1000 <= await asked_s_ago() < DAY_MS / 1000 + 60

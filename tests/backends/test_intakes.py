"""Two intakes on one Kafka: what one has answered the other knows, and what one parks the other takes up."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec
import pytest

from backends.kafka_logs import PARTITIONS, made
from scorewire.clock import SystemClock
from scorewire.intake.admission import Admission
from scorewire.intake.cloudevents import read
from scorewire.intake.known import KnownGames
from scorewire.intake.recent import Recent
from scorewire.intake.unapplied import Unapplied
from scorewire.journal.journal import Journal
from scorewire.log.kafka import KafkaLog
from scorewire.sports import SPORTS

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
GAMES = [f"game-{number}" for number in range(40)]


class IntakeProcess:
    """What a process of the role `intake` knows and writes; nothing is ever decided here."""

    def __init__(self, name: str, log: KafkaLog, journal: Journal) -> None:
        self.name = name
        self.log = log
        self._clock = SystemClock()
        self._calls = 0
        self._journal = journal
        known = KnownGames(
            lookup=journal.declared,
            find_game=journal.game_named,
            games_max=1000,
            unapplied=Unapplied(log=log, applied=self._applied),
        )
        self.admission = Admission(
            log=log,
            known=known,
            recent=Recent(entries_max=1000, age_ms=60_000),
            sports=SPORTS,
            unknown_game_park_s=600,
        )

    async def resume(self) -> None:
        """As a node does before it answers anybody."""
        after = dict.fromkeys(range(PARTITIONS), 0)
        await self.admission.resume(after=after, now_ms=self._clock.now_ms())

    async def post(self, game_id: str, kind: str, number: int, **data: object) -> list[str]:
        """Post one CloudEvent; by which rules it was refused."""
        self._calls += 1
        body = msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": f"{kind}-{game_id}-{number}",
                "source": "acme",
                "type": f"scorewire.game.{kind}.v1",
                "subject": game_id,
                "time": f"2022-12-18T15:00:{number:02}Z",
                "data": data,
            }
        )
        receipt = await self.admission.post(
            provider="acme",
            webhook_id=f"{self.name}-{self._calls}",
            digest=hashlib.sha256(body).digest(),
            received_ms=self._clock.now_ms(),
            offers=read(body, provider="acme", batch=False, batch_max=1),
            traceparent=TRACE,
        )
        return [one["rule"] for one in msgspec.json.decode(receipt.answer)["rejected"]]

    async def declare(self, game_id: str) -> list[str]:
        team = {"id": f"{game_id}-home", "name": "Home"}
        return await self.post(
            game_id,
            "scheduled",
            1,
            sport="soccer",
            league={"id": "cup", "name": "Cup"},
            start="2022-12-18T15:00:00Z",
            home=team,
            away={**team, "id": f"{game_id}-away"},
        )

    async def score(self, game_id: str, number: int) -> list[str]:
        return await self.post(
            game_id, "event", number, event=f"e{number}", type="GOAL", team="home", period=1
        )

    async def _applied(self, partition: int) -> int:
        return (await self._journal.applied(partition)).position


@pytest.fixture
async def pair(kafka_address: str, postgres_url: str) -> AsyncIterator[tuple[IntakeProcess, IntakeProcess]]:
    async with AsyncExitStack() as stack:
        place = stack.enter_context(made(kafka_address, postgres_url))
        journal = await Journal.open(postgres_url)
        stack.push_async_callback(journal.close)
        intakes = []
        for name in ("one", "other"):
            log = await place.open()
            stack.push_async_callback(log.close)
            intakes.append(IntakeProcess(name, log, journal))
            await intakes[-1].resume()
        yield intakes[0], intakes[1]


async def on_the_log(log: KafkaLog) -> list[tuple[str, str]]:
    """Each claim once, as (game, event)."""
    found = [
        (entry.claim.game_id, entry.claim.event)
        for partition in (await log.ends(range(PARTITIONS)))
        for entry in await log.read(partition, 0, 10_000)
    ]
    return sorted(set(found))


Pair = tuple[IntakeProcess, IntakeProcess]


async def test_an_event_may_follow_its_declaration_through_another_door(pair: Pair) -> None:
    one, other = pair
    for game_id in GAMES:
        assert await one.declare(game_id) == []
        assert await other.score(game_id, 1) == []
    here = one.log.partition_of(GAMES[0])
    assert {entry.traceparent for entry in await one.log.read(here, 0, 100)} == {TRACE}
    assert await one.log.dead_letters() == []


async def test_what_one_parks_the_other_takes_up(pair: Pair) -> None:
    one, other = pair
    for game_id in GAMES[:10]:
        assert await other.score(game_id, 1) == ["unknown_game"]
        assert await one.declare(game_id) == []
        assert await other.log.dead_letters() == []
    scores = [(game_id, "e1") for game_id in GAMES[:10]]
    assert set(scores) < set(await on_the_log(one.log))


async def test_however_they_fall_over_each_other_nothing_stays_parked(pair: Pair) -> None:
    one, other = pair
    calls = [asyncio.create_task(one.declare(game_id)) for game_id in GAMES]
    for number in range(1, 4):
        calls += [asyncio.create_task(other.score(game_id, number)) for game_id in GAMES]
        await asyncio.sleep(0.01)
    await asyncio.wait(calls)
    assert list(await one.log.dead_letters()) == []
    scores = {(game_id, f"e{number}") for game_id in GAMES for number in range(1, 4)}
    assert scores < set(await on_the_log(one.log))

"""Owners of games over Kafka and PostgreSQL: several processes share the games, and each has one story."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from backends.kafka_logs import PARTITIONS, Place, made
from backends.kafka_shift import Record, Shift
from contract.log_suite import submission
from scorewire.clock import SystemClock
from scorewire.games.history import History
from scorewire.games.owner import GamesOwner
from scorewire.journal.journal import Journal
from scorewire.log.kafka import KafkaLog
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.sports import SPORTS

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

ALL = frozenset(range(PARTITIONS))
GAMES = [f"game-{number}" for number in range(12)]


class Process:
    """One process of the role `games`: its own journal, log and scoreboard on what all share."""

    async def open(self, place: Place, name: str, record: Record) -> "Process":
        self.journal = await Journal.open(place.url)
        self.log = await place.open(group=place.group())
        self.board = LocalScoreboard(load=History(journal=self.journal, machines=SPORTS).head, heads_max=100)
        self.shift = Shift(name, self.log, record, own=self.own)
        return self

    def owner(self, partition: int) -> GamesOwner:
        return GamesOwner(
            log=self.log,
            journal=self.journal,
            scoreboard=self.board,
            machines=SPORTS,
            clock=SystemClock(),
            kinds=lambda _: "dense",
            reorder_ms=500,
            held_max=100,
            batch_max=50,
            books_max=100,
            checkpoint_rows=5,
            partition=partition,
        )

    async def own(self, partition: int) -> None:
        await self.owner(partition).run()


@pytest.fixture
async def place(kafka_address: str, postgres_url: str) -> AsyncIterator[Place]:
    with made(kafka_address, postgres_url) as one:
        await (await Journal.open(postgres_url)).close()
        yield one


def declaration(game_id: str, *, providers: tuple[str, ...] = ()) -> GameDeclared:
    return GameDeclared(
        provider="acme",
        game_id=game_id,
        event=f"declared-{game_id}",
        revision=1,
        sport="soccer",
        league=League(id="cup", name="Cup"),
        start="2026-11-21T15:00:00Z",
        home=Team(id=f"{game_id}-home", name="Home"),
        away=Team(id=f"{game_id}-away", name="Away"),
        providers=providers,
    )


def goal(game_id: str, number: int, provider: str = "acme") -> ProviderEvent:
    return ProviderEvent(
        provider=provider,
        game_id=game_id,
        event=f"e{number}",
        revision=number,
        sequence=number,
        type="GOAL",
        team="home",
        period=1,
    )


async def score_all(log: KafkaLog, first: int, last: int) -> None:
    for number in range(first, last + 1):
        claims = [goal(game_id, number) for game_id in GAMES]
        await log.append(submission(f"goals-{number}", *claims))


async def heads(journal: Journal) -> dict[str, int]:
    return {game_id: await journal.head_seq(game_id) for game_id in GAMES}


async def test_every_game_has_one_story_while_owners_come_and_go(place: Place) -> None:
    record = Record()
    async with AsyncExitStack() as stack:
        intake = await place.open()
        stack.push_async_callback(intake.close)
        first = await Process().open(place, "first", record)
        stack.push_async_callback(first.journal.close)
        await stack.enter_async_context(first.shift)
        await intake.append(submission("declared", *(declaration(game_id) for game_id in GAMES)))
        talking = asyncio.create_task(score_all(intake, 1, 60))
        second = await Process().open(place, "second", record)
        async with second.shift:
            async with asyncio.timeout(25):
                while len(second.shift.group.owned) != 1:
                    await second.shift.group.change(second.shift.group.owned)
            await talking
            talking = asyncio.create_task(score_all(intake, 61, 90))
            await asyncio.sleep(0.2)
        await second.journal.close()
        await talking
        async with asyncio.timeout(25):
            while True:
                if set((await heads(first.journal)).values()) == {91}:
                    break
                await asyncio.sleep(0.1)
        history = History(journal=first.journal, machines=SPORTS)
        for game_id in GAMES:
            head = await history.head(game_id)
            assert head is not None
            assert (head.state.seq, head.state.home.score) == (91, 90)
        # What was in flight when a partition was taken is read again, and applied once.
        assert not record.together
        positions = [(await first.journal.applied(partition)).position for partition in sorted(ALL)]
        assert sum(positions) == len(GAMES) * 91


async def test_an_owner_takes_up_its_own_undecided_games_only(place: Place) -> None:
    record = Record()
    process = await Process().open(place, "one", record)
    try:
        for game_id in GAMES:
            told = [declaration(game_id, providers=("acme", "backup")), goal(game_id, 1, "backup")]
            await process.log.append(submission(f"said-{game_id}", *told))
        for partition in ALL:
            await decide(process.owner(partition))
        assert set(await process.journal.undecided(0)) == set(GAMES)
        for partition in ALL:
            owner = await decide(process.owner(partition))
            own = [game_id for game_id in GAMES if process.log.partition_of(game_id) == partition]
            assert owner.books == len(own) > 0
    finally:
        await process.log.close()
        await process.journal.close()


async def decide(owner: GamesOwner) -> GamesOwner:
    """Decide what lies on the log, and stop."""
    owner.stop()
    await owner.run()
    return owner

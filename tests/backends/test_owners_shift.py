"""Processes of owners that die, sleep, come and go: each row once, in the story that one node tells."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

import msgspec
import pytest

from backends.kafka_logs import PARTITIONS, Place, eventually, made
from backends.kafka_owner import owner_on
from contract.log_suite import submission
from ownership import decided
from scorewire.clock import SystemClock
from scorewire.journal.journal import Journal
from scorewire.log.base import Submission
from scorewire.log.kafka import KafkaLog
from scorewire.log.local import LocalLog
from scorewire.model.game_event import GameEvent
from scorewire.model.provider_event import Claim, GameDeclared, League, ProviderEvent, Team

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

ALL = frozenset(range(PARTITIONS))
GAMES = [f"game-{number}" for number in range(12)]
TESTS = Path(__file__).resolve().parents[1]
SESSION_S = 6.0
"""The least that a broker allows by default (group.min.session.timeout.ms)."""


class OwnerProcess:
    """A process of owners, and what it has said last of each thing."""

    def __init__(self, place: Place) -> None:
        self.said: dict[str, list[str]] = {}
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "backends.kafka_owner",
                place.prefix,
                place.brokers,
                place.url,
                str(SESSION_S),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
        )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, rest = line.partition(" ")
            self.said[word] = rest.split()

    @property
    def owns(self) -> frozenset[int]:
        return frozenset(map(int, self.said.get("owns", ())))

    def count(self, word: str) -> int:
        return int(self.said.get(word, ["0"])[0])

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(self._process.wait)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def owner_process(place: Place) -> Iterator[OwnerProcess]:
    process = OwnerProcess(place)
    try:
        yield process
    finally:
        process.close()


@pytest.fixture
async def place(kafka_address: str, postgres_url: str) -> AsyncIterator[Place]:
    with made(kafka_address, postgres_url) as one:
        await (await Journal.open(postgres_url)).close()
        yield one


class Feed:
    """Says things of twelve games, and remembers them: goals, swapped, doubled, amended, taken back."""

    def __init__(self, log: KafkaLog, journal: Journal) -> None:
        self.log = log
        self.journal = journal
        self.said: list[Submission] = []
        self._clock = SystemClock()

    async def declare(self) -> None:
        await self._say(*(declaration(game_id) for game_id in GAMES))

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Say things for as long as this lasts."""
        enough = asyncio.Event()

        async def talk() -> None:
            for number in count(1, 2):
                for game_id in GAMES[number % 3 :: 3]:
                    await self._say(*moves(game_id, number))
                if enough.is_set() and number > 60:
                    return
                await asyncio.sleep(0.02)

        task = asyncio.create_task(talk())
        try:
            yield
        finally:
            enough.set()
            await task

    async def _say(self, *claims: Claim) -> None:
        received_ms = self._clock.now_ms()
        call = msgspec.structs.replace(submission(f"said-{len(self.said)}", *claims), received_ms=received_ms)
        await self.log.append(call)
        self.said.append(call)

    async def applied(self) -> int:
        """Claims that are applied, of those that lie on the log."""
        return sum([(await self.journal.applied(number)).position for number in ALL])

    async def until_applied(self, within_s: float = 40) -> None:
        """Wait until everything that was said is, and nothing waits."""
        said = sum(len(call.claims) for call in self.said)
        async with asyncio.timeout(within_s):
            while True:
                if await self.applied() == said:
                    held = [(await self.journal.applied(number)).held for number in ALL]
                    if not any(held):
                        return
                await asyncio.sleep(0.05)

    async def check(self, folder: Path) -> None:
        """Every game has the rows that one embedded node makes of the same claims."""
        alone = await Journal.open(folder / "journal.sqlite")
        log = await LocalLog.open(
            folder / "log.sqlite",
            queue_max=1000,
            webhook_ids_h=24,
            retention_days=1,
            clock=SystemClock(),
            offsets_above=0,
        )
        # All at once share their commits, and keep their order.
        await asyncio.gather(*(log.append(call) for call in self.said))
        await decided(owner_on(log, alone, 0))
        for game_id in GAMES:
            here = await self.journal.rows(game_id, 0, 10_000)
            assert list(map(_told, here)) == list(map(_told, await alone.rows(game_id, 0, 10_000)))
            assert [row.seq for row in here] == list(range(1, len(here) + 1))
            assert len(here) > 10
        letters = await self.log.dead_letters(limit=10_000)
        assert sorted(letter.payload for letter in letters) == sorted(
            letter.payload for letter in await log.dead_letters(limit=10_000)
        )
        await log.close()
        await alone.close()


def _told(row: GameEvent) -> GameEvent:
    """A row without when and from where it came."""
    return msgspec.structs.replace(row, ts=0, log_offset=0)


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


def moves(game_id: str, number: int) -> list[Claim]:
    """What is said of a game at two numbers, which come the wrong way round.

    The newest play keeps its number: a new owner waits for the number after that.
    """

    def goal(number: int, **fields: object) -> ProviderEvent:
        base = {"event": f"e{number}", "revision": 1, "sequence": number, "team": "home", "type": "GOAL"}
        return ProviderEvent(provider="acme", game_id=game_id, period=1, **{**base, **fields})  # type: ignore[arg-type]

    numbers = number // 6 * 2 + 1  # each game is told of at every third turn
    said: list[Claim] = [goal(numbers + 1), goal(numbers)]
    if number % 4 == 1:
        said.append(goal(numbers))
    if number % 5 == 1:
        said.append(goal(numbers, revision=2, team="away"))
    if number % 7 == 1:
        said.append(goal(numbers, revision=3, action="retract"))
    if number % 11 == 1:
        said.append(goal(900 + number, type="NONSENSE", sequence=None))
    return said


@pytest.fixture
async def feed(place: Place) -> AsyncIterator[Feed]:
    log, journal = await place.open(), await Journal.open(place.url)
    yield Feed(log, journal)
    await log.close()
    await journal.close()


async def shared(one: OwnerProcess, two: OwnerProcess) -> tuple[OwnerProcess, OwnerProcess]:
    """Wait until both own some of the partitions; who has more of them, and the other."""
    await eventually(
        lambda: bool(one.owns and two.owns) and one.owns | two.owns == ALL and not one.owns & two.owns,
        within_s=40,
    )
    return (one, two) if len(one.owns) > len(two.owns) else (two, one)


async def test_what_a_killed_owner_owned_goes_on_within_seconds(
    place: Place, feed: Feed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await feed.declare()
    with owner_process(place) as one, owner_process(place) as two:
        async with feed.talking():
            victim, heir = await shared(one, two)
            await eventually(lambda: victim.count("rows") > 0, within_s=30)
            taken = victim.owns
            victim.send(signal.SIGKILL)
            killed_s = time.monotonic()
            await eventually(lambda: heir.owns == ALL, within_s=40)
            replaced_s = time.monotonic() - killed_s
        await feed.until_applied()
        with capsys.disabled():
            print(f"\n    partitions {sorted(taken)} had an owner {replaced_s:.1f} s after a SIGKILL")
        assert heir.count("conflicts") == 0
    await feed.check(tmp_path)


async def test_an_owner_that_slept_through_its_session_writes_nothing_when_it_wakes(
    place: Place, feed: Feed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It wakes in the middle of what it did, with claims in memory, and sure that all is its own."""
    await feed.declare()
    with owner_process(place) as one, owner_process(place) as two:
        async with feed.talking():
            sleeper, heir = await shared(one, two)
            await eventually(lambda: sleeper.count("rows") > 20, within_s=30)
            sleeper.send(signal.SIGSTOP)
            await eventually(lambda: heir.owns == ALL, within_s=40)
            rows = heir.count("rows")
            await eventually(lambda: heir.count("rows") > rows + 20, within_s=30)
            asleep = {number: await feed.journal.applied(number) for number in ALL}
            sleeper.send(signal.SIGCONT)
            await shared(one, two)
        await feed.until_applied()
        with capsys.disabled():
            print(f"\n    fenced when it woke: {sleeper.count('conflicts')} times")
        for number in ALL:
            assert (await feed.journal.applied(number)).position > asleep[number].position
    await feed.check(tmp_path)


async def test_owners_that_come_and_go_under_load_write_each_row_once(
    place: Place, feed: Feed, tmp_path: Path
) -> None:
    await feed.declare()
    with owner_process(place) as steady, owner_process(place) as stopped, owner_process(place) as killed:
        async with feed.talking():
            await eventually(lambda: stopped.count("rows") > 0 and killed.count("rows") > 0, within_s=40)
            stopped.send(signal.SIGTERM)
            with owner_process(place) as late:
                assert await stopped.ended() == 0
                killed.send(signal.SIGKILL)
                await eventually(lambda: late.count("rows") > 0, within_s=40)
                late.send(signal.SIGTERM)
                assert await late.ended() == 0
            await eventually(lambda: steady.owns == ALL, within_s=40)
        await feed.until_applied()
        assert steady.count("conflicts") == 0, "everybody who left had finished, or was dead"
    await feed.check(tmp_path)


async def test_an_owner_takes_up_its_own_undecided_games_only(feed: Feed) -> None:
    for game_id in GAMES:
        alone = msgspec.structs.replace(moves(game_id, 1)[1], provider="backup")
        told = submission(f"told-{game_id}", declaration(game_id, providers=("acme", "backup")), alone)
        await feed.log.append(told)
    for partition in ALL:
        await decided(owner_on(feed.log, feed.journal, partition))
    assert set(await feed.journal.undecided(0)) == set(GAMES)
    for partition in ALL:
        owner = await decided(owner_on(feed.log, feed.journal, partition))
        own = [game_id for game_id in GAMES if feed.log.partition_of(game_id) == partition]
        assert owner.books == len(own) > 0

"""A region that is cut off from home: nothing goes back, it says that it lags, and it catches up in order."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from backends.boards import Heard, board_at, eventually
from backends.home_site import HomeSite, goal, home_at
from backends.kafka_across import KafkaAcross
from backends.kafka_logs import PARTITIONS, Place, made
from backends.relays import committed, forget, relay_config, relaying
from services.link import Link
from services.ports import HOST

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.timeout(180)]

GAMES = [f"game-{number}" for number in range(4)]


@pytest.fixture(scope="module")
def across() -> Iterator[KafkaAcross]:
    with KafkaAcross() as one:
        yield one


@pytest.fixture
def place(across: KafkaAcross) -> Iterator[Place]:
    with made(across.server.url, "") as one:
        yield one


@pytest.fixture
async def home(place: Place, tmp_path: Path) -> AsyncIterator[HomeSite]:
    async with home_at(place, tmp_path) as site:
        await site.declare(*GAMES)
        yield site


@asynccontextmanager
async def rest_across(home: HomeSite) -> AsyncIterator[tuple[Link, str]]:
    """Home's REST as the other region reaches it."""
    with Link(int(home.url.rpartition(":")[2])) as link:
        yield link, f"http://{HOST}:{link.port}"


@contextmanager
def parted(*links: Link) -> Iterator[None]:
    """Nothing passes for as long as the block lasts."""
    for link in links:
        link.part()
    try:
        yield
    finally:
        for link in links:
            link.heal()


async def metric(url: str, name: str) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{url}/metrics")).text
    return float(next(line.split(" ")[1] for line in text.splitlines() if line.startswith(f"{name} ")))


async def test_a_region_that_was_cut_off_catches_up_row_by_row(
    across: KafkaAcross, place: Place, home: HomeSite, redis_url: str
) -> None:
    async with rest_across(home) as (rest, url), board_at(redis_url) as board:
        heard = Heard(board)
        for game_id in GAMES:
            await board.follow(game_id)

        def has_all() -> bool:
            return all(heard.seqs(game_id)[-1:] == [home.state(game_id).seq] for game_id in GAMES)

        async with relaying(relay_config(place, redis_url, url, brokers=across.far)) as relay:
            await home.say(*(goal(game_id, 1) for game_id in GAMES))
            await eventually(has_all, within_s=30)
            with parted(across.link, rest):
                for number in range(2, 42):
                    await home.say(*(goal(game_id, number) for game_id in GAMES))
                # Longer than its session, so that the group has given its partitions up.
                await eventually_metric(relay.url, "scorewire_relay_behind_seconds", at_least=5.0)
                assert {heard.seqs(game_id)[-1] for game_id in GAMES} == {2}
            await eventually(has_all, within_s=40)
            for game_id in GAMES:
                assert heard.seqs(game_id)[-41:] == list(range(2, 43))
            assert not any(one.correction for one in heard.updates if one.seq > 2)


async def test_one_that_was_cut_off_for_longer_than_the_topic_holds_reads_at_home(
    across: KafkaAcross, place: Place, home: HomeSite, redis_url: str
) -> None:
    config = relay_config(place, redis_url, home.url, brokers=across.far)
    async with board_at(redis_url) as board:
        heard = Heard(board)
        for game_id in GAMES:
            await board.follow(game_id)
        async with relaying(config):
            await home.say(*(goal(game_id, 1) for game_id in GAMES))
            await eventually(lambda: all(heard.seqs(game_id)[-1:] == [2] for game_id in GAMES), within_s=30)
            await committed(place)
        async with relaying(config) as relay:
            # It has compared, and goes on; nothing but the topic will tell it that there is more.
            await eventually(lambda: relay.process._outbox._lives != (), within_s=20)
            await eventually(lambda: relay.process._relay.partitions == PARTITIONS, within_s=20)
            with parted(across.link):
                await eventually_metric(relay.url, "scorewire_relay_behind_seconds", at_least=5.0)
                await home.say(*(goal(game_id, number) for number in range(2, 8) for game_id in GAMES))
                assert home.events is not None
                await home.events.drained()
                forget(place)
            for game_id in GAMES:
                await eventually(lambda: heard.seqs(game_id)[-1] == 8, within_s=40)  # noqa: B023
                assert heard.seqs(game_id)[-7:] == list(range(2, 9))


async def test_while_homes_rest_is_away_a_gap_is_closed_by_the_next_state(
    across: KafkaAcross, place: Place, home: HomeSite, redis_url: str
) -> None:
    game_id = GAMES[0]
    async with rest_across(home) as (rest, url), board_at(redis_url) as board:
        heard = Heard(board)
        await board.follow(game_id)
        async with relaying(relay_config(place, redis_url, url, brokers=across.far)):
            await home.say(goal(game_id, 1))
            await eventually(lambda: heard.seqs(game_id)[-1:] == [2], within_s=30)
            await committed(place)
            with parted(rest):
                # A row that its owner could not announce, and one that follows it.
                events, home.events = home.events, None
                await home.say(goal(game_id, 2))
                home.events = events
                await home.say(goal(game_id, 3))
                await eventually(lambda: heard.seqs(game_id)[-1:] == [4], within_s=30)
            assert heard.updates[-1].correction
            assert heard.updates[-1].state == home.state(game_id)
            await home.say(goal(game_id, 4))
            await eventually(lambda: heard.seqs(game_id)[-2:] == [4, 5], within_s=30)


async def eventually_metric(url: str, name: str, *, at_least: float) -> None:
    async def so_far() -> bool:
        return await metric(url, name) >= at_least

    await eventually(so_far, within_s=40)

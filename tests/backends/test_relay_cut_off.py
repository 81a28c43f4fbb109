"""A region that is cut off from home: nothing goes back, it says that it lags, and it catches up in order."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from backends.boards import Heard, board_at, eventually
from backends.home_site import HomeSite, goal, home_at
from backends.kafka_across import KafkaAcross
from backends.kafka_logs import Place, made
from backends.relays import relay_config, relaying
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
            for link in (across.link, rest):
                link.part()
            for number in range(2, 42):
                await home.say(*(goal(game_id, number) for game_id in GAMES))
            # Longer than its session, so that the group has given its partitions up.
            await eventually_metric(relay.url, "scorewire_relay_behind_seconds", at_least=5.0)
            assert {heard.seqs(game_id)[-1] for game_id in GAMES} == {2}
            for link in (across.link, rest):
                link.heal()
            await eventually(has_all, within_s=40)
            for game_id in GAMES:
                assert heard.seqs(game_id)[-41:] == list(range(2, 43))
            assert not any(one.correction for one in heard.updates if one.seq > 2)


async def eventually_metric(url: str, name: str, *, at_least: float) -> None:
    async def so_far() -> bool:
        return await metric(url, name) >= at_least

    await eventually(so_far, within_s=40)

"""A region beside home: everything comes in order, through Kafka where it has it, else from home's REST."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from backends.boards import Heard, board_at, eventually
from backends.home_site import HomeSite, goal, home_at, taken_back
from backends.kafka_logs import PARTITIONS, Place, made
from backends.relays import relay_config, relaying
from scorewire.model.update import Update
from scorewire.scoreboard.redis import RedisScoreboard

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

GAMES = [f"game-{number}" for number in range(6)]


@pytest.fixture
def place(kafka_address: str) -> Iterator[Place]:
    with made(kafka_address, "") as one:
        yield one


@pytest.fixture
async def home(place: Place, tmp_path: Path) -> AsyncIterator[HomeSite]:
    async with home_at(place, tmp_path) as site:
        yield site


@asynccontextmanager
async def watched(redis_url: str, *game_ids: str) -> AsyncIterator[tuple[RedisScoreboard, Heard]]:
    """What a gateway of the region hears; it notices whoever goes back."""
    async with board_at(redis_url) as board:
        heard = Heard(board)
        for game_id in game_ids:
            await board.follow(game_id)
        yield board, heard


async def arrived(board: RedisScoreboard, home: HomeSite, *game_ids: str, within_s: float = 10) -> None:
    """Wait until the region has what is true at home."""

    async def same() -> bool:
        heads = [await board.head(game_id) for game_id in game_ids]
        return all(
            head is not None and head.state == home.state(game_id)
            for head, game_id in zip(heads, game_ids, strict=True)
        )

    await eventually(same, within_s=within_s)


def rows_of(updates: Sequence[Update], game_id: str) -> list[Update]:
    """A game's, from its declaration on; a correction is told without a patch."""
    return [
        msgspec.structs.replace(one, patch={}) if one.correction else one
        for one in updates
        if one.game_id == game_id and one.seq > 1
    ]


async def test_a_region_is_told_every_row_in_order_and_soon(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    await home.declare(*GAMES)
    async with (
        watched(redis_url, *GAMES) as (board, heard),
        relaying(relay_config(place, redis_url, home.url)) as relay,
    ):
        await arrived(board, home, *GAMES)
        for number in range(1, 31):
            await home.say(*(goal(game_id, number) for game_id in GAMES))
        await home.say(taken_back(GAMES[0], 7))
        await arrived(board, home, *GAMES)
        for game_id in GAMES:
            assert rows_of(heard.updates, game_id) == rows_of(home.told, game_id)
        async with httpx.AsyncClient(base_url=relay.url) as client:
            assert (await client.get("/readyz?verbose")).text == "[+]stopping ok\n[+]region ok\nok\n"
            await eventually(lambda: relay.process._relay.lag == 0)
            told = dict(
                line.rsplit(" ", 1)
                for line in (await client.get("/metrics")).text.splitlines()
                if line.startswith("scorewire_relay_")
            )
        assert float(told["scorewire_relay_partitions"]) == PARTITIONS
        assert float(told["scorewire_relay_staleness_seconds_count"]) >= 30 * len(GAMES)
        assert float(told["scorewire_relay_behind_seconds"]) < 10

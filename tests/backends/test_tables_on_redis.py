"""Words of tables on a real Redis, one server and a Cluster: everybody hears them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest

from backends.boards import eventually
from scorewire.errors import BackendError
from scorewire.scoreboard.redis_servers import servers_at
from scorewire.scoreboard.redis_standings import RedisStandings, standings_key
from scorewire.scoreboard.redis_tables import RedisTables
from services.cluster import RedisCluster
from services.redis import RedisServer

pytestmark = [pytest.mark.redis, pytest.mark.timeout(120)]

ORDERS = {"epl": ("ars", "che"), "cup": ("eve",), "empty": ()}


@pytest.fixture(params=["one server", "a cluster"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "one server":
        with RedisServer() as server:
            yield server.url
    else:
        with RedisCluster() as cluster:
            yield cluster.url


class Site:
    """Who keeps tables, and two who show them.

    Attributes:
        words: what each of the two has heard.
        compares: how often they have compared; with `away`, in vain.
    """

    def __init__(self) -> None:
        self.words: tuple[list[str], list[str]] = ([], [])
        self.compares = 0
        self.away = False

    async def compare(self) -> None:
        self.compares += 1
        if self.away:
            raise BackendError("the journal is away", retryable=True)


@asynccontextmanager
async def site_on(url: str) -> AsyncIterator[tuple[Site, RedisStandings]]:
    site, opened = Site(), [servers_at(url) for _ in range(3)]

    async def leagues() -> Sequence[str]:
        return tuple(ORDERS)

    async def order(league_id: str) -> Sequence[str]:
        return ORDERS[league_id]

    try:
        async with asyncio.TaskGroup() as tasks:

            def spawn(work: object, name: str) -> asyncio.Task[None]:
                return tasks.create_task(work, name=name)  # type: ignore[arg-type]

            keeper = RedisStandings(servers=opened[0], leagues=leagues, order=order)
            running = [
                spawn(
                    RedisTables(
                        servers=servers, spawn=spawn, told=words.extend, compare=site.compare, compare_s=0.1
                    ).run(),
                    "tables",
                )
                for servers, words in zip(opened[1:], site.words, strict=True)
            ]
            # Each compares at once, and again when its subscription holds.
            running.append(spawn(keeper.run(), "keeper"))
            yield site, keeper
            for task in running:
                task.cancel()
    finally:
        for servers in opened:
            await servers.close()


async def test_everybody_hears_every_word_and_the_order_is_there(url: str) -> None:
    async with site_on(url) as (site, keeper):

        async def hear(league_id: str) -> None:
            """Words may be lost until the subscriptions hold."""
            for heard in site.words:
                heard.clear()
            keeper.told([league_id])
            await asyncio.sleep(0.05)

        for league_id in ORDERS:
            while not all(league_id in heard for heard in site.words):
                await hear(league_id)
        site.away = True
        compared = site.compares
        await eventually(lambda: site.compares >= compared + 4)
        await hear("epl")
        await eventually(lambda: all("epl" in heard for heard in site.words))
    servers = servers_at(url)
    try:
        found = await servers.commands.zrange(standings_key("epl"), 0, -1, withscores=True)
        assert [tuple(one) for one in found] == [(b"ars", 1.0), (b"che", 2.0)]
        assert await servers.commands.exists(standings_key("empty")) == 0
    finally:
        await servers.close()

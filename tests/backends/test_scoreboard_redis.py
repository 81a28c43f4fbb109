"""The scoreboard's suite over a real Redis: one server, and a Cluster of three."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from backends.boards import board_at
from contract.scoreboard_suite import Opened, ScoreboardSuite, Store
from services.cluster import RedisCluster
from services.ports import HOST
from services.redis import ask

pytestmark = pytest.mark.redis


class TestOneRedis(ScoreboardSuite):
    """One server."""

    @pytest.fixture(autouse=True)
    def _redis(self, redis_url: str) -> None:
        self.url = redis_url

    @asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[Opened]:
        async with board_at(self.url, store) as board:
            yield Opened(board, board, settle=board.beat)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RedisCluster]:
    with RedisCluster() as one:
        yield one


class TestCluster(ScoreboardSuite):
    """Three primaries; games by sharded pub/sub, `fixtures` over the cluster's own links."""

    @pytest.fixture(autouse=True)
    def _cluster(self, cluster: RedisCluster) -> None:
        self.cluster = cluster
        for server in cluster.primaries:
            assert ask(server.port, "FLUSHALL") == "+OK\r\n"

    @asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[Opened]:
        async with board_at(self.cluster.url, store) as board:

            async def settle() -> None:
                await self._cross_all_links()
                await board.beat()

            yield Opened(board, board, settle)

    async def _cross_all_links(self) -> None:
        """What a node has told the others before is there when a word of it that came later is there."""
        ports = [server.port for server in self.cluster.primaries]
        for there in ports:
            async with Redis(host=HOST, port=there) as client, client.pubsub() as pubsub:
                await pubsub.subscribe("marks")
                assert (await pubsub.get_message(timeout=2))["type"] == "subscribe"
                for here in ports:
                    assert ask(here, "PUBLISH marks x").startswith(":")
                for _ in ports:
                    assert (await pubsub.get_message(timeout=2))["type"] == "message"

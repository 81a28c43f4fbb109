"""The lock among processes that build the same answer, on a real Redis."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scorewire.api.caching.kept import Built, KeptAnswers
from scorewire.clock import SystemClock
from scorewire.scoreboard.redis_servers import servers_at
from scorewire.scoreboard.redis_turns import LOCK_MS, WAIT_S, RedisTurns
from services.redis import RedisServer

pytestmark = pytest.mark.redis


@asynccontextmanager
async def processes(url: str, count: int) -> AsyncIterator[list[RedisTurns]]:
    """As many as would be processes, each with connections of its own."""
    opened = [servers_at(url) for _ in range(count)]
    try:
        yield [RedisTurns(servers=servers, now_s=time.monotonic) for servers in opened]
    finally:
        for servers in opened:
            await servers.close()


async def test_one_builds_at_a_time(redis_url: str) -> None:
    under_way = most = built = 0

    async def build() -> Built:
        nonlocal under_way, most, built
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.005)
        under_way -= 1
        built += 1
        return Built(b"1")

    async with processes(redis_url, 3) as turns:
        caches = [
            KeptAnswers(bytes_max=10_000, clock=SystemClock(), rng=random.Random(1), turns=one)
            for one in turns
        ]
        await asyncio.gather(*(cache.get("list", build) for cache in caches))
        assert (built, most) == (3, 1)
        assert sum(one.waited for one in turns) >= 1


async def test_another_answer_waits_for_nobody(redis_url: str) -> None:
    async with processes(redis_url, 2) as (first, second):
        await first.take("a")
        await second.take("b")
        assert second.waited == 0


async def test_who_ends_lets_the_next_and_nobody_elses_turn_is_ended(redis_url: str) -> None:
    async with processes(redis_url, 3) as (first, second, third):
        await first.take("a")
        await second.end("a")
        assert await first._servers.commands.pttl(_only_key(await first._servers.commands.keys("*"))) > 0
        waits = asyncio.create_task(third.take("a"))
        await asyncio.sleep(0.03)
        assert not waits.done()
        await first.end("a")
        await waits
        assert third.waited == 1


def _only_key(keys: list[bytes]) -> bytes:
    (key,) = keys
    return key


@pytest.mark.parametrize("end", ["fails", "is cancelled", "is cancelled while it waits"])
async def test_who_does_not_finish_lets_the_next_at_once(redis_url: str, end: str) -> None:
    began = asyncio.Event()

    async def build() -> Built:
        began.set()
        if end == "fails":
            raise ValueError(end)
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for so long")

    async with processes(redis_url, 2) as (first, second):
        cache = KeptAnswers(bytes_max=10_000, clock=SystemClock(), rng=random.Random(1), turns=first)
        asking = asyncio.create_task(cache.get("list", build))
        if end == "is cancelled while it waits":
            while not await second._servers.commands.keys("building:*"):  # noqa: ASYNC110 (a real Redis)
                await asyncio.sleep(0)
        else:
            await began.wait()
        if end != "fails":
            asking.cancel()
        await asyncio.wait([asking])
        assert await second._servers.commands.keys("building:*") == []


async def test_who_dies_holds_nobody_up_for_long(redis_url: str) -> None:
    async with processes(redis_url, 2) as (first, second):
        await first.take("a")
        begun_s = time.monotonic()
        await second.take("a")
        assert time.monotonic() - begun_s >= WAIT_S * 0.9
        await asyncio.sleep(LOCK_MS / 1000 + 0.1)
        assert await first._servers.commands.keys("*") == []


async def test_a_redis_that_is_away_or_stands_still_is_not_waited_for() -> None:
    with RedisServer() as server:
        async with processes(server.url, 1) as (turns,):
            await turns.take("a")
            await turns.end("a")
            server.pause()
            begun_s = time.monotonic()
            await turns.take("b")
            await turns.end("b")
            assert time.monotonic() - begun_s < 5
            server.resume()
            server.kill()
            await turns.take("c")
            begun_s = time.monotonic()
            for _ in range(1000):
                await turns.take("c")
                await turns.end("c")
            assert time.monotonic() - begun_s < 5

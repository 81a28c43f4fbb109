"""Fans of a process that has nothing but a Redis: they are told everything that a node decides elsewhere."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from backends.boards import eventually
from backends.redis_gateway import RedisGateway, gateway_at
from backends.sieve import Sieve
from node_process import NodeProcess, declare, event
from scorewire.model.update import apply_update
from scorewire.scoreboard.redis_wire import state_key
from services.redis import RedisServer, ask

pytestmark = [pytest.mark.redis, pytest.mark.timeout(180)]


@pytest.fixture
def own() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def node(tmp_path: Path, own: RedisServer) -> Iterator[NodeProcess]:
    env = {"SCOREWIRE__SCOREBOARD__URL": own.url}
    one = NodeProcess(tmp_path / "data", env=env).start()
    one.key("acme")
    yield one
    one.close()


class Fan:
    """Folds what it is told, and finds every gap and every step back.

    Attributes:
        states: by game.
        full: full states, as (game, reason).
    """

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self.full: list[tuple[str, str]] = []

    def take(self, kind: str, data: dict[str, Any]) -> None:
        game_id = data.get("game_id", "")
        if kind == "full_state":
            held = self.states.get(game_id)
            assert held is None or held["epoch"] != data["epoch"] or held["seq"] < data["seq"]
            self.full.append((game_id, data["reason"]))
            self.states[game_id] = data["state"]
        elif kind == "score_update":
            # It raises where an update does not follow.
            self.states[game_id] = apply_update(self.states[game_id], data)

    def seq(self, game_id: str) -> int:
        return int(self.states.get(game_id, {}).get("seq", 0))


@asynccontextmanager
async def fan_of(gateway: RedisGateway, query: str) -> AsyncIterator[Fan]:
    """A fan on a stream, for as long as the block lasts."""
    fan = Fan()

    async def read() -> None:
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream("GET", f"{gateway.url}/v1/stream?{query}") as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            kind = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    fan.take(kind, json.loads(value))

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read())
        yield fan
        reading.cancel()


async def post(node: NodeProcess, *events: dict[str, Any]) -> None:
    answer = await asyncio.to_thread(node.post, "acme", list(events))
    assert answer.status_code == 202, answer.text


async def kick_off(node: NodeProcess, own: RedisServer, *game_ids: str) -> None:
    """Games at seq 2, shown on Redis too."""
    for game_id in game_ids:
        await post(node, declare(game_id), event(game_id, 1, "PERIOD_START", period=1))
    for game_id in game_ids:
        asked = f"HGET {state_key(game_id)} seq"
        await eventually(lambda asked=asked: ask(own.port, asked) == "$1\r\n2\r\n", within_s=20)  # type: ignore[misc]


def goal(game_id: str, number: int, **data: Any) -> dict[str, Any]:
    return event(game_id, number, "GOAL", team="home", period=1, clock=f"{number}:00", **data)


def same(fan: Fan, node: NodeProcess, game_id: str) -> None:
    assert fan.states[game_id] == node.score(game_id)


async def test_a_fan_is_told_every_row_and_corrections_whole(node: NodeProcess, own: RedisServer) -> None:
    await kick_off(node, own, "g1")
    async with gateway_at(own.url) as gateway, fan_of(gateway, "game=g1") as fan:
        await eventually(lambda: fan.seq("g1") == 2)
        for number in range(2, 12):
            await post(node, goal("g1", number))
        await eventually(lambda: fan.seq("g1") == 12)
        assert fan.full == [("g1", "join")]
        retracted = goal("g1", 5)
        retracted["data"] |= {"action": "retract", "revision": 1 << 50}
        await post(node, retracted)
        await eventually(lambda: fan.seq("g1") == 13)
        assert fan.full == [("g1", "join"), ("g1", "correction")]
        same(fan, node, "g1")
        # The hot read is answered here, from what is held.
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{gateway.url}/v1/games/g1/score")
        assert answer.json() == node.score("g1")
        assert answer.headers["etag"] == node.get("/v1/games/g1/score").headers["etag"]


async def test_fixtures_that_appear_later_join_who_follows_their_league(
    node: NodeProcess, own: RedisServer
) -> None:
    await kick_off(node, own, "g1")
    async with gateway_at(own.url) as gateway, fan_of(gateway, "league=cup&view=full") as fan:
        await eventually(lambda: fan.seq("g1") == 2)
        await kick_off(node, own, "g2")
        await eventually(lambda: fan.seq("g2") == 2)
        await post(node, goal("g2", 2), goal("g1", 2))
        await eventually(lambda: fan.seq("g1") == fan.seq("g2") == 3)
        for game_id in ("g1", "g2"):
            same(fan, node, game_id)
        async with fan_of(gateway, "team=red&view=full") as other:
            await eventually(lambda: other.seq("g1") == other.seq("g2") == 3)


async def test_who_follows_what_does_not_exist_is_told_so(node: NodeProcess, own: RedisServer) -> None:
    await kick_off(node, own, "g1")
    async with gateway_at(own.url) as gateway, httpx.AsyncClient() as client:
        for query, status in (("game=none", 404), ("league=none", 404), ("team=none", 404)):
            answer = await client.get(f"{gateway.url}/v1/stream?{query}")
            assert answer.status_code == status, query


async def test_fans_miss_nothing_while_connections_and_the_server_die(
    node: NodeProcess, own: RedisServer
) -> None:
    await kick_off(node, own, "g1", "g2")
    async with (
        gateway_at(own.url) as gateway,
        fan_of(gateway, "game=g1") as one,
        fan_of(gateway, "game=g1&game=g2") as both,
    ):
        await eventually(lambda: one.seq("g1") == both.seq("g2") == 2)
        for number in range(2, 42):
            if number % 10 == 0:
                async with Redis.from_url(own.url) as client:
                    await client.client_kill_filter(_type="pubsub")
            if number == 25:
                await asyncio.to_thread(own.kill)
                await asyncio.to_thread(own.restart)
            await post(node, goal("g1", number), goal("g2", number))
        await eventually(lambda: one.seq("g1") == both.seq("g1") == both.seq("g2") == 42, within_s=40)
        for fan, game_id in ((one, "g1"), (both, "g1"), (both, "g2")):
            same(fan, node, game_id)
        # Redis came back empty, and still everybody was told each row: rows were kept for it.
        assert one.full == [("g1", "join")]


async def test_a_lost_message_is_made_good_once_for_a_hundred_fans(
    node: NodeProcess, own: RedisServer
) -> None:
    await kick_off(node, own, "g1")
    async with (
        Sieve(own.port).listening() as sieve,
        gateway_at(own.url.replace(f":{own.port}", f":{sieve.port}")) as gateway,
    ):
        fans: list[Fan] = []
        async with asyncio.TaskGroup() as tasks:
            stop = asyncio.Event()

            async def stay() -> None:
                async with fan_of(gateway, "game=g1") as fan:
                    fans.append(fan)
                    await stop.wait()

            for _ in range(100):
                tasks.create_task(stay())
            await eventually(
                lambda: len(fans) == 100 and all(fan.seq("g1") == 2 for fan in fans), within_s=20
            )
            sieve.swallow = lambda data: b'"seq":4' in data and b"message" in data
            await post(node, goal("g1", 2))
            await eventually(lambda: all(fan.seq("g1") == 3 for fan in fans))
            await post(node, goal("g1", 3))
            took_s = await eventually(lambda: all(fan.seq("g1") == 4 for fan in fans))
            stop.set()
        assert sieve.swallowed == 1
        assert took_s < 3.0
        assert gateway.board.repairs == 1
        assert all(fan.full == [("g1", "join")] for fan in fans)

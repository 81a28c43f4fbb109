"""What a gateway costs Redis grows with the games that its fans follow, not with those that are stored."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from backends.boards import Heard, board_at, eventually
from backends.home_site import goal, site_at
from backends.sieve import Sieve
from contract.scoreboard_suite import update
from scorewire.model.provider_event import Player, ProviderEvent
from scorewire.model.score_state import EVENTS_KEPT
from scorewire.scoreboard import redis_wire as wire
from services.cluster import RedisCluster
from services.ports import HOST
from services.redis import RedisServer

pytestmark = [pytest.mark.redis, pytest.mark.timeout(180)]

ROUNDS = 10
"""Comparisons in one measurement: twenty seconds of a gateway's life."""
BEAT_BYTES = 20
"""Of a heartbeat, in either direction, roughly."""
GOALS = 5
"""Rows of each game in one measurement."""


@dataclass
class Cost:
    """What one gateway cost in a measurement; heartbeats, which go by time alone, are left out of `commands`.

    Attributes:
        commands: that it sent.
        told: messages that it was told.
        sent, received: bytes, but for some of the heartbeats.
        subscriptions: its own, `fixtures` among them.
    """

    commands: int
    told: int
    sent: int
    received: int
    subscriptions: int


async def measure(*, stored: int, followed: int, told_of: int) -> Cost:
    """A gateway whose fans follow some of the stored games.

    Args:
        told_of: games in which something happens, the followed ones first.
    """
    with RedisServer() as server:
        async with board_at(server.url) as writer, Sieve(server.port).listening() as sieve:
            games = [f"g{n}" for n in range(stored)]
            for start in range(0, stored, 500):
                await writer.publish([update(game_id, 1) for game_id in games[start : start + 500]])
            url = server.url.replace(f":{server.port}", f":{sieve.port}")
            # It compares when it is told to, so that a busy machine counts no more rounds than an idle one.
            async with board_at(url, compare_s=600) as gateway, Redis.from_url(server.url) as client:
                heard = Heard(gateway)
                for game_id in games[:followed]:
                    await gateway.follow(game_id)
                    assert await gateway.head(game_id) is not None
                await client.config_resetstat()
                sieve.sent = sieve.received = 0
                for seq in range(2, 2 + GOALS):
                    await writer.publish([update(game_id, seq) for game_id in games[:told_of]])
                for _ in range(ROUNDS):
                    await gateway.compare()
                last = games[followed - 1]
                await eventually(lambda: heard.seqs(last)[-1:] == [1 + GOALS], within_s=30)
                await gateway.beat()
                beats = (await client.info("commandstats"))["cmdstat_ping"]["calls"]
                sent, received = sieve.sent - BEAT_BYTES * beats, sieve.received - BEAT_BYTES * beats
                channels = await client.pubsub_channels()
                return Cost(
                    commands=await calls(client, besides=("ping", "evalsha", "config", "pubsub", "info")),
                    told=len(heard.updates),
                    sent=sent,
                    received=received,
                    subscriptions=len(channels),
                )


async def calls(client: Redis, *, besides: Sequence[str]) -> int:
    """Commands since the counts were reset, those inside the script left out."""
    inside = {"hmget", "xadd", "hset", "persist", "publish", "expire", "del"}
    stats = await client.info("commandstats")
    scripts = stats.get("cmdstat_evalsha", {"calls": 0})["calls"]
    found = 0
    for name, one in stats.items():
        word = name.removeprefix("cmdstat_").partition("|")[0]
        if word == "hmget":
            found += one["calls"] - scripts  # each run of the script asks once
        elif word not in besides and word not in inside:
            found += one["calls"]
    return found


async def test_ten_followed_games_cost_the_same_beside_ten_thousand_that_nobody_follows() -> None:
    few = await measure(stored=10, followed=10, told_of=10)
    many = await measure(stored=10_000, followed=10, told_of=500)
    print(f"10 stored: {few}\n10,000 stored, of which 500 go on: {many}")
    assert few.subscriptions == many.subscriptions == 11
    assert few.commands == many.commands == ROUNDS * 10
    assert few.told == many.told == GOALS * 10
    # Heartbeats go by time, and have longer numbers as it goes on.
    assert abs(many.received - few.received) < 0.05 * few.received
    assert abs(many.sent - few.sent) < 0.05 * few.sent


async def test_a_hundred_followed_games_cost_ten_times_ten() -> None:
    few = await measure(stored=200, followed=10, told_of=10)
    many = await measure(stored=200, followed=100, told_of=100)
    print(f"10 followed: {few}\n100 followed: {many}")
    assert (few.subscriptions, many.subscriptions) == (11, 101)
    assert many.commands == 10 * few.commands
    assert many.told == 10 * few.told
    assert 8 < many.received / few.received < 12


async def test_what_a_game_takes_while_it_is_new_and_when_its_rows_are_full(
    redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gives the figures of docs/redis.md: soccer, rows with player and clock, every tenth a goal."""
    games = [f"game-{number}" for number in range(3)]
    async with (
        site_at(tmp_path) as site,
        board_at(redis_url) as board,
        Redis.from_url(redis_url, decode_responses=True) as client,
    ):

        async def shown() -> float:
            """Bytes of a game, its two teams' sets among them, after what was decided is shown."""
            await board.publish(site.told)
            site.told.clear()
            sizes = [await client.memory_usage(key, samples=0) for key in await client.keys("*game-*")]
            return sum(size or 0 for size in sizes) / len(games)

        await site.declare(*games)
        found = [await shown()]
        for first in range(1, 5 * EVENTS_KEPT, EVENTS_KEPT):
            numbers = range(first, first + EVENTS_KEPT)
            await site.say(*(play(game_id, number) for game_id in games for number in numbers))
            found.append(await shown())
        new, full, *later = found
        with capsys.disabled():
            print(
                f"\n    a game on Redis: {new / 1000:.1f} KB new, {full / 1000:.1f} KB with all its rows,",
                end="",
            )
            print(f" {max(later) / 1000:.1f} KB at the most")
        assert new < 8_000
        assert full < 24_000
        # A block of a stream is let go when none of its rows is kept: what is above that comes and goes.
        assert max(later) < 1.5 * full
        assert later[-1] < 1.1 * full


def play(game_id: str, number: int) -> ProviderEvent:
    """One of a game's plays."""
    return msgspec.structs.replace(
        goal(game_id, number),
        type="SHOT" if number % 10 else "GOAL",
        player=Player(id="ball-10", name="Ann Example"),
        clock=f"{number // 4}:{number % 60:02}",
    )


async def test_many_who_ask_for_one_game_cause_one_read(redis_url: str) -> None:
    async with board_at(redis_url) as writer:
        await writer.publish([update("g1", 1)])
    async with board_at(redis_url) as board, Redis.from_url(redis_url) as client:
        await client.config_resetstat()
        heads = await asyncio.gather(*(board.head("g1") for _ in range(500)))
        assert {head.state.seq for head in heads if head is not None} == {1}
        assert (await client.info("commandstats"))["cmdstat_hmget"]["calls"] == 1
        await asyncio.gather(*(board.head("nowhere") for _ in range(500)))
        assert (await client.info("commandstats"))["cmdstat_hmget"]["calls"] == 2


async def test_a_connection_that_is_back_reads_places_and_not_states_that_it_has(redis_url: str) -> None:
    async with board_at(redis_url, compare_s=60) as board, Redis.from_url(redis_url) as client:
        games = [f"g{n}" for n in range(300)]
        await board.publish([update(game_id, seq) for game_id in games for seq in (1, 2)])
        heard = Heard(board)
        for game_id in games:
            await board.follow(game_id)
        await client.config_resetstat()
        told, repairs = len(heard.updates), board.repairs
        async with board_at(redis_url) as writer:
            await client.client_kill_filter(_type="pubsub")
            await writer.publish([update("g7", 3)])
        await eventually(lambda: heard.seqs("g7")[-1] == 3)
        await eventually(lambda: board.ready)
        stats = await client.info("commandstats")
        # Rows are read of the one that has moved.
        assert stats.get("cmdstat_xrange", {"calls": 0})["calls"] <= 1
        assert board.repairs - repairs <= 1
        assert len(heard.updates) - told == 1


async def test_in_a_cluster_each_node_has_the_subscriptions_of_its_own_followed_games() -> None:
    with RedisCluster() as cluster:
        games = [f"g{n}" for n in range(300)]
        async with board_at(cluster.url) as board:
            await board.publish([update(game_id, 1) for game_id in games])
            for game_id in games[:30]:
                await board.follow(game_id)
            found: dict[str, int] = {}
            for node in cluster.primaries:
                async with Redis(host=HOST, port=node.port) as client:
                    names = await client.execute_command("PUBSUB", "SHARDCHANNELS")
                    found |= dict.fromkeys((name.decode() for name in names), node.port)
                    assert 0 < len(names) < 30
            assert sorted(found) == sorted(wire.channel_of(game_id) for game_id in games[:30])

"""What a listener hears when messages, connections and servers are lost: everything, once, in order, soon."""

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from backends.boards import Heard, board_at, eventually
from backends.sieve import Sieve
from contract.scoreboard_suite import Store, state, update
from scorewire.errors import BackendError
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.redis import RedisScoreboard
from services.redis import RedisServer

pytestmark = pytest.mark.redis

REPAIRED_S = 3.0
"""The promise: what was lost, the last message of a burst too, is made good within this."""


@pytest.fixture
def own() -> Iterator[RedisServer]:
    """A server that the test may harm."""
    with RedisServer() as server:
        yield server


async def start(board: RedisScoreboard, *game_ids: str) -> Heard:
    """A listener with games that it follows, each at seq 1."""
    heard = Heard(board)
    for game_id in game_ids:
        await board.follow(game_id)
    await board.publish([update(game_id, 1) for game_id in game_ids])
    await eventually(lambda: all(heard.seqs(game_id) == [1] for game_id in game_ids))
    return heard


async def at_sieve(own: RedisServer, sieve: Sieve) -> str:
    return own.url.replace(f":{own.port}", f":{sieve.port}")


# Messages.


async def test_a_lost_last_message_of_a_burst_is_made_good_within_three_seconds(own: RedisServer) -> None:
    async with Sieve(own.port).listening() as sieve, board_at(await at_sieve(own, sieve)) as board:
        heard = await start(board, "g1", "g2")
        async with board_at(own.url) as writer:
            sieve.swallow = lambda data: b'"seq":5' in data and b"message" in data
            for seq in range(2, 6):
                await writer.publish([update("g1", seq)])
                await asyncio.sleep(0.02)  # each message in a piece of its own
            took_s = await eventually(lambda: heard.seqs("g1") == [1, 2, 3, 4, 5])
        assert sieve.swallowed == 1
        assert took_s < REPAIRED_S
        # Told as the row that it is, not as a full state; and the connection is the same.
        assert [one.correction for one in heard.updates] == [False] * 6
        assert (board.repairs, board.losses) == (1, 0)


async def test_a_message_lost_on_the_way_is_read_at_once_and_once(own: RedisServer) -> None:
    async with (
        Sieve(own.port).listening() as sieve,
        board_at(await at_sieve(own, sieve), compare_s=60) as board,
    ):
        heard = await start(board, "g1")
        async with board_at(own.url) as writer:
            sieve.swallow = lambda data: b'"seq":3' in data and b"message" in data
            for seq in range(2, 9):
                await writer.publish([update("g1", seq)])
                await asyncio.sleep(0.02)
            took_s = await eventually(lambda: heard.seqs("g1") == list(range(1, 9)))
        assert sieve.swallowed == 1
        assert took_s < REPAIRED_S, "it waited to be compared"
        assert board.repairs == 1


async def test_more_than_the_stream_holds_comes_as_one_full_state(own: RedisServer) -> None:
    async with Sieve(own.port).listening() as sieve, board_at(await at_sieve(own, sieve)) as board:
        heard = await start(board, "g1")
        async with board_at(own.url) as writer:
            sieve.swallow = lambda data: b"message" in data
            await writer.publish([update("g1", seq) for seq in range(2, 80)])
            await eventually(lambda: heard.seqs("g1") == [1, 79])
        assert sieve.swallowed > 0
        assert heard.updates[-1].correction
        assert heard.updates[-1].state == state("g1", 79)


async def test_a_lost_fixture_joins_its_lists_when_they_are_looked_at(own: RedisServer) -> None:
    async with Sieve(own.port).listening() as sieve, board_at(await at_sieve(own, sieve)) as board:
        heard = await start(board, "g1")
        assert await board.games_of("league", "l1") == ("g1",)
        async with board_at(own.url) as writer:
            sieve.swallow = lambda data: b"message" in data
            await writer.publish([update("g2", 1)])
            await asyncio.sleep(0.1)
            sieve.swallow = lambda _data: False
            assert heard.seqs("g2") == []
            # A connection that is back is a reason to look.
            sieve.cut()
            await eventually(lambda: heard.seqs("g2") == [1])


# Connections.


async def test_a_killed_subscription_is_back_and_nothing_is_missing(own: RedisServer) -> None:
    # Without comparing: a connection that is back is reason enough to read.
    async with board_at(own.url, compare_s=60) as board, Redis.from_url(own.url) as client:
        heard = await start(board, "g1", "g2")
        for seq in range(2, 30):
            if seq % 7 == 0:
                # The next message finds nobody who listens.
                await client.client_kill_filter(_type="pubsub")
            await board.publish([update("g1", seq), update("g2", seq)])
        took_s = await eventually(lambda: heard.seqs("g1")[-1] == 29 and heard.seqs("g2")[-1] == 29)
        assert took_s < REPAIRED_S
        assert heard.seqs("g1") == heard.seqs("g2") == list(range(1, 30))
        assert board.losses >= 1


async def test_a_silent_connection_is_found_and_replaced(own: RedisServer) -> None:
    async with (
        Sieve(own.port).listening() as sieve,
        board_at(await at_sieve(own, sieve), compare_s=60) as board,
    ):
        heard = await start(board, "g1")
        async with board_at(own.url) as writer:
            sieve.swallow = lambda _data: True
            await writer.publish([update("g1", 2)])
            await eventually(lambda: board.losses == 1)
            sieve.swallow = lambda _data: False
            await eventually(lambda: heard.seqs("g1") == [1, 2])


# The server.


async def test_a_server_that_died_and_came_back_empty_is_filled_again(own: RedisServer) -> None:
    async with board_at(own.url) as board:
        heard = await start(board, "g1", "g2")
        await board.publish([update("g1", 2)])
        await eventually(lambda: heard.seqs("g1") == [1, 2])
        own.kill()
        with pytest.raises(BackendError) as raised:
            await board.publish([update("g1", 3)])
        assert raised.value.retryable
        # What is held is shown.
        head = await board.head("g1")
        assert head is not None
        assert head.state == state("g1", 2)
        own.restart()
        async with Redis.from_url(own.url) as client:

            async def given_back() -> bool:
                return await client.hget(wire.state_key("g1"), "seq") == b"2"

            await eventually(lambda: board.ready)
            await eventually(given_back)
        assert await board.publish([update("g1", 3), update("g2", 2)]) == {}
        await eventually(lambda: heard.seqs("g1") == [1, 2, 3] and heard.seqs("g2") == [1, 2])
        assert not any(one.correction for one in heard.updates)


async def test_while_the_server_is_away_heads_come_from_the_store_behind(own: RedisServer) -> None:
    store: Store = {"g7": Head(state=state("g7", 4), corrected_seq=0)}
    async with board_at(own.url, store) as board:
        heard = Heard(board)
        own.kill()
        await board.follow("g7")
        head = await board.head("g7")
        assert head is not None
        assert head.state == state("g7", 4)
        with pytest.raises(BackendError):
            await board.head("g8")
        own.restart()
        await eventually(lambda: board.ready)
        assert await board.head("g8") is None
        # Who followed it while Redis was away hears of it as if it had always been there.
        async with board_at(own.url) as writer:
            await writer.publish([update("g7", seq) for seq in (5, 6)])
            await eventually(lambda: heard.seqs("g7")[-1:] == [6])


async def test_a_server_that_stands_still_holds_up_nobody_for_long(own: RedisServer) -> None:
    async with board_at(own.url) as board:
        heard = await start(board, "g1")
        own.pause()
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(BackendError):
            await board.publish([update("g1", 2)])
        assert asyncio.get_running_loop().time() - began_s < 15
        own.resume()
        # It may have taken what was sent when it stood; to send it again does no harm.
        await eventually(lambda: board.ready)
        assert await board.publish([update("g1", 2), update("g1", 3)]) == {}
        await eventually(lambda: heard.seqs("g1") == [1, 2, 3])


async def test_a_game_of_another_epoch_replaces_what_was_missed(own: RedisServer) -> None:
    async with board_at(own.url) as board, Redis.from_url(own.url) as client:
        heard = await start(board, "g1")
        await board.publish([update("g1", seq) for seq in range(2, 9)])
        await eventually(lambda: heard.seqs("g1")[-1] == 8)
        await client.client_kill_filter(_type="pubsub")
        await board.publish([update("g1", 3, epoch="anew")])
        await eventually(lambda: (heard.updates[-1].epoch, heard.updates[-1].seq) == ("anew", 3))
        head = await board.head("g1")
        assert head is not None
        assert head.state == state("g1", 3, epoch="anew")


# Subscriptions.


async def test_a_subscription_ends_a_while_after_the_last_fan_has_left(own: RedisServer) -> None:
    channel = wire.channel_of("g1")
    async with board_at(own.url, linger_s=0.5) as board, Redis.from_url(own.url) as client:
        heard = await start(board, "g1")
        await board.unfollow("g1")
        await board.follow("g1")  # somebody came back meanwhile
        await asyncio.sleep(2.5)
        assert dict(await client.pubsub_numsub(channel)) == {channel.encode(): 1}
        await board.unfollow("g1")
        await board.publish([update("g1", 2)])
        await eventually(lambda: heard.seqs("g1") == [1, 2])

        async def unheard() -> bool:
            return dict(await client.pubsub_numsub(channel)) == {channel.encode(): 0}

        await eventually(unheard)
        assert board.subscriptions == 1
        await board.publish([update("g1", 3)])
        assert heard.seqs("g1") == [1, 2]
        # What is asked for now is of now.
        head = await board.head("g1")
        assert head is not None
        assert head.state.seq == 3

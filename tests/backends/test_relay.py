"""A region beside home: everything comes in order, through Kafka where it has it, else from home's REST."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from backends.boards import Heard, board_at, eventually
from backends.home_site import HomeSite, goal, home_at, taken_back
from backends.kafka_logs import PARTITIONS, Place, made
from backends.redis_gateway import RedisGateway, gateway_at
from backends.relays import committed, forget, relay_config, relay_process, relaying
from scorewire.config import Cdn
from scorewire.log.kafka_producer import KafkaProducer
from scorewire.log.kafka_records import Record
from scorewire.model.ids import write_cursor
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.redis import RedisScoreboard
from services.redis import RedisServer

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

GAMES = [f"game-{number}" for number in range(6)]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


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
    with capture_logs() as lines:
        await _carry(place, home, redis_url)
    # Of the rows whose caller follows them, and of no others, it says that they are shown there.
    said = [line for line in lines if line["event"] == "game_event_carried"]
    assert [(line["game_id"], line["seq"], line["traceparent"]) for line in said] == [(GAMES[2], 5, TRACE)]


async def _carry(place: Place, home: HomeSite, redis_url: str) -> None:
    assert home.events is not None
    home.events.trace({(GAMES[2], 5): TRACE})
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


async def test_a_regions_own_caches_are_told_what_is_shown_there(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    purged: list[str] = []

    async def cache(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError), contextlib.closing(writer):
            while head := await reader.readuntil(b"\r\n\r\n"):
                purged.append(head.decode().lower())
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    server = await asyncio.start_server(cache, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    cdn = Cdn(purge_urls=(f"http://127.0.0.1:{port}/",), purge_token="a-token-of-the-tests")
    await home.declare(GAMES[0])
    async with server, relaying(relay_config(place, redis_url, home.url, cdn=cdn)):
        await home.say(goal(GAMES[0], 1))
        await eventually(lambda: any(f"g:{GAMES[0]}" in one for one in purged))
        assert purged[0].startswith("purge / http/1.1\r\n")
        assert "authorization: bearer a-token-of-the-tests\r\n" in purged[0]


async def test_what_is_no_longer_on_the_topic_comes_from_home(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    config = relay_config(place, redis_url, home.url)
    few, many, quiet = GAMES[:3]
    await home.declare(*GAMES)
    async with watched(redis_url, *GAMES) as (board, heard):
        async with relaying(config):
            await home.say(*(goal(game_id, 1) for game_id in GAMES))
            await arrived(board, home, *GAMES)
            await committed(place)
        # The region is cut off, for longer than the topic holds what is said.
        for number in range(2, 8):
            await home.say(goal(few, number))
        await home.say(*(goal(many, number) for number in range(2, 60)))
        assert home.events is not None
        await home.events.drained()
        forget(place)
        await home.say(goal(GAMES[4], 2))
        async with relaying(config):
            await arrived(board, home, *GAMES)
        # Home does not tell which row was the last correction, so it is taken for the last that was held.
        assert [one for one in rows_of(heard.updates, few) if one.seq > 2] == [
            msgspec.structs.replace(one, corrected_seq=2) for one in rows_of(home.told, few) if one.seq > 2
        ]
        assert [one.seq for one in heard.updates if one.game_id == many][-2:] == [2, 60]
        assert heard.updates[-1].correction or heard.updates[-1].game_id != many
        assert heard.seqs(quiet)[-1] == 2


async def test_a_redis_that_was_emptied_is_filled_again_though_nothing_happens(
    place: Place, home: HomeSite, redis_url: str, redis_server: RedisServer
) -> None:
    await home.declare(*GAMES)
    await home.say(*(goal(GAMES[0], number) for number in range(1, 5)))
    config = relay_config(place, redis_url, home.url)
    async with board_at(redis_url) as board:
        async with relaying(config):
            await arrived(board, home, *GAMES)
            await committed(place)
        # One that goes on where the other was compares once, when it starts.
        async with relaying(config) as relay:
            await eventually(lambda: relay.process._outbox._lives != (), within_s=10)
            redis_server.clear()
            states = [home.state(game_id) for game_id in GAMES]
            assert len(await board.behind(states)) == len(GAMES)

            async def filled() -> bool:
                listed = await board.games_of("league", "cup")
                return not await board.behind(states) and sorted(listed) == sorted(GAMES)

            await eventually(filled, within_s=10)


async def test_what_an_owner_had_committed_and_not_announced_is_told_by_the_next(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    await home.declare(*GAMES)
    async with (
        watched(redis_url, *GAMES) as (board, heard),
        relaying(relay_config(place, redis_url, home.url)),
    ):
        await home.say(*(goal(game_id, 1) for game_id in GAMES))
        await arrived(board, home, *GAMES)
        events, home.events = home.events, None
        await home.say(*(goal(game_id, 2) for game_id in GAMES[:3]))
        home.events = events
        for partition in range(PARTITIONS):
            await home.take_over(partition)
        await arrived(board, home, *GAMES)
        await home.say(*(goal(game_id, 3) for game_id in GAMES))
        await arrived(board, home, *GAMES)
        assert heard.seqs(GAMES[0])[-3:] == [2, 3, 4]


async def test_what_lies_on_the_topic_from_before_a_restored_backup_is_left_out(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    game_id = GAMES[0]
    config = relay_config(place, redis_url, home.url)
    await home.declare(game_id)
    async with watched(redis_url, game_id) as (board, heard):
        async with relaying(config):
            await home.say(goal(game_id, 1))
            await arrived(board, home, game_id)
            await committed(place)
        before = len(heard.updates)
        await home.say(goal(game_id, 2), goal(game_id, 3))
        renewed = await home.journal.renew_epoch()
        await home.say(goal(game_id, 4))
        async with relaying(config) as relay:
            await arrived(board, home, game_id)
            await committed(place)
            assert relay.process._relay.skipped == 2
        assert {one.epoch for one in heard.updates[before:]} == {renewed}


async def test_a_record_that_cannot_be_read_is_made_good_from_home(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    game_id = GAMES[0]
    await home.declare(game_id)
    async with (
        watched(redis_url, game_id) as (board, heard),
        relaying(relay_config(place, redis_url, home.url)) as relay,
    ):
        await home.say(goal(game_id, 1))
        await arrived(board, home, game_id)
        await committed(place)
        # As a later release may write it; with what follows it the hole is seen.
        events, home.events = home.events, None
        await home.say(goal(game_id, 2))
        topic = f"{place.prefix}game-events"
        producer = KafkaProducer(place.brokers, {})
        later = Record(game_id.encode(), b"{}", [("format", b"2")])
        assert not (await asyncio.to_thread(producer.produce, [(0, topic, later)])).failed
        home.events = events
        await home.say(goal(game_id, 3))
        await arrived(board, home, game_id)
        assert relay.process._relay.lost == 1
        assert heard.seqs(game_id)[-3:] == [2, 3, 4]


async def test_a_relay_that_is_killed_is_replaced_and_one_that_slept_does_no_harm(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    await home.declare(*GAMES)
    async with watched(redis_url, *GAMES) as (board, heard):
        # A session passes twice: once for who sleeps, once for who is killed.
        with relay_process(place, redis_url, home.url) as sleeper:
            await arrived(board, home, *GAMES)
            async with relaying(relay_config(place, redis_url, home.url)) as other:
                await eventually(lambda: 0 < other.process._relay.partitions < PARTITIONS, within_s=20)
                sleeper.send_signal(signal.SIGSTOP)
                for number in range(1, 11):
                    await home.say(*(goal(game_id, number) for game_id in GAMES))
                await arrived(board, home, *GAMES, within_s=30)
                assert other.process._relay.partitions == PARTITIONS
                sleeper.send_signal(signal.SIGCONT)
                await home.say(*(goal(game_id, 11) for game_id in GAMES))
                await eventually(lambda: other.process._relay.partitions < PARTITIONS, within_s=20)
                sleeper.kill()
                await home.say(*(goal(game_id, 12) for game_id in GAMES))
                await arrived(board, home, *GAMES, within_s=30)
        # Whichever way they came, and though two relays may have told some twice.
        for game_id in GAMES:
            assert heard.seqs(game_id)[-12:] == list(range(2, 14))
            states = {one.seq: one.state for one in home.told if one.game_id == game_id}
            assert all(one.state == states[one.seq] for one in heard.updates if one.game_id == game_id)


async def test_a_fan_who_moves_to_a_region_that_lags_is_not_sent_back(
    place: Place, home: HomeSite, redis_url: str
) -> None:
    game_id = GAMES[0]
    config = relay_config(place, redis_url, home.url)
    await home.declare(game_id)
    async with board_at(redis_url) as board, relaying(config):
        await home.say(goal(game_id, 1))
        await arrived(board, home, game_id)
    # What follows the fan is told at home, before this region hears of it.
    await home.say(goal(game_id, 2), goal(game_id, 3))
    then = home.state(game_id)
    async with gateway_at(redis_url) as gateway, asyncio.TaskGroup() as tasks:
        told = tasks.create_task(moved(gateway, then, enough=2))
        gone = tasks.create_task(moved(gateway, msgspec.structs.replace(then, seq=94), enough=1))
        await eventually(lambda: gateway.side.hub.fans == 2 and gateway.board.held(game_id) is not None)
        async with relaying(config):
            await arrived(gateway.board, home, game_id, within_s=20)
            await home.say(goal(game_id, 4), goal(game_id, 5))
            updates = await told
        assert [(kind, data["seq"]) for kind, data in updates] == [("score_update", 5), ("score_update", 6)]
        # Nobody here will ever be where the other one has been.
        assert [kind for kind, _ in await gone] == ["bye"]


async def moved(gateway: RedisGateway, held: ScoreState, *, enough: int) -> list[tuple[str, dict[str, Any]]]:
    """What a fan is told of a game who has it already, until it is enough."""
    cursor = write_cursor(held.epoch, [(held.game_id, held.seq)])
    found: list[tuple[str, dict[str, Any]]] = []
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("GET", f"{gateway.url}/v1/stream?game={held.game_id}&since={cursor}") as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        kind = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind != "hello":
                found.append((kind, json.loads(value)))
                if len(found) == enough:
                    return found
    return found

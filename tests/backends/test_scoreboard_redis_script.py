"""The script's promises, one by one and in any order, on a real Redis; redis_script.lua lists them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from backends.boards import pushed
from contract.scoreboard_suite import EPOCH, state, update
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.base import Head, whole
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_servers import servers_at
from scorewire.scoreboard.redis_store import Mode, Run, Store

pytestmark = pytest.mark.redis

NEW = "anew"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Store, Redis]]:
    """A store, and a client of our own beside it."""
    servers = servers_at(url)
    try:
        yield Store(servers), servers.commands
    finally:
        await servers.close()


def rows(first: int, last: int, epoch: str = EPOCH) -> Run:
    return Run("rows", [update("g1", seq, epoch=epoch) for seq in range(first, last + 1)])


def head(seq: int, mode: Mode = "whole", epoch: str = EPOCH) -> Run:
    return Run(mode, [whole(Head(state=state("g1", seq, epoch=epoch), corrected_seq=0))])


async def told(pubsub: PubSub) -> list[tuple[str, bytes]]:
    """What has been told since: (channel, data)."""
    return [(one["channel"].decode(), one["data"]) for one in await pushed(pubsub)]


# One by one.

CASES: list[tuple[str | None, Run, str, tuple[str, int], list[int]]] = [
    # What is held, what comes, the answer's word, what is held then, the seqs that are told.
    (None, rows(1, 1), "TAKEN", (EPOCH, 1), [1]),
    (None, rows(4, 6), "TAKEN", (EPOCH, 6), [4, 5, 6]),
    (None, head(9), "TAKEN", (EPOCH, 9), [9]),
    (None, head(9, "fill"), "TAKEN", (EPOCH, 9), [9]),
    (EPOCH, rows(4, 4), "TAKEN", (EPOCH, 4), [4]),
    (EPOCH, rows(4, 6), "TAKEN", (EPOCH, 6), [4, 5, 6]),
    (EPOCH, rows(2, 5), "TAKEN", (EPOCH, 5), [4, 5]),
    (EPOCH, rows(3, 4), "TAKEN", (EPOCH, 4), [4]),
    (EPOCH, rows(1, 3), "HELD", (EPOCH, 3), []),
    (EPOCH, rows(2, 2), "HELD", (EPOCH, 3), []),
    (EPOCH, rows(5, 5), "GAP", (EPOCH, 3), []),
    (EPOCH, rows(5, 9), "GAP", (EPOCH, 3), []),
    (EPOCH, head(9), "TAKEN", (EPOCH, 9), [9]),
    (EPOCH, head(4), "TAKEN", (EPOCH, 4), [4]),
    (EPOCH, head(3), "HELD", (EPOCH, 3), []),
    (EPOCH, head(1), "HELD", (EPOCH, 3), []),
    (EPOCH, head(9, "fill"), "TAKEN", (EPOCH, 9), [9]),
    (EPOCH, head(3, "fill"), "HELD", (EPOCH, 3), []),
    (EPOCH, rows(1, 1, NEW), "TAKEN", (NEW, 1), [1]),
    (EPOCH, rows(7, 8, NEW), "TAKEN", (NEW, 8), [7, 8]),
    (EPOCH, head(2, epoch=NEW), "TAKEN", (NEW, 2), [2]),
    (EPOCH, head(9, "fill", epoch=NEW), "HELD", (EPOCH, 3), []),
]


@pytest.mark.parametrize(("held", "run", "word", "place", "seqs"), CASES)
async def test_what_comes_is_taken_held_or_a_gap(  # noqa: PLR0917 (a table's columns)
    redis_url: str, held: str | None, run: Run, word: str, place: tuple[str, int], seqs: list[int]
) -> None:
    async with opened(redis_url) as (store, client), client.pubsub() as pubsub:
        if held is not None:
            await store.take([rows(1, 3, held)])
        await pubsub.subscribe(wire.channel_of("g1"))
        await pushed(pubsub)
        (answer,) = await store.take([run])
        assert (answer.word, answer.seq) == (word, place[1])
        assert await store.places(["g1"]) == {"g1": place}
        stored = (await store.read({"g1": 0}))["g1"]
        assert stored is not None
        assert stored.state == state("g1", place[1], epoch=place[0])
        # The stream ends where the state is, and holds nothing of another epoch.
        stream = [row.seq for row, _ in stored.entries]
        before = [1, 2, 3] if held == place[0] else []
        assert stream == before + seqs
        messages = [wire.decode_told(data) for _, data in await told(pubsub)]
        assert [row.seq for message in messages for row in message.rows] == seqs
        assert all(message.epoch == place[0] for message in messages)


async def test_a_state_travels_only_where_rows_do_not_lead_to_it(redis_url: str) -> None:
    async with opened(redis_url) as (store, client), client.pubsub() as pubsub:
        await pubsub.subscribe(wire.channel_of("g1"))
        await pushed(pubsub)
        await store.take([rows(1, 1), rows(2, 3), head(9), rows(10, 10), rows(3, 4, NEW)])
        messages = [wire.decode_told(data) for _, data in await told(pubsub)]
        carried = [message.state.seq if message.state is not None else None for message in messages]
        assert carried == [1, None, 9, None, 4]


async def test_the_last_fifty_rows_stay(redis_url: str) -> None:
    async with opened(redis_url) as (store, client):
        await store.take([rows(1, 30), rows(31, 70)])
        ids = [name.decode() for name, _ in await client.xrange(wire.events_key("g1"))]
        assert ids == [f"{seq}-0" for seq in range(21, 71)]


# Expiry.


def over(seq: int, status: str = "final") -> Update:
    one = update("g1", seq, correction=True)
    return msgspec.structs.replace(one, state=msgspec.structs.replace(one.state, status=status))


async def times(client: Redis) -> tuple[int, int]:
    """Seconds to live of state and stream; -1 for ever, -2 for what is not there."""
    return await client.ttl(wire.state_key("g1")), await client.ttl(wire.events_key("g1"))


async def test_a_game_expires_an_hour_after_it_is_over_and_not_while_it_goes_on(redis_url: str) -> None:
    async with opened(redis_url) as (store, client):
        await store.take([rows(1, 3)])
        assert await times(client) == (-1, -1)
        await store.take([Run("whole", [over(4)])])
        assert all(3590 < left <= 3600 for left in await times(client))
        # What is held already sets no time anew.
        await client.expire(wire.state_key("g1"), 100)
        await store.take([Run("whole", [over(4)])])
        assert (await times(client))[0] <= 100
        await store.take([Run("whole", [over(5, "corrected")])])
        assert all(3590 < left <= 3600 for left in await times(client))
        await store.take([Run("whole", [over(6, "live")])])
        assert await times(client) == (-1, -1)


async def test_a_correction_after_expiry_brings_the_game_back_whole(redis_url: str) -> None:
    async with opened(redis_url) as (store, client), client.pubsub() as pubsub:
        await store.take([rows(1, 3), Run("whole", [over(4)])])
        await client.delete(wire.state_key("g1"), wire.events_key("g1"))
        await pubsub.subscribe(wire.channel_of("g1"))
        await pushed(pubsub)
        (answer,) = await store.take([Run("whole", [over(5, "corrected")])])
        assert answer.word == "TAKEN"
        assert await store.places(["g1"]) == {"g1": (EPOCH, 5)}
        ((_, data),) = await told(pubsub)
        brought = wire.decode_told(data).state
        assert brought is not None
        assert (brought.seq, brought.status) == (5, "corrected")
        assert all(3590 < left <= 3600 for left in await times(client))


# Lists.


async def test_lists_hear_of_what_they_know_a_game_by_and_of_nothing_else(redis_url: str) -> None:
    async with opened(redis_url) as (store, client), client.pubsub() as pubsub:
        await pubsub.subscribe(wire.FIXTURES)
        await pushed(pubsub)

        async def heard(run: Run) -> list[int]:
            await store.take([run])
            return [wire.decode_listed(data).state.seq for _, data in await told(pubsub)]

        assert await heard(rows(1, 1)) == [1]
        assert await heard(rows(2, 3)) == []
        assert await heard(rows(1, 3)) == []
        assert await heard(rows(5, 5)) == []
        assert await heard(Run("whole", [over(4)])) == [4]
        assert await heard(Run("whole", [over(5, "corrected")])) == []
        assert await heard(Run("whole", [over(6, "live")])) == [6]
        moved = over(7, "live")
        moved = msgspec.structs.replace(moved, state=msgspec.structs.replace(moved.state, start="later"))
        assert await heard(Run("whole", [moved])) == [7]


async def test_a_list_holds_its_games_until_they_are_over_and_is_known_ever_after(redis_url: str) -> None:
    servers = servers_at(redis_url)
    board = writer(redis_url, servers)
    assert not await board.known("team", "arg")
    await board.publish([update("g1", 1), update("g2", 1)])
    assert await board.games_of("team", "arg") == ("g1", "g2")
    assert await board.games_of("league", "l1") == ("g1", "g2")
    assert await board.games_of("sport", "soccer") == ("g1", "g2")
    await board.publish([over(2)])
    assert await board.games_of("team", "fra") == ("g2",)
    # An entry that stayed behind, as when a writer dies between list and state, is seen through.
    await servers.commands.sadd(wire.index_key("team", "arg"), "g1", "never-shown")
    assert await board.games_of("team", "arg") == ("g2",)
    await servers.commands.delete(wire.state_key("g2"))
    assert await board.games_of("team", "arg") == ()
    assert await board.known("team", "arg")
    await servers.close()


# A server that forgets.


async def test_a_server_that_forgot_the_script_is_told_it_again(redis_url: str) -> None:
    async with opened(redis_url) as (store, client):
        await store.take([rows(1, 2)])
        await client.script_flush()
        (answer, other) = await store.take([rows(2, 4), rows(5, 5)])
        assert [answer.seq, other.seq] == [4, 5]


async def test_what_cannot_be_read_is_as_good_as_absent(redis_url: str) -> None:
    async with opened(redis_url) as (store, client):
        await store.take([rows(1, 2)])
        await client.hset(wire.state_key("g1"), "state", "{")
        assert await store.read({"g1": None, "g2": 4}) == {"g1": None, "g2": None}


# In any order.

HISTORY = 12
CORRECTED = (4, 9)

steps = st.one_of(
    st.tuples(st.just("rows"), st.integers(1, HISTORY), st.integers(1, 5)),
    st.tuples(st.just("head"), st.integers(1, HISTORY), st.just(1)),
    st.tuples(st.just("twice"), st.integers(1, HISTORY), st.integers(1, 5)),
    st.tuples(st.just("lost"), st.just(1), st.just(1)),
    st.tuples(st.just("half lost"), st.just(1), st.just(1)),
)


def writer(url: str, servers: object = None) -> RedisScoreboard:
    """A scoreboard that only publishes, and so needs no task."""

    def spawn(work: object, name: str) -> asyncio.Task[None]:
        raise AssertionError(name)

    return RedisScoreboard(
        servers=servers or servers_at(url),  # type: ignore[arg-type]
        spawn=spawn,
        now_s=lambda: 0.0,
        heads_max=10,
    )


def history(first: int, count: int) -> list[Update]:
    """Rows of one true history, of which some are corrections."""
    last = min(first + count - 1, HISTORY)
    return [
        update(
            "g1",
            seq,
            correction=seq in CORRECTED,
            corrected_seq=max((at for at in CORRECTED if at <= seq), default=0),
        )
        for seq in range(first, last + 1)
    ]


class Reader:
    """Hears what is told and reads nothing: it may lag, but never goes back or shows what never was."""

    def __init__(self) -> None:
        self.state: ScoreState | None = None

    def hear(self, message: wire.Told) -> None:
        entries: list[wire.Entry] = [(row, None) for row in message.rows]
        if message.state is not None:
            entries[-1] = (message.rows[-1], message.state)
        updates, _ = wire.catch_up(self.state, message.epoch, entries)
        for one in updates:
            assert self.state is None or one.seq > self.state.seq
            assert one.state == state("g1", one.seq)
            self.state = one.state


async def play(url: str, script: list[tuple[str, int, int]]) -> None:
    servers = servers_at(url)
    board, reader = writer(url, servers), Reader()

    async def load(_game_id: str) -> Head | None:
        return None

    local = LocalScoreboard(load=load, heads_max=10)
    async with servers.commands.pubsub() as pubsub:
        await pubsub.subscribe(wire.channel_of("g1"))
        for kind, first, count in [*script, ("head", HISTORY, 1)]:
            batch = history(first, count)
            if kind == "twice":
                batch = [*batch, *batch]
            if kind == "head":
                batch = [whole(Head(state=state("g1", first), corrected_seq=batch[0].corrected_seq))]
            if kind.endswith("lost"):
                await servers.commands.delete(wire.state_key("g1"))
                if kind == "lost":
                    await servers.commands.delete(wire.events_key("g1"))
                local = LocalScoreboard(load=load, heads_max=10)
                continue
            # The embedded scoreboard is the model: the same answers, the same heads.
            assert await board.publish(batch) == await local.publish(batch)
            held = local.held("g1")
            stored = (await board._store.read({"g1": 0}))["g1"]
            assert stored is not None
            assert held is not None
            assert (stored.state, stored.corrected_seq) == (held.state, held.corrected_seq)
            assert [row.seq for row, _ in stored.entries][-1] == stored.seq
            for _, data in await told(pubsub):
                reader.hear(wire.decode_told(data))
        assert reader.state == state("g1", HISTORY)
        stored = (await board._store.read({"g1": 0}))["g1"]
        assert stored is not None
        assert stored.state == state("g1", HISTORY)
    await servers.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(steps, max_size=12))
def test_any_order_ends_at_the_newest_state_and_never_goes_back(
    redis_server: object, script: list[tuple[str, int, int]]
) -> None:
    redis_server.clear()  # type: ignore[attr-defined]
    asyncio.run(play(redis_server.url, script))  # type: ignore[attr-defined]

"""What an owner shows arrives whatever becomes of Redis: it waits for nobody, and what was missed comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from backends.boards import Heard, board_at, eventually
from contract.scoreboard_suite import EPOCH, state, update
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_outbox import RECENT_GAMES, Outbox
from scorewire.scoreboard.redis_wire import channel_of
from services.cluster import RedisCluster
from services.ports import HOST
from services.redis import RedisServer
from services.sentinel import RedisWithSentinel

pytestmark = pytest.mark.redis


class Journal:
    """The rows that an owner has made durable; what the outbox asks of the real one."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}

    def append(self, updates: Sequence[Update]) -> Sequence[Update]:
        """Append, then publish."""
        for one in updates:
            self.heads[one.game_id] = Head(state=one.state, corrected_seq=one.corrected_seq)
        return updates

    async def current(self) -> Sequence[ScoreState]:
        return [head.state.line() for head in self.heads.values()]

    async def load(self, game_id: str) -> Head | None:
        return self.heads.get(game_id)


@asynccontextmanager
async def outbox_at(url: str, journal: Journal, **options: Any) -> AsyncIterator[Outbox]:
    """An outbox with a scoreboard of its own, until the end of the block; `options` as `Outbox` has them."""
    async with board_at(url) as board, outbox_on(board, journal, **options) as outbox:
        yield outbox


@asynccontextmanager
async def outbox_on(board: RedisScoreboard, journal: Journal, **options: Any) -> AsyncIterator[Outbox]:
    """The same on a scoreboard that somebody listens to besides."""
    async with asyncio.TaskGroup() as tasks:
        outbox = Outbox(
            board=board,
            current=journal.current,
            load=journal.load,
            spawn=lambda work, name: tasks.create_task(work, name=name),
            **options,
        )
        running = tasks.create_task(outbox.run())
        yield outbox
        running.cancel()


async def stored(board: RedisScoreboard, *states: ScoreState) -> bool:
    """Whether Redis holds these, or newer ones."""
    return not await board.behind(states)


@pytest.fixture
def own() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


async def test_what_is_published_is_shown_in_order_and_nobody_waits(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        heard = Heard(board)
        await board.follow("g1")
        for seq in range(1, 40):
            assert await outbox.publish(journal.append([update("g1", seq), update("g2", seq)])) == {}
        await asyncio.wait_for(outbox.drained(), 20)
        await eventually(lambda: heard.seqs("g1") == list(range(1, 40)))
        assert (outbox.waiting, outbox.resent) == (0, 0)
        assert await outbox.publish([]) == {}
        await asyncio.wait_for(outbox.drained(), 5)


async def test_while_redis_is_away_the_owner_goes_on_and_all_rows_come_after(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        heard = Heard(board)
        await board.follow("g1")
        await outbox.publish(journal.append([update("g1", 1)]))
        await eventually(lambda: heard.seqs("g1") == [1])
        own.kill()
        for seq in range(2, 12):
            await outbox.publish(journal.append([update("g1", seq)]))
            await asyncio.sleep(0.02)
        assert outbox.waiting == 10
        own.restart()
        await eventually(lambda: heard.seqs("g1") == list(range(1, 12)), within_s=20)
        await asyncio.wait_for(outbox.drained(), 20)
        assert not any(one.correction for one in heard.updates)


async def test_what_somebody_has_emptied_is_filled_again(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        await outbox.publish(journal.append([update("g1", 1), update("g2", 1)]))
        await eventually(lambda: stored(board, state("g1", 1), state("g2", 1)))
        # It runs on, so that nothing but its own count says so.
        own.clear()
        await eventually(lambda: stored(board, state("g1", 1), state("g2", 1)), within_s=30)


async def test_rows_that_are_no_longer_in_memory_come_from_elsewhere(own: RedisServer) -> None:
    asked: list[tuple[str, str, int, int]] = []

    async def rows(game_id: str, epoch: str, since_seq: int, upto_seq: int) -> Sequence[Update]:
        asked.append((game_id, epoch, since_seq, upto_seq))
        return [update(game_id, seq) for seq in range(since_seq + 1, upto_seq + 1)] if since_seq else ()

    journal = Journal()
    shown: list[int] = []

    def show(updates: Sequence[Update]) -> None:
        shown.extend(one.seq for one in updates)

    async with board_at(own.url) as board:
        heard = Heard(board)
        await board.follow("g1")
        await board.publish([update("g1", 1)])
        async with outbox_on(board, journal, rows=rows, shown=show) as outbox:
            await outbox.publish([update("g1", 9), update("g1", 10)])
            await asyncio.wait_for(outbox.drained(), 20)
            await eventually(lambda: heard.seqs("g1") == list(range(1, 11)))
        assert asked == [("g1", EPOCH, 1, 8)]
        assert shown == [9, 10]
    # A second start: what is shown is behind the journal by more than anybody remembers.
    journal.append([update("g1", 20)])
    async with board_at(own.url) as board:
        heard = Heard(board)
        await board.follow("g1")
        await eventually(lambda: board.held("g1") is not None)
        async with outbox_on(board, journal, rows=rows):
            await eventually(lambda: heard.seqs("g1") == list(range(11, 21)))
        assert not any(one.correction for one in heard.updates)


async def test_more_games_at_once_than_are_remembered_come_to_a_redis_that_lacks_rows(
    own: RedisServer,
) -> None:
    """A batch's first games are forgotten before anybody can ask for their rows."""
    journal = Journal()
    rows = [update(f"g{number}", 2) for number in range(RECENT_GAMES + 50)]
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        await outbox.publish(rows)
        await asyncio.wait_for(outbox.drained(), 20)
        assert await stored(board, *(one.state for one in rows))


async def test_what_waits_too_long_is_thinned_to_the_newest_states(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal, pending_max=50) as outbox:
        heard = Heard(board)
        for game_id in ("g1", "g2"):
            await board.follow(game_id)
        await outbox.publish(journal.append([update("g1", 1), update("g2", 1)]))
        await eventually(lambda: heard.seqs("g2") == [1])
        own.kill()
        for seq in range(2, 200):
            await outbox.publish(journal.append([update("g1", seq), update("g2", seq)]))
        assert outbox.waiting <= 50
        own.restart()
        await eventually(lambda: heard.seqs("g1")[-1] == 199 and heard.seqs("g2")[-1] == 199, within_s=20)
        assert heard.updates[-1].state == state(heard.updates[-1].game_id, 199)


async def test_a_server_that_came_back_empty_is_filled_with_games_that_nobody_follows(
    own: RedisServer,
) -> None:
    journal = Journal()
    journal.append([update(f"g{n}", 3) for n in range(70)])
    over = update("old", 9)
    final = msgspec.structs.replace(over.state, status="final")
    journal.append([msgspec.structs.replace(over, state=final)])
    async with board_at(own.url) as board, outbox_at(own.url, journal):
        # A new owner finds what is not shown: all of it.
        shown = [head.state for head in journal.heads.values()]
        await eventually(lambda: stored(board, *shown))
        assert len(await board.games_of("league", "l1")) == 70
        own.kill()
        own.restart()
        await eventually(lambda: stored(board, *shown), within_s=20)
        assert len(await board.games_of("league", "l1")) == 70
        head = await board.head("g7")
        assert head is not None
        assert head.state == state("g7", 3)


async def test_a_new_owner_shows_what_the_last_one_had_written_and_not_shown(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board:
        await board.publish(journal.append([update("g1", 1), update("g2", 1)]))
        journal.append([update("g1", seq) for seq in range(2, 6)])  # and then it died
        heard = Heard(board)
        await board.follow("g1")
        async with outbox_at(own.url, journal) as outbox:
            await eventually(lambda: heard.seqs("g1")[-1:] == [5])
            assert heard.updates[-1].state == state("g1", 5)
            await eventually(lambda: outbox.resent == 1)
            await outbox.publish(journal.append([update("g1", 6)]))
            await eventually(lambda: heard.seqs("g1")[-1] == 6)


async def test_games_that_come_from_another_owner_are_compared(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        await outbox.publish(journal.append([update("g1", 1)]))
        await eventually(lambda: stored(board, state("g1", 1)))
        # Committed by an owner that died before it had shown them; Redis is the same as ever.
        journal.append([update("g1", 2), update("g2", 5)])
        await asyncio.sleep(0.1)
        assert not await stored(board, state("g1", 2))
        outbox.look_again()
        await eventually(lambda: stored(board, state("g1", 2), state("g2", 5)))


async def test_rows_that_redis_has_lost_come_again_as_rows(own: RedisServer) -> None:
    journal = Journal()
    async with board_at(own.url) as board, outbox_at(own.url, journal) as outbox:
        for seq in range(1, 9):
            await outbox.publish(journal.append([update("g1", seq)]))
        await asyncio.wait_for(outbox.drained(), 20)
        # As after a failover: the server is at an older row than it has answered for.
        async with board_at(own.url) as other:
            await other._store._servers.commands.flushall()
            await other.publish([update("g1", 1), update("g1", 2)])
            heard, before = Heard(other), outbox.resent
            await other.follow("g1")
            await outbox.publish(journal.append([update("g1", 9)]))
            await eventually(lambda: heard.seqs("g1")[-1:] == [9])
            assert heard.seqs("g1") == list(range(10 - len(heard.seqs("g1")), 10))
            await eventually(lambda: outbox.resent - before == 7)
        assert await stored(board, state("g1", 9))


# Other servers.


async def publish_through(
    outbox: Outbox, journal: Journal, games: Sequence[str], stop: asyncio.Event
) -> None:
    """A row of each game every 20 ms, until told to stop."""
    while not stop.is_set():
        await outbox.publish(
            journal.append(
                [
                    update(game_id, journal.heads[game_id].state.seq + 1 if game_id in journal.heads else 1)
                    for game_id in games
                ]
            )
        )
        await asyncio.sleep(0.02)


@asynccontextmanager
async def a_matchday(url: str) -> AsyncIterator[tuple[Heard, Journal, Outbox]]:
    """Ten games that go on while the test does harm; afterwards who listens has heard all of it."""
    journal, games, stop = Journal(), [f"g{n}" for n in range(10)], asyncio.Event()
    async with board_at(url) as board, outbox_at(url, journal) as outbox:
        heard = Heard(board)
        for game_id in games:
            await board.follow(game_id)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(publish_through(outbox, journal, games, stop))
            await eventually(lambda: all(len(heard.seqs(game_id)) > 5 for game_id in games))
            yield heard, journal, outbox
            at = {game_id: heard.seqs(game_id)[-1] for game_id in games}
            await eventually(
                lambda: all(heard.seqs(game_id)[-1] > at[game_id] + 5 for game_id in games), within_s=30
            )
            stop.set()

        def all_heard() -> bool:
            return all(
                heard.seqs(game_id)[-1] == journal.heads[game_id].state.seq for game_id in games
            ) and all(board.held(game_id) == journal.heads[game_id] for game_id in games)

        await eventually(all_heard, within_s=30)
        assert all(one.epoch == EPOCH for one in heard.updates)


def without_a_hole(heard: Heard, game_id: str) -> bool:
    """Whether each seq was told, or a full state in place of those that were not."""
    told = [one for one in heard.updates if one.game_id == game_id]
    return all(later.seq == one.seq + 1 or later.correction for one, later in pairwise(told))


async def test_a_primary_that_dies_is_replaced_and_nobody_misses_a_row() -> None:
    with RedisWithSentinel() as group:
        async with a_matchday(group.url) as (heard, _, outbox):
            old = group.primary
            old.kill()
            await asyncio.to_thread(group.wait_for_another, old)
        assert all(without_a_hole(heard, f"g{n}") for n in range(10))
        assert outbox.waiting == 0


async def test_a_failover_that_was_asked_for_loses_nothing() -> None:
    with RedisWithSentinel() as group:
        async with a_matchday(group.url) as (heard, _, _outbox):
            await asyncio.to_thread(group.fail_over)
        assert all(without_a_hole(heard, f"g{n}") for n in range(10))


async def test_a_primary_that_was_replaced_and_lives_on_is_left() -> None:
    with_sentinel = RedisWithSentinel()
    # Sentinel cannot tell it that it is the primary no more, as if it could not reach it: clients can.
    with_sentinel.redis[0].settings["rename-command"] = "SLAVEOF UNHEARD"
    with with_sentinel as group:
        journal = Journal()
        async with board_at(group.url) as board, outbox_at(group.url, journal) as outbox:
            heard = Heard(board)
            await board.follow("g1")
            await outbox.publish(journal.append([update("g1", 1)]))
            await eventually(lambda: heard.seqs("g1") == [1])
            await asyncio.to_thread(group.fail_over)
            # An owner that starts now goes to the new one; who listens must be there too.
            async with outbox_at(group.url, journal) as another:
                await another.publish(journal.append([update("g1", 2)]))
                await eventually(lambda: heard.seqs("g1") == [1, 2])
            # And so must an owner that was there before.
            await outbox.publish(journal.append([update("g1", 3)]))
            await eventually(lambda: heard.seqs("g1") == [1, 2, 3])


async def test_slots_move_under_games_that_go_on() -> None:
    with RedisCluster() as cluster:
        async with a_matchday(cluster.url) as (heard, _, _outbox):
            for number in range(10):
                slot = slot_of(f"g{number}")
                to = next(one for one in cluster.primaries if one is not cluster.owner_of(slot))
                await asyncio.to_thread(cluster.move, slot, to)
            # Comparing alone would make good what is not heard: who listens is to be where the slot is.
            for number in range(10):
                await eventually(partial(heard_at_its_owner, cluster, f"g{number}"))
        assert all(without_a_hole(heard, f"g{n}") for n in range(10))


async def test_a_node_that_stands_still_holds_up_no_game_of_another() -> None:
    with RedisCluster(node_timeout_ms=15_000) as cluster:
        journal, games = Journal(), [f"g{n}" for n in range(10)]
        async with board_at(cluster.url) as board, outbox_at(cluster.url, journal) as outbox:
            heard = Heard(board)
            for game_id in games:
                await board.follow(game_id)
            await outbox.publish(journal.append([update(game_id, 1) for game_id in games]))
            await eventually(lambda: all(heard.seqs(game_id) == [1] for game_id in games))
            still = cluster.owner_of(slot_of("g1"))
            going = [one for one in games if cluster.owner_of(slot_of(one)) is not still]
            assert 0 < len(going) < 10
            still.pause()
            waits_s = []
            for seq in range(2, 30):
                await outbox.publish(journal.append([update(game_id, seq) for game_id in games]))
                waits_s.append(await eventually(partial(all_at, heard, going, seq)))
                await asyncio.sleep(0.1)
            still.resume()
            # A trip to the node that stands still takes 2 s; a busy machine may take as long now and then.
            assert sorted(waits_s)[-4] < 1.0
            await eventually(lambda: all_at(heard, games, 29), within_s=30)
            assert all(heard.seqs(game_id) == list(range(1, 30)) for game_id in games)


async def test_a_slot_that_no_node_serves_holds_up_no_other_game() -> None:
    with RedisCluster() as cluster:
        journal, games = Journal(), [f"g{n}" for n in range(10)]
        async with board_at(cluster.url) as board, outbox_at(cluster.url, journal) as outbox:
            heard = Heard(board)
            for game_id in games:
                await board.follow(game_id)
            await outbox.publish(journal.append([update(game_id, 1) for game_id in games]))
            await eventually(lambda: all(heard.seqs(game_id) == [1] for game_id in games))
            slot, others = slot_of("g1"), [one for one in games if one != "g1"]
            owner = cluster.owner_of(slot)
            assert any(cluster.owner_of(slot_of(one)) is owner for one in others)
            to = next(one for one in cluster.primaries if one is not owner)
            await asyncio.to_thread(cluster.lose, slot, to)
            for seq in range(2, 12):
                await outbox.publish(journal.append([update(game_id, seq) for game_id in games]))
                await eventually(partial(all_at, heard, others, seq), within_s=10)
            assert heard.seqs("g1")[-1] < 11
            assert outbox.waiting >= 1
            await asyncio.to_thread(cluster.end_move, slot, to)
            await eventually(lambda: all_at(heard, games, 11), within_s=30)
            assert all(heard.seqs(game_id) == list(range(1, 12)) for game_id in games)
            await eventually(lambda: outbox.waiting == 0)


def all_at(heard: Heard, games: Sequence[str], seq: int) -> bool:
    return all(heard.seqs(game_id)[-1] == seq for game_id in games)


async def test_a_node_of_a_cluster_that_dies_is_replaced() -> None:
    with RedisCluster(replicas=1) as cluster:
        async with a_matchday(cluster.url) as (heard, _, _outbox):
            await asyncio.to_thread(cluster.owner_of(slot_of("g1")).kill)
        assert all(without_a_hole(heard, f"g{n}") for n in range(10))


async def heard_at_its_owner(cluster: RedisCluster, game_id: str) -> bool:
    """Whether somebody listens for a game at the node that holds it."""
    owner = await asyncio.to_thread(cluster.owner_of, slot_of(game_id))
    async with Redis(host=HOST, port=owner.port) as client:
        names = await client.execute_command("PUBSUB", "SHARDCHANNELS")
    return channel_of(game_id).encode() in names


def slot_of(game_id: str) -> int:
    return int(key_slot(f"{{game:{game_id}}}:state".encode()))

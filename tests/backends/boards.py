"""Scoreboards on a real Redis, with the tasks that they need, for tests of this folder."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio.client import PubSub

from contract.scoreboard_suite import Store
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_servers import servers_at

LOOK_S = 0.005


@asynccontextmanager
async def board_at(
    url: str, store: Store | None = None, *, linger_s: float = 10.0, compare_s: float = 2.0
) -> AsyncIterator[RedisScoreboard]:
    """A scoreboard that listens, and has heard that it does."""

    async def load(game_id: str) -> Head | None:
        await asyncio.sleep(0)
        return (store or {}).get(game_id)

    servers = servers_at(url)
    try:
        async with asyncio.TaskGroup() as tasks:
            board = RedisScoreboard(
                servers=servers,
                spawn=lambda work, name: tasks.create_task(work, name=name),
                now_s=time.monotonic,
                load=load,
                heads_max=100,
                linger_s=linger_s,
                compare_s=compare_s,
            )
            running = tasks.create_task(board.run())
            await eventually(lambda: board.ready)
            yield board
            running.cancel()
    finally:
        await servers.close()


async def eventually(holds: Callable[[], bool | Awaitable[bool]], within_s: float = 20.0) -> float:
    """Wait until something holds; returns how long that took, in seconds.

    What this loop itself was late is not counted: the scoreboards live in it, and on a machine that has no
    time for them nothing is as soon as it is promised.
    """
    began = time.monotonic()
    late_s = 0.0
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return time.monotonic() - began - late_s
        assert time.monotonic() - began < within_s, "it never came about"
        looked = time.monotonic()
        await asyncio.sleep(LOOK_S)
        late_s += max(0.0, time.monotonic() - looked - 2 * LOOK_S)


class Heard:
    """A listener that remembers, and finds whoever goes back."""

    def __init__(self, board: RedisScoreboard) -> None:
        self.updates: list[Update] = []
        board.listen(self._hear)

    def _hear(self, updates: Sequence[Update]) -> None:
        for update in updates:
            before = [one for one in self.updates if one.game_id == update.game_id][-1:]
            assert not before or before[0].epoch != update.epoch or before[0].seq < update.seq
            self.updates.append(update)

    def seqs(self, game_id: str) -> list[int]:
        """What was told of a game."""
        return [one.seq for one in self.updates if one.game_id == game_id]


async def pushed(pubsub: PubSub) -> list[dict[str, Any]]:
    """The messages that a plain subscriber has been sent by now: an answer comes behind them."""
    await pubsub.ping("behind")
    found: list[dict[str, Any]] = []
    while True:
        message = await pubsub.get_message(timeout=2)
        assert message is not None, "no answer to a ping"
        if message["type"] == "pong":
            return found
        if message["type"] == "message":
            found.append(message)

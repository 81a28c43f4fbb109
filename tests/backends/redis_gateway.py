"""A process's fans in front of a Redis: hub, hot reads and port as in every node, no journal, no owner."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from scorewire.clock import SystemClock
from scorewire.config import Config
from scorewire.model.update import Update
from scorewire.node.gateway import FanSide, build_fan_side
from scorewire.node.server import server_of
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_servers import servers_at


class NoPast:
    """A gateway that has no journal to look back in: who needs more than Redis has is given a full state."""

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        return None, ()

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        return ()

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        return ()


async def not_found(scope: Any, receive: Any, send: Any) -> None:
    """What a gateway does not serve itself."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class RedisGateway:
    """Attributes: url, board, side."""

    def __init__(self, board: RedisScoreboard, side: FanSide, url: str) -> None:
        self.board = board
        self.side = side
        self.url = url


@asynccontextmanager
async def gateway_at(redis_url: str) -> AsyncIterator[RedisGateway]:
    """Serve fans on a free port until the end of the block."""
    clock, servers = SystemClock(), servers_at(redis_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(servers.close)
        async with asyncio.TaskGroup() as tasks:

            def spawn(work: Any, name: str) -> asyncio.Task[None]:
                return tasks.create_task(work, name=name)

            board = RedisScoreboard(servers=servers, spawn=spawn, now_s=clock.monotonic_s, heads_max=100)
            side = build_fan_side(
                Config(),
                clock=clock,
                scoreboard=board,
                past=NoPast(),
                games_of=board.games_of,
                known=board.known,
                spawn=spawn,
            )
            listener = socket.create_server(("127.0.0.1", 0))
            stack.callback(listener.close)
            side.gateway.settle_listener(listener)
            server = server_of(not_found, http=side.protocol)
            lasting = [spawn(board.run(), "redis"), spawn(side.hub.wheel.run(clock), "wheel")]
            served = spawn(server.serve(sockets=[listener]), "port")
            await server.listens.wait()
            yield RedisGateway(board, side, f"http://127.0.0.1:{listener.getsockname()[1]}")
            server.stop_accepting()
            await side.hub.drain(0.1)
            server.should_exit = True
            await served
            for task in lasting:
                task.cancel()

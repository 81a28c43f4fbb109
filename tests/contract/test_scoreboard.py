"""The suite of scoreboard_suite.py over the adapters that need no server; tests/backends has the others."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import unix_serve

from contract.scoreboard_suite import Opened, ScoreboardSuite, Store
from scorewire.errors import BackendError
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.shared import Shared
from scorewire.scoreboard.upstream import UpstreamScoreboard


def local(store: Store) -> LocalScoreboard:
    async def load(game_id: str) -> Head | None:
        await asyncio.sleep(0)
        return store.get(game_id)

    return LocalScoreboard(load=load, heads_max=100)


class TestLocalScoreboard(ScoreboardSuite):
    """In one process."""

    @asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[Opened]:
        board = local(store)
        yield Opened(board, board, settle=nothing)


class NoPast:
    """The port has no past; whoever asks for it here is wrong."""

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        raise AssertionError(game_id)

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        raise AssertionError(kind)

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        raise AssertionError(game_id)


async def nothing(*_: object) -> tuple[str, ...]:
    return ()


async def no(*_: object) -> bool:
    return False


class TestUpstreamScoreboard(ScoreboardSuite):
    """An edge, over a Unix socket; its pipeline publishes. This one is told everything, as a worker is."""

    selective = False

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.path = str(tmp_path_factory.mktemp("s") / "link.sock")

    @asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[Opened]:
        async def connect() -> ClientConnection:
            return await unix_connect(self.path, compression=None)

        source = local(store)

        async def settle() -> None:
            # An answer comes behind every update before it.
            await board.head("nowhere")

        async with asyncio.TaskGroup() as tasks:

            def spawn(work: Coroutine[Any, Any, None], name: str) -> object:
                return tasks.create_task(work, name=name)

            board = UpstreamScoreboard(
                connect=connect, name="1", heads_max=100, spawn=spawn if self.selective else None
            )
            edges = Edges(
                scoreboard=source,
                past=NoPast(),
                games_of=nothing,
                known=no,
                changed=nothing,
                spawn=spawn,
                call_soon=asyncio.get_running_loop().call_soon,
                now_ms=lambda: 0,
            )
            async with unix_serve(edges.serve, self.path, compression=None):
                running = tasks.create_task(board.run())
                await board.synced.wait()
                yield Opened(board, source, settle)
                running.cancel()

    @pytest.mark.xfail(
        strict=True,
        raises=BackendError,
        reason="an edge decides nothing, so it has nothing to publish: the pipeline's owner does",
    )
    async def test_an_adapter_takes_what_is_published(self) -> None:
        try:
            await super().test_an_adapter_takes_what_is_published()
        except ExceptionGroup as refused:  # out of the suite's TaskGroup
            raise refused.exceptions[0] from None


class TestSelectiveScoreboard(TestUpstreamScoreboard):
    """The same, told only of what it follows, as an edge elsewhere is."""

    selective = True


class TestSharedScoreboard(ScoreboardSuite):
    """A share of one in the same process, beside another that follows nothing."""

    @asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[Opened]:
        shared = Shared(local(store))
        board = shared.share()
        shared.share().listen(lambda _updates: None)
        yield Opened(board, board, settle=nothing)

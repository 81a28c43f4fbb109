"""One suite for every scoreboard: what scoreboard/base.py promises."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import unix_serve

from scorewire.errors import BackendError
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Scoreboard
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.upstream import UpstreamScoreboard

Store = dict[str, Head]


@dataclass
class Opened:
    """A scoreboard, and where its updates come from: itself, or the pipeline that it is an edge of."""

    board: Scoreboard
    source: Scoreboard

    async def settle(self) -> None:
        """What was published has arrived: an answer comes behind every update before it."""
        await self.board.head("nowhere")


Open = Callable[[Store], AbstractAsyncContextManager[Opened]]


def state(game_id: str, seq: int) -> ScoreState:
    return ScoreState(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=seq,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="arg", name="Argentina", abbr="ARG", score=seq),
        away=SideState(id="fra", name="France", abbr="FRA", score=0),
        updated_at=1000 + seq,
    )


def update(game_id: str, seq: int, *, correction: bool = False, corrected_seq: int = 0) -> Update:
    return Update(
        game_id=game_id,
        epoch="k3v9x2aa",
        seq=seq,
        ts=1000 + seq,
        correction=correction,
        corrected_seq=seq if correction else corrected_seq,
        event=None,
        patch={"home": {"score": seq}},
        state=state(game_id, seq),
    )


def local(store: Store) -> LocalScoreboard:
    async def load(game_id: str) -> Head | None:
        await asyncio.sleep(0)
        return store.get(game_id)

    return LocalScoreboard(load=load, heads_max=100)


@asynccontextmanager
async def open_local(store: Store) -> AsyncIterator[Opened]:
    board = local(store)
    yield Opened(board, board)


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


def open_upstream(folder: Path) -> Open:
    @asynccontextmanager
    async def opened(store: Store) -> AsyncIterator[Opened]:
        async def connect() -> ClientConnection:
            return await unix_connect(str(folder / "link.sock"), compression=None)

        source = local(store)
        board = UpstreamScoreboard(connect=connect, name="1", heads_max=100)
        async with asyncio.TaskGroup() as tasks:
            edges = Edges(
                scoreboard=source,
                past=NoPast(),
                games_of=nothing,
                known=no,
                changed=nothing,
                spawn=lambda work, name: tasks.create_task(work, name=name),
                call_soon=asyncio.get_running_loop().call_soon,
                now_ms=lambda: 0,
            )
            async with unix_serve(edges.serve, str(folder / "link.sock"), compression=None):
                running = tasks.create_task(board.run())
                await board.synced.wait()
                yield Opened(board, source)
                running.cancel()

    return opened


@pytest.fixture(params=["local", "upstream"])
def open_scoreboard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    return open_local if request.param == "local" else open_upstream(tmp_path_factory.mktemp("s"))


async def test_an_adapter_takes_what_is_published(
    open_scoreboard: Open, request: pytest.FixtureRequest
) -> None:
    if "upstream" in request.node.name:
        words = "an edge decides nothing, so it has nothing to publish: the pipeline's owner does"
        request.applymarker(pytest.mark.xfail(strict=True, raises=BackendError, reason=words))
    refused: BackendError | None = None
    async with open_scoreboard({}) as opened:
        try:
            assert await opened.board.publish([update("g1", 1)]) == {}
        except BackendError as error:
            refused = error
    if refused is not None:
        raise refused


async def test_a_published_state_is_there_and_told(open_scoreboard: Open) -> None:
    async with open_scoreboard({}) as opened:
        heard: list[Update] = []
        opened.board.listen(heard.extend)
        await opened.board.follow("g1")
        published = [update("g1", 1), update("g1", 2)]
        assert await opened.source.publish(published) == {}
        await opened.settle()
        head = await opened.board.head("g1")
        assert head is not None
        assert head.state == state("g1", 2)
        assert heard == published


async def test_readers_see_the_new_state_when_listeners_hear(open_scoreboard: Open) -> None:
    async with open_scoreboard({}) as opened:
        seen: list[int] = []

        def listener(updates: Sequence[Update]) -> None:
            held = opened.board.held("g1")
            assert held is not None
            seen.append(held.state.seq)

        opened.board.listen(listener)
        await opened.board.follow("g1")
        await opened.source.publish([update("g1", 1), update("g1", 2)])
        await opened.settle()
        assert seen[-1] == 2


async def test_a_held_seq_is_ignored(open_scoreboard: Open) -> None:
    async with open_scoreboard({}) as opened:
        heard: list[Update] = []
        opened.board.listen(heard.extend)
        await opened.board.follow("g1")
        await opened.source.publish([update("g1", 1), update("g1", 2)])
        assert await opened.source.publish([update("g1", 1), update("g1", 2), update("g1", 3)]) == {}
        await opened.settle()
        assert [told.seq for told in heard] == [1, 2, 3]


async def test_a_gap_is_answered_with_the_held_seq_and_changes_nothing(open_scoreboard: Open) -> None:
    async with open_scoreboard({}) as opened:
        heard: list[Update] = []
        opened.board.listen(heard.extend)
        await opened.board.follow("g1")
        await opened.source.publish([update("g1", 1)])
        assert await opened.source.publish([update("g1", 3), update("g2", 1)]) == {"g1": 1}
        await opened.settle()
        head = await opened.board.head("g1")
        assert head is not None
        assert head.state.seq == 1
        assert await opened.source.publish([update("g1", 2), update("g1", 3)]) == {}
        await opened.settle()
        assert [told.seq for told in heard if told.game_id == "g1"] == [1, 2, 3]


async def test_a_correction_bridges_a_gap(open_scoreboard: Open) -> None:
    async with open_scoreboard({}) as opened:
        await opened.board.follow("g1")
        await opened.source.publish([update("g1", 1)])
        assert await opened.source.publish([update("g1", 5, correction=True)]) == {}
        await opened.settle()
        head = await opened.board.head("g1")
        assert head is not None
        assert (head.state.seq, head.corrected_seq) == (5, 5)


async def test_an_absent_game_is_loaded(open_scoreboard: Open) -> None:
    async with open_scoreboard({"g1": Head(state=state("g1", 7), corrected_seq=3)}) as opened:
        assert opened.board.held("g1") is None
        heads = await asyncio.gather(opened.board.head("g1"), opened.board.head("g1"))
        assert [head.state.seq for head in heads if head] == [7, 7]
        assert await opened.board.head("nowhere") is None

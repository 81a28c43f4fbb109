"""Both ends of a link over a Unix socket, for tests: a pipeline that can be stopped, and edges of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import unix_serve

from scorewire.errors import BackendError
from scorewire.model.provider_event import League
from scorewire.model.score_state import ScoreState, SideState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.edges import Edges
from scorewire.scoreboard.local import LocalScoreboard
from scorewire.scoreboard.tables import Table, Tables
from scorewire.scoreboard.upstream import Spawn, UpstreamScoreboard


def state(game_id: str, seq: int, epoch: str = "k3v9x2aa", name: str = "A") -> ScoreState:
    return ScoreState(
        game_id=game_id,
        epoch=epoch,
        seq=seq,
        sport="soccer",
        league=League(id="l1"),
        start="2022-12-18T15:00:00Z",
        status="live",
        home=SideState(id="a", name=name, abbr="A", score=seq),
        away=SideState(id="b", name="B", abbr="B", score=0),
        updated_at=1000 + seq,
    )


def update(game_id: str, seq: int, epoch: str = "k3v9x2aa", name: str = "A") -> Update:
    return Update(
        game_id=game_id,
        epoch=epoch,
        seq=seq,
        ts=1000 + seq,
        correction=False,
        corrected_seq=0,
        event=None,
        patch={"home": {"score": seq}},
        state=state(game_id, seq, epoch, name),
    )


class Pipeline:
    """A store, its scoreboard and its end of the link; `stop` and `start` again lose what was in memory."""

    def __init__(self, place: Path, tasks: asyncio.TaskGroup) -> None:
        self.place = place
        self.tasks = tasks
        self.stored: dict[str, list[Update]] = {}
        self.untold: set[str] = set()
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.versions: dict[str, int] = {}
        self.tables: Tables | None = Tables(read=self.table)

    async def table(self, league_id: str) -> Table | None:
        self.asked.append(f"table {league_id}")
        if league_id == "broken":
            raise BackendError("the disk is gone", retryable=True)
        version = self.versions.get(league_id)
        if version is None:
            return None
        return Table(league_id=league_id, season="2023", version=version, since_ms=7, body=b"{}")

    def change(self, league_id: str) -> None:
        assert self.tables is not None
        self.versions[league_id] = self.versions.get(league_id, 0) + 1
        self.tables.told([league_id])

    async def start(self, *, buffer_bytes_max: int = 1 << 20) -> None:
        self.board = LocalScoreboard(load=self.load, heads_max=100)
        self.edges = Edges(
            scoreboard=self.board,
            past=self,
            games_of=self.names,
            known=self.known,
            changed=self.changed,
            tables=self.tables,
            spawn=lambda work, name: self.tasks.create_task(work, name=name),
            call_soon=asyncio.get_running_loop().call_soon,
            now_ms=lambda: 100_000,
            buffer_bytes_max=buffer_bytes_max,
        )
        self.server = await unix_serve(self.edges.serve, str(self.place), compression=None)

    async def stop(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def write(self, *updates: Update, tell: bool = True) -> None:
        for one in updates:
            self.stored.setdefault(one.game_id, []).append(one)
            if not tell:
                self.untold.add(one.game_id)
        if tell:
            await self.board.publish(updates)

    async def load(self, game_id: str) -> Head | None:
        self.asked.append(game_id)
        await self.gate.wait()
        rows = self.stored.get(game_id)
        return Head(state=rows[-1].state, corrected_seq=0) if rows else None

    async def changed(self, since_ms: int) -> tuple[str, ...]:
        assert since_ms == 90_000
        return tuple(self.untold)

    async def names(self, kind: str, name: str) -> tuple[str, ...]:
        if kind == "broken":
            raise OSError("the disk is gone")
        return (f"{kind} {name}",)

    async def known(self, kind: str, name: str) -> bool:
        return (kind, name) == ("team", "a")

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        rows = self.stored[game_id]
        return Head(state=rows[0].state, corrected_seq=0), [row for row in rows if row.ts > cutoff_ms]

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        return (f"{kind} {id} at {cutoff_ms}",)

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        return [row for row in self.stored[game_id] if row.seq > since_seq][:limit]


class Edge(UpstreamScoreboard):
    """An edge that notes what it is told."""

    def __init__(self, place: Path, *, call_s: float = 5.0, spawn: Spawn | None = None) -> None:
        async def connect() -> ClientConnection:
            self.link = await unix_connect(str(place), compression=None)
            return self.link

        self.compares = 0
        self.on_compare: Callable[[], object] = int
        super().__init__(
            connect=connect,
            name="1",
            heads_max=100,
            compared=self.count_compare,
            spawn=spawn,
            call_s=call_s,
        )
        self.heard: list[Update] = []
        self.listen(self.heard.extend)

    def count_compare(self) -> None:
        self.compares += 1
        self.on_compare()

    def at(self, game_id: str) -> int:
        held = self.held(game_id)
        return 0 if held is None else held.state.seq

    async def again(self) -> None:
        """Be cut off, and be back."""
        compares = self.compares
        self.link.transport.abort()
        await until(lambda: self.compares > compares and self.synced.is_set())


async def until(fine: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fine():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def linked(tmp_path: Path, *, call_s: float = 5.0) -> AsyncIterator[tuple[Pipeline, Edge]]:
    async with asyncio.TaskGroup() as tasks:
        pipeline = Pipeline(tmp_path / "link.sock", tasks)
        await pipeline.start()
        edge = Edge(pipeline.place, call_s=call_s)
        running = tasks.create_task(edge.run())
        async with asyncio.timeout(5):
            await edge.synced.wait()
        yield pipeline, edge
        running.cancel()
        await pipeline.stop()

"""A small server of the pages with a stream that a test can speak through and cut.

It stands in for the node where the pages' own behaviour is what is tested: a stream that dies, a gap, a
`bye`. It keeps the promises of docs/protocol.md for a handful of readers and nothing more.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, Request, Response, get
from litestar.datastructures import ResponseHeader
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from msgspec import UNSET

from e2e.matchday import row
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import CompactEvent, GameEvent
from scorewire.model.ids import etag, read_cursor
from scorewire.model.score_state import UNDER_WAY, ScoreState
from scorewire.model.update import difference
from scorewire.scoreboard.base import Head
from scorewire.web.pages import pages
from scorewire.web.plays import Plays

ENCODE = msgspec.json.Encoder().encode


@dataclass(slots=True)
class FixedClock:
    """A wall clock that stands where the test put it."""

    ms: int

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000


@dataclass(slots=True)
class Board:
    """The games, and the readers who follow them."""

    states: dict[str, ScoreState]
    rows_of: dict[str, list[GameEvent]] = field(default_factory=dict)
    streams: dict[asyncio.Queue[bytes | None], tuple[set[str], bool]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tables: dict[str, bytes] = field(default_factory=dict)
    plays_of: dict[str, Plays] = field(default_factory=dict)
    box_scores: dict[str, bytes] = field(default_factory=dict)

    def late(self, delay_s: int) -> "Board":
        """A stand-in has no past: what shows a delay is tested over a real node."""
        del delay_s
        return self

    async def standings(self, league_id: str, season: str | None) -> bytes | None:
        del season
        return self.tables.get(league_id)

    async def plays(self, state: ScoreState) -> Plays:
        return self.plays_of.get(state.game_id, Plays(seq=state.seq))

    async def box_score(self, state: ScoreState) -> bytes | None:
        return self.box_scores.get(state.game_id)

    async def kept(
        self, name: str, make: Callable[[], Awaitable[bytes]], *, fresh_s: float, keys: tuple[str, ...] = ()
    ) -> bytes:
        del name, fresh_s, keys
        return await make()

    async def newest(self, name: str, state: ScoreState, make: Callable[[], Awaitable[bytes]]) -> bytes:
        del name, state
        return await make()

    async def playing(self, league_id: str) -> frozenset[str]:
        going = [
            one for one in self.states.values() if one.status in UNDER_WAY and one.league.id == league_id
        ]
        return frozenset(side.id for one in going for side in (one.home, one.away))

    async def league(self, league_id: str) -> str | None:
        return next((one.league.name for one in self.states.values() if one.league.id == league_id), None)

    async def games(self, query: GamesQuery) -> GamesPage:
        found = [
            one
            for one in self.states.values()
            if query.sport in (None, one.sport)
            and query.league in (None, one.league.id)
            and (query.status is None or one.status in UNDER_WAY)
            and (query.date is None or one.start.startswith(query.date))
        ]
        return GamesPage(games=tuple(one.line() for one in found), next=None)

    async def head(self, game_id: str) -> Head | None:
        held = self.states.get(game_id)
        return Head(state=held, corrected_seq=0) if held else None

    async def rows(
        self, game_id: str, since_seq: int, limit: int, level: str | None = None
    ) -> tuple[GameEvent, ...]:
        kept = self.rows_of.get(game_id, [])
        return tuple(one for one in kept if one.seq > since_seq and level in (None, "play", one.level))[
            :limit
        ]

    def tell(self, game_id: str, event: CompactEvent, *, correction: bool = False, **changes: Any) -> None:
        """Add a row: readers get a patch, or a full state for a correction."""
        old = self.states[game_id]
        events = (*(old.events or ()), event)[-50:]
        new = msgspec.structs.replace(old, seq=old.seq + 1, events=events, **changes)
        self.states[game_id] = new
        self.rows_of.setdefault(game_id, []).append(row(game_id, event))
        for queue, (games, view_line) in self.streams.items():
            if game_id not in games:
                continue
            if correction:
                queue.put_nowait(full_state(new, "correction", view_line=view_line))
            else:
                queue.put_nowait(_update(old, new, event, view_line=view_line))

    def cut(self, *, bye_ms: int | None = None) -> None:
        """End every stream, with a `bye` where one is given."""
        for queue in list(self.streams):
            if bye_ms is not None:
                queue.put_nowait(_frame("bye", {"reason": "drain", "retry_ms": bye_ms}))
            queue.put_nowait(None)


def full_state(state: ScoreState, reason: str, *, view_line: bool) -> bytes:
    shown = state.line() if view_line else state
    head = {"type": "full_state", "game_id": state.game_id, "epoch": state.epoch, "seq": state.seq}
    return _frame("full_state", {**head, "reason": reason, "state": shown})


def _update(old: ScoreState, new: ScoreState, event: CompactEvent, *, view_line: bool) -> bytes:
    if view_line:
        old, new = old.line(), new.line()
    told = {} if view_line else {"event": event}
    head = {"type": "score_update", "game_id": new.game_id, "seq": new.seq}
    return _frame("score_update", {**head, **told, "patch": difference(old, new), "ts": new.updated_at})


def _frame(name: str, data: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), ENCODE(data))


def application(board: Board, clock: FixedClock) -> Litestar:
    @get("/v1/stream")
    async def stream(request: Request) -> Response:  # type: ignore[type-arg]
        board.asked.append(str(request.url.query))
        games = request.query_params.getall("game")
        view_line = request.query_params.get("view") == "line"
        cursor = read_cursor(request.query_params.get("since", "")) or ("", {})
        return Stream(
            _speak(board, games, cursor, view_line), media_type="text/event-stream",
            headers={"Cache-Control": "no-cache"},
        )  # fmt: skip

    @get("/v1/games/{game_id:str}/score")
    async def score(request: Request, game_id: FromPath[str]) -> Response:  # type: ignore[type-arg]
        held = board.states[game_id]
        name = etag(game_id, held.epoch, held.seq)
        if request.headers.get("if-none-match") == name:
            return Response(b"", status_code=304, headers={"ETag": name})
        return Response(ENCODE(held), media_type="application/json", headers={"ETag": name})

    @get("/v1/games")
    async def games() -> Response[bytes]:
        listed = [one.line() for one in board.states.values()]
        return Response(ENCODE({"games": listed, "next": None}), media_type="application/json")

    @get("/v1/games/{game_id:str}/events")
    async def events(game_id: FromPath[str], since_seq: FromQuery[int]) -> Response[bytes]:
        held = board.states[game_id]
        told = [one.compact for one in board.rows_of.get(game_id, []) if one.seq > since_seq]
        body = {"game_id": game_id, "epoch": held.epoch, "seq": held.seq, "events": told}
        return Response(ENCODE(body), media_type="application/json")

    handlers = [*pages(reads=board, clock=clock), stream, score, games, events]  # type: ignore[arg-type]
    anybody = [ResponseHeader(name="Access-Control-Allow-Origin", value="*")]
    return Litestar(handlers, openapi_config=None, response_headers=anybody)


async def _speak(
    board: Board, games: list[str], cursor: tuple[str, dict[str, int]], view_line: bool
) -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    board.streams[queue] = (set(games), view_line)
    try:
        yield b"retry: 1000\n\n"
        for game_id in games:
            held = board.states[game_id]
            if cursor[0] != held.epoch or cursor[1].get(game_id) != held.seq:
                yield full_state(held, "join", view_line=view_line)
        while (frame := await queue.get()) is not None:
            yield frame
    finally:
        del board.streams[queue]


class PageServer:
    """The application on a free port of the loopback, in a thread of its own."""

    def __init__(self, states: list[ScoreState], now_ms: int) -> None:
        self.board = Board(states={one.game_id: one for one in states})
        for one in states:
            kept = one.events if one.events is not UNSET else ()
            self.board.rows_of[one.game_id] = [row(one.game_id, event) for event in kept]
        config = uvicorn.Config(
            application(self.board, FixedClock(now_ms)),
            port=0,
            log_level="error",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="page-server")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._server.serve())
        finally:
            self._loop.close()

    def __enter__(self) -> "PageServer":
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
            assert self._thread.is_alive()
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.board.cut)
        self._server.should_exit = True
        self._thread.join(10)

    def do(self, action: Any, *args: Any, **given: Any) -> None:
        """Run something in the server's loop, and wait until it is done."""

        async def call() -> None:
            action(*args, **given)

        asyncio.run_coroutine_threadsafe(call(), self._loop).result(5)

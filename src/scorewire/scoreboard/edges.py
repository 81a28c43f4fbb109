"""The pipeline's end of the link: tells edges what happens, and answers what they ask.

    scoreboard ── offer ──► pending ── once a turn of the loop, encoded once ──► workers: every update
                                                                                edges: what each follows
    store, scoreboard ◄── Wanted ── edge ── Counts ──► counts, by name

Nobody here waits for an edge: what it does not read piles up to `buffer_bytes_max`, and then it is cut off.
It comes back with what it holds, and is told what it missed.
"""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Sequence
from typing import Any, Final, Protocol

import msgspec
import structlog
from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from scorewire.errors import BackendError
from scorewire.model.update import Update
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Head, Scoreboard
from scorewire.scoreboard.followers import Followers
from scorewire.scoreboard.tables import Tables

CALLS_MAX = 1000
"""Calls of one edge under way; its loading asks for far fewer at once."""
AWAY_MARGIN_MS = 10_000
"""A row may be stamped, and its node killed, before anybody is told: how far back an edge that returns is
told of changes beyond what it has heard."""
BUFFER_BYTES_MAX = 64 << 20
"""What waits for one edge: some 10,000 updates."""
LANES: Final = 16
"""Games of one edge that are compared at once; each may have to be asked for far away."""

_log = structlog.get_logger("scorewire.edges")


class Past(Protocol):
    """See `fanout.showing.Past`, whom the fans of edges ask from afar."""

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        """See there."""
        ...

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        """See there."""
        ...

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        """See there."""
        ...


class _Edge:
    """One connection."""

    __slots__ = ("calls", "connection", "counts", "name", "pid", "selective", "tables")

    def __init__(
        self,
        connection: ServerConnection,
        *,
        name: str,
        pid: int,
        counts: link.Counts,
        selective: bool,
        tables: bool,
    ) -> None:
        self.connection = connection
        self.tables = tables
        self.selective = selective
        self.name = name
        self.pid = pid
        self.calls = 0
        self.counts = counts


class Edges:
    """See the module. Give `serve` to `websockets` as its handler.

    Args:
        scoreboard: whose updates are told; this becomes its listener, and follows what selective edges do.
        past, games_of, known: what the fans of edges ask.
        tables: of leagues; None where there are none.
        changed: ids of games with a row younger than a time, in ms; None where only selective edges come.
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        call_soon: `loop.call_soon`.
        now_ms: wall time.
        buffer_bytes_max: what waits for one edge.
    """

    def __init__(
        self,
        *,
        scoreboard: Scoreboard,
        past: Past,
        games_of: Callable[[str, str], Awaitable[tuple[str, ...]]],
        known: Callable[[str, str], Awaitable[bool]],
        changed: Callable[[int], Awaitable[Sequence[str]]] | None = None,
        tables: Tables | None = None,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        call_soon: Callable[[Callable[[], None]], object],
        now_ms: Callable[[], int],
        buffer_bytes_max: int = BUFFER_BYTES_MAX,
    ) -> None:
        self._scoreboard = scoreboard
        self._past = past
        self._games_of = games_of
        self._known = known
        self._changed = changed
        self._tables = tables
        self._spawn = spawn
        self._call_soon = call_soon
        self._now_ms = now_ms
        self._buffer_bytes_max = buffer_bytes_max
        self._edges: dict[ServerConnection, _Edge] = {}
        self._gone: dict[str, link.Counts] = {}
        self._left: dict[str, _Edge] = {}
        """The last of each name that went: it may have lost only its connection, and then counts on."""
        self._links: dict[str, int] = {}
        self._pending: list[Update] = []
        self._workers: set[ServerConnection] = set()
        self._followers: Followers[ServerConnection] = Followers()
        scoreboard.listen(self.offer)
        if tables is not None:
            tables.listen(self._tell_tables)

    # Every update.

    def offer(self, updates: Sequence[Update]) -> None:
        """Take updates from the scoreboard; edges are told at the end of this turn of the loop."""
        if not self._edges:
            return
        if not self._pending:
            self._call_soon(self._flush)
        self._pending.extend(updates)

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        if self._workers:
            for piece in _pieces(pending):
                self._tell(self._workers, piece)
        if self._followers:
            for update in pending:
                concerned = self._followers.concerned(update)
                if concerned:
                    self._tell(concerned, (update,))

    def _tell(self, connections: Collection[ServerConnection], updates: tuple[Update, ...]) -> None:
        self._send_all(connections, link.Told(now_ms=self._now_ms(), updates=updates))

    def _send_all(self, connections: Collection[ServerConnection], message: link.FromPipeline) -> None:
        for connection in list(connections):
            if connection.transport.get_write_buffer_size() > self._buffer_bytes_max:
                edge = self._edges[connection]
                _log.warning("an edge does not read; it is cut off", edge=edge.name)
                self._forget(edge)
                connection.transport.abort()
        broadcast(connections, link.encode(message))

    def _tell_tables(self, league_ids: Sequence[str]) -> None:
        reads = [edge.connection for edge in self._edges.values() if edge.tables]
        if reads and league_ids:
            self._send_all(reads, link.TablesTold(leagues=tuple(league_ids)))

    def compare(self) -> None:
        """The scoreboard may have moved without a word, as after a link of its own was cut: tell of that."""
        self._flush()
        held = map(self._scoreboard.held, self._followers.followed())
        for head, connections in list(self._followers.behind(held)):
            self._send_all(connections, link.Heads(heads=(head,)))

    # One edge.

    async def serve(self, connection: ServerConnection) -> None:
        """Serve one edge until its connection ends."""
        edge: _Edge | None = None
        try:
            edge = await self._welcome(connection)
            if edge is not None:
                await self._listen(edge)
        except ConnectionClosed:
            pass
        except (msgspec.DecodeError, TypeError) as error:
            await connection.close(link.REFUSED, str(error)[:100])
        finally:
            if edge is not None:
                self._forget(edge)

    async def _welcome(self, connection: ServerConnection) -> _Edge | None:
        hello = link.decode_from_edge(await connection.recv(decode=False))
        if not isinstance(hello, link.Hello) or hello.version != link.VERSION:
            await connection.close(link.REFUSED, f"this pipeline speaks version {link.VERSION} of the link")
            return None
        if self._changed is None and not hello.selective:
            await connection.close(link.REFUSED, "an edge elsewhere says what it follows")
            return None
        # What happened before this moment is told by comparing, what happens from now on as it happens.
        self._flush()
        if hello.selective:
            counts = link.Counts()
            self._followers.join(connection)
        else:
            self._links[hello.name] = self._links.get(hello.name, 0) + 1
            counts = self._counted_before(hello.name, hello.pid)
            self._workers.add(connection)
        edge = _Edge(
            connection,
            name=hello.name,
            pid=hello.pid,
            counts=counts,
            selective=hello.selective,
            tables=hello.tables,
        )
        self._edges[connection] = edge
        self._begin(edge, hello.held)
        self._start(self._compare(edge, hello.held, hello.heard_ms), f"edge {edge.name} compare")
        return edge

    async def _listen(self, edge: _Edge) -> None:
        async for data in edge.connection:
            message = link.decode_from_edge(data if isinstance(data, bytes) else data.encode())
            if isinstance(message, link.Counts):
                edge.counts = message
            elif isinstance(message, link.Hello):
                await edge.connection.close(link.REFUSED, "one Hello is enough")
            elif isinstance(message, link.Unfollowed):
                self._end(edge, message.games)
            elif edge.calls >= CALLS_MAX:
                self._send(edge, link.Answer(id=message.id, fault="too many calls at once"))
            else:
                if isinstance(message, link.FollowWanted):
                    # Now, and not when the answer has its turn: it may be ended by then.
                    self._begin(edge, (message.place,))
                edge.calls += 1
                self._start(self._answer(edge, message), f"edge {edge.name} call")

    def _begin(self, edge: _Edge, places: Sequence[link.Place]) -> None:
        if edge.selective and edge.connection in self._edges:
            # What is told from now on goes to this edge, and not what was offered before.
            self._flush()
            for game_id in self._followers.begin(edge.connection, (place.game_id for place in places)):
                self._start(self._follow_on(game_id), f"edges follow {game_id}")

    def _end(self, edge: _Edge, game_ids: Sequence[str]) -> None:
        for game_id in self._followers.end(edge.connection, game_ids):
            self._start(self._scoreboard.unfollow(game_id), f"edges unfollow {game_id}")

    async def _follow_on(self, game_id: str) -> None:
        try:
            await self._scoreboard.follow(game_id)
        except BackendError as error:
            _log.warning("a game is followed before it is heard", game=game_id, detail=str(error))

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            self._spawn(work, name)
        except RuntimeError:
            # The process ends and takes up nothing more, while connections are still being closed.
            work.close()

    def _forget(self, edge: _Edge) -> None:
        connection = edge.connection
        if self._edges.pop(connection, None) is None:
            return
        if edge.selective:
            for game_id in self._followers.leave(connection):
                self._start(self._scoreboard.unfollow(game_id), f"edges unfollow {game_id}")
            return
        self._workers.discard(connection)
        edge.counts = _lasting(edge.counts)
        before = self._left.get(edge.name)
        if before is not None:
            self._gone[edge.name] = _sum(self._gone.get(edge.name), before.counts)
        self._left[edge.name] = edge

    def _counted_before(self, name: str, pid: int) -> link.Counts:
        """What an edge has told on a connection that it had before, also if we have not seen it end yet."""
        for edge in list(self._edges.values()):
            if (edge.name, edge.pid) == (name, pid) and not edge.selective:
                self._forget(edge)
        left = self._left.get(name)
        if left is None or left.pid != pid:
            return link.Counts()
        del self._left[name]
        return left.counts

    def _send(self, edge: _Edge, message: link.FromPipeline) -> None:
        """Behind every update that was offered before it."""
        self._flush()
        broadcast((edge.connection,), link.encode(message))

    async def _compare(self, edge: _Edge, held: Sequence[link.Place], heard_ms: int) -> None:
        """Tell an edge that has come back of everything that it missed, and then that this was all."""
        places = {place.game_id: place for place in held if place.seq or edge.selective}
        try:
            if self._changed is not None and heard_ms and not edge.selective:
                for game_id in await self._changed(heard_ms - AWAY_MARGIN_MS):
                    places.setdefault(game_id, link.Place(game_id, "", 0))
        except Exception as error:
            self._give_up(edge, error)
            return
        waiting = iter(places.values())
        lanes = max(1, min(LANES, len(places)))

        async def lane() -> None:
            nonlocal lanes
            if await self._compare_games(edge, waiting):
                lanes -= 1
                if not lanes:
                    self._send(edge, self._compared())

        for number in range(lanes):
            self._start(lane(), f"edge {edge.name} compare {number}")

    def _compared(self) -> link.Compared:
        return link.Compared(now_ms=self._now_ms(), tables=self._tables is not None)

    async def _compare_games(self, edge: _Edge, places: Iterator[link.Place]) -> bool:
        """Tell an edge of games that are not where it says; returns whether all of that could be said."""
        try:
            for place in places:
                head = await self._scoreboard.head(place.game_id)
                if head is not None and (head.state.epoch, head.state.seq) != (place.epoch, place.seq):
                    self._flush()
                    await edge.connection.send(link.encode(link.Heads(heads=(head,))))
        except ConnectionClosed:
            return False
        except Exception as error:
            self._give_up(edge, error)
            return False
        return True

    def _give_up(self, edge: _Edge, error: Exception) -> None:
        """The boundary of a connection: this edge comes back and is compared again, all others go on."""
        _log.error("compare_failed", edge=edge.name, exc_info=error)
        edge.connection.transport.abort()

    async def _answer(self, edge: _Edge, wanted: link.Wanted) -> None:
        try:
            await self._reply(edge, wanted)
        except ConnectionClosed:
            pass
        except BackendError as error:
            # What is asked is elsewhere too, and away; whoever asks is told.
            self._send(edge, link.Answer(id=wanted.id, fault=str(error)[:200]))
        except Exception as error:
            # The boundary of a call: this one is told, all others are served on.
            _log.error("call_failed", edge=edge.name, call=type(wanted).__name__, exc_info=error)
            self._send(edge, link.Answer(id=wanted.id, fault=str(error)[:200] or type(error).__name__))
        finally:
            edge.calls -= 1

    async def _reply(self, edge: _Edge, wanted: link.Wanted) -> None:
        match wanted:
            case link.FollowWanted(place=place):
                head = await self._scoreboard.head(place.game_id)
                if head is not None and (head.state.epoch, head.state.seq) == (place.epoch, place.seq):
                    head = None
                self._send(edge, link.Answer(id=wanted.id, head=head))
            case link.HeadWanted():
                head = await self._scoreboard.head(wanted.game_id)
                self._send(edge, link.Answer(id=wanted.id, head=head))
            case link.TableWanted():
                table = None if self._tables is None else await self._tables.newest(wanted.league_id)
                self._send(edge, link.Answer(id=wanted.id, table=table))
            case link.KnownWanted():
                known = await self._known(wanted.kind, wanted.name)
                self._send(edge, link.Answer(id=wanted.id, known=known))
            case link.GamesWanted(cutoff_ms=0):
                names = await self._games_of(wanted.kind, wanted.name)
                self._send(edge, link.Answer(id=wanted.id, names=names))
            case link.GamesWanted():
                names = await self._past.games_of(wanted.kind, wanted.name, wanted.cutoff_ms)
                self._send(edge, link.Answer(id=wanted.id, names=names))
            case link.SinceWanted():
                head, updates = await self._past.since(wanted.game_id, wanted.cutoff_ms)
                await self._send_pieces(edge, link.Answer(id=wanted.id, head=head), updates)
            case link.UpdatesWanted():
                updates = await self._past.updates(wanted.game_id, wanted.since_seq, wanted.limit)
                await self._send_pieces(edge, link.Answer(id=wanted.id), updates)

    async def _send_pieces(self, edge: _Edge, answer: link.Answer, updates: Sequence[Update]) -> None:
        """A long answer waits between its pieces for the edge to read them, and lets others be served."""
        pieces = list(_pieces(updates)) or [()]
        self._flush()
        for n, piece in enumerate(pieces, 1):
            told = msgspec.structs.replace(answer, updates=piece, more=n < len(pieces))
            await edge.connection.send(link.encode(told))

    # What is counted.

    @property
    def names(self) -> tuple[str, ...]:
        """Of the workers that are connected, each once."""
        return tuple(sorted({edge.name for edge in self._edges.values() if not edge.selective}))

    @property
    def elsewhere(self) -> int:
        """Selective edges that are connected."""
        return len(self._followers)

    @property
    def followed(self) -> int:
        """Games that selective edges follow."""
        return self._followers.games

    def links(self, name: str) -> int:
        """Connections of the edges of a name so far; one that goes and comes back is two."""
        return self._links.get(name, 0)

    def count(self, name: str | None, field: str) -> int:
        """A field of `Counts`: of one edge by name, those that had the name before included, or of all."""
        now = sum(
            getattr(edge.counts, field)
            for edge in self._edges.values()
            if not edge.selective and (name is None or edge.name == name)
        )
        gone = [*self._gone.items(), *((left, edge.counts) for left, edge in self._left.items())]
        before = sum(getattr(counts, field) for had, counts in gone if name is None or had == name)
        return int(now + before)


_OF_NOW = ("sse", "websocket", "laggards", "games", "heads", "edges")


def _lasting(counts: link.Counts) -> link.Counts:
    """What stays counted when the edge has gone."""
    return msgspec.structs.replace(counts, **dict.fromkeys(_OF_NOW, 0))


def _sum(one: link.Counts | None, other: link.Counts) -> link.Counts:
    if one is None:
        return other
    return link.Counts(
        **{field: getattr(one, field) + getattr(other, field) for field in link.Counts.__struct_fields__}
    )


def _pieces(updates: Sequence[Update]) -> Iterator[tuple[Update, ...]]:
    for start in range(0, len(updates), link.PIECE_UPDATES):
        yield tuple(updates[start : start + link.PIECE_UPDATES])

"""The scoreboard of an edge: a pipeline's, elsewhere, over the link.

    link ── Told ──► heads ──► listener          what is held is kept current by every update
    head, known, games_of, past ── Wanted ──► link ──► Answer

While the link is down, what is held stays and is shown; a call waits for the link to return, up to `call_s`,
and not at all once it has been away for longer. When it is back, the heads of followed games are compared
with the pipeline's, games that nobody follows are forgotten, and the hub is told to look for what it missed
(`compared`). The edge cannot publish.

A worker hears every update. A selective edge hears of the games that it follows, and of those that are new:
a head that nobody follows holds for FRESH_S only. Lists that were asked for are asked for again when the link
is back, for games that came into them meanwhile.

Cancellation: of a call, nothing is left behind.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed, WebSocketException

from scorewire.errors import BackendError
from scorewire.model.update import Update
from scorewire.scoreboard import link
from scorewire.scoreboard.base import Head, Listener, Scoreboard, whole
from scorewire.scoreboard.heads import Heads
from scorewire.scoreboard.tables import Table, Tables
from scorewire.scoreboard.upstream_lists import Asked

CALL_S = 10.0
"""How long a call may take, the link's return included; a pipeline restarts within two."""
RETRY_S = (0.05, 1.0)
"""Between attempts to connect: the first, and the longest after doubling."""
FRESH_S: Final = 1.0
"""How long a selective edge shows a head that it does not follow."""

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
Connect = Callable[[], Awaitable[ClientConnection]]

_log = structlog.get_logger("scorewire.upstream")


class _Lost(Exception):
    """The link was cut while a call waited for its answer."""


class _Call:
    __slots__ = ("done", "pieces")

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pieces: list[link.Answer] = []


class UpstreamScoreboard(Scoreboard):
    """See the module, and `scoreboard/base.py` for what is guaranteed.

    Args:
        connect: opens the link's connection: over a Unix socket, or to another machine.
        name: of this edge, in the pipeline's metrics.
        heads_max: see `Heads`.
        compared: called when everything that was missed while the link was down is at hand.
        heard: told the updates that were taken as they happened, before the listener is.
        spawn: starts a coroutine under a name, in the process's TaskGroup; it makes the edge selective.
        call_s: how long a call may take.
        retry_s: between attempts to connect: the first, and the longest after doubling.

    Attributes:
        refused: why the pipeline has sent this edge away; empty once it is served.
        links: how often the link has been up.
        past, tables: what fans are told of earlier times, and of leagues.
        synced: set while the link is up and what it missed is at hand.
    """

    def __init__(
        self,
        *,
        connect: Connect,
        name: str,
        heads_max: int,
        compared: Callable[[], None] = lambda: None,
        heard: Callable[[Sequence[Update]], None] = lambda _updates: None,
        spawn: Spawn | None = None,
        call_s: float = CALL_S,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        self._connect = connect
        self._name = name
        self._compared = compared
        self._heard = heard
        self._spawn = spawn
        self._call_s = call_s
        self._retry_s = retry_s
        self._heads = Heads(load=self._load, heads_max=heads_max)
        self._listener: Listener | None = None
        self._connection: ClientConnection | None = None
        self._up = asyncio.Event()
        self._ids = count(1)
        self._calls: dict[int, _Call] = {}
        self._heard_ms = 0
        self._read_s: dict[str, float] = {}
        self._asked = Asked()
        self._settling: dict[str, asyncio.Event] = {}
        self._down_s: float | None = None
        self._ended = False
        self.links = 0
        self.refused = ""
        self.synced = asyncio.Event()
        self.past = UpstreamPast(self.call)
        self._has_tables = False
        self.tables = Tables(read=self._table)

    @property
    def size(self) -> int:
        """Games whose state is in memory."""
        return len(self._heads)

    @property
    def followed(self) -> int:
        """Games that are followed here."""
        return len(self._heads.followed)

    @property
    def away_s(self) -> float:
        """For how long there has been no link; 0 while there is one, or nobody has tried yet."""
        return 0.0 if self.synced.is_set() or self._down_s is None else _now_s() - self._down_s

    # The port.

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:  # noqa: ARG002
        """An edge decides nothing, so it has nothing to publish.

        Raises:
            BackendError: always.
        """
        raise BackendError("an edge cannot publish; the pipeline's owner does", retryable=False)

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`; many who wait for one game cause one call.

        Raises:
            BackendError: the pipeline could not be asked in time.
        """
        if not self._is_current(game_id):
            self._heads.forget(game_id)
        return await self._heads.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._heads.held(game_id) if self._is_current(game_id) else None

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`; when it returns, the game is told and its head is at hand.

        While the link is away the game is followed all the same: it is told when the link is back.
        """
        settling = self._settling.get(game_id)
        if settling is not None:
            await settling.wait()
        if game_id in self._heads.followed:
            return
        if not self._is_current(game_id):
            self._heads.forget(game_id)
        self._heads.followed.add(game_id)
        if self._spawn is None:
            return
        settled = self._settling[game_id] = asyncio.Event()
        answer: link.Answer | None = None
        try:
            answer = (await self.call(partial(link.FollowWanted, place=self._place(game_id))))[-1]
        except BackendError:
            pass  # whoever asks for its head is told
        finally:
            if answer is None:
                self._heads.forget(game_id)  # what has become of it was not said
            self._settled(game_id, settled)
        if answer is not None and answer.head is not None and game_id in self._heads.followed:
            self._settle(answer.head)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        if game_id not in self._heads.followed:
            return
        if self._spawn is not None:
            if self._is_current(game_id):
                self._note_read(game_id)
            self._settled(game_id, self._settling.get(game_id))
            if self._connection is not None:
                self._send(link.Unfollowed(games=(game_id,)))
        self._heads.followed.remove(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._listener = listener

    # What else fans ask.

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games of a team, league or sport that are not over."""
        names = (await self.call(partial(link.GamesWanted, kind=kind, name=name)))[-1].names
        if self._spawn is not None:
            self._asked.note(kind, name, names)
        return names

    async def known(self, kind: str, name: str) -> bool:
        """Whether a team, league or sport exists."""
        answer = (await self.call(partial(link.KnownWanted, kind=kind, name=name)))[-1]
        return answer.known

    async def _table(self, league_id: str) -> Table | None:
        if not self.synced.is_set():
            raise BackendError("the pipeline is away", retryable=True)
        if not self._has_tables:
            return None  # a pipeline of before there were any
        return (await self.call(partial(link.TableWanted, league_id=league_id)))[-1].table

    async def _load(self, game_id: str) -> Head | None:
        head = (await self.call(partial(link.HeadWanted, game_id=game_id)))[-1].head
        self._note_read(game_id)
        return head

    def _is_current(self, game_id: str) -> bool:
        """Whether what is held of a game is what its pipeline has, or had when the link went."""
        if game_id in self._settling:
            return False
        if self._spawn is None or game_id in self._heads.followed:
            return True
        read_s = self._read_s.get(game_id)
        return read_s is not None and _now_s() - read_s < FRESH_S

    def _note_read(self, game_id: str) -> None:
        """What is held of a game that nobody follows is of now."""
        if self._spawn is None:
            return
        now_s = _now_s()
        self._read_s.pop(game_id, None)
        self._read_s[game_id] = now_s
        while now_s - next(iter(self._read_s.values())) >= FRESH_S:
            stale = next(iter(self._read_s))
            del self._read_s[stale]
            if stale not in self._heads.followed:
                self._heads.forget(stale)

    def _place(self, game_id: str) -> link.Place:
        head = self._heads.at(game_id)
        return link.Place(game_id, head.state.epoch, head.state.seq) if head else link.Place(game_id, "", 0)

    # The link.

    async def run(self) -> None:
        """Keep the link up, for ever."""
        wait_s, longest_s = self._retry_s
        while True:
            if self._down_s is None:
                self._down_s = _now_s()
            try:
                connection = await self._connect()
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
                continue
            try:
                if await self._converse(connection):
                    wait_s = self._retry_s[0]
            finally:
                self._lose()
                connection.transport.abort()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, longest_s)

    async def _converse(self, connection: ClientConnection) -> bool:
        """Until the connection ends; returns whether it was of use."""
        self._connection = connection
        self._heads.forget_unfollowed()
        hello = link.Hello(
            version=link.VERSION,
            name=self._name,
            pid=os.getpid(),
            held=tuple(map(self._place, self._heads.followed)),
            heard_ms=self._heard_ms,
            selective=self._spawn is not None,
            tables=True,
        )
        self._send(hello)
        self._up.set()
        try:
            async for data in connection:
                self._take(link.decode_from_pipeline(data if isinstance(data, bytes) else data.encode()))
        except ConnectionClosed as closed:
            refused = closed.rcvd is not None and closed.rcvd.code == link.REFUSED
            if closed.rcvd is not None and refused and self.refused != closed.rcvd.reason:
                self.refused = closed.rcvd.reason
                _log.error("the pipeline refuses this edge", reason=self.refused)
        except msgspec.DecodeError as error:
            _log.error("the pipeline says what this edge cannot read", detail=str(error))
        return self.synced.is_set()

    def _lose(self) -> None:
        self._connection = None
        if self._down_s is None:
            self._down_s = _now_s()
        self._up.clear()
        self.synced.clear()
        for call in self._calls.values():
            if not call.done.done():
                call.done.set_exception(_Lost())

    def _take(self, message: link.FromPipeline) -> None:
        match message:
            case link.Told():
                self._hear(message.updates)
                if self.synced.is_set():
                    # Before that, what happened while we were away is not all said, and is to be asked again.
                    self._heard_ms = message.now_ms
            case link.Answer():
                call = self._calls.get(message.id)
                if call is not None:
                    call.pieces.append(message)
                    if not message.more and not call.done.done():
                        call.done.set_result(None)
            case link.Heads():
                for head in message.heads:
                    self._mend(head)
                if self.synced.is_set():
                    self._compared()
            case link.TablesTold():
                self.tables.told(message.leagues)
            case link.Compared():
                self._heard_ms = message.now_ms
                self.links += 1
                self.refused = ""
                self._down_s = None
                self.synced.set()
                self._has_tables = message.tables
                self._compared()
                self.tables.look_again()
                if self._spawn is not None:
                    self._spawn(self._look_again(), "upstream lists")

    def _hear(self, updates: Sequence[Update]) -> None:
        """A gap is no reason to wait: the state is whole, and the listener sees the gap and reads it back."""
        taken: list[Update] = []
        for update in updates:
            held = self._heads.at(update.game_id)
            if held is not None and held.state.epoch == update.epoch and update.seq <= held.state.seq:
                continue
            self._heads.keep(Head(state=update.state, corrected_seq=update.corrected_seq))
            self._note_read(update.game_id)
            taken.append(update)
        if taken:
            self._heard(taken)
            if self._listener is not None:
                self._listener(taken)

    def _settled(self, game_id: str, settled: asyncio.Event | None) -> None:
        """A follow is answered, or given up: those who wait for it go on."""
        if settled is not None:
            settled.set()
            if self._settling.get(game_id) is settled:
                del self._settling[game_id]

    def _settle(self, head: Head) -> None:
        """The head of a game that has just been followed, which nobody here need hear of before they ask."""
        if self._heads.at(head.state.game_id) is None:
            self._heads.keep(head)
        else:
            self._mend(head)
            self._compared()

    def _mend(self, head: Head) -> None:
        """A game is elsewhere than we left it: rows of a followed one are read back when all is compared."""
        held = self._heads.at(head.state.game_id)
        same = held is not None and held.state.epoch == head.state.epoch
        if held is not None and same and head.state.seq <= held.state.seq:
            return
        self._heads.keep(head)
        if self._listener is not None and not same:
            self._listener([whole(head)])

    async def _look_again(self) -> None:
        """Games that came into lists while the link was down are told as new ones."""
        try:
            for kind, name in self._asked.lists():
                before = self._asked.games(kind, name)
                for game_id in await self.games_of(kind, name):
                    if game_id not in before and game_id not in self._heads.followed:
                        head = await self.head(game_id)
                        if head is not None and self._listener is not None:
                            self._listener([whole(head)])
        except BackendError as error:
            _log.warning("lists cannot be looked at", detail=str(error))

    def end(self) -> None:
        """The process stops: nobody waits for an answer any more."""
        self._ended = True
        self._lose()
        self._up.set()

    def report(self, counts: link.Counts) -> None:
        """Tell the pipeline what this edge counts; nothing while the link is down."""
        if self._connection is not None:
            self._send(counts)

    def _send(self, message: link.FromEdge) -> None:
        assert self._connection is not None
        broadcast((self._connection,), link.encode(message))

    async def call(self, make: Callable[..., link.Wanted]) -> Sequence[link.Answer]:
        """The pieces of an answer, at least one; asked again if the link is cut meanwhile.

        Args:
            make: the question, but for its id.

        Raises:
            BackendError: no answer in time, or the pipeline failed.
        """
        if self._down_s is not None and not self._up.is_set() and _now_s() - self._down_s > self._call_s:
            raise BackendError("the pipeline is away", retryable=True)
        try:
            async with asyncio.timeout(self._call_s):
                while not self._ended:
                    await self._up.wait()
                    try:
                        return await self._ask(make)
                    except _Lost:
                        continue
        except TimeoutError:
            raise BackendError("the pipeline does not answer", retryable=True) from None
        raise BackendError("this process stops", retryable=True)

    async def _ask(self, make: Callable[..., link.Wanted]) -> Sequence[link.Answer]:
        if self._connection is None:
            raise _Lost  # cut between the word that it is up and this turn
        number = next(self._ids)
        call = self._calls[number] = _Call()
        try:
            self._send(make(id=number))
            await call.done
        finally:
            del self._calls[number]
        if call.pieces[-1].fault:
            raise BackendError(f"the pipeline: {call.pieces[-1].fault}", retryable=True)
        return call.pieces


class UpstreamPast:
    """See `fanout.showing.Past`; every question is a call of the link."""

    def __init__(
        self, call: Callable[[Callable[..., link.Wanted]], Awaitable[Sequence[link.Answer]]]
    ) -> None:
        self._call = call

    async def since(self, game_id: str, cutoff_ms: int) -> tuple[Head | None, Sequence[Update]]:
        """See there."""
        pieces = await self._call(partial(link.SinceWanted, game_id=game_id, cutoff_ms=cutoff_ms))
        return pieces[0].head, _joined(pieces)

    async def games_of(self, kind: str, id: str, cutoff_ms: int) -> tuple[str, ...]:  # noqa: A002
        """See there."""
        pieces = await self._call(partial(link.GamesWanted, kind=kind, name=id, cutoff_ms=cutoff_ms))
        return pieces[-1].names

    async def updates(self, game_id: str, since_seq: int, limit: int) -> Sequence[Update]:
        """See there."""
        pieces = await self._call(
            partial(link.UpdatesWanted, game_id=game_id, since_seq=since_seq, limit=limit)
        )
        return _joined(pieces)


def _joined(pieces: Sequence[link.Answer]) -> list[Update]:
    return [update for piece in pieces for update in piece.updates]


def _now_s() -> float:
    return asyncio.get_running_loop().time()

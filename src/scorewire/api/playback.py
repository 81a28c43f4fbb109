"""/v1/games/{id}/replay: a game told again at its own pace, or faster, in the frames of a live stream.

    from_seq ──► full_state ──► wait for the next row's time ──► its frame ──► ... ──► bye, reason `end`
                                        ▲                           │
                                        └──── a page of rows ◄──────┘

Each runs in the task of its own request, and waits by listening whether its client is still there: it needs
no task, queue or timer besides. It never touches the hub or its fans: rows come from the journal in the lane
of public reads, a page at a time, are folded in a thread, and a reader that takes nothing holds up its own
playback alone, with a page in memory at most. `Places` bounds how many there are.

A cursor of a playback (`replay!EPOCH!GAME!SEQ`) is none of a live stream, and the other way round: each is
unreadable to the other, and so begins anew. What ended is `ended!...`, which is answered 204, on which an
EventSource gives up.

Source: WHATWG HTML 9.2.3 (204 ends reconnection), 9.2.6; docs/playback.md.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Protocol

from litestar.response.base import ASGIResponse

from scorewire.clock import Clock
from scorewire.errors import BackendError
from scorewire.model.score_state import ScoreState

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ROWS_A_PAGE: Final = 100
TICK_S: Final = 1.0
"""Between two looks whether the node stops."""
LATE_S: Final = 1.0
"""What a playback that was held up catches up with; more is left out, so that no reader sees a burst."""
ONLY_HEAD: Final = "scorewire.only_head"
"""Set in the scope of a HEAD, which is answered as a GET; see face.py."""

CURSOR_CHARACTERS_MAX: Final = 256
_UNDER_WAY: Final = "replay"
_ENDED: Final = "ended"

Reason = Literal["join", "resync"]
Farewell = Literal["end", "drain", "overload"]


class Telling(NamedTuple):
    """One row as it is told again: its frame without an id, and what passes before it at speed 1."""

    seq: int
    gap_ms: int
    frame: bytes


class Recording(Protocol):
    """Where the rows come from, and how fans are told them; node builds it."""

    async def after(self, game_id: str, seq: int, limit: int, *, real: bool) -> Sequence[Telling]:
        """At most `limit` rows after `seq`, in order; none at the game's head.

        Args:
            real: whether gaps are left uncut.

        Raises:
            BackendError: the journal cannot be read.
        """
        ...

    def begin(self, state: ScoreState, reason: Reason) -> bytes:
        """The frame that a playback begins with, without an id."""
        ...

    def bye(self, reason: Farewell, retry_ms: int) -> bytes:
        """The last frame."""
        ...

    async def moments(self, game_id: str, seq: int, level: str | None) -> bytes:
        """The course of the game to `seq`, as JSON; of key rows alone where `level` says so."""
        ...


class Cursor(NamedTuple):
    """A place in a playback; `ended`: nothing comes after it."""

    epoch: str
    game_id: str
    seq: int
    ended: bool = False

    def __str__(self) -> str:
        return f"{_ENDED if self.ended else _UNDER_WAY}!{self.epoch}!{self.game_id}!{self.seq}"


def read_cursor(text: str) -> Cursor | None:
    """What a client has sent back; None for anything else, which then means nothing."""
    if len(text) > CURSOR_CHARACTERS_MAX:
        return None
    parts = text.split("!")
    if len(parts) != 4 or parts[0] not in (_UNDER_WAY, _ENDED):
        return None
    if not (parts[3].isascii() and parts[3].isdigit() and len(parts[3]) <= 12):
        return None
    return Cursor(parts[1], parts[2], int(parts[3]), parts[0] == _ENDED)


class Places:
    """How many playbacks there may be, and whether the node stops.

    Args:
        enter: counts one in by its request, and gives back what counts it out; None if there is no room.
    """

    def __init__(self, enter: Callable[[Scope], Callable[[], None] | None]) -> None:
        self.enter = enter
        self.stopping = False

    def stop(self) -> None:
        """Tell every playback to come back, within TICK_S."""
        self.stopping = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """What playbacks need.

    Attributes:
        recording, places: see there.
        clock: for waiting.
        heartbeat_s: the longest silence.
        rng: spreads those who come back.
    """

    recording: Recording
    places: Places
    clock: Clock
    heartbeat_s: float
    rng: random.Random

    def retry_ms(self) -> int:
        """When a client comes back after the line was lost."""
        return self.rng.randint(1000, 5000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is played.

    Attributes:
        state: what the client has, or is given first.
        reason: of the full state; None where the client has it already.
        speed: times the pace of the game; None is as fast as it goes.
        real: gaps are left uncut.
    """

    state: ScoreState
    reason: Reason | None
    speed: float | None
    real: bool


class _Gone(Exception):
    """The client has left."""


class Playback(ASGIResponse):
    """One playback, as an answer."""

    def __init__(self, booth: Booth, wish: Wish) -> None:
        super().__init__()
        self._booth = booth
        self._wish = wish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """See ASGI; ends when the game has been told, its client leaves, or the node stops."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEAD)})
        leave = None if scope.get(ONLY_HEAD) else self._booth.places.enter(scope)
        if leave is None:
            farewell = b"" if scope.get(ONLY_HEAD) else self._farewell("overload")
            await send({"type": "http.response.body", "body": farewell, "more_body": False})
            return
        try:
            await _Run(self._booth, self._wish, receive, send).play()
        except _Gone:
            return
        finally:
            leave()

    def _farewell(self, reason: Farewell) -> bytes:
        return self._booth.recording.bye(reason, self._booth.retry_ms())


HEAD: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"connection", b"close"),
)


class _Run:
    """A playback under way."""

    def __init__(self, booth: Booth, wish: Wish, receive: Receive, send: Send) -> None:
        self._booth = booth
        self._wish = wish
        self._receive = receive
        self._send = send
        self._seq = wish.state.seq
        self._due_s = self._spoke_s = booth.clock.monotonic_s()

    async def play(self) -> None:
        """Tell the game to its end.

        Raises:
            _Gone: the client has left.
        """
        wish, recording = self._wish, self._booth.recording
        first = b"retry: %d\n\n" % self._booth.retry_ms()
        if wish.reason is not None:
            first += self._marked(recording.begin(wish.state, wish.reason))
        await self._say(first)
        try:
            while rows := await recording.after(wish.state.game_id, self._seq, ROWS_A_PAGE, real=wish.real):
                await self._tell(rows)
        except BackendError:
            await self._end("drain")  # the journal is away: the client comes back, and goes on
            return
        except _Stopping:
            await self._end("drain")
            return
        await self._end("end")

    async def _tell(self, rows: Sequence[Telling]) -> None:
        """A page: rows that are due together leave in one write."""
        clock = self._booth.clock
        ready: list[bytes] = []
        for row in rows:
            if self._wish.speed is not None and row.gap_ms:
                gap_s = row.gap_ms / 1000 / self._wish.speed
                if self._from_s() + gap_s > clock.monotonic_s():
                    await self._say(b"".join(ready))
                    ready.clear()
                self._due_s = self._from_s() + gap_s
                await self._wait()
            self._seq = row.seq
            ready.append(self._marked(row.frame))
        await self._say(b"".join(ready))
        await self._listen(0)  # at full speed nothing else looks whether anybody is there

    def _from_s(self) -> float:
        """When the row before was due; not long ago, where a client that took nothing has held it up."""
        return max(self._due_s, self._booth.clock.monotonic_s() - LATE_S)

    async def _wait(self) -> None:
        """Until the next row is due."""
        clock, heartbeat_s = self._booth.clock, self._booth.heartbeat_s
        while (left_s := self._due_s - clock.monotonic_s()) > 0:
            silent_s = clock.monotonic_s() - self._spoke_s
            if silent_s >= heartbeat_s:
                await self._say(b":\n\n")
                continue
            await self._listen(min(left_s, TICK_S, heartbeat_s - silent_s))

    async def _listen(self, seconds: float) -> None:
        """Wait, unless the client leaves or the node stops.

        Raises:
            _Gone, _Stopping: so it is.
        """
        if self._booth.places.stopping:
            raise _Stopping
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass  # the request's body, which says nothing
        except TimeoutError:
            return
        raise _Gone

    async def _say(self, data: bytes) -> None:
        """Waits while the client takes nothing; whoever takes nothing for long is closed by the port."""
        if data:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
            self._spoke_s = self._booth.clock.monotonic_s()

    async def _end(self, reason: Farewell) -> None:
        last = self._booth.recording.bye(reason, self._booth.retry_ms())
        if reason == "end":
            last = self._marked(last, ended=True)
        await self._send({"type": "http.response.body", "body": last, "more_body": False})

    def _marked(self, frame: bytes, *, ended: bool = False) -> bytes:
        state = self._wish.state
        cursor = Cursor(state.epoch, state.game_id, self._seq, ended)
        return b"id: %b\n%b" % (str(cursor).encode(), frame)


class _Stopping(Exception):
    """The node stops."""

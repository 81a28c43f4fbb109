"""Practice games: a piece of a game of this node once more, sixty times as fast, on the scoreboard alone.

Readers follow them over the streams and the reads of every other game, so what is compared on the page `/how`
is what fans get. They are in no list, no table and no journal: their sport and league are `practice`, which
nobody can follow. Few are played at a time, whoever asks, and a node that stops does not wait for them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from scorewire.clock import Clock
from scorewire.journal.records import GamesPage, GamesQuery
from scorewire.model.game_event import GameEvent
from scorewire.model.journey import Moment, Moments, Race
from scorewire.model.provider_event import League
from scorewire.model.update import Update
from scorewire.scoreboard.base import Scoreboard

SPEED: Final = 60
SPAN_MAX_MS: Final = 30 * 60_000
"""Of the game that is repeated: half an hour, which is over in half a minute."""
CHANGES_MIN, CHANGES_MAX = 5, 300
ROWS_MAX: Final = 5000
GAMES_MAX: Final = 50
"""Games that are looked at for one that is worth it."""
RACES_MAX: Final = 4
"""At a time. A page asks some 40 times a second while it polls, so this bounds what they cost."""
KEPT_MAX: Final = 4 * RACES_MAX
FOUND_FOR_S: Final = 60.0
"""For which a piece is used again, so that whoever presses the button often reads the journal seldom."""
LEAD_MS: Final = 2000
"""For readers to connect before the first change."""
AGAIN_S: Final = 30
NAME: Final = "practice"


@dataclass(frozen=True, slots=True)
class Piece:
    """What is repeated: `updates[0]` is where it begins, and each of the others comes `after_ms` that."""

    updates: tuple[Update, ...]
    after_ms: tuple[int, ...]


@dataclass(slots=True)
class _Played:
    """A practice game that is under way, or was."""

    moments: list[Moment] = field(default_factory=list)
    over: bool = False


class Practice:
    """See the module.

    Args:
        board: where they are shown; None where fans are shown from elsewhere, and nothing can be played.
        games, rows, updates: of the journal; see `Journal.games`, `Journal.rows`, `Past.updates`.
        spawn: starts a coroutine under a name.
        stopping: set when the node begins to stop.
        token: names the practice games of this process, so that no game of a provider is called that.
    """

    def __init__(
        self,
        *,
        board: Scoreboard | None,
        games: Callable[[GamesQuery], Awaitable[GamesPage]],
        rows: Callable[[str, int, int], Awaitable[Sequence[GameEvent]]],
        updates: Callable[[str, int, int], Awaitable[Sequence[Update]]],
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        stopping: asyncio.Event,
        clock: Clock,
        token: str,
    ) -> None:
        self._board = board
        self._games = games
        self._rows = rows
        self._updates = updates
        self._spawn = spawn
        self._stopping = stopping
        self._clock = clock
        self._token = token
        self._number = 0
        self._played: OrderedDict[str, _Played] = OrderedDict()
        self._piece: Piece | None = None
        self._found_s = -FOUND_FOR_S
        self._finding = asyncio.Lock()

    async def race(self) -> Race | int:
        """Begin one; the seconds after which to ask again if none can begin."""
        if self._board is None or self._stopping.is_set():
            return AGAIN_S
        if self._under_way() >= RACES_MAX:
            return AGAIN_S
        async with self._finding:
            piece = await self._find()
        if piece is None or self._under_way() >= RACES_MAX:
            return AGAIN_S
        self._number += 1
        game_id = f"{NAME}-{self._token}-{self._number}"
        played = self._played[game_id] = _Played()
        while len(self._played) > KEPT_MAX:
            self._played.popitem(last=False)
        first = piece.updates[0]
        now_ms = self._clock.now_ms()
        await self._board.publish([beginning(first, game_id=game_id, now_ms=now_ms)])
        begins_ms = now_ms + LEAD_MS
        self._spawn(self._play(self._board, piece, game_id, played), f"practice-{self._number}")
        return Race(
            game_id=game_id,
            of=first.game_id,
            home=first.state.home.name,
            away=first.state.away.name,
            speed=SPEED,
            span_ms=piece.after_ms[-1],
            changes=len(piece.updates) - 1,
            begins_ms=begins_ms,
            ends_ms=begins_ms + piece.after_ms[-1] // SPEED,
            now_ms=now_ms,
        )

    def moments(self, game_id: str) -> Moments | None:
        """When the scoreboard had each change so far."""
        played = self._played.get(game_id)
        if played is None:
            return None
        return Moments(
            game_id=game_id,
            now_ms=self._clock.now_ms(),
            over=played.over,
            moments=tuple(played.moments),
        )

    def _under_way(self) -> int:
        return sum(not one.over for one in self._played.values())

    async def _find(self) -> Piece | None:
        """The game with the most rows of the newest ones has most to show."""
        now_s = self._clock.monotonic_s()
        if now_s - self._found_s < FOUND_FOR_S:
            return self._piece
        page = await self._games(GamesQuery(limit=GAMES_MAX))
        best = max(page.games, key=lambda one: one.seq, default=None)
        self._piece = None
        if best is not None:
            rows = await self._rows(best.game_id, 0, ROWS_MAX)
            start, end = busiest(said_ms(rows))
            if end - start > CHANGES_MIN:
                updates = await self._updates(best.game_id, rows[start].seq - 1, end - start)
                times = said_ms(rows)[start : start + len(updates)]
                self._piece = Piece(tuple(updates), tuple(one - times[0] for one in times))
        self._found_s = now_s
        return self._piece

    async def _play(self, board: Scoreboard, piece: Piece, game_id: str, played: _Played) -> None:
        begins_s = self._clock.monotonic_s() + LEAD_MS / 1000
        try:
            for update, after_ms in zip(piece.updates[1:], piece.after_ms[1:], strict=True):
                wait_s = begins_s + after_ms / SPEED / 1000 - self._clock.monotonic_s()
                if wait_s > 0:
                    await self._wait(wait_s)
                if self._stopping.is_set():
                    return
                now_ms = self._clock.now_ms()
                played.moments.append(Moment(seq=update.seq, ts=now_ms))
                await board.publish([relabelled(update, game_id=game_id, now_ms=now_ms)])
        finally:
            played.over = True

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


def said_ms(rows: Sequence[GameEvent]) -> list[int]:
    """When each row was heard here, or when its provider said it, where a game was heard much faster than
    it was played, as a recording is; no time steps back."""
    heard = [row.ts for row in rows]
    dated = [row.claim.time_ms if row.claim is not None else 0 for row in rows]
    known = [one for one in dated if one]
    if len(known) < 2 or max(known) - min(known) <= 2 * (heard[-1] - heard[0]):
        return heard
    said: list[int] = []
    newest = known[0]
    for one in dated:
        newest = max(newest, one)
        said.append(newest)
    return said


def busiest(times: Sequence[int]) -> tuple[int, int]:
    """The half hour with the most rows, as a range of them; of equals the last."""
    best, start = (0, 0), 0
    for end in range(1, len(times) + 1):
        while times[end - 1] - times[start] > SPAN_MAX_MS or end - start > CHANGES_MAX:
            start += 1
        if end - start >= best[1] - best[0]:
            best = (start, end)
    return best


def relabelled(update: Update, *, game_id: str, now_ms: int) -> Update:
    """The same change of a practice game, now.

    Its teams have ids of their own too: who follows the real ones hears nothing of it.
    """
    old = update.state
    home, away = (
        msgspec.structs.replace(side, id=f"{NAME}-{name}")
        for side, name in ((old.home, "home"), (old.away, "away"))
    )
    state = msgspec.structs.replace(
        old, game_id=game_id, sport=NAME, league=League(id=NAME), home=home, away=away, updated_at=now_ms
    )
    patch = {name: part for name, part in update.patch.items() if name not in ("sport", "league")}
    for name in ("home", "away"):
        part = patch.get(name)
        if isinstance(part, dict) and "id" in part:
            patch[name] = {**part, "id": f"{NAME}-{name}"}
    return msgspec.structs.replace(update, game_id=game_id, ts=now_ms, patch=patch, state=state)


def beginning(update: Update, *, game_id: str, now_ms: int) -> Update:
    """The state that a practice game begins with, as an update that replaces."""
    renamed = relabelled(update, game_id=game_id, now_ms=now_ms)
    return msgspec.structs.replace(renamed, correction=True, corrected_seq=update.seq, event=None, patch={})

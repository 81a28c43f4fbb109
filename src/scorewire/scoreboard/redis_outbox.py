"""What an owner shows on a Redis that may be away: it never waits, and what Redis has missed it gets later.

    owner ── publish ──► pending ── run ──► a lane for each node, many games in one trip ──► Redis
                                                          ▲
    journal ── current, load ── keep up ──────────────────┘   when a server is another than before

Blocking policy: the journal blocks the owner, Redis never does, and no node of a Cluster holds up the games
of another. What waits is bounded: beyond `pending_max` only the newest state of each game is kept, and that
replaces.

What must be shown again is not remembered but asked: Redis says what seq it holds. A new owner, a Redis that
came back empty, a replica that was promoted without the last writes are all one case: compare the current
games, and send those that are behind. See docs/adr/0009.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard, whole
from scorewire.scoreboard.heads import Load
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_listening import Spawn
from scorewire.scoreboard.redis_servers import told_to_end
from scorewire.scoreboard.redis_store import Place

PENDING_MAX: Final = 10_000
"""Updates that wait with all their rows, 50 MB at most."""
LIVES_S: Final = 2.0
"""Between two looks at whether Redis may have lost something."""
RETRY_S: Final = (0.1, 2.0)
"""Between attempts: the first, and the longest after doubling."""
RECENT_ROWS: Final = 16
RECENT_GAMES: Final = 1000
"""What a failover loses is a moment's rows; from memory they come again as rows, else as a whole state."""
LOADS_AT_ONCE: Final = 20
"""Games that are read from the journal before goals of other games get their turn."""

Batch = dict[str, list[Update]]
"""Updates by game, in order."""

Current = Callable[[], Awaitable[Sequence[ScoreState]]]
"""The list form of every game that is to be shown: those that are not over, and those that ended lately."""

_log = structlog.get_logger("scorewire.redis")


class Outbox(Scoreboard):
    """The scoreboard as an owner is given it; start `run` in a task.

    Args:
        board: on Redis.
        here: the scoreboard of this process, whose fans need not wait for Redis: it is told first, its gaps
            are answered, and it is what is read. Without, the board on Redis is read.
        current: see `Current`.
        load: the head of a game from the journal.
        spawn: starts a coroutine under a name, in the process's TaskGroup.

    Attributes:
        resent: updates that were sent a second time, or in another's place.
    """

    def __init__(
        self,
        *,
        board: RedisScoreboard,
        here: Scoreboard | None = None,
        current: Current,
        load: Load,
        spawn: Spawn,
        pending_max: int = PENDING_MAX,
    ) -> None:
        self.resent = 0
        self._board = board
        self._here = here
        self._read: Scoreboard = here or board
        self._current = current
        self._load = load
        self._spawn = spawn
        self._pending_max = pending_max
        self._pending: dict[str, list[Update]] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._sent: dict[str, Batch] = {}
        self._waiting = 0
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._recent: OrderedDict[str, deque[Update]] = OrderedDict()
        self._lives: tuple[str, ...] = ()
        self._behind: dict[str, Place | None] = {}

    @property
    def waiting(self) -> int:
        """Updates that Redis has not got yet."""
        return self._waiting

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """Take updates; they are shown soon, in order for each game, and gaps in Redis are seen to."""
        for update in updates:
            self._pending.setdefault(update.game_id, []).append(update)
        self._waiting += len(updates)
        if self._waiting > self._pending_max:
            self._pending = _thinned(self._pending)
            self._count()
        self._empty.clear()
        self._news.set()
        return await self._here.publish(updates) if self._here is not None else {}

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`."""
        return await self._read.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._read.held(game_id)

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`."""
        await self._read.follow(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        await self._read.unfollow(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._read.listen(listener)

    async def drained(self) -> None:
        """Wait until everything that was published is shown; the caller bounds the time."""
        await self._empty.wait()

    async def run(self) -> None:
        """Send what waits, for ever.

        Cancellation: what waits is found again by whoever owns the games next.
        """
        keeping = self._spawn(self._keep_up(), "redis keep up")
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                self._dispatch()
        finally:
            keeping.cancel()
            for lane in self._lanes.values():
                lane.cancel()

    # What waits.

    def _dispatch(self) -> None:
        """Give what waits to the lanes that are free; the rest goes with the next trip of its own."""
        batches: dict[str, Batch] = {}
        for game_id in self._pending:
            place = self._board.place_of(game_id)
            if place not in self._lanes:
                batches.setdefault(place, {})[game_id] = self._pending[game_id]
        for place, batch in batches.items():
            for game_id in batch:
                del self._pending[game_id]
            self._sent[place] = batch
            self._lanes[place] = self._spawn(self._send(place), f"redis send {place}")

    async def _send(self, place: str) -> None:
        """Send a lane's batch until Redis has it."""
        wait_s, longest_s = RETRY_S
        try:
            while not told_to_end():
                try:
                    await self._show(self._sent[place], place)
                    return
                except BackendError as error:
                    _log.warning(
                        "nothing can be shown", place=place, detail=str(error), waiting=self._waiting
                    )
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
                self._take_along(place)
        finally:
            del self._lanes[place], self._sent[place]
            self._count()
            self._news.set()

    async def _show(self, batch: Batch, place: str) -> None:
        updates = [update for of_game in batch.values() for update in of_game]
        gaps = await self._board.show(updates, place=place)
        for game_id, of_game in batch.items():
            self._remember(game_id, of_game)
        # Redis lacks rows before these: they again from memory, or the newest state, which replaces.
        again = [update for game_id, seq in gaps.items() for update in self._since(game_id, seq)]
        if again:
            await self._board.show(again, place=place)
            self.resent += len(again)

    def _take_along(self, place: str) -> None:
        """What has come for the same games since goes with the next attempt, behind what failed."""
        batch = {
            game_id: [*of_game, *self._pending.pop(game_id, ())]
            for game_id, of_game in self._sent[place].items()
        }
        self._sent[place] = _thinned(batch) if self._waiting > self._pending_max else batch
        self._count()

    def _count(self) -> None:
        self._waiting = sum(
            len(of_game) for batch in (self._pending, *self._sent.values()) for of_game in batch.values()
        )
        if not self._waiting:
            self._empty.set()

    def _since(self, game_id: str, seq: int) -> list[Update]:
        """What brings Redis from a seq to the newest that is remembered."""
        recent = self._recent[game_id]
        rows = [update for update in recent if update.seq > seq]
        leads = rows and rows[0].seq == seq + 1 and rows[-1].seq - seq == len(rows)
        return rows if leads else [_as_whole(recent[-1])]

    def _remember(self, game_id: str, updates: Sequence[Update]) -> None:
        recent = self._recent.setdefault(game_id, deque(maxlen=RECENT_ROWS))
        self._recent.move_to_end(game_id)
        for update in updates:
            if recent and recent[-1].epoch != update.epoch:
                recent.clear()
            if not recent or update.seq > recent[-1].seq:
                recent.append(update)
        while len(self._recent) > RECENT_GAMES:
            self._recent.popitem(last=False)

    # What Redis may have lost.

    async def _keep_up(self) -> None:
        """Look whether Redis is still the same, and send what it lacks, for ever."""
        wait_s, longest_s = RETRY_S
        while not told_to_end():
            try:
                await self._look()
                while self._behind and not told_to_end():
                    await self._catch_up()
                wait_s = RETRY_S[0]
                await asyncio.sleep(LIVES_S)
            except BackendError as error:
                _log.warning("what is shown cannot be compared", detail=str(error), behind=len(self._behind))
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)

    async def _look(self) -> None:
        """Whether a server has started, or another has taken its place, since the last look."""
        lives = await self._board.lives()
        if lives == self._lives:
            return
        shown = await self._current()
        self._behind = await self._board.behind(shown)
        await self._board.enter(shown)
        self._lives = lives
        _log.info("what is shown was compared", games=len(shown), behind=len(self._behind))

    async def _catch_up(self) -> None:
        """Some of the games that are behind; goals of others come between."""
        some = dict(islice(self._behind.items(), LOADS_AT_ONCE))
        again: list[Update] = []
        for game_id, place in some.items():
            if not self._waits(game_id):  # else its lane brings it there
                again += await self._again(game_id, place)
        await self._board.publish(again)
        for game_id in some:
            self._behind.pop(game_id, None)
        self.resent += len(again)

    async def _again(self, game_id: str, place: Place | None) -> Sequence[Update]:
        """What brings Redis to the newest row of a game: rows that are remembered, else the state."""
        recent = self._recent.get(game_id)
        if recent and place is not None and recent[-1].epoch == place.epoch:
            return self._since(game_id, place.seq)
        head = await self._load(game_id)
        return [whole(head)] if head is not None else []

    def _waits(self, game_id: str) -> bool:
        return game_id in self._pending or any(game_id in batch for batch in self._sent.values())


def _thinned(batch: Batch) -> Batch:
    """Only the newest state of each game."""
    return {game_id: [_as_whole(of_game[-1])] for game_id, of_game in batch.items()}


def _as_whole(update: Update) -> Update:
    return whole(Head(state=update.state, corrected_seq=update.corrected_seq))

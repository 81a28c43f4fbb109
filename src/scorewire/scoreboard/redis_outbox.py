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
import contextlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

import structlog

from scorewire.errors import BackendError
from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard, whole
from scorewire.scoreboard.heads import Load
from scorewire.scoreboard.redis import RedisScoreboard
from scorewire.scoreboard.redis_listening import Spawn
from scorewire.scoreboard.redis_servers import APART, told_to_end
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
APART_S: Final = 0.25
"""How long a game that its node refuses waits before it is tried again."""
LOADS_AT_ONCE: Final = 20
"""Games that are loaded before goals of other games get their turn."""

Batch = dict[str, list[Update]]
"""Updates by game, in order."""


class Lane(NamedTuple):
    """A way to Redis, with one trip at a time.

    Attributes:
        place: the node; "" if there is one.
        apart: of games that this node, though it answers, could not take last time.
    """

    place: str
    apart: bool


Behind = tuple[ScoreState, Place | None]
"""What Redis is to have at least, and where it is."""

Current = Callable[[], Awaitable[Sequence[ScoreState]]]
"""The list form of every game that is to be shown: those that are not over, and those that ended lately."""

Rows = Callable[[str, str, int, int], Awaitable[Sequence[Update]]]
"""(game, epoch, since_seq, upto_seq): all updates after the one and up to the other, or none; never fails."""
Shown = Callable[[Sequence[Update]], None]
"""Told of each batch that Redis has taken, held before, or been given another way to; must not raise."""

_log = structlog.get_logger("scorewire.redis")


async def no_rows(_game_id: str, _epoch: str, _since_seq: int, _upto_seq: int) -> Sequence[Update]:
    """There are no rows but those in memory."""
    return ()


class Outbox(Scoreboard):
    """The scoreboard as an owner is given it; start `run` in a task.

    Args:
        board: on Redis.
        here: the scoreboard of this process, whose fans need not wait for Redis: it is told first, its gaps
            are answered, and it is what is read. Without, the board on Redis is read.
        current: see `Current`.
        load: the head of a game from the journal.
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        abreast: games that are loaded at the same time, where `load` is far away.
        rows: where rows are to be had that are no longer in memory.
        shown: see `Shown`.

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
        abreast: int = 1,
        rows: Rows = no_rows,
        shown: Shown | None = None,
    ) -> None:
        self.resent = 0
        self._board = board
        self._here = here
        self._read: Scoreboard = here or board
        self._current = current
        self._load = load
        self._spawn = spawn
        self._pending_max = pending_max
        self._abreast = asyncio.Semaphore(abreast)
        self._rows = rows
        self._shown = shown
        self._pending: dict[str, list[Update]] = {}
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._sent: dict[Lane, Batch] = {}
        self._apart: set[str] = set()
        self._waiting = 0
        self._news = asyncio.Event()
        self._come = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._recent: OrderedDict[str, deque[Update]] = OrderedDict()
        self._lives: tuple[str, ...] = ()
        self._doubts = 0
        self._behind: dict[str, Behind] = {}
        self._found: dict[str, Sequence[Update]] = {}
        self._unread: BackendError | None = None

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
        if updates:
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

    def look_again(self) -> None:
        """Compare soon, as after a failover: games have come whose last owner may have shown too little."""
        self._lives = ()
        self._doubts += 1

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
        batches: dict[Lane, Batch] = {}
        for game_id in self._pending:
            lane = Lane(self._board.place_of(game_id), game_id in self._apart)
            if lane not in self._lanes:
                batches.setdefault(lane, {})[game_id] = self._pending[game_id]
        for lane, batch in batches.items():
            for game_id in batch:
                del self._pending[game_id]
            self._sent[lane] = batch
            self._lanes[lane] = self._spawn(self._send(lane), f"redis send {lane.place}")

    async def _send(self, lane: Lane) -> None:
        """Send a lane's batch until Redis has it, but for games that it refuses."""
        wait_s, longest_s = RETRY_S
        try:
            if lane.apart:
                await asyncio.sleep(APART_S)
                self._take_along(lane)
            while not told_to_end():
                try:
                    await self._show(self._sent[lane], APART if lane.apart else lane.place)
                    return
                except BackendError as error:
                    _log.warning(
                        "nothing can be shown", place=lane.place, detail=str(error), waiting=self._waiting
                    )
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
                self._take_along(lane)
        finally:
            del self._lanes[lane], self._sent[lane]
            self._count()
            self._news.set()

    async def _show(self, batch: Batch, place: str) -> None:
        updates = _flat(batch)
        shown = await self._board.show(updates, place=place)
        for game_id, of_game in batch.items():
            if game_id not in shown.refused:
                self._remember(game_id, of_game)
        # Redis lacks rows before these: they again, or the newest state, which replaces.
        again = {
            game_id: await self._since(game_id, seq, batch[game_id]) for game_id, seq in shown.gaps.items()
        }
        refused = {game_id: batch[game_id] for game_id in shown.refused}
        if again:
            anew = await self._board.show(_flat(again), place=place)
            refused |= {game_id: again[game_id] for game_id in anew.refused}
            self.resent += sum(len(of_game) for game_id, of_game in again.items() if game_id not in refused)
        self._apart.difference_update(batch)
        self._put_back(refused)
        if refused:
            detail = str(next(iter(shown.refused.values()), ""))
            _log.warning("games are refused", place=place, games=len(refused), detail=detail)
        if self._shown is not None:
            self._shown([update for update in updates if update.game_id not in refused])

    def _put_back(self, refused: Batch) -> None:
        """These wait on, in a lane of their own: others of their node are none the worse for it."""
        self._apart.update(refused)
        for game_id, of_game in refused.items():
            self._pending[game_id] = [*of_game, *self._pending.get(game_id, ())]
        self._count()
        if refused:
            self._empty.clear()
            self._news.set()

    def _take_along(self, lane: Lane) -> None:
        """What has come for the same games since goes with the next attempt, behind what failed."""
        batch = {
            game_id: [*of_game, *self._pending.pop(game_id, ())]
            for game_id, of_game in self._sent[lane].items()
        }
        self._sent[lane] = _thinned(batch) if self._waiting > self._pending_max else batch
        self._count()

    def _count(self) -> None:
        self._waiting = sum(
            len(of_game) for batch in (self._pending, *self._sent.values()) for of_game in batch.values()
        )
        if not self._waiting:
            self._empty.set()

    async def _since(self, game_id: str, seq: int, of_game: Sequence[Update]) -> list[Update]:
        """What brings Redis from a seq to the newest of these, and of what is remembered."""
        remembered = self._recent.get(game_id)
        if remembered is None:  # games have crowded it out since: this lane's own, or another's
            return [_as_whole(_newest(of_game))]
        recent = list(remembered)
        rows = [update for update in recent if update.seq > seq]
        newest = recent[-1]
        if rows and rows[0].seq > seq + 1:
            rows = [*await self._rows(game_id, newest.epoch, seq, rows[0].seq - 1), *rows]
        leads = rows and rows[0].seq == seq + 1 and rows[-1].seq - seq == len(rows)
        return rows if leads else [_as_whole(newest)]

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
            self._come.clear()
            try:
                await self._look()
                while self._behind and not told_to_end():
                    await self._catch_up()
                wait_s = RETRY_S[0]
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._come.wait(), LIVES_S)
            except BackendError as error:
                _log.warning("what is shown cannot be compared", detail=str(error), behind=len(self._behind))
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)

    async def _look(self) -> None:
        """Whether a server has started, or another has taken its place, since the last look."""
        doubts = self._doubts
        lives = await self._board.lives()
        if lives == self._lives:
            return
        shown = await self._current()
        places = await self._board.behind(shown)
        self._behind = {
            state.game_id: (state, places[state.game_id]) for state in shown if state.game_id in places
        }
        await self._board.enter(shown)
        if doubts == self._doubts:
            self._lives = lives
        _log.info("what is shown was compared", games=len(shown), behind=len(self._behind))

    async def _catch_up(self) -> None:
        """Some of the games that are behind; goals of others come between."""
        some = dict(islice(self._behind.items(), LOADS_AT_ONCE))
        loads = [
            self._spawn(self._load_again(*behind), f"redis again {game_id}")
            for game_id, behind in some.items()
            if not self._waits(game_id)  # else its lane brings it there
        ]
        try:
            if loads:
                await asyncio.wait(loads)
        finally:
            for load in loads:
                load.cancel()
        again, self._found = self._found, {}
        shown = await self._board.show(_flat(again), place="")
        self._put_back({game_id: list(again[game_id]) for game_id in shown.refused})
        for game_id in some:
            if game_id in again or self._waits(game_id):
                self._behind.pop(game_id, None)
        self.resent += sum(map(len, again.values()))
        if self._unread is not None:
            error, self._unread = self._unread, None
            raise error

    async def _load_again(self, wanted: ScoreState, place: Place | None) -> None:
        async with self._abreast:
            try:
                self._found[wanted.game_id] = await self._again(wanted, place)
            except BackendError as error:
                self._unread = error

    async def _again(self, wanted: ScoreState, place: Place | None) -> Sequence[Update]:
        """What brings Redis to the newest row of a game: rows that are to be had, else the state."""
        game_id, epoch = wanted.game_id, wanted.epoch
        recent = self._recent.get(game_id)
        known = recent is not None and recent[-1].epoch == epoch and recent[-1].seq >= wanted.seq
        if known and place is not None and place.epoch == epoch:
            return await self._since(game_id, place.seq, tuple(recent or ()))
        head = await self._load(game_id)
        if head is None:
            return []
        if place is not None and place.epoch == head.state.epoch:
            rows = await self._rows(game_id, place.epoch, place.seq, head.state.seq)
            if rows:
                return rows
        return [whole(head)]

    def _waits(self, game_id: str) -> bool:
        return game_id in self._pending or any(game_id in batch for batch in self._sent.values())


def _flat(batch: Mapping[str, Sequence[Update]]) -> list[Update]:
    return [update for of_game in batch.values() for update in of_game]


def _thinned(batch: Batch) -> Batch:
    """Only the newest state of each game."""
    return {game_id: [_as_whole(_newest(of_game))] for game_id, of_game in batch.items()}


def _newest(updates: Sequence[Update]) -> Update:
    """Told a second time, an update may stand behind newer ones."""
    last = updates[-1]
    return max((one for one in updates if one.epoch == last.epoch), key=lambda one: one.seq)


def _as_whole(update: Update) -> Update:
    return whole(Head(state=update.state, corrected_seq=update.corrected_seq))

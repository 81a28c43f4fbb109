"""Bringing games, teams, leagues and sports into memory: one load for however many fans wait.

A game is registered with the scoreboard before its head is read, and updates that pass meanwhile are
noted, so none is lost between the reading and going live (house rule R13).
"""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog

from scorewire.errors import BackendError
from scorewire.fanout.audience import FanLike
from scorewire.fanout.codes import refusal
from scorewire.fanout.follow import Arrival, Interest, Key
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
GamesOf = Callable[[str, str], Awaitable[tuple[str, ...]]]
Known = Callable[[str, str], Awaitable[bool]]
Recall = Callable[[str, int], Awaitable[Sequence[Update]]]
"""(game, seq) -> the rows after it, as fans were told them, up to a limit."""

UNKNOWN_S = 2.0
"""How long an unknown id is answered from memory; a declared game ends it at once."""
UNKNOWN_MAX = 10_000

LOADS_AT_ONCE = 32
"""Loads under way at once: readers of the journal are few, and whoever declares a game waits behind these."""

LOADS_MAX = 4000
"""Loads under way or waiting: a few sports of 1,000 games after a restart. At about a millisecond a load the
last waits as long as a fan that is told to come back."""

_log = structlog.get_logger("scorewire.fanout")


class _Load:
    __slots__ = ("interest", "newest", "since_seq", "started", "waiting")

    def __init__(self, interest: Interest | None, since_seq: int) -> None:
        self.since_seq = since_seq
        self.interest = interest
        self.waiting: dict[Arrival, None] = {}
        self.newest: Update | None = None
        self.started = False


class Loading:
    """Single flights, a bounded number of them, and a bounded memory of what does not exist.

    Args:
        head: the state of a game to start from; None for an unknown one.
        follow, unfollow: tell the scoreboard whose updates must reach us.
        spawn: starts a coroutine under a name, in node's TaskGroup.
        games_of: ids of the games of a (kind, id) that are not over.
        known: whether a team, league or sport exists.
        recall: what the journal holds of a game.
        install: puts a head into the showing.
        fill: gives a game's rings what they lack; nothing, where that cannot be read.
        ready: told the arrivals whose last load has ended, well or not.
    """

    def __init__(
        self,
        *,
        head: Callable[[str], Awaitable[Head | None]],
        follow: Callable[[str], Awaitable[None]],
        unfollow: Callable[[str], Awaitable[None]],
        spawn: Spawn,
        games_of: GamesOf,
        known: Known,
        recall: Recall,
        install: Callable[[Head], None],
        fill: Callable[[str, Sequence[Update]], None],
        ready: Callable[[list[Arrival]], None],
    ) -> None:
        self._head = head
        self._follow_game = follow
        self._unfollow_game = unfollow
        self._recall = recall
        self._fill = fill
        self._spawn = spawn
        self._games_of = games_of
        self._known = known
        self._install = install
        self._ready = ready
        self._loads: dict[Key, _Load] = {}
        self._queue: deque[Key] = deque()
        self._under_way = 0
        self._pending: dict[FanLike, dict[Arrival, None]] = {}
        self._unknown: dict[Key, float] = {}
        self.now_s = 0.0

    def is_unknown(self, key: Key) -> bool:
        """Whether a load has just found that there is no such thing."""
        return key in self._unknown

    def full(self, key: Key) -> bool:
        """Whether there is no place for a load of this."""
        return len(self._loads) >= LOADS_MAX and key not in self._loads

    def wait_for(
        self, arrival: Arrival, key: Key, interest: Interest | None = None, since_seq: int = 0
    ) -> None:
        """Let the arrival wait for a load, which starts when its time has come; look at `full` first.

        Args:
            interest: to be filled, for a team, league or sport.
            since_seq: for a ring, where what it lacks begins.
        """
        load = self._loads.get(key)
        if load is None:
            load = self._loads[key] = _Load(interest, since_seq)
            self._queue.append(key)
        load.waiting[arrival] = None
        arrival.missing.add(key)
        self._pending.setdefault(arrival.fan, {})[arrival] = None
        self._start()

    def pending(self, fan: FanLike) -> tuple[Arrival, ...]:
        """What a fan has asked for that is neither served nor refused yet."""
        return tuple(self._pending.get(fan, ()))

    def withdraw(self, arrival: Arrival) -> None:
        """The arrival waits no more; what nobody else waits for is not loaded if it has not begun.

        Harmless if it did not wait.
        """
        arrivals = self._pending.get(arrival.fan)
        if arrivals is not None:
            arrivals.pop(arrival, None)
            if not arrivals:
                del self._pending[arrival.fan]
        for key in arrival.missing:
            load = self._loads[key]
            del load.waiting[arrival]
            if not load.waiting and not load.started:
                del self._loads[key]
        arrival.missing.clear()
        if len(self._queue) > 2 * LOADS_MAX:
            self._queue = deque(key for key in self._queue if key in self._loads)

    def _start(self) -> None:
        while self._queue and self._under_way < LOADS_AT_ONCE:
            key = self._queue.popleft()
            load = self._loads.get(key)
            if load is None or load.started:
                continue  # withdrawn; perhaps asked for again since, and then it stands here twice
            load.started = True
            self._under_way += 1
            if key[0] == "ring":
                work = self._ring(key, load)
            elif load.interest is None:
                work = self._game(key, load)
            else:
                work = self._interest(key, load, load.interest)
            self._spawn(work, f"fanout load {key[0]} {key[1]}")

    def _end(self, key: Key) -> None:
        del self._loads[key]
        self._under_way -= 1

    def hear(self, update: Update, keys: tuple[Key, ...]) -> None:
        """An update passes: whoever loads its game must not miss it, and nothing in it is unknown."""
        if self._loads:
            load = self._loads.get(("game", update.game_id))
            if load is not None:
                load.newest = update
        if self._unknown:
            self._unknown.pop(("game", update.game_id), None)
            for key in keys:
                self._unknown.pop(key, None)

    def loads(self, key: Key) -> bool:
        """Whether a load is under way."""
        return key in self._loads

    def busy(self) -> bool:
        """Whether anything is loaded, or waited for."""
        return bool(self._loads or self._pending)

    def sweep(self, now_s: float) -> None:
        """Forget that things were unknown."""
        self.now_s = now_s
        for key in [key for key, until_s in self._unknown.items() if until_s <= now_s]:
            del self._unknown[key]

    def keep(self, game_id: str) -> None:
        """A game has come with its first update: its next ones must reach us too."""
        self._spawn(self._follow(game_id), f"fanout keep {game_id}")

    def drop(self, game_id: str) -> None:
        """Nobody here follows the game any more; tell the scoreboard."""
        self._spawn(self._unfollow(game_id), f"fanout drop {game_id}")

    async def _follow(self, game_id: str) -> None:
        try:
            await self._follow_game(game_id)
        except BackendError as error:
            _log.warning("follow_failed", game=game_id, detail=str(error))

    async def _unfollow(self, game_id: str) -> None:
        try:
            await self._unfollow_game(game_id)
            if self.loads(("game", game_id)):
                # Someone came back while we said goodbye; the later word counts.
                await self._follow_game(game_id)
        except BackendError as error:
            _log.warning("unfollow_failed", game=game_id, detail=str(error))

    async def _game(self, key: Key, load: _Load) -> None:
        head: Head | None = None
        failed = True
        try:
            await self._follow_game(key[1])
            head = await self._head(key[1])
            failed = False
        except BackendError as error:
            _log.warning("load_failed", game=key[1], detail=str(error))
        except Exception as error:
            # The connection's boundary: these fans are told, all others are served on.
            _log.error("load_failed", game=key[1], exc_info=error)
        finally:
            self._end(key)
        newest = load.newest
        if newest is not None and (
            head is None or newest.epoch != head.state.epoch or newest.seq > head.state.seq
        ):
            head = Head(state=newest.state, corrected_seq=newest.corrected_seq)
        if head is not None:
            self._install(head)
        elif not failed:
            self._note_unknown(key)
        self._release(key, load, failed=failed and head is None, unknown=not failed and head is None)
        if head is None:
            await self._unfollow(key[1])  # who comes back follows it again

    async def _ring(self, key: Key, load: _Load) -> None:
        """What the ring lacks, from the journal: read once for all who come back to this game."""
        updates: Sequence[Update] = ()
        try:
            updates = await self._recall(key[1], load.since_seq)
        except Exception as error:
            # They are given a full state, which is larger but no less true.
            _log.error("recall_failed", game=key[1], exc_info=error)
        finally:
            self._end(key)
        self._fill(key[1], updates)
        self._release(key, load, failed=False, unknown=False)

    async def _interest(self, key: Key, load: _Load, interest: Interest) -> None:
        failed = True
        try:
            if await self._known(*key):
                for game_id in await self._games_of(*key):
                    interest.games.setdefault(game_id)
                interest.loaded = True
            else:
                self._note_unknown(key)
            failed = False
        except BackendError as error:
            _log.warning("load_failed", kind=key[0], id=key[1], detail=str(error))
        except Exception as error:
            _log.error("load_failed", kind=key[0], id=key[1], exc_info=error)
        finally:
            self._end(key)
        self._release(key, load, failed=failed, unknown=not failed and not interest.loaded)

    def _note_unknown(self, key: Key) -> None:
        if len(self._unknown) < UNKNOWN_MAX:
            self._unknown[key] = self.now_s + UNKNOWN_S

    def _release(self, key: Key, load: _Load, *, failed: bool, unknown: bool) -> None:
        self._start()
        ready = []
        for arrival in load.waiting:
            arrival.missing.discard(key)
            if unknown:
                arrival.unknown.add(key)
            if failed:
                arrival.error = refusal(
                    "unavailable", "What is followed cannot be read now.", retry_after_s=2
                )
            if not arrival.missing:
                ready.append(arrival)
        if ready:
            self._ready(ready)

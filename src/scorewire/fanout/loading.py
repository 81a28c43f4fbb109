"""Bringing games, teams, leagues and sports into memory: one load for however many fans wait.

A game is registered with the scoreboard before its head is read, and updates that pass meanwhile are
noted, so none is lost between the reading and going live (house rule R13).
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from scorewire.errors import BackendError
from scorewire.fanout.codes import refusal
from scorewire.fanout.follow import Arrival, Interest, Key
from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Scoreboard

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
GamesOf = Callable[[str, str], Awaitable[tuple[str, ...]]]
Known = Callable[[str, str], Awaitable[bool]]

UNKNOWN_S = 2.0
"""How long an unknown id is answered from memory; a declared game ends it at once."""
UNKNOWN_MAX = 10_000

_log = structlog.get_logger("scorewire.fanout")


class _Load:
    __slots__ = ("newest", "waiting")

    def __init__(self) -> None:
        self.waiting: list[Arrival] = []
        self.newest: Update | None = None


class Loading:
    """Single flights and a bounded memory of what does not exist.

    Args:
        spawn: starts a coroutine under a name, in node's TaskGroup.
        games_of: ids of the games of a (kind, id) that are not over.
        known: whether a team, league or sport exists.
        install: puts a head into the hub.
        ready: told the arrivals whose last load has ended, well or not.
    """

    def __init__(
        self,
        *,
        scoreboard: Scoreboard,
        spawn: Spawn,
        games_of: GamesOf,
        known: Known,
        install: Callable[[Head], None],
        ready: Callable[[list[Arrival]], None],
    ) -> None:
        self._scoreboard = scoreboard
        self._spawn = spawn
        self._games_of = games_of
        self._known = known
        self._install = install
        self._ready = ready
        self._loads: dict[Key, _Load] = {}
        self._unknown: dict[Key, float] = {}
        self.now_s = 0.0

    def is_unknown(self, key: Key) -> bool:
        """Whether a load has just found that there is no such thing."""
        return key in self._unknown

    def wait_for(self, arrival: Arrival, key: Key, interest: Interest | None = None) -> None:
        """Start a load unless it is under way, and let the arrival wait for it.

        Args:
            interest: to be filled, for a team, league or sport.
        """
        arrival.missing += 1
        load = self._loads.get(key)
        if load is None:
            load = self._loads[key] = _Load()
            load.waiting.append(arrival)
            work = self._game(key, load) if interest is None else self._interest(key, load, interest)
            self._spawn(work, f"fanout load {key[0]} {key[1]}")
        else:
            load.waiting.append(arrival)

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
            await self._scoreboard.follow(game_id)
        except BackendError as error:
            _log.warning("follow_failed", game=game_id, detail=str(error))

    async def _unfollow(self, game_id: str) -> None:
        try:
            await self._scoreboard.unfollow(game_id)
            if self.loads(("game", game_id)):
                # Someone came back while we said goodbye; the later word counts.
                await self._scoreboard.follow(game_id)
        except BackendError as error:
            _log.warning("unfollow_failed", game=game_id, detail=str(error))

    async def _game(self, key: Key, load: _Load) -> None:
        head: Head | None = None
        failed = True
        try:
            await self._scoreboard.follow(key[1])
            head = await self._scoreboard.head(key[1])
            failed = False
        except Exception as error:
            # The connection's boundary: these fans are told, all others are served on.
            _log.error("load_failed", game=key[1], exc_info=error)
        finally:
            del self._loads[key]
        newest = load.newest
        if newest is not None and (
            head is None or newest.epoch != head.state.epoch or newest.seq > head.state.seq
        ):
            head = Head(state=newest.state, corrected_seq=newest.corrected_seq)
        if head is not None:
            self._install(head)
        elif not failed:
            self._note_unknown(key)
        self._release(load, failed=failed and head is None)
        if head is None and not failed:
            await self._unfollow(key[1])

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
        except Exception as error:
            _log.error("load_failed", kind=key[0], id=key[1], exc_info=error)
        finally:
            del self._loads[key]
        self._release(load, failed=failed)

    def _note_unknown(self, key: Key) -> None:
        if len(self._unknown) < UNKNOWN_MAX:
            self._unknown[key] = self.now_s + UNKNOWN_S

    def _release(self, load: _Load, *, failed: bool) -> None:
        ready = []
        for arrival in load.waiting:
            arrival.missing -= 1
            if failed:
                arrival.error = refusal(
                    "unavailable", "What is followed cannot be read now.", retry_after_s=2
                )
            if arrival.missing == 0:
                ready.append(arrival)
        if ready:
            self._ready(ready)

"""Games that are to be read from Redis: many in one trip, each once for all, and only what differs.

    want ──► waiting ── all that waits by now ──► places ──► those that are elsewhere ──► read ──► arrived
              (at each node of a Cluster)

A connection that was lost makes every followed game doubtful, and nearly all are where they were: their
places are compared first, at a hundredth of the bytes. What is certain to differ, or is not held at all, is
read at once.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.scoreboard.base import Head
from scorewire.scoreboard.redis_listening import Spawn
from scorewire.scoreboard.redis_servers import told_to_end
from scorewire.scoreboard.redis_store import Place, Store, Stored

READS_AT_ONCE: Final = 200
"""Games of 5 KB that are read and taken in one turn of the loop."""

Waiting = dict[str, "asyncio.Future[None]"]
"""Games, and what ends when they have been read."""

_log = structlog.get_logger("scorewire.redis")


class Reading:
    """See the module.

    Args:
        spawn: starts a coroutine under a name, in the process's TaskGroup.
        held: the head that is kept of a game.
        arrived: given each game as Redis has it, with the rows after the held one; must not raise.

    Attributes:
        repairs: games that were held, and read again because something was missed.
    """

    def __init__(
        self,
        *,
        store: Store,
        spawn: Spawn,
        held: Callable[[str], Head | None],
        arrived: Callable[[str, Stored], None],
    ) -> None:
        self.repairs = 0
        self._store = store
        self._spawn = spawn
        self._held = held
        self._arrived = arrived
        self._waiting: dict[str, Waiting] = {}
        self._under_way: dict[str, Waiting] = {}
        self._newest: dict[str, Place] = {}

    def want(self, game_id: str, newest: Place | None = None) -> None:
        """Have a game read.

        Args:
            newest: where it is known to be; without, it is read if it is elsewhere than what is held.
        """
        if newest is not None:
            self._newest[game_id] = newest
        place = self._store.place_of(game_id)
        if place not in self._under_way:
            self._under_way[place] = {}
            self._spawn(self._run(place), f"redis read {place}")
        waiting = self._waiting.setdefault(place, {})
        if game_id not in waiting:
            waiting[game_id] = asyncio.get_running_loop().create_future()

    async def settled(self, game_id: str) -> None:
        """Wait until what is wanted of a game by now has been read, or could not be."""
        for games in (*self._waiting.values(), *self._under_way.values()):
            if game_id in games:
                await asyncio.shield(games[game_id])
                return

    def forget(self, game_id: str) -> None:
        """Nobody follows the game any more."""
        self._newest.pop(game_id, None)

    async def _run(self, place: str) -> None:
        """Until nothing waits; what fails is found again by comparing."""
        try:
            while not told_to_end() and (games := self._waiting.pop(place, None)):
                self._under_way[place] = games
                try:
                    await self._round(list(games), place)
                except BackendError as error:
                    _log.warning("games cannot be read", place=place, games=len(games), detail=str(error))
                finally:
                    for done in games.values():
                        done.set_result(None)
        finally:
            del self._under_way[place]

    async def _round(self, game_ids: Sequence[str], place: str) -> None:
        certain = {game_id for game_id in game_ids if game_id in self._newest or not self._held(game_id)}
        doubtful = [game_id for game_id in game_ids if game_id not in certain]
        for game_id, found in (await self._store.places(doubtful, place)).items():
            if found is not None and is_behind(self._held(game_id), found):
                certain.add(game_id)
        for part in _parts([game_id for game_id in game_ids if game_id in certain]):
            await self._read(part, place)

    async def _read(self, game_ids: Sequence[str], place: str) -> None:
        since: dict[str, int | None] = {}
        for game_id in game_ids:
            held = self._held(game_id)
            since[game_id] = held.state.seq if held is not None else None
            self._newest.pop(game_id, None)
            self.repairs += held is not None
        for game_id, stored in (await self._store.read(since, place)).items():
            if stored is None:
                continue
            self._arrived(game_id, stored)
            # Told while this was on its way, and not to be taken then. What was told before it is in it, or
            # Redis has lost it, and to ask for it again would be to ask for ever.
            told = self._newest.pop(game_id, None)
            if told is not None and told.epoch == stored.epoch and is_behind(self._held(game_id), told):
                self.want(game_id, told)


def is_behind(held: Head | None, place: Place) -> bool:
    """Whether Redis has something newer, or of another epoch; where it is behind itself, that is no news."""
    return held is None or held.state.epoch != place.epoch or held.state.seq < place.seq


def _parts(game_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(game_ids), READS_AT_ONCE):
        yield game_ids[start : start + READS_AT_ONCE]

"""The games of a team, league or sport: entered before anybody is told, and looked at again now and then.

Whoever opens a list reads its games once and hears of later ones on `fixtures`. That channel may lose a
message like any other, so lists that were asked for here are read again every LOOK_S, and at once when the
channel is back.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import Final

import structlog

from scorewire.errors import BackendError
from scorewire.model.score_state import ScoreState
from scorewire.scoreboard import redis_wire as wire
from scorewire.scoreboard.redis_store import Store

LOOK_S: Final = 30.0
ASKED_MAX: Final = 1000
"""Lists that are looked at again, the ones that were asked for last."""
ENTERED_MAX: Final = 20_000
"""Games of which it is remembered how they were last entered; to enter one twice is harmless."""

ENTER_S: Final = 0.5
AGAIN_S: Final = 5.0
"""How long a row waits for lists, and how long no row does after one has waited in vain."""

_log = structlog.get_logger("scorewire.redis")


class Lists:
    """See the module.

    Args:
        now_s: monotonic time.

    Raises:
        BackendError: of every coroutine; Redis does not answer.
    """

    def __init__(self, *, store: Store, now_s: Callable[[], float]) -> None:
        self._store = store
        self._now_s = now_s
        self._asked: dict[tuple[str, str], set[str]] = {}
        self._entered: dict[str, str] = {}
        self._looked_s = now_s()
        self._again_s = float("-inf")

    async def enter(self, states: Iterable[ScoreState], *, anew: bool = False) -> None:
        """Put games where they belong, or take those that are over out.

        Args:
            anew: whatever is remembered of how they were entered; Redis may have lost it.
        """
        fresh = {state.game_id: state for state in states}
        names = {game_id: wire.listed(state) for game_id, state in fresh.items()}
        changed = [game_id for game_id in fresh if anew or self._entered.get(game_id) != names[game_id]]
        if not changed:
            return
        await self._store.enter([fresh[game_id] for game_id in changed])
        if len(self._entered) > ENTERED_MAX:
            self._entered.clear()
        self._entered.update((game_id, names[game_id]) for game_id in changed)

    async def enter_soon(self, states: Iterable[ScoreState]) -> None:
        """The same, for a moment: a list that cannot be written must not hold up the game. Its next row tries
        again, and whoever reads a list looks at the games' own states too."""
        if self._now_s() < self._again_s:
            return
        try:
            async with asyncio.timeout(ENTER_S):
                await self.enter(states)
        except (BackendError, TimeoutError) as error:
            _log.warning("games cannot be entered in their lists", detail=str(error))
            self._again_s = self._now_s() + AGAIN_S

    async def games_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Games that are not over; this list is looked at again from now on."""
        found = await self._store.games_of(kind, name)
        self._asked.pop((kind, name), None)
        self._asked[kind, name] = set(found)
        if len(self._asked) > ASKED_MAX:
            del self._asked[next(iter(self._asked))]
        return found

    def look_soon(self) -> None:
        """Something may have been missed."""
        self._looked_s = float("-inf")

    async def unheard(self, followed: Collection[str]) -> list[wire.Listed]:
        """Games that have come into a list since it was read, and that nobody here follows, if it is time."""
        if self._now_s() - self._looked_s < LOOK_S:
            return []
        self._looked_s = self._now_s()
        asked = list(self._asked)
        wanted: dict[str, int | None] = {}
        for key, games in zip(asked, await self._store.lists(asked), strict=True):
            wanted.update(dict.fromkeys(games - self._asked.get(key, games) - set(followed)))
            if key in self._asked:
                self._asked[key] = games
        return [
            wire.Listed(corrected_seq=stored.corrected_seq, state=stored.state)
            for stored in (await self._store.read(wanted)).values()
            if stored is not None
        ]

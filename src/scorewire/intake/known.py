"""Which games are declared, and what providers call them: a bounded memory over a look-up.

What intake has itself made durable is known here at once; the journal, behind the look-up, learns it a
moment later. So an event that is posted when its declaration was answered is never refused. Where the log
has other intakes too, what they have made durable is read from it before anything is refused for want of it
(`refresh`), and what was looked up long ago is looked up again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Final, TypeVar

from scorewire.intake.unapplied import Unapplied
from scorewire.log.base import ProviderLog
from scorewire.model.provider_event import GameDeclared, keep_preference

AGE_S: Final = 60.0
"""After which a declaration that another intake may have changed is looked up again."""

Lookup = Callable[[str], Awaitable[GameDeclared | None]]
"""The journal's declaration of a game."""
FindGame = Callable[[str, str], Awaitable[str | None]]
"""(provider, what it calls the game) -> our id, as the journal has it."""

Held = TypeVar("Held")
Key = TypeVar("Key")


class KnownGames:
    """Declarations by game, and games by what providers call them.

    Args:
        games_max: of each; what was used longest ago is forgotten and looked up again.
        unapplied: what other intakes have made durable; None where there are none.
        age_s: see AGE_S.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        find_game: FindGame,
        games_max: int,
        unapplied: Unapplied | None = None,
        age_s: float = AGE_S,
    ) -> None:
        self._unapplied = unapplied
        self._age_s = age_s
        self._looked_up: OrderedDict[str, float] = OrderedDict()
        self._lookup = lookup
        self._find_game = find_game
        self._games_max = games_max
        self._declared: OrderedDict[str, GameDeclared] = OrderedDict()
        self._named: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def resolve(self, game_ids: Iterable[str]) -> dict[str, GameDeclared]:
        """The declarations of these games, where there are any.

        Raises:
            BackendError: the journal cannot be read.
        """
        found: dict[str, GameDeclared] = {}
        for game_id in game_ids:
            declared = self._declared.get(game_id)
            if declared is not None and self._is_old(game_id):
                declared = await self._look_up_again(game_id)
            if declared is None:
                declared = await self._lookup(game_id)
                if declared is None:
                    # It may have been declared in the meantime.
                    declared = self._declared.get(game_id)
                else:
                    declared = self.learn(declared)
            else:
                self._declared.move_to_end(game_id)
            if declared is not None:
                found[game_id] = declared
        return found

    async def refresh(self, game_ids: Collection[str]) -> bool:
        """Learn what other intakes have made durable until now; whether that tells more of these games.

        Raises:
            BackendError: the log or the journal cannot be read.
        """
        if self._unapplied is None or not game_ids:
            return False
        before = [self._declared.get(game_id) for game_id in game_ids]
        # The log first: what an owner applies meanwhile is in the journal when that is asked.
        partitions = {self._unapplied.partition_of(game_id) for game_id in game_ids}
        await self._unapplied.read(sorted(partitions), self._learn_from_log)
        for game_id in game_ids:
            await self._look_up_again(game_id)
        return [self._declared.get(game_id) for game_id in game_ids] != before

    async def resume(self, log: ProviderLog, after: Mapping[int, int]) -> None:
        """At start: learn what lies on the log after these offsets, by partition."""
        unapplied = self._unapplied or Unapplied(log=log)
        await unapplied.begin(after, self._learn_from_log)

    async def _learn_from_log(self, declared: GameDeclared) -> None:
        # Who counts was settled by what the journal has already.
        await self.resolve([declared.game_id])
        self.learn(declared)

    async def _look_up_again(self, game_id: str) -> GameDeclared | None:
        found = await self._lookup(game_id)
        _put(self._looked_up, game_id, asyncio.get_running_loop().time(), self._games_max)
        # What is held here and not there was learnt a moment ago.
        return self._declared.get(game_id) if found is None else self.learn(found)

    def _is_old(self, game_id: str) -> bool:
        if self._unapplied is None:
            return False
        looked_up_s = self._looked_up.get(game_id)
        now_s = asyncio.get_running_loop().time()
        if looked_up_s is None:
            _put(self._looked_up, game_id, now_s, self._games_max)
            return False
        return now_s - looked_up_s > self._age_s

    def holds(self, game_id: str) -> bool:
        """Whether a game is known without asking the journal."""
        return game_id in self._declared

    def learn(self, declared: GameDeclared) -> GameDeclared:
        """Take note of a durable declaration; returns the newest one that is known of its game.

        Who counts stays as it was held, as the owner will decide it (model.keep_preference).
        """
        held = self._declared.get(declared.game_id)
        if held is not None and held.revision > declared.revision:
            return held
        declared = keep_preference(declared, held)
        _put(self._declared, declared.game_id, declared, self._games_max)
        for provider, name in declared.provider_ids.items():
            _put(self._named, (provider, name), declared.game_id, self._games_max)
        return declared

    async def game_of(self, provider: str, name: str) -> str | None:
        """Our id of what a provider calls `name`."""
        held = self._named.get((provider, name))
        if held is None and self._unapplied is not None:
            await self._unapplied.read(None, self._learn_from_log)
            held = self._named.get((provider, name))
        if held is None:
            held = await self._find_game(provider, name)
            if held is not None:
                _put(self._named, (provider, name), held, self._games_max)
        return held


def _put(memory: OrderedDict[Key, Held], key: Key, value: Held, entries_max: int) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > entries_max:
        memory.popitem(last=False)

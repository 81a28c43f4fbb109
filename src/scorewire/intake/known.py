"""Which games are declared, and what providers call them: a bounded memory over a look-up.

What intake has itself made durable is known here at once; the journal, behind the look-up, learns it a
moment later. So an event that is posted when its declaration was answered is never refused.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from scorewire.model.provider_event import GameDeclared, keep_preference

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
    """

    def __init__(self, *, lookup: Lookup, find_game: FindGame, games_max: int) -> None:
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

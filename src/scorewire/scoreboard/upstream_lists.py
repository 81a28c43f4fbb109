"""The lists that an edge has asked for, and what was in them: it asks again for what has come since."""

from collections.abc import Iterable
from typing import Final

ASKED_MAX: Final = 1000
"""Lists that are remembered, those that were asked for last."""


class Asked:
    """See the module."""

    def __init__(self) -> None:
        self._games: dict[tuple[str, str], frozenset[str]] = {}

    def note(self, kind: str, name: str, game_ids: Iterable[str]) -> None:
        """A list was read."""
        self._games.pop((kind, name), None)
        self._games[kind, name] = frozenset(game_ids)
        if len(self._games) > ASKED_MAX:
            del self._games[next(iter(self._games))]

    def lists(self) -> tuple[tuple[str, str], ...]:
        """The lists, by kind and name, the one that was read longest ago first."""
        return tuple(self._games)

    def games(self, kind: str, name: str) -> frozenset[str]:
        """What was in a list when it was read."""
        return self._games.get((kind, name), frozenset())

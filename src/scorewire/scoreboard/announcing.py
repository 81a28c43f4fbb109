"""A scoreboard whose updates go to somebody else besides: first to them, then onto it."""

from collections.abc import Callable, Sequence

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard

Announce = Callable[[Sequence[Update]], None]
"""Takes updates without waiting; must not raise."""


class AnnouncingScoreboard(Scoreboard):
    """What an owner is given where other regions hear of its games.

    Args:
        board: where they are shown; everything else is asked of it.
    """

    def __init__(self, *, board: Scoreboard, announce: Announce) -> None:
        self._board = board
        self._announce = announce

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """See `Scoreboard.publish`; announced first, so that nothing is shown here that is lost elsewhere."""
        self._announce(updates)
        return await self._board.publish(updates)

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`."""
        return await self._board.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._board.held(game_id)

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`."""
        await self._board.follow(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        await self._board.unfollow(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._board.listen(listener)

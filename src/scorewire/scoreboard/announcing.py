"""A scoreboard, and those who hear of what is shown there: some before it is, some after.

owner ──► those who must not be behind it (other regions, answers that are kept) ──► the board ──► those
          who ask it again at once (caches in front)
"""

from collections.abc import Callable, Sequence

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard

Announce = Callable[[Sequence[Update]], None]
"""Takes updates, which are in order for each game, without waiting; must not raise."""


class AnnouncingScoreboard(Scoreboard):
    """What an owner is given.

    Args:
        board: where games are shown; everything else is asked of it.
        before: told first, in this order: nothing is shown here that is lost with them.
        after: told what is on the board now.
    """

    def __init__(
        self, *, board: Scoreboard, before: Sequence[Announce] = (), after: Sequence[Announce] = ()
    ) -> None:
        self._board = board
        self._before = before
        self._after = after

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """See `Scoreboard.publish`."""
        for announce in self._before:
            announce(updates)
        gaps = await self._board.publish(updates)
        for announce in self._after:
            announce(updates)
        return gaps

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

"""One scoreboard for several who listen: the fans of this process, and the edges that follow it.

scoreboard ── listener ──► shares, in the order in which they were made ──► their listeners
follow, unfollow ◄── the first who follows a game, and the last who ends it
"""

from collections.abc import Sequence

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard


class Shared:
    """Makes shares; becomes the scoreboard's one listener."""

    def __init__(self, scoreboard: Scoreboard) -> None:
        self._scoreboard = scoreboard
        self._shares: list[_Share] = []
        self._followers: dict[str, int] = {}
        scoreboard.listen(self._tell)

    def share(self) -> Scoreboard:
        """A scoreboard whose follows and listener are its owner's."""
        made = _Share(self._scoreboard, self._followers)
        self._shares.append(made)
        return made

    def _tell(self, updates: Sequence[Update]) -> None:
        for one in self._shares:
            if one.listener is not None:
                one.listener(updates)


class _Share(Scoreboard):
    """See `scoreboard/base.py` for what is guaranteed.

    Args:
        followers: how many shares follow each game; of all shares.
    """

    def __init__(self, scoreboard: Scoreboard, followers: dict[str, int]) -> None:
        self._scoreboard = scoreboard
        self._followers = followers
        self._followed: set[str] = set()
        self.listener: Listener | None = None

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """See `Scoreboard.publish`."""
        return await self._scoreboard.publish(updates)

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`."""
        return await self._scoreboard.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._scoreboard.held(game_id)

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`; said each time, since who comes second must not go on before it holds."""
        if game_id not in self._followed:
            self._followed.add(game_id)
            self._followers[game_id] = self._followers.get(game_id, 0) + 1
        await self._scoreboard.follow(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        if game_id not in self._followed:
            return
        self._followed.remove(game_id)
        self._followers[game_id] -= 1
        if not self._followers[game_id]:
            del self._followers[game_id]
            await self._scoreboard.unfollow(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self.listener = listener

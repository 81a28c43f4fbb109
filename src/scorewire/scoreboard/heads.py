"""Heads in memory: what both adapters keep, how many of them, and one load for many who wait."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator

from scorewire.scoreboard.base import Head

Load = Callable[[str], Awaitable[Head | None]]


class Heads:
    """A bounded dictionary. A head that nobody follows may be forgotten once there are more than `heads_max`,
    oldest use first, and is loaded again when someone asks.

    Args:
        load: the head of a game from where it is kept; None for an unknown game.
        heads_max: heads kept, apart from those of followed games.

    Attributes:
        followed: games whose heads stay.
    """

    def __init__(self, *, load: Load, heads_max: int) -> None:
        self._load = load
        self._heads_max = heads_max
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._loading: dict[str, asyncio.Future[bool]] = {}
        self.followed: set[str] = set()

    def __len__(self) -> int:
        return len(self._heads)

    def at(self, game_id: str) -> Head | None:
        """The head that is kept; looking is no use of it."""
        return self._heads.get(game_id)

    def held(self, game_id: str) -> Head | None:
        """The head that is kept, which now was used."""
        head = self._heads.get(game_id)
        if head is not None:
            self._heads.move_to_end(game_id)
        return head

    async def head(self, game_id: str) -> Head | None:
        """The head that is kept, or else loaded; many who wait for one game cause one load.

        Cancellation: the others that wait start over.
        """
        while True:
            held = self.held(game_id)
            if held is not None:
                return held
            loading = self._loading.get(game_id)
            if loading is None:
                return await self._fetch(game_id)
            if await asyncio.shield(loading):
                return self.held(game_id)

    def keep(self, head: Head) -> None:
        """Keep a head, in place of the one before."""
        game_id = head.state.game_id
        self._heads[game_id] = head
        self._heads.move_to_end(game_id)
        looks = len(self._heads)
        while looks and len(self._heads) > self._heads_max + len(self.followed):
            looks -= 1
            oldest = next(iter(self._heads))
            if oldest in self.followed or oldest == game_id:
                self._heads.move_to_end(oldest)
            else:
                del self._heads[oldest]

    def forget_unfollowed(self) -> None:
        """Keep followed games only: of the others nobody knows whether their heads still hold."""
        for game_id in [game_id for game_id in self._heads if game_id not in self.followed]:
            del self._heads[game_id]

    def forget(self, game_id: str) -> None:
        """Load this game again when someone asks next."""
        self._heads.pop(game_id, None)

    def of_followed(self) -> Iterator[Head]:
        """The heads of followed games that are kept."""
        for game_id in self.followed:
            head = self._heads.get(game_id)
            if head is not None:
                yield head

    async def _fetch(self, game_id: str) -> Head | None:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._loading[game_id] = done
        answered = False
        try:
            head = await self._load(game_id)
            answered = True
            # An update may have overtaken the load; what it left is newer.
            newer = self._heads.get(game_id)
            if newer is not None:
                return newer
            if head is not None:
                self.keep(head)
            return head
        finally:
            del self._loading[game_id]
            done.set_result(answered)

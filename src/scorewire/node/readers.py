"""Games whose score was asked for here a moment ago: followed for a while, so that it is at hand.

Who polls is no fan, so nobody would follow the game for them. The first who asks causes a follow and a read;
the next are answered from ready bytes that every update renews, for `READ_S`; then the next begins anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from scorewire.errors import BackendError
from scorewire.scoreboard.base import Head, Scoreboard

READ_S: Final = 60.0
"""How long a game is followed after its score was asked for; then the next who asks begins anew."""
WAIT_S: Final = 3.0
"""For a head that is not at hand."""
GAMES_MAX: Final = 2000
"""Games that are followed for readers; of others each question goes upstream."""


class Readers:
    """See the module.

    Args:
        scoreboard: a share of its own.
        now_s: monotonic time.
    """

    def __init__(self, scoreboard: Scoreboard, *, now_s: Callable[[], float]) -> None:
        self._scoreboard = scoreboard
        self._now_s = now_s
        self._until_s: OrderedDict[str, float] = OrderedDict()

    async def head(self, game_id: str) -> Head | None:
        """The current state of a game, which is at hand from now on; None for an unknown game.

        Raises:
            BackendError: it is not at hand, and cannot be asked for.
        """
        held = self._scoreboard.held(game_id)
        if held is not None:
            return held
        try:
            async with asyncio.timeout(WAIT_S):
                return await self._load(game_id)
        except TimeoutError:
            raise BackendError("a head cannot be read in time", retryable=True) from None

    async def _load(self, game_id: str) -> Head | None:
        if game_id in self._until_s or len(self._until_s) < GAMES_MAX:
            self._until_s.pop(game_id, None)
            self._until_s[game_id] = self._now_s() + READ_S
            await self._scoreboard.follow(game_id)
        head = await self._scoreboard.head(game_id)
        if head is None and game_id in self._until_s:
            await self._let_go(game_id)
        return head

    async def let_go(self) -> None:
        """End the follows whose time has come; call it now and then."""
        now_s = self._now_s()
        while self._until_s and next(iter(self._until_s.values())) <= now_s:
            await self._let_go(next(iter(self._until_s)))

    async def _let_go(self, game_id: str) -> None:
        self._until_s.pop(game_id, None)
        await self._scoreboard.unfollow(game_id)

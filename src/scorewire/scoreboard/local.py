"""The scoreboard of one process: a dictionary of heads."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard

Load = Callable[[str], Awaitable[Head | None]]


class LocalScoreboard(Scoreboard):
    """Heads in memory; see `scoreboard/base.py` for what is guaranteed.

    The listener hears every update, whoever follows: in one process telling it costs a call. A head that
    nobody follows may be forgotten once there are more than `heads_max`, oldest use first, and is loaded
    again when someone asks.

    Args:
        load: the head of a game from the store; None for an unknown game.
        heads_max: heads kept, apart from those of followed games.
    """

    def __init__(self, *, load: Load, heads_max: int) -> None:
        self._load = load
        self._heads_max = heads_max
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._followed: set[str] = set()
        self._loading: dict[str, asyncio.Future[bool]] = {}
        self._listener: Listener | None = None

    @property
    def size(self) -> int:
        """Games whose state is in memory."""
        return len(self._heads)

    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """See `Scoreboard.publish`; nothing in it waits, so readers see all of it or nothing."""
        taken: list[Update] = []
        gaps: dict[str, int] = {}
        for update in updates:
            held = self._heads.get(update.game_id)
            if held is not None and held.state.epoch == update.epoch:
                if update.seq <= held.state.seq:
                    continue
                if update.seq > held.state.seq + 1 and not update.correction:
                    gaps[update.game_id] = held.state.seq
                    continue
            gaps.pop(update.game_id, None)
            self._keep(update.game_id, Head(state=update.state, corrected_seq=update.corrected_seq))
            taken.append(update)
        if taken and self._listener is not None:
            self._listener(taken)
        return gaps

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`; many who wait for one game cause one load.

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

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        head = self._heads.get(game_id)
        if head is not None:
            self._heads.move_to_end(game_id)
        return head

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`."""
        self._followed.add(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        self._followed.discard(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._listener = listener

    async def _fetch(self, game_id: str) -> Head | None:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._loading[game_id] = done
        answered = False
        try:
            head = await self._load(game_id)
            answered = True
            # A publish may have overtaken the load; what it left is newer.
            newer = self._heads.get(game_id)
            if newer is not None:
                return newer
            if head is not None:
                self._keep(game_id, head)
            return head
        finally:
            del self._loading[game_id]
            done.set_result(answered)

    def _keep(self, game_id: str, head: Head) -> None:
        self._heads[game_id] = head
        self._heads.move_to_end(game_id)
        looks = len(self._heads)
        while looks and len(self._heads) > self._heads_max + len(self._followed):
            looks -= 1
            oldest = next(iter(self._heads))
            if oldest in self._followed or oldest == game_id:
                self._heads.move_to_end(oldest)
            else:
                del self._heads[oldest]

"""The scoreboard of one process: a dictionary of heads."""

from collections.abc import Sequence

from scorewire.model.update import Update
from scorewire.scoreboard.base import Head, Listener, Scoreboard
from scorewire.scoreboard.heads import Heads, Load


class LocalScoreboard(Scoreboard):
    """Heads in memory; see `scoreboard/base.py` for what is guaranteed.

    The listener hears every update, whoever follows: in one process telling it costs a call.

    Args:
        load, heads_max: see `Heads`; what is absent is loaded from the store.
    """

    def __init__(self, *, load: Load, heads_max: int) -> None:
        self._heads = Heads(load=load, heads_max=heads_max)
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
            held = self._heads.at(update.game_id)
            if held is not None and held.state.epoch == update.epoch:
                if update.seq <= held.state.seq:
                    continue
                if update.seq > held.state.seq + 1 and not update.correction:
                    gaps[update.game_id] = held.state.seq
                    continue
            gaps.pop(update.game_id, None)
            self._heads.keep(Head(state=update.state, corrected_seq=update.corrected_seq))
            taken.append(update)
        if taken and self._listener is not None:
            self._listener(taken)
        return gaps

    async def head(self, game_id: str) -> Head | None:
        """See `Scoreboard.head`; many who wait for one game cause one load.

        Cancellation: the others that wait start over.
        """
        return await self._heads.head(game_id)

    def held(self, game_id: str) -> Head | None:
        """See `Scoreboard.held`."""
        return self._heads.held(game_id)

    async def follow(self, game_id: str) -> None:
        """See `Scoreboard.follow`."""
        self._heads.followed.add(game_id)

    async def unfollow(self, game_id: str) -> None:
        """See `Scoreboard.unfollow`."""
        self._heads.followed.discard(game_id)

    def listen(self, listener: Listener) -> None:
        """See `Scoreboard.listen`."""
        self._listener = listener

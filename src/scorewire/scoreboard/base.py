"""PORT: the current state of each game, its recent updates, and who wants to hear.

Guarantees of every adapter:
    - `publish` stores the state and tells the listeners as one step: no reader sees half an update.
    - A seq that is held already is ignored; a gap raises nothing but is answered with the held seq, and
      the writer resends from there, or sends a correction (a full state), which is taken where the
      adapter's own is absent or older.
    - Listeners are called in the order of seq for each game; across games there is no order.
    - What a listener missed (a lost message) it finds by comparing heads; see architecture.md promise 3.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from msgspec import Struct

from scorewire.model.score_state import ScoreState
from scorewire.model.update import Update

Listener = Callable[[Sequence[Update]], None]
"""Called with one or more updates in order, from the loop's thread; must neither block nor raise."""


class Head(Struct, frozen=True, kw_only=True):
    """The current state of one game; `corrected_seq` is its newest row that was a correction (0: none)."""

    state: ScoreState
    corrected_seq: int


def whole(head: Head) -> Update:
    """A head as an update that replaces, for when what led to it is not known."""
    state = head.state
    return Update(
        game_id=state.game_id,
        epoch=state.epoch,
        seq=state.seq,
        ts=state.updated_at,
        correction=True,
        corrected_seq=head.corrected_seq,
        event=None,
        patch={},
        state=state,
    )


class Scoreboard(ABC):
    """See the module's docstring for what every adapter guarantees."""

    @abstractmethod
    async def publish(self, updates: Sequence[Update]) -> dict[str, int]:
        """Show updates, which are in order for each game; returns {game_id: held seq} for gaps only."""

    @abstractmethod
    async def head(self, game_id: str) -> Head | None:
        """The current state of a game, from the store if it is not held; None for an unknown game."""

    @abstractmethod
    def held(self, game_id: str) -> Head | None:
        """The current state if it is at hand without waiting; None says nothing about the game."""

    @abstractmethod
    async def follow(self, game_id: str) -> None:
        """Local fans follow this game: its updates must reach the listener from now on."""

    @abstractmethod
    async def unfollow(self, game_id: str) -> None:
        """The last local fan has left."""

    @abstractmethod
    def listen(self, listener: Listener) -> None:
        """Register the one listener (the hub) for followed games and for games that are new."""

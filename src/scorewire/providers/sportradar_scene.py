"""Where a play of Sportradar's happens: what the game around it says, for the leagues' own files."""

from typing import Protocol

from msgspec import Raw, Struct

from scorewire.model.provider_event import Side
from scorewire.providers.format import Transcript


class Scene(Struct, frozen=True, kw_only=True):
    """What is around a play.

    Attributes:
        home, away: the provider's ids of the teams.
        period: in which part of a whole game it stands; 0 in a push message.
    """

    home: str
    away: str
    scheduled_ms: int | None
    period: int = 0

    def side(self, team: str) -> Side | None:
        """Whose id this is."""
        if not team:
            return None
        return "home" if team == self.home else "away" if team == self.away else None


class Read(Protocol):
    """One play into claims, or a skip under a reason."""

    def __call__(self, raw: Raw, scene: Scene, transcript: Transcript, /) -> None:
        """Raises msgspec.DecodeError for what is no play."""
        ...

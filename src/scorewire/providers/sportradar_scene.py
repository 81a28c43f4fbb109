"""Where a play of Sportradar's happens: what the game around it says, for the leagues' own files."""

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Raw, Struct, structs

from scorewire.model.provider_event import ProviderEvent, Side
from scorewire.providers.format import Transcript, time_ms
from scorewire.providers.sportradar import Game, take_back

Made = tuple[str, dict[str, Any]]
"""One claim of a play: the end of its id, and what it says beyond what all claims of the play do. One without
a type is no claim: its `reason` is why."""


class Scene(Struct, frozen=True, kw_only=True):
    """What is around a play.

    Attributes:
        home, away: the provider's ids of the teams.
        names: their abbreviations, home first.
        period: in which part of a whole game it stands; 0 in a push message.
        fresh: nothing that it does not tell needs to be taken back: the play is new, or its silences speak.
    """

    home: str
    away: str
    scheduled_ms: int | None
    period: int = 0
    fresh: bool = False
    names: tuple[str, str] = ("", "")

    def side(self, team: str) -> Side | None:
        """Whose id this is."""
        if not team:
            return None
        return "home" if team == self.home else "away" if team == self.away else None

    def called(self, name: str) -> Side | None:
        """Whose abbreviation this is."""
        if not name:
            return None
        return "home" if name == self.names[0] else "away" if name == self.names[1] else None


def scene_of(game: Game, period: int, *, fresh: bool) -> Scene:
    """The scene of plays of this game."""
    home, away = game.sides
    scheduled_ms = time_ms(game.scheduled) if game.scheduled else None
    return Scene(
        home=home.id,
        away=away.id,
        scheduled_ms=scheduled_ms,
        period=period,
        fresh=fresh,
        names=(home.alias or home.abbr, away.alias or away.abbr),
    )


def tell(
    transcript: Transcript,
    common: ProviderEvent,
    made: Sequence[Made],
    parts: Sequence[str],
    number: int | None,
    *,
    fresh: bool,
) -> None:
    """Claim what a play says; unless `fresh`, take back what an earlier version can have said beside it.

    Args:
        common: what all claims of the play say.
        parts: the ends of ids that claims of such a play can have.
        number: of the first claim; the others stand behind it.
    """
    told: set[str] = set()
    for end, fields in made:
        if not fields["type"]:
            transcript.skip(fields["reason"])
            continue
        claim = structs.replace(common, event=f"{common.event}{end}", **fields)
        transcript.add_numbered(claim, None if number is None else number + len(told))
        told.add(end)
    if fresh:
        return
    for end in ("", *parts):
        if end not in told:
            take_back(transcript, f"{common.event}{end}", common.revision)


class Read(Protocol):
    """One play into claims, or a skip under a reason."""

    def __call__(self, raw: Raw, scene: Scene, transcript: Transcript, /) -> None:
        """Raises msgspec.DecodeError for what is no play."""
        ...

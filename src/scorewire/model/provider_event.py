"""What a provider claims. `(provider, event, revision)` identifies one version of it.

A claim is not yet true: games/ decides. Times are integer milliseconds UTC.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scorewire.model.ids import EventId, Id, ShortText

Side = Literal["home", "away"]
Scalar = str | int | float | bool
Detail = dict[str, Scalar]
Action = Literal["assert", "retract"]
Confirmation = Literal["tentative", "confirmed", "cancelled"]
SequenceKind = Literal["dense", "sparse", "none"]
"""What a provider's numbers promise: no gap, only order, or nothing. See games/ordering.py."""

Points = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Revision = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Fraction = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Player(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who did it: `{"id": "p10", "name": "Lionel Messi"}`."""

    id: Id
    name: ShortText = ""


class SideScore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider's own score after an event, used as a check: `{"home": 1, "away": 0}`."""

    home: Points
    away: Points


class ProviderEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="event"):
    """One version of one thing that a provider says happened in a game.

    Attributes:
        event: the provider's own id of it, the same over all its revisions.
        revision: orders the versions; a lower one that arrives later is stale.
        sequence: the provider's running number; what it promises is declared per provider.
        action: `assert`, or `retract` to take the event back.
        type: upper snake case, from the sport's table; may be empty in a retraction.
        period: from 1; extra periods count on (soccer 3, 4 and 5 for the shoot-out; basketball 5, 6 ...).
        clock: as the sport writes it, `22:41`, `45+2:10`, `0:45.3`.
        x, y: 0.0 to 1.0 along and across, towards the goal that the acting team attacks.
        time_ms: the provider's wall time of the play.
    """

    provider: Id
    game_id: Id
    event: EventId
    revision: Revision
    sequence: Sequence | None = None
    action: Action = "assert"
    type: str = ""
    team: Side | None = None
    period: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    clock: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    player: Player | None = None
    detail: Detail = {}
    x: Fraction | None = None
    y: Fraction | None = None
    score: SideScore | None = None
    confirmation: Confirmation = "confirmed"
    text: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    time_ms: int = 0

    @property
    def takes_back(self) -> bool:
        """Whether it says that the event did not happen: retracts it, or calls it cancelled."""
        return self.action == "retract" or self.confirmation == "cancelled"


class League(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`{"id": "fifa-wc", "name": "World Cup"}`."""

    id: Id
    name: ShortText = ""


class Team(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`{"id": "arg", "name": "Argentina", "abbr": "ARG"}`; the rest is for pages and tables."""

    id: Id
    name: ShortText = ""
    abbr: Annotated[str, msgspec.Meta(max_length=8)] = ""
    city: ShortText = ""
    logo: Annotated[str, msgspec.Meta(max_length=500)] = ""
    color: Annotated[str, msgspec.Meta(max_length=9)] = ""
    conference: ShortText = ""
    division: ShortText = ""


class Venue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`{"name": "Lusail Stadium", "tz": "Asia/Qatar"}`."""

    name: ShortText
    tz: Annotated[str, msgspec.Meta(max_length=64)] = ""
    id: Id | UnsetType = UNSET


class GameDeclared(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag="declared",
):
    """A provider says that a game exists, or that its frame has changed.

    Attributes:
        event: the id of the message that declared it; revision: its time in ms.
        start: RFC 3339 UTC.
        providers: in order of preference; empty means the declaring provider alone.
        provider_ids: what each provider calls this game.
        rules: what varies by competition; the sport's table names the keys.
    """

    provider: Id
    game_id: Id
    event: EventId
    revision: Revision
    sport: Id
    league: League
    season: ShortText = ""
    round: ShortText = ""
    start: Annotated[str, msgspec.Meta(max_length=40)]
    venue: Venue | None = None
    home: Team
    away: Team
    providers: tuple[Id, ...] = ()
    provider_ids: dict[Id, ShortText] = {}
    rules: Detail = {}
    time_ms: int = 0


def keep_preference(claim: GameDeclared, held: GameDeclared | None) -> GameDeclared:
    """A declaration with the providers that hold, each named, the first of them the one that decides.

    Who decides a game does not change in passing: a declaration that names no providers, or comes from one
    that does not decide, or would put another first, keeps those that hold. Two feeds of one game would
    otherwise count every goal twice. Failing over to a backup is the arbiter's, not a declaration's.
    """
    named = claim.providers or (claim.provider,)
    if held is not None:
        holding = held.providers or (held.provider,)
        if not claim.providers or claim.provider not in (holding[0], "desk") or named[0] != holding[0]:
            named = holding
    return msgspec.structs.replace(claim, providers=named)


Claim = ProviderEvent | GameDeclared
"""What lies on the provider log."""

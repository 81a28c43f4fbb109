"""The editor's desk: claims that a person makes when the feeds are wrong. Pure.

The desk is the provider `desk`, which every game listens to and which comes before all others. An entry is an
event like any provider's (a goal that the feed missed), a stated score (SCORE_SET), or PLAY_CANCELLED, which
takes back a play of whatever provider while it stands. Handing back retracts the entry: the feeds' account
holds again, with all that they sent meanwhile. Who made an entry and why travels in its `detail` under `by`
and `reason`; both are for the audit and never told to readers.

Example:
    {"by":"anna","reason":"the feed shows 2-0","type":"SCORE_SET","detail":{"home":2,"away":1}}
"""

from typing import Annotated, Final

import msgspec
from msgspec import Struct

from scorewire.errors import FeedError
from scorewire.model.ids import EventId, Id
from scorewire.model.provider_event import Confirmation, Detail, Player, ProviderEvent, Side

DESK: Final = "desk"
PRIVATE: Final = ("by", "reason")
"""Keys of an entry's `detail` that are for the audit alone."""

Person = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class DeskEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an editor enters; types, periods and details are those of docs/events.md."""

    by: Person
    reason: Reason
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    team: Side | None = None
    period: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    clock: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    player: Player | None = None
    detail: Detail = {}
    confirmation: Confirmation = "confirmed"


class HandBack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{"by": "anna", "reason": "the feed has it now"}`."""

    by: Person
    reason: Reason


class Cancellation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{"by": "anna", "reason": "no goal: offside", "seq": 31}`: the play that row 31 told does not count."""

    by: Person
    reason: Reason
    seq: Annotated[int, msgspec.Meta(ge=1)]


class Settlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`{"by": "anna", "reason": "seen on TV", "provider": "backup", "event": "b-7", "adopt": true}`."""

    by: Person
    reason: Reason
    provider: Id
    event: EventId
    adopt: bool


def entered(entry: DeskEntry, *, game_id: Id, event: str, now_ms: int) -> ProviderEvent:
    """The claim that an entry makes.

    Raises:
        FeedError: `private_detail`, for a detail under a name that the audit uses.
    """
    taken = [name for name in PRIVATE if name in entry.detail]
    if taken:
        raise FeedError("private_detail", f"`{taken[0]}` in detail is the audit's; enter it beside `type`")
    return ProviderEvent(
        provider=DESK,
        game_id=game_id,
        event=event,
        revision=now_ms,
        type=entry.type,
        team=entry.team,
        period=entry.period,
        clock=entry.clock,
        player=entry.player,
        detail={**entry.detail, "by": entry.by, "reason": entry.reason},
        confirmation=entry.confirmation,
        time_ms=now_ms,
    )


def handed_back(wanted: HandBack, *, game_id: Id, event: str, now_ms: int) -> ProviderEvent:
    """The claim that takes an entry back."""
    return ProviderEvent(
        provider=DESK,
        game_id=game_id,
        event=event,
        revision=now_ms,
        action="retract",
        detail={"by": wanted.by, "reason": wanted.reason},
        time_ms=now_ms,
    )


def cancelling(
    wanted: Cancellation, *, game_id: Id, provider: str, target: str, event: str, now_ms: int
) -> ProviderEvent:
    """The claim that takes back the play `target` of `provider`."""
    return ProviderEvent(
        provider=DESK,
        game_id=game_id,
        event=event,
        revision=now_ms,
        type="PLAY_CANCELLED",
        detail={"event": target, "provider": provider, "by": wanted.by, "reason": wanted.reason},
        time_ms=now_ms,
    )


def settling(wanted: Settlement, *, game_id: Id, event: str, now_ms: int) -> ProviderEvent:
    """The claim that settles a conflict between providers."""
    detail: Detail = {"provider": wanted.provider, "event": wanted.event, "adopt": wanted.adopt}
    return ProviderEvent(
        provider=DESK,
        game_id=game_id,
        event=event,
        revision=now_ms,
        type="CONFLICT_SETTLED",
        detail={**detail, "by": wanted.by, "reason": wanted.reason},
        time_ms=now_ms,
    )


def shown_detail(claim: ProviderEvent) -> Detail:
    """A claim's detail as readers may see it."""
    if claim.provider != DESK:
        return claim.detail
    return {name: value for name, value in claim.detail.items() if name not in PRIVATE}

"""A telling: what a provider told that is not itself a play of the book, as the ledger keeps it. Pure.

A *claim* is what a provider says, a *play* is what is shown, an *account* is all that one provider says. A
*telling* stands between them: one claim, and the play that it tells, or none yet, or the conflict about it.

Stored form: version 1, JSON; new fields have defaults (house rule R7).
"""

from typing import Final, Literal

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import ProviderEvent

Why = Literal["missing", "withdrawn", "ambiguous", "refused"]
"""The provider that is shown does not tell it; still tells what this one took back; tells several that this
could be; or the rules do not allow it."""
Settled = Literal["", "caught_up", "score", "gap", "failover", "retracted", "adopted", "dismissed"]
"""How a conflict ended; `adopted` and `dismissed` are the desk's word. Empty while it is open."""


class Conflict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key claim that the followed provider's account does not hold.

    Attributes:
        since_ms: by intake's clock.
        against: what the followed provider says in that place: those that it could be, or the play before it.
        by, reason: whose word settled it, where it was the desk's.
    """

    since_ms: int
    why: Why
    against: tuple[ProviderEvent, ...] = ()
    settled: Settled = ""
    by: str = ""
    reason: str = ""


class Telling(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="version", tag=1):
    """The newest version of an event of a provider that was not followed then, or tells another's play.

    Attributes:
        received_ms: when intake had its first version.
        log_offset: where that lies on the provider log.
        play: the play `(provider, event)` of the book that it tells, or that a retraction takes back although
            another tells it; None for none.
        lead_ms: how much earlier it came than another provider's claim of the same; negative if later.
    """

    claim: ProviderEvent
    received_ms: int
    log_offset: int = -1
    play: tuple[str, str] | None = None
    lead_ms: int | None = None
    conflict: Conflict | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(provider, event)."""
        return (self.claim.provider, self.claim.event)

    @property
    def disputed(self) -> bool:
        """Whether it is in a conflict that nothing has settled yet."""
        return self.conflict is not None and not self.conflict.settled

    @property
    def is_gone(self) -> bool:
        """Whether its provider took it back while it was in a conflict, which is all that is left of it."""
        return self.conflict is not None and self.conflict.settled == "retracted"


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Telling)


def write(telling: Telling) -> bytes:
    """As stored."""
    return _ENCODER.encode(telling)


def read(body: bytes) -> Telling:
    """What `write` wrote.

    Raises:
        msgspec.DecodeError: the bytes are not that.
    """
    return _DECODER.decode(body)

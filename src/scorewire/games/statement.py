"""The score that a provider stated last, and what ours lacked of it as far as had been said by then. Pure.

A provider says `3:1` with a goal, and we hold 2:1, since a goal before it is late. Then it takes back the
first one: 2:1 with it, 1:1 with us, and the late goal comes at last. At the statement we hold 2:1 now instead
of 3:1, and are right all the same. So the difference is kept as it was when it was stated, and only what the
provider had told before that makes it smaller; when nothing is left of it, nothing is lacking. Where nothing
was lacking, and such a play comes late, the provider did not count it: it has been taken back, and we have
not heard of that yet, or never will.

What was said before it is a play that comes late: one that is new, with a lower number of a dense
sequence and no higher revision than the claim that states, as an amended one may have. When a correction
was said nobody can tell by its numbers, so it neither makes up for anything nor adds to what is lacking.
Whatever leaves doubt (the desk's word, a statement that is not the first version of a play) ends the
count, and so does a sport whose points do not add up: a point of tennis put in earlier changes what all
later ones were worth.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from scorewire.model.game_event import GameEvent, Place
from scorewire.sports.machine import EventSpec

Points = tuple[int, int]
Contradiction = Literal["", "open", "blurred"]
"""Whether the score that was stated last is not ours; see `Book.contradiction`."""


class Statement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """See the module's docstring.

    Attributes:
        place: of the play that stated it, at the end of play order then.
        revision: of its claim.
        owed: stated minus ours, home and away, by what was said up to then.
    """

    provider: str
    place: Place
    revision: int
    owed: Points = (0, 0)

    @property
    def is_met(self) -> bool:
        """Whether nothing is lacking of it."""
        return self.owed == (0, 0)


def precedes(held: Statement, row: GameEvent) -> bool:
    """Whether a row is a play that its provider had told before the statement."""
    claim, place = row.claim, row.place
    if row.change != "assert" or claim is None or place is None:
        return False
    return (
        claim.provider == held.provider
        and claim.revision <= held.revision
        and claim.sequence is not None
        and place < held.place
    )


def stated(row: GameEvent, ours: Points) -> Statement | None:
    """What a row at the end of play order states; None where nothing can be counted from it.

    Args:
        ours: the score after it.
    """
    claim, place = row.claim, row.place
    if row.change != "assert" or claim is None or claim.score is None or claim.sequence is None:
        return None
    assert place is not None
    return Statement(
        provider=claim.provider,
        place=place,
        revision=claim.revision,
        owed=(claim.score.home - ours[0], claim.score.away - ours[1]),
    )


def adds_up(events: Mapping[str, EventSpec]) -> bool:
    """Whether a sport's score is the sum of what its plays are worth, wherever they stand."""
    return not any(spec.scores for spec in events.values())

"""What we hold true: the rows of a game's append-only log, `seq` from 1 without a gap.

A row stores the *change to the plays*, not a change to the score: point 40 of 200 in tennis changes
everything after it, so no compensating delta exists in general. Folding rows 1..N gives the state at N.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from scorewire.model.provider_event import Detail, GameDeclared, ProviderEvent, Side

Level = Literal["key", "play", "touch"]
"""key: changes score, status or period, or is a card; play: shown in play-by-play; touch: makes no row."""

Place = tuple[int, ...]
"""A play's place in play order; compared as a tuple. Three numbers, more where a play of another provider was
put in between. See games/ordering.py."""

Change = Literal["declare", "assert", "amend", "retract", "note"]
"""What a row does to the plays: `note` changes none of them (score checks, who is followed)."""


class Cause(Struct, frozen=True, kw_only=True):
    """The claim behind a row: `{"provider": "acme", "event": "prov-124", "revision": 7}`.

    A row of our own has the provider `scorewire`.
    """

    provider: str
    event: str
    revision: int


class CompactEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row as fans see it: `{"seq": 31, "type": "GOAL", "team": "home", "player": "Lionel Messi", ...}`."""

    seq: int
    type: str
    team: Side | None = None
    player: str = ""
    period: int | None = None
    clock: str | None = None
    corrects: int | None = None
    detail: Detail = {}


class GameEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a game's log.

    Attributes:
        ts: when we made the row, ms.
        corrects: the seq that this row corrects.
        correction: fans get a full state for it, never a patch.
        place: where its play stands in play order (assert and amend).
        play: the play `(provider, event)` that is amended or retracted, where another provider told it.
        annuls: the play `(provider, event)` that this play takes back while it stands (a negating event).
        claim: the content now held, for assert, amend and retract.
        declared: the frame of the game now held, for declare.
        note: for note, what is now so: `{"under_check": true}`, `{"active": "b", "was": "a"}`.
        log_offset: where its cause lies on the provider log; -1 for rows of our own.
    """

    game_id: str
    seq: int
    ts: int
    type: str
    level: Annotated[Level, msgspec.Meta(description="key or play; a touch makes no row")]
    change: Change
    cause: Cause
    corrects: int | None = None
    correction: bool = False
    place: Place | None = None
    play: tuple[str, str] | None = None
    annuls: tuple[str, str] | None = None
    claim: ProviderEvent | None = None
    declared: GameDeclared | None = None
    note: Detail = {}
    compact: CompactEvent
    log_offset: int = -1

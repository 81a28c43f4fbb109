"""What Sportradar's US feeds share: the envelope of a push message, the game, its status, the order of plays.

Unverified, built from documentation and from the order of messages of recorded streams: no whole payload was
at hand.

Two shapes carry the same plays. The push stream sends one play a message,

    {"payload": {"game": {...}, "event": {...}}, "locale": "en", "metadata": {"operation": "update", ...}}

with `{"heartbeat": {...}}` between; the REST play-by-play sends the whole game, plays in periods.

Quirks that this file decides:
    - `game` is the state when the message was sent; the score after a play is the play's own.
    - A deletion holds little more than the id. Its time is `deleted` where that is a time, else unknown (1).
    - `updated` is the revision. Resends tie and keep the later; older content loses in games/.
    - Overtimes restart `period.number`; only `period.sequence` goes on.
    - Order is (period.sequence, sequence, number). `sequence` is milliseconds since 1970, so it is counted
      from the day before `scheduled` (without one, within its 49 days) to leave room for the others in one
      number.
    - An event of a type that nobody listed takes back what its id claimed before (a basket that became
      something else); it is counted as `unknown_type`.
    - Statuses `complete` (over) and `closed` (validated) end the game, at a place behind every play.
      An unknown status says nothing: never that the game is on.
    - Status claims have ids that begin with `status-`, and stand in every payload: see intake/snapshot.py.

Source: developer.sportradar.com, push feeds and change logs of NBA, NFL, MLB, NHL; message-order traces.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Raw, Struct

from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    SideScore,
    Team,
    Venue,
)
from scorewire.providers.format import UNDATED, Transcript, rfc3339, time_ms

STATUSES: Final[dict[str, tuple[str, ...]]] = {
    "scheduled": (),
    "time-tbd": (),
    "if-necessary": (),
    "created": ("PRE_GAME",),
    "inprogress": (),
    "halftime": (),
    "complete": ("GAME_END",),
    "closed": ("GAME_END", "GAME_FINAL"),
    "cancelled": ("GAME_CANCELLED",),
    "canceled": ("GAME_CANCELLED",),
    "unnecessary": ("GAME_CANCELLED",),
    "delayed": ("GAME_DELAYED",),
    "wdelay": ("GAME_DELAYED",),
    "fdelay": ("GAME_DELAYED",),
    "odelay": ("GAME_DELAYED",),
    "postponed": ("GAME_POSTPONED",),
    "suspended": ("GAME_SUSPENDED",),
}
"""What the game's status claims; `w`, `f`, `o` are delays by weather, facility and other causes."""

UNKNOWN_REVISION: Final = 1
_DAY_MS = 86_400_000
_SINCE_MAX = 2**32 - 1
_NUMBER_MAX = 2**13 - 1
_PERIOD_MAX = 99
END_OF_GAME: Final = (_PERIOD_MAX << 45) + 2**44
"""Behind every play, and before 2**53."""


class Side(Struct, frozen=True):
    """A team as the game names it."""

    id: str = ""
    name: str = ""
    market: str = ""
    alias: str = ""
    abbr: str = ""
    points: int | None = None
    runs: int | None = None


class VenueOf(Struct, frozen=True):
    """Where it is played."""

    name: str = ""


class Season(Struct, frozen=True):
    """PRE, REG or PST."""

    type: str = ""


class Summary(Struct, frozen=True):
    """Where football keeps the teams of a whole game."""

    home: Side | None = None
    away: Side | None = None
    season: Season | None = None


class Game(Struct, frozen=True):
    """`payload.game`, and the frame of a whole game."""

    id: str
    status: str = ""
    scheduled: str = ""
    home: Side | None = None
    away: Side | None = None
    summary: Summary | None = None
    venue: VenueOf | None = None
    season: Season | None = None

    @property
    def sides(self) -> tuple[Side, Side]:
        """Home and away, wherever this feed keeps them."""
        held = self.summary or Summary()
        return self.home or held.home or Side(), self.away or held.away or Side()


class Metadata(Struct, frozen=True):
    """What the message is about."""

    league: str = ""
    operation: str = ""


class Payload(Struct, frozen=True):
    """The content of a push message."""

    game: Game
    event: Raw = Raw()


class Message(Struct, frozen=True):
    """One object of a push stream."""

    heartbeat: Raw = Raw()
    payload: Payload | None = None
    metadata: Metadata = Metadata()


class Period(Struct, frozen=True):
    """Quarter, period, or overtime."""

    number: int = 0
    sequence: int = 0
    type: str = ""


class Person(Struct, frozen=True):
    """A player; ids can be empty."""

    id: str = ""
    full_name: str = ""
    name: str = ""
    preferred_name: str = ""
    first_name: str = ""
    last_name: str = ""


def since(sequence: int, scheduled_ms: int | None) -> int:
    """Milliseconds of play time since the day before the game, within 49 days; small numbers as they are."""
    if sequence > 2**40:
        if scheduled_ms is None:
            return sequence % (_SINCE_MAX + 1)
        sequence -= scheduled_ms - _DAY_MS
    return min(max(sequence, 0), _SINCE_MAX)


def place(period: int, since_ms: int, number: int) -> int:
    """(period, time, number) as one number that orders like the three, below 2**53."""
    inner = min(max(number, 0), _NUMBER_MAX)
    return (min(max(period, 0), _PERIOD_MAX) << 45) + (since_ms << 13) + inner


def revision(*times: str) -> int:
    """The first of these times that is one."""
    return next((ms for text in times if text and (ms := time_ms(text)) is not None), UNKNOWN_REVISION)


def score(home: int | None, away: int | None) -> SideScore | None:
    """The score after a play, where both halves are stated."""
    if home is None or away is None or home < 0 or away < 0:
        return None
    return SideScore(home=home, away=away)


def player(person: Person | None) -> Player | None:
    """Nobody where the id is empty or no id of ours."""
    if person is None or not person.id or not is_id(named := f"sr-{person.id}"):
        return None
    parts = (person.preferred_name or person.first_name, person.last_name)
    return Player(id=named, name=person.full_name or person.name or " ".join(filter(None, parts)))


def statuses(game: Game, transcript: Transcript) -> None:
    """Claim what the game's status says."""
    word = game.status.lower()
    types = STATUSES.get(word)
    if types is None:
        transcript.skip("unknown_status")
        return
    for type_ in types:
        ends = type_ in {"GAME_END", "GAME_FINAL"}
        name = {"GAME_END": "complete", "GAME_FINAL": "closed"}.get(type_, word)
        claim = ProviderEvent(
            provider="", game_id="", event=f"status-{name}", revision=UNKNOWN_REVISION, type=type_
        )
        transcript.add_numbered(claim, END_OF_GAME + (type_ == "GAME_FINAL") if ends else None)


def declare(
    game: Game,
    *,
    provider: str,
    sport: str,
    league: str,
    rules: Detail | None = None,
) -> GameDeclared | None:
    """The frame of a game; None while its teams are not known."""
    home, away = game.sides
    if not (is_id(game.id) and home.id and away.id):
        return None
    start = time_ms(game.scheduled) if game.scheduled else None
    slug = league.lower().replace(" ", "-") or sport
    return GameDeclared(
        provider=provider,
        game_id=f"sr-{game.id}",
        event=f"{game.id}-scheduled",
        revision=1,
        sport=sport,
        league=League(id=slug if is_id(slug) else sport, name=league),
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=game.venue.name) if game.venue is not None and game.venue.name else None,
        home=_team(home),
        away=_team(away),
        provider_ids={provider: game.id},
        rules=rules or {},
        time_ms=start or 0,
    )


def _team(side: Side) -> Team:
    short = side.alias or side.abbr
    name = f"{side.market} {side.name}".strip() or short
    return Team(id=f"sr-{side.id}", name=name, abbr=short[:8], city=side.market)


def take_back(transcript: Transcript, event: str, at: int) -> None:
    """Claim that an event does not count; see the revision of deletions above."""
    claim = ProviderEvent(
        provider="", game_id="", event=event, revision=at, action="retract", time_ms=at if at > 1 else 0
    )
    transcript.add_numbered(claim, None)


def in_order(events: Sequence[ProviderEvent]) -> list[ProviderEvent]:
    """Claims in the order of play; what has no number stays behind its neighbour."""
    keyed: list[tuple[int, int, ProviderEvent]] = []
    last = 0
    for index, event in enumerate(events):
        last = event.sequence if event.sequence is not None else last
        keyed.append((last, index, event))
    return [event for _, _, event in sorted(keyed, key=lambda one: one[:2])]

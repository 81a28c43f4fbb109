"""What one play of Sportradar's NBA feed says.

Unverified, built from documentation and from the order of messages of recorded streams.

Quirks that this file decides:
    - Overtimes restart `period.number`; only `period.sequence` (5, 6 ...) goes on, and is the period.
    - The type changes under the same id: personalfoul becomes shootingfoul, three points become two.
    - `clock_decimal` has tenths in the last minute: `45.3`; `clock` is the same in whole seconds.
    - A shot names its assist, its block, a turnover its steal, as `statistics` of other players. They stay
      one claim, with the other player in its detail: what is one event is amended as one.
    - `location` is in inches on a court of 94 feet that is not turned. Only shots are given a place: they
      fall on the nearer basket, but for those from the back court.
    - `openinbound` begins a period, but for the first and overtimes, which begin with `opentip`.
    - `lineupchange` tells who is on the court, and not who came for whom: skipped.

Source: developer.sportradar.com, NBA push feed and play-by-play; message-order traces.
"""

import re
from typing import Final

import msgspec
from msgspec import Raw, Struct

from scorewire.model.provider_event import Detail, Player, ProviderEvent
from scorewire.providers import nba
from scorewire.providers.format import Transcript, time_ms
from scorewire.providers.sportradar import (
    Period,
    Person,
    place,
    player,
    revision,
    score,
    since,
    take_back,
)
from scorewire.providers.sportradar_scene import Scene

TYPES: Final[dict[str, str]] = {
    "twopointmade": "FG2",
    "twopointmiss": "FG2_MISS",
    "threepointmade": "FG3",
    "threepointmiss": "FG3_MISS",
    "freethrowmade": "FT",
    "freethrowmiss": "FT_MISS",
    "rebound": "REBOUND",
    "turnover": "TURNOVER",
    "teamtimeout": "TIMEOUT",
    "minortimeout": "TIMEOUT",
    "officialtimeout": "TIMEOUT",
    "tvtimeout": "TIMEOUT",
    "opentip": "JUMP_BALL",
    "jumpball": "JUMP_BALL",
    "openinbound": "PERIOD_START",
    "endperiod": "PERIOD_END",
    "ejection": "EJECTION",
    "requestreview": "REVIEW_STARTED",
    "challengereview": "REVIEW_STARTED",
    "review": "REVIEW_ENDED",
    "kickball": "VIOLATION",
    "lane": "VIOLATION",
    "doublelane": "VIOLATION",
    "delay": "VIOLATION",
    "defensivegoaltending": "VIOLATION",
    "defaultviolation": "VIOLATION",
    "jumpballviolation": "VIOLATION",
    "flagrantone": "FOUL",
    "flagranttwo": "FOUL",
    "technicalfoulnonunsportsmanlike": "FOUL",
}
KINDS: Final[dict[str, str]] = {
    "flagrantone": "flagrant_1",
    "flagranttwo": "flagrant_2",
    "technicalfoulnonunsportsmanlike": "technical",
    "clearpathfoul": "clear_path",
    "officialtimeout": "official",
    "tvtimeout": "tv",
}
SILENT: Final = frozenset({"stoppage", "lineupchange", "possession", "deadball", "memo"})
"""Say nothing that a claim could hold."""
MAIN: Final[dict[str, tuple[str, ...]]] = {
    "FG2": ("fieldgoal",),
    "FG3": ("fieldgoal",),
    "FG2_MISS": ("fieldgoal",),
    "FG3_MISS": ("fieldgoal",),
    "FT": ("freethrow",),
    "FT_MISS": ("freethrow",),
    "REBOUND": ("rebound",),
    "TURNOVER": ("turnover",),
}
"""Which statistic names the player who did it; a foul's statistic has the name of its kind."""
BESIDE: Final[dict[str, str]] = {
    "FG2": "assist",
    "FG3": "assist",
    "FG2_MISS": "block",
    "FG3_MISS": "block",
    "TURNOVER": "steal",
}
SHOTS: Final = frozenset({"FG2", "FG3", "FG2_MISS", "FG3_MISS"})

_LENGTH_IN, _WIDTH_IN = nba.COURT_FT * 12, nba.COURT_WIDTH_FT * 12
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}(?:\.\d)?)")


class TeamOf(Struct, frozen=True):
    """A team."""

    id: str = ""


class Location(Struct, frozen=True):
    """Inches."""

    coord_x: float | None = None
    coord_y: float | None = None
    action_area: str = ""


class Statistic(Struct, frozen=True):
    """What a player is credited with."""

    type: str = ""
    player: Person | None = None
    rebound_type: str = ""


class Event(Struct, frozen=True):
    """`payload.event`, or one of a period's `events`."""

    id: str
    event_type: str
    number: int | None = None
    sequence: int | None = None
    clock: str = ""
    clock_decimal: str = ""
    created: str = ""
    updated: str = ""
    wall_clock: str = ""
    description: str = ""
    home_points: int | None = None
    away_points: int | None = None
    attribution: TeamOf | None = None
    location: Location | None = None
    period: Period | None = None
    statistics: list[Statistic] = []
    attempt: str = ""
    turnover_type: str = ""


_EVENT = msgspec.json.Decoder(Event)


def read(raw: Raw, scene: Scene, transcript: Transcript) -> None:
    """See `Read`."""
    event = _EVENT.decode(raw)
    kind = event.event_type
    type_ = TYPES.get(kind) or ("FOUL" if kind.endswith("foul") else "")
    at = revision(event.updated, event.created)
    if kind in SILENT:
        transcript.skip(kind)
        return
    if not type_:
        transcript.skip("unknown_type")
        take_back(transcript, event.id, at)
        return
    period = _period(event.period) or scene.period
    if type_ == "PERIOD_START" and not period:
        transcript.skip("no_period")
        return
    x, y = _spot(event.location) if type_ in SHOTS else (None, None)
    claim = ProviderEvent(
        provider="",
        game_id="",
        event=event.id,
        revision=at,
        type=type_,
        team=scene.side(event.attribution.id) if event.attribution else None,
        period=period or None,
        clock=_clock(event.clock_decimal or event.clock),
        player=_who(event, type_),
        detail=_detail(event, type_),
        x=x,
        y=y,
        score=score(event.home_points, event.away_points),
        text=event.description[:1000] or None,
        time_ms=time_ms(event.wall_clock) or time_ms(event.created) or 0,
    )
    number = None
    if period and event.sequence is not None:
        number = place(period, since(event.sequence, scene.scheduled_ms), event.number or 0)
    transcript.add_numbered(claim, number)


def _period(period: Period | None) -> int:
    if period is None:
        return 0
    overtime = nba.QUARTERS if period.type == "overtime" else 0
    return period.sequence or (period.number + overtime if period.number else 0)


def _clock(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    return nba.clock(int(match[1] or 0) * 60 + float(match[2])) if match else None


def _credited(event: Event, *types: str) -> Statistic | None:
    return next((one for one in event.statistics if one.type in types), None)


def _who(event: Event, type_: str) -> Player | None:
    types = MAIN.get(type_) or (event.event_type, "personalfoul", "technicalfoul", "ejection")
    credited = _credited(event, *types)
    return player(credited.player) if credited else None


def _detail(event: Event, type_: str) -> Detail:
    detail: Detail = {}
    match type_:
        case "FOUL" | "TIMEOUT" | "VIOLATION":
            known = KINDS.get(event.event_type)
            if known is None and type_ != "TIMEOUT":
                known = event.event_type.removesuffix("foul")
            detail = {"kind": known} if known else {}
        case "TURNOVER":
            detail = nba.kind(event.turnover_type)
        case "REBOUND":
            credited = _credited(event, "rebound")
            detail = nba.kind(credited.rebound_type) if credited else {}
        case "FT" | "FT_MISS" if event.attempt:
            detail = {"attempt": event.attempt[:20]}
    beside = BESIDE.get(type_)
    if beside is not None and (other := _credited(event, beside)) and (person := player(other.player)):
        detail = {**detail, beside: person.name, f"{beside}_id": person.id}
    return detail


def _spot(location: Location | None) -> tuple[float | None, float | None]:
    if location is None or location.coord_x is None or location.coord_y is None:
        return None, None
    x, y = location.coord_x / _LENGTH_IN, location.coord_y / _WIDTH_IN
    near = x >= 0.5
    if near == (location.action_area == "backcourt"):
        x, y = 1 - x, 1 - y
    return _fraction(x), _fraction(y)


def _fraction(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)

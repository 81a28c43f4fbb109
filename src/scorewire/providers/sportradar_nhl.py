"""What one play of Sportradar's NHL feed says.

Unverified, built from documentation and from what the push streams of its sister feeds do.

Quirks that this file decides:
    - Overtimes restart `period.number`; only `period.sequence` (4, 5 ...) goes on, and is the period. The
      shoot-out is told by its types (`shootoutgoal`), and stands in the period after the last overtime.
    - `season.type` PST makes overtimes full: 20 minutes, one after another. A stream of the play-offs whose
      messages hold no `season` has to be declared by hand with the rule `overtime` = `full`: otherwise the
      second overtime is taken for the shoot-out, and its goals are refused.
    - Every kind of goal has a type: emptynetgoal, penaltygoal, awardedgoal, awardedemptynetgoal, owngoal,
      goal; the strength of the others is `strength` (even, powerplay, shorthanded).
    - A saved, missed or failed shot of a penalty shot or of the shoot-out is one that did not score.
    - Kinds of penalties are types (`minorpenalty`) or lie in `details` or in the statistic, as severity and
      minutes. None of the three: a penalty of which the kind is not said.
    - A challenge has `challenge_info`, free text by its own account: it is shown, and the ruling
      (`ID-ruling`) is `overturned` where the text says so. What was overturned is deleted or changed under
      its own id.
    - `location` is in inches on a rink of 200 by 85 feet; `team_goal` is the side that the team defends, so a
      place is turned such that its team attacks towards x = 1.
    - Line changes (`substitution`) say nothing that a claim could hold.

Source: developer.sportradar.com, NHL push events, play-by-play, change log.
"""

import re
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from scorewire.model.provider_event import Detail, Player, ProviderEvent
from scorewire.providers.format import Transcript, time_ms
from scorewire.providers.sportradar import Game, Period, Person, place, player, revision, score, since
from scorewire.providers.sportradar_scene import Made, Scene, tell

PARTS: Final = ("-ruling",)
TYPES: Final[dict[str, str]] = {
    "goal": "GOAL",
    "emptynetgoal": "GOAL",
    "awardedgoal": "GOAL",
    "awardedemptynetgoal": "GOAL",
    "penaltygoal": "GOAL",
    "owngoal": "GOAL",
    "shotsaved": "SHOT",
    "shotmissed": "SHOT_MISSED",
    "shotblocked": "SHOT_BLOCKED",
    "attemptblocked": "SHOT_BLOCKED",
    "faceoff": "FACEOFF",
    "hit": "HIT",
    "giveaway": "GIVEAWAY",
    "takeaway": "TAKEAWAY",
    "stoppage": "STOPPAGE",
    "delayedpenalty": "DELAYED_PENALTY",
    "penaltyshotsaved": "PENALTY_SHOT_MISSED",
    "penaltyshotmissed": "PENALTY_SHOT_MISSED",
    "penaltyshotfailed": "PENALTY_SHOT_MISSED",
    "shootoutgoal": "SHOOTOUT_GOAL",
    "shootoutshotsaved": "SHOOTOUT_MISS",
    "shootoutshotmissed": "SHOOTOUT_MISS",
    "shootoutshotfailed": "SHOOTOUT_MISS",
    "goaliechange": "GOALIE_CHANGED",
    "teamtimeout": "TIMEOUT",
    "officialtimeout": "TIMEOUT",
    "tvtimeout": "TIMEOUT",
    "challenge": "CHALLENGE",
    "review": "REVIEW_STARTED",
    "startperiod": "PERIOD_START",
    "endperiod": "PERIOD_END",
}
STRENGTHS: Final[dict[str, str]] = {
    "emptynetgoal": "en",
    "awardedemptynetgoal": "en",
    "penaltygoal": "ps",
    "even": "even",
    "powerplay": "pp",
    "shorthanded": "sh",
}
PENALTIES: Final[dict[str, str]] = {
    "minor": "minor",
    "bench": "bench_minor",
    "benchminor": "bench_minor",
    "doubleminor": "double_minor",
    "major": "major",
    "misconduct": "misconduct",
    "gamemisconduct": "game_misconduct",
    "match": "match",
    "shot": "penalty_shot",
    "penaltyshot": "penalty_shot",
}
MAIN: Final[dict[str, tuple[str, ...]]] = {
    "GOAL": ("shot", "goal", "emptynetgoal", "penaltygoal", "owngoal", "awardedgoal"),
    "SHOT": ("shot",),
    "SHOT_MISSED": ("shot", "attemptmissed"),
    "SHOT_BLOCKED": ("attemptblocked", "shot"),
    "PENALTY_SHOT_MISSED": ("penaltyshot", "shot"),
    "SHOOTOUT_GOAL": ("shootoutshot", "shot"),
    "SHOOTOUT_MISS": ("shootoutshot", "shot"),
    "HIT": ("hit",),
    "GIVEAWAY": ("giveaway",),
    "TAKEAWAY": ("takeaway",),
    "PENALTY": ("penalty",),
}
"""Which statistic names the player who did it, the likeliest first."""
SHOOTOUT: Final = frozenset({"SHOOTOUT_GOAL", "SHOOTOUT_MISS"})
SHOTS: Final = frozenset({"GOAL", "SHOT", "SHOT_MISSED", "SHOT_BLOCKED"})
SILENT: Final = frozenset(
    {"gamesetup", "substitution", "substitutions", "lineup", "shootoutsetup", "endshootout"}
)

_PERIODS = 3
_LENGTH_IN, _WIDTH_IN = 2400, 1020
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(\.\d)?", re.ASCII)
_WORD = re.compile(r"[^a-z0-9]+")


class TeamOf(Struct, frozen=True):
    """A team, and the goal that it defends."""

    id: str = ""
    team_goal: str = ""


class Location(Struct, frozen=True):
    """Inches."""

    coord_x: float | None = None
    coord_y: float | None = None


class Statistic(Struct, frozen=True):
    """What a player is credited with."""

    type: str = ""
    player: Person | None = None
    team: TeamOf | None = None
    win: bool = False
    assist_type: str = ""
    severity: str = ""
    minutes: int | None = None


class Details(Struct, frozen=True):
    """More of a shot, a stoppage or a penalty."""

    reason: str = ""
    shot_type: str = ""
    severity: str = ""
    minutes: int | None = None


class Challenge(Struct, frozen=True):
    """Free text."""

    reason_description: str = ""
    outcome_description: str = ""
    outcome: str = ""
    decision: str = ""
    initiated_by: TeamOf | None = None


class Event(Struct, frozen=True):
    """`payload.event`, or one of a period's `events`."""

    id: str
    event_type: str
    sequence: int | None = None
    clock: str = ""
    clock_decimal: str = ""
    created: str = ""
    updated: str = ""
    wall_clock: str = ""
    description: str = ""
    strength: str = ""
    home_points: int | None = None
    away_points: int | None = None
    attribution: TeamOf | None = None
    location: Location | None = None
    period: Period | None = None
    details: Details = Details()
    statistics: list[Statistic] = []
    challenge_info: Challenge | None = None


_EVENT = msgspec.json.Decoder(Event, strict=False)


def rules(game: Game) -> Detail:
    """Play-offs go on until a goal."""
    return {"overtime": "full"} if game.season is not None and game.season.type == "PST" else {}


def read(raw: Raw, scene: Scene, transcript: Transcript) -> None:
    """See `Read`."""
    event = _EVENT.decode(raw)
    kind = event.event_type
    if kind in SILENT:
        transcript.skip(kind)
        return
    type_ = TYPES.get(kind) or ("PENALTY" if kind.endswith("penalty") else "")
    period = _period(event.period) or scene.period
    made: list[Made] = []
    if not type_:
        transcript.skip("unknown_type")
    elif type_ == "PERIOD_START" and not period:
        transcript.skip("no_period")
    else:
        made = _claims(event, type_, scene)
    common = ProviderEvent(
        provider="",
        game_id="",
        event=event.id,
        revision=revision(event.updated, event.created),
        period=period or None,
        clock=None if type_ in SHOOTOUT else _clock(event.clock_decimal or event.clock),
        text=event.description[:1000] or None,
        time_ms=time_ms(event.wall_clock) or time_ms(event.created) or 0,
    )
    number = None
    if period and event.sequence is not None:
        number = place(period, since(event.sequence, scene.scheduled_ms), 0)
    parts = PARTS if type_ == "CHALLENGE" or not made else ()
    tell(transcript, common, made, parts, number, fresh=scene.fresh)


def _period(period: Period | None) -> int:
    if period is None:
        return 0
    overtime = _PERIODS if period.type == "overtime" else 0
    return period.sequence or (period.number + overtime if period.number else 0)


def _clock(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    return f"{int(match[1])}:{match[2]}{match[3] or ''}" if match else None


def _claims(event: Event, type_: str, scene: Scene) -> list[Made]:
    by = event.attribution
    fields: dict[str, Any] = {
        "type": type_,
        "team": scene.side(by.id) if by is not None else None,
        "player": _who(event, type_),
        "detail": _detail(event, type_),
        "score": None if type_ in SHOOTOUT else score(event.home_points, event.away_points),
    }
    if type_ in SHOTS:
        fields["x"], fields["y"] = _spot(event)
    told = event.challenge_info
    if type_ != "CHALLENGE" or told is None:
        return [("", fields)]
    if told.initiated_by is not None and (side := scene.side(told.initiated_by.id)):
        fields["team"] = side
    if told.reason_description:
        fields["detail"] = {"subject": told.reason_description[:80]}
    ruling = _ruling(told)
    return [("", fields), *([("-ruling", ruling)] if ruling else [])]


def _ruling(told: Challenge) -> dict[str, Any] | None:
    words = f"{told.outcome} {told.outcome_description} {told.decision}".lower()
    if not words.strip():
        return None
    overturned = "overturn" in words or "revers" in words
    stands = any(word in words for word in ("stand", "upheld", "confirm", "fail"))
    detail: Detail = {}
    if overturned or stands:
        detail = {"decision": "overturned" if overturned else "stands"}
    return {"type": "REVIEW_ENDED", "detail": detail, "text": told.outcome_description[:1000] or None}


def _credited(event: Event, *types: str) -> Statistic | None:
    found = (one for type_ in types for one in event.statistics if one.type == type_)
    return next(found, None)


def _who(event: Event, type_: str) -> Player | None:
    if type_ == "FACEOFF":
        won = next((one for one in event.statistics if one.type == "faceoff" and one.win), None)
        return player(won.player) if won is not None else None
    credited = _credited(event, *MAIN.get(type_, ()))
    return player(credited.player) if credited is not None else None


def _detail(event: Event, type_: str) -> Detail:
    match type_:
        case "GOAL":
            return _goal(event)
        case "PENALTY":
            return _penalty(event)
        case "STOPPAGE":
            reason = event.details.reason or event.description
            return {"reason": reason[:80]} if reason else {}
        case "TIMEOUT" if event.event_type != "teamtimeout":
            return {"kind": event.event_type.removesuffix("timeout")}
        case "SHOT_MISSED" | "SHOT_BLOCKED" if event.details.reason:
            return {"reason": event.details.reason[:80]}
    return {}


def _goal(event: Event) -> Detail:
    strength = STRENGTHS.get(event.event_type) or STRENGTHS.get(event.strength.lower())
    detail: Detail = {"strength": strength} if strength else {}
    assists = [one for one in event.statistics if one.type == "assist"]
    assists.sort(key=lambda one: one.assist_type != "primary")
    for name, one in zip(("assist", "assist2"), assists, strict=False):
        if (helper := player(one.player)) is not None:
            detail = {**detail, name: helper.name, f"{name}_id": helper.id}
    return detail


def _penalty(event: Event) -> Detail:
    held = _credited(event, "penalty") or Statistic()
    severity = held.severity or event.details.severity or event.event_type.removesuffix("penalty")
    minutes = event.details.minutes if held.minutes is None else held.minutes
    kind = PENALTIES.get(_WORD.sub("", severity.lower()))
    detail: Detail = {}
    if kind:
        detail = {"kind": kind}
    if minutes is not None:
        detail = {**detail, "minutes": minutes}
    if event.details.reason:
        detail = {**detail, "offence": event.details.reason[:80]}
    return detail


def _spot(event: Event) -> tuple[float | None, float | None]:
    at = event.location
    if at is None or at.coord_x is None or at.coord_y is None:
        return None, None
    x, y = at.coord_x / _LENGTH_IN, at.coord_y / _WIDTH_IN
    if event.attribution is not None and event.attribution.team_goal == "right":
        x, y = 1 - x, 1 - y
    return round(min(1.0, max(0.0, x)), 4), round(min(1.0, max(0.0, y)), 4)

"""Sportradar soccer v4: the timeline of a match, whole, as it stands.

Unverified, built from documentation. A retraction is a silence (the score_change is not there any more), so
whoever polls it compares (intake/snapshot.py).

Quirks that this file decides:
    - Two levels of status: `status` is the life cycle and makes claims, `match_status` is for display and
      makes none. `ended` is over, `closed` is confirmed. An unknown status says nothing.
    - A goal is the side's whose score rose, not that of `competitor`: for own goals the two may differ.
    - `possible_goal` is followed by score_change under another id, so it makes no claim.
    - The outcome of a video review is the `description` of the event that closes it (`no_goal`). The field
      `decision` was added and removed again, and is not read.
    - Periods of overtime count from 1 or from 3; the shoot-out is period_type `penalties`.
    - Entries have no time of edit; whoever posts them numbers the versions.
    - Entries are in the order of the match but for those put in late; theirs is the place in the list.

Source: developer.sportradar.com, Soccer v4 sport event timeline, change log of video reviews.
"""

from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import (
    Detail,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Side,
    SideScore,
    Team,
    Venue,
)
from scorewire.providers.format import (
    NO_COMPANIONS,
    UNDATED,
    Companions,
    Decoded,
    Format,
    Transcript,
    read_json,
    rfc3339,
    time_ms,
)
from scorewire.providers.statsbomb import PERIOD_ENDS, SHOOTOUT

PROVIDER: Final = "sportradar_soccer"
TYPES: Final[dict[str, str]] = {
    "period_start": "PERIOD_START",
    "break_start": "PERIOD_END",
    "match_ended": "GAME_END",
    "score_change": "GOAL",
    "yellow_card": "YELLOW_CARD",
    "yellow_red_card": "SECOND_YELLOW_CARD",
    "red_card": "RED_CARD",
    "substitution": "SUBSTITUTION",
    "corner_kick": "CORNER",
    "offside": "OFFSIDE",
    "shot_on_target": "SHOT",
    "shot_off_target": "SHOT",
    "shot_saved": "SAVE",
    "injury": "INJURY",
    "injury_time_shown": "ADDED_TIME",
    "penalty_awarded": "PENALTY_AWARDED",
    "penalty_missed": "PENALTY_MISSED",
    "penalty_shootout": "SHOOTOUT_GOAL",
    "video_assistant_referee": "VAR_STARTED",
    "video_assistant_referee_over": "VAR_ENDED",
    "free_kick": "FREE_KICK",
    "goal_kick": "GOAL_KICK",
    "throw_in": "THROW_IN",
}
STATUSES: Final[dict[str, tuple[str, ...]]] = {
    "not_started": (),
    "live": (),
    "match_about_to_start": ("PRE_GAME",),
    "delayed": ("GAME_DELAYED",),
    "start_delayed": ("GAME_DELAYED",),
    "interrupted": ("GAME_INTERRUPTED",),
    "suspended": ("GAME_SUSPENDED",),
    "postponed": ("GAME_POSTPONED",),
    "cancelled": ("GAME_CANCELLED",),
    "abandoned": ("GAME_ABANDONED",),
    "ended": ("GAME_END",),
    "closed": ("GAME_END", "GAME_FINAL"),
}
SUBJECTS: Final = frozenset({"goal", "penalty", "red_card", "mistaken_identity", "corner"})
"""What a review is about; a word that is none of these is left out, for the review must not be refused."""
OUTCOMES: Final[dict[str, str]] = {"shot_on_target": "saved", "shot_off_target": "off_target"}


class Competitor(Struct, frozen=True):
    """A team."""

    id: str = ""
    name: str = ""
    abbreviation: str = ""
    qualifier: str = ""


class Named(Struct, frozen=True):
    """A competition, season or venue."""

    id: str = ""
    name: str = ""


class Context(Struct, frozen=True):
    """Where the match belongs."""

    competition: Named = Named()
    season: Named = Named()


class SportEvent(Struct, frozen=True):
    """The match."""

    id: str
    start_time: str = ""
    sport_event_context: Context = Context()
    competitors: list[Competitor] = []
    venue: Named = Named()


class MatchStatus(Struct, frozen=True):
    """How it stands."""

    status: str = ""
    home_score: int | None = None
    away_score: int | None = None


class Timeline(Struct, frozen=True):
    """The payload."""

    sport_event: SportEvent
    sport_event_status: MatchStatus = MatchStatus()
    timeline: list[Raw] = []


class Person(Struct, frozen=True):
    """Who took part, and as what."""

    id: str = ""
    name: str = ""
    type: str = ""


class Entry(Struct, frozen=True):
    """One entry of the timeline."""

    id: int | str
    type: str
    time: str = ""
    match_clock: str = ""
    stoppage_time: int | None = None
    competitor: str = ""
    team: str = ""
    period: int | None = None
    period_type: str = ""
    x: float | None = None
    y: float | None = None
    players: list[Person] = []
    home_score: int | None = None
    away_score: int | None = None
    method: str = ""
    status: str = ""
    description: str = ""
    injury_time_announced: int | None = None


_TIMELINE = msgspec.json.Decoder(Timeline)
_ENTRY = msgspec.json.Decoder(Entry)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    told = read_json(_TIMELINE, body, "a timeline of Sportradar soccer")
    own = told.sport_event.id
    if not is_id(own) or len(own) > 50:
        raise FeedError("unreadable_payload", f"{own[:50]!r} cannot be the id of a match")
    transcript = Transcript(provider=PROVIDER, game_id=own)
    stands, period = SideScore(home=0, away=0), 0
    for raw in told.timeline:
        try:
            entry = _ENTRY.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_event")
            continue
        period = _period(entry) or period
        _one(entry, period, stands, transcript)
        if entry.type == "score_change":
            stands = _score(entry.home_score, entry.away_score) or stands
    _statuses(told.sport_event_status, transcript)
    return transcript.decoded(game=own, declaration=_declare(told.sport_event))


def _one(entry: Entry, period: int, stands: SideScore, transcript: Transcript) -> None:
    type_ = TYPES.get(entry.type)
    if type_ is None:
        transcript.skip(entry.type if entry.type in {"possible_goal", "match_started"} else "other_type")
        return
    if type_ == "PERIOD_START" and not period:
        transcript.skip("no_period")
        return
    team: Side | None = _side(entry.competitor or entry.team)
    score = _score(entry.home_score, entry.away_score)
    if type_ == "GOAL":
        team = _risen(stands, score) or team
    if type_ == "SHOOTOUT_GOAL" and entry.status == "missed":
        type_ = "SHOOTOUT_MISS"
    who = _who(entry, type_)
    claim = ProviderEvent(
        provider="",
        game_id="",
        event=str(entry.id),
        revision=1,
        type=type_,
        team=team,
        period=None if type_ == "GAME_END" else period or None,
        clock=_clock(entry, period),
        player=who,
        detail=_detail(entry, type_),
        x=_fraction(entry.x),
        y=_fraction(entry.y),
        score=score if type_ == "GOAL" else None,
        time_ms=time_ms(entry.time) or 0,
    )
    transcript.add(claim)


def _period(entry: Entry) -> int:
    if entry.period_type == "penalties":
        return SHOOTOUT
    number = entry.period or 0
    return number + 2 if entry.period_type == "overtime" and 0 < number < 3 else number


def _side(word: str) -> Side | None:
    sides: dict[str, Literal["home", "away"]] = {"home": "home", "away": "away"}
    return sides.get(word)


def _score(home: int | None, away: int | None) -> SideScore | None:
    if home is None or away is None or not (0 <= home <= 10_000 and 0 <= away <= 10_000):
        return None
    return SideScore(home=home, away=away)


def _risen(before: SideScore, after: SideScore | None) -> Side | None:
    """Whose score alone rose."""
    if after is None or (after.home > before.home) == (after.away > before.away):
        return None
    return "home" if after.home > before.home else "away"


def _clock(entry: Entry, period: int) -> str | None:
    end = PERIOD_ENDS.get(period)
    if end is not None and entry.stoppage_time is not None and 0 < entry.stoppage_time < 100:
        return f"{end}+{entry.stoppage_time - 1}:00"
    minutes, colon, seconds = entry.match_clock.partition(":")
    readable = colon and minutes.isdecimal() and seconds.isdecimal() and len(entry.match_clock) <= 6
    return entry.match_clock if readable and entry.match_clock.isascii() and int(seconds) < 60 else None


def _person(entry: Entry, *types: str) -> Player | None:
    one = next((one for one in entry.players if one.type in types), None)
    if one is None or not is_id(one.id):
        return None
    return Player(id=one.id, name=one.name[:200])


def _who(entry: Entry, type_: str) -> Player | None:
    if type_ == "GOAL":
        return _person(entry, "scorer")
    if type_ == "SUBSTITUTION":
        return _person(entry, "substituted_out")
    first = entry.players[0].type if entry.players else ""
    return _person(entry, first)


def _detail(entry: Entry, type_: str) -> Detail:
    detail: Detail = {}
    match type_:
        case "GOAL":
            if entry.method in {"own_goal", "penalty"}:
                detail[entry.method] = True
            if (helper := _person(entry, "assist")) is not None:
                detail |= {"assist": helper.name, "assist_id": helper.id}
        case "SUBSTITUTION":
            if (on := _person(entry, "substituted_in")) is not None:
                detail = {"in": on.name, "in_id": on.id}
        case "SHOT":
            detail = {"outcome": OUTCOMES[entry.type]}
        case "ADDED_TIME" if entry.injury_time_announced is not None:
            detail = {"minutes": entry.injury_time_announced}
        case "VAR_STARTED" if entry.description in SUBJECTS:
            detail = {"subject": entry.description}
        case "VAR_ENDED" if entry.description.removeprefix("no_") in SUBJECTS:
            detail = {"decision": entry.description}
    return detail


def _fraction(value: float | None) -> float | None:
    return None if value is None else round(min(1.0, max(0.0, value / 100)), 4)


def _statuses(status: MatchStatus, transcript: Transcript) -> None:
    types = STATUSES.get(status.status)
    if types is None:
        transcript.skip("unknown_status")
        return
    ended = any(one.type == "GAME_END" for one in transcript.events)
    for type_ in types:
        if type_ == "GAME_END" and ended:
            continue
        name = {"GAME_END": "ended", "GAME_FINAL": "closed"}.get(type_, status.status)
        over = type_ in {"GAME_END", "GAME_FINAL"}
        score = _score(status.home_score, status.away_score) if over else None
        transcript.add(
            ProviderEvent(
                provider="", game_id="", event=f"status-{name}", revision=1, type=type_, score=score
            )
        )


def _declare(match: SportEvent) -> GameDeclared | None:
    sides = {one.qualifier: one for one in match.competitors}
    home, away = sides.get("home"), sides.get("away")
    if home is None or away is None:
        return None
    start = time_ms(match.start_time) if match.start_time else None
    context = match.sport_event_context
    league = context.competition.id
    return GameDeclared(
        provider=PROVIDER,
        game_id=match.id,
        event=f"{match.id}-scheduled",
        revision=1,
        sport="soccer",
        league=League(id=league if is_id(league) else "sportradar", name=context.competition.name[:200]),
        season=context.season.name[:200],
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=match.venue.name[:200]) if match.venue.name else None,
        home=Team(id=home.id, name=home.name[:200], abbr=home.abbreviation[:8]),
        away=Team(id=away.id, name=away.name[:200], abbr=away.abbreviation[:8]),
        provider_ids={PROVIDER: match.id},
        time_ms=start or 0,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Its three parts."""
    return b'"sport_event"' in body and b'"timeline"' in body and b'"sport_event_status"' in body


SPORTRADAR_SOCCER = Format(
    name=PROVIDER, sport="soccer", sequence="dense", recognise=recognise, decode=decode
)

"""Opta MA3: the events of a soccer match as JSON; see opta.py.

Unverified, built from documentation. `matchInfo` frames the match; `liveData.matchDetails` says whether it
was played and how it ended, `liveData.event` holds its events.

Source: Stats Perform, MA3 feed specification.
"""

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import FeedError
from scorewire.model.ids import is_id
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, SideScore, Team, Venue
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
from scorewire.providers.opta import Match, OptaEvent, claim_all, qualifiers

PROVIDER = "opta_ma3"
PREFIX = "opta"
PLAYED = "Played"
BEHIND_ALL = 2**52


class Contestant(Struct, frozen=True):
    """A team."""

    id: str = ""
    name: str = ""
    code: str = ""
    position: str = ""


class Named(Struct, frozen=True, rename="camel"):
    """A competition, season or venue."""

    id: str = ""
    name: str = ""
    long_name: str = ""


class MatchInfo(Struct, frozen=True, rename="camel"):
    """`matchInfo`."""

    id: str
    date: str = ""
    time: str = ""
    competition: Named = Named()
    tournament_calendar: Named = Named()
    venue: Named = Named()
    contestant: list[Contestant] = []


class Total(Struct, frozen=True):
    """A score."""

    home: int | None = None
    away: int | None = None


class Scores(Struct, frozen=True):
    """`total` leaves the shoot-out out."""

    total: Total = Total()


class MatchDetails(Struct, frozen=True, rename="camel"):
    """`liveData.matchDetails`."""

    match_status: str = ""
    scores: Scores = Scores()


class LiveData(Struct, frozen=True, rename="camel"):
    """`liveData`."""

    match_details: MatchDetails = MatchDetails()
    event: list[Raw] = []


class Payload(Struct, frozen=True, rename="camel"):
    """The payload."""

    match_info: MatchInfo
    live_data: LiveData


class Qualifier(Struct, frozen=True, rename="camel"):
    """One qualifier."""

    qualifier_id: int
    value: str | int | float | None = None


class Event(Struct, frozen=True, rename="camel"):
    """One event."""

    id: int | str
    type_id: int
    event_id: int | str = ""
    period_id: int = 0
    time_min: int = 0
    time_sec: int = 0
    contestant_id: str = ""
    player_id: str = ""
    player_name: str = ""
    outcome: int | None = None
    x: float | None = None
    y: float | None = None
    time_stamp: str = ""
    last_modified: str = ""
    qualifier: list[Qualifier] = []


_PAYLOAD = msgspec.json.Decoder(Payload)
_EVENT = msgspec.json.Decoder(Event)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`."""
    payload = read_json(_PAYLOAD, body, "Opta MA3")
    info, live = payload.match_info, payload.live_data
    if not is_id(info.id) or len(info.id) > 50:
        raise FeedError("unreadable_payload", "this is not Opta MA3: its match has no id")
    transcript = Transcript(provider=PROVIDER, game_id=f"{PREFIX}-{info.id}")
    sides = {one.position: one for one in info.contestant}
    home, away = sides.get("home", Contestant()), sides.get("away", Contestant())
    events: list[OptaEvent] = []
    for raw in live.event:
        try:
            events.append(_event(_EVENT.decode(raw)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            transcript.skip("unreadable_event")
    final = _final(live.match_details.scores.total)
    claim_all(
        Match(prefix=PREFIX, home=home.id, away=away.id, transcript=transcript, events=events, final=final)
    )
    if live.match_details.match_status == PLAYED and final is not None:
        over = ProviderEvent(
            provider="", game_id="", event="status-played", revision=1, type="GAME_FINAL", score=final
        )
        transcript.add_numbered(over, BEHIND_ALL)
    return transcript.decoded(game=info.id, declaration=_declare(info, home, away))


def _event(one: Event) -> OptaEvent:
    return OptaEvent(
        id=str(one.id)[:100],
        number=str(one.event_id),
        type=one.type_id,
        period=one.period_id,
        minute=one.time_min,
        second=one.time_sec,
        team=one.contestant_id,
        player=one.player_id,
        player_name=one.player_name,
        outcome=one.outcome,
        x=one.x,
        y=one.y,
        modified_ms=time_ms(one.last_modified) or 1,
        time_ms=time_ms(one.time_stamp) or 0,
        qualifiers=qualifiers((held.qualifier_id, held.value) for held in one.qualifier),
    )


def _final(total: Total) -> SideScore | None:
    if total.home is None or total.away is None or total.home < 0 or total.away < 0:
        return None
    return SideScore(home=total.home, away=total.away)


def _declare(info: MatchInfo, home: Contestant, away: Contestant) -> GameDeclared | None:
    if not home.id or not away.id:
        return None
    start = time_ms(f"{info.date.removesuffix('Z')}T{info.time or '00:00:00Z'}")
    league = info.competition.id
    venue = info.venue.long_name or info.venue.name
    return GameDeclared(
        provider=PROVIDER,
        game_id=f"{PREFIX}-{info.id}",
        event=f"{info.id}-scheduled",
        revision=1,
        sport="soccer",
        league=League(id=f"{PREFIX}-{league}" if is_id(league) else PREFIX, name=info.competition.name[:200]),
        season=info.tournament_calendar.name[:200],
        start=UNDATED if start is None else rfc3339(start),
        venue=Venue(name=venue[:200]) if venue else None,
        home=Team(id=f"{PREFIX}-{home.id}", name=home.name[:200], abbr=home.code[:8]),
        away=Team(id=f"{PREFIX}-{away.id}", name=away.name[:200], abbr=away.code[:8]),
        provider_ids={PROVIDER: info.id},
        time_ms=start or 0,
    )


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """Its two parts, and events by number."""
    return b'"matchInfo"' in body and b'"liveData"' in body and b'"typeId"' in body


OPTA_MA3 = Format(name=PROVIDER, sport="soccer", sequence="sparse", recognise=recognise, decode=decode)

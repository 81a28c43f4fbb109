"""Native CloudEvents 1.0 in JSON, one or a batch, into offers: bytes in, claims or named refusals out.

    {"specversion":"1.0","id":"m-2","source":"acme","type":"scorewire.game.event.v1","subject":"wc2022-final",
     "time":"2022-12-18T15:23:10Z","data":{"event":"prov-124","revision":7,"type":"GOAL","team":"home"}}

Each message of a batch stands alone: a bad one is refused and the rest is read. Extension attributes of the
envelope are ignored, as CloudEvents asks; unknown fields of `data` are ours and refused. A good message is
decoded in one pass; only a bad one is decoded again, to name the rule that it breaks.

providers/native.py reads recordings of the same form leniently; this is the door, and strict.

Source: CloudEvents 1.0.2; its JSON format 1.0.2, sections 3 and 4.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from scorewire.errors import FeedError, RequestError
from scorewire.intake.offers import UNFORESEEN, UNREADABLE_EVENT, Offer, Offers, Refused
from scorewire.intake.times import read_time
from scorewire.model.ids import EventId, Id, ShortText, is_id
from scorewire.model.provider_event import (
    Action,
    Claim,
    Confirmation,
    Fraction,
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    Revision,
    Sequence,
    Side,
    SideScore,
    Team,
    Venue,
)
from scorewire.providers.format import rfc3339
from scorewire.providers.native import EVENT_TYPE, SCHEDULED_TYPE, write_batch, write_message

__all__ = ["BATCH", "SINGLE", "envelope", "read", "write_batch"]

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on bytes that are not the JSON asked for; the last for brackets without end."""

DetailName = Annotated[str, Meta(min_length=1, max_length=64)]
DetailText = Annotated[str, Meta(max_length=500)]
DetailNumber = Annotated[int, Meta(ge=-(2**53), le=2**53)]
GivenDetail = Annotated[dict[DetailName, DetailText | DetailNumber | float | bool], Meta(max_length=100)]
"""A line-up is the largest: some thirty players by id."""


class EventData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data` of a game event: a ProviderEvent without what the envelope says."""

    event: EventId | None = None
    revision: Revision | None = None
    sequence: Sequence | None = None
    action: Action = "assert"
    type: Annotated[str, Meta(max_length=64)] = ""
    team: Side | None = None
    period: Annotated[int, Meta(ge=1, le=99)] | None = None
    clock: Annotated[str, Meta(max_length=16)] | None = None
    player: Player | None = None
    detail: GivenDetail = {}
    x: Fraction | None = None
    y: Fraction | None = None
    score: SideScore | None = None
    confirmation: Confirmation = "confirmed"
    text: Annotated[str, Meta(max_length=1000)] | None = None


class ScheduledData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data` of a declaration: a GameDeclared without what the envelope says."""

    sport: Id
    league: League
    season: ShortText = ""
    round: ShortText = ""
    start: Annotated[str, Meta(max_length=40)]
    venue: Venue | None = None
    home: Team
    away: Team
    providers: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    provider_ids: Annotated[dict[Id, ShortText], Meta(max_length=20)] = {}
    rules: GivenDetail = {}


class EventMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag=EVENT_TYPE):
    """The envelope around EventData."""

    specversion: Literal["1.0"]
    id: EventId
    source: str
    subject: str
    time: str | None = None
    data: EventData


class ScheduledMessage(Struct, frozen=True, kw_only=True, tag_field="type", tag=SCHEDULED_TYPE):
    """The envelope around ScheduledData."""

    specversion: Literal["1.0"]
    id: EventId
    source: str
    subject: str
    time: str | None = None
    data: ScheduledData


_MESSAGE = msgspec.json.Decoder(EventMessage | ScheduledMessage)
_BATCH = msgspec.json.Decoder(list[Raw])
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ANYTHING = msgspec.json.Decoder()

Tree = dict[str, object]


def read(body: bytes, *, provider: str, batch: bool, batch_max: int) -> Offers:
    """Read the body of a call.

    Args:
        provider: whose call it is; a message's `source` must say the same.
        batch: whether the body is an array of messages.
        batch_max: messages of one call.
    Raises:
        FeedError: `unreadable_json`: the body as a whole is not what its type says.
        RequestError: 413 `batch_too_large`.
    """
    messages: list[bytes | Raw]
    try:
        if batch:
            messages = list(_BATCH.decode(body))
        else:
            _OBJECT.decode(body)
            messages = [body]
    except UNREADABLE as error:
        what = "an array of messages" if batch else "one message"
        raise FeedError("unreadable_json", f"the body is not {what} in JSON: {error}") from None
    if len(messages) > batch_max:
        raise RequestError(413, "batch_too_large", f"{len(messages)} messages; at most {batch_max} a call")
    offers = Offers([], [])
    for index, raw in enumerate(messages):
        try:
            one = _one(index, raw, provider)
        except Exception as error:  # what no rule foresaw in one event must not take the call with it
            one = Refused(index, "", "", UNREADABLE_EVENT, UNFORESEEN, bytes(raw), error)
        if isinstance(one, Offer):
            offers.offered.append(one)
        else:
            offers.refused.append(one)
    return offers


def _one(index: int, raw: bytes | Raw, provider: str) -> Offer | Refused:
    try:
        message = _MESSAGE.decode(raw)
    except UNREADABLE as error:
        return _diagnose(index, bytes(raw), str(error))
    try:
        return Offer(index, message.id, _claim(message, provider), raw)
    except FeedError as error:
        return Refused(index, message.id, _game(message.subject), error.rule, error.detail, bytes(raw))


def envelope(claim: Claim, *, message_id: str = "") -> bytes:
    """One claim as a CloudEvent, the inverse of `read`, for those who post.

    Args:
        message_id: must differ from message to message; as it is left out, made of event and revision.
    """
    return write_message(claim, message_id=message_id or f"{claim.event}.{claim.revision}"[:128])


def _claim(message: EventMessage | ScheduledMessage, provider: str) -> Claim:
    if message.source != provider:
        raise FeedError("wrong_source", f"source is {message.source!r}, but {provider!r} signed")
    if not is_id(message.subject):
        raise FeedError("bad_game_id", "subject is a game's id: letters, digits and ._~:@-, at most 64")
    at = None
    if message.time is not None:
        at = read_time(message.time)
        if at is None:
            raise FeedError(
                "bad_time", f"time is {message.time!r}, not RFC 3339 such as 2022-12-18T15:00:00Z"
            )
    if isinstance(message, ScheduledMessage):
        return _declared(message, at)
    data = message.data
    revision = at if data.revision is None else data.revision
    if revision is None:
        raise FeedError("revision_missing", "a message has a revision, or a time that stands for one")
    return ProviderEvent(
        provider=provider,
        game_id=message.subject,
        event=message.id if data.event is None else data.event,
        revision=revision,
        sequence=data.sequence,
        action=data.action,
        type=data.type,
        team=data.team,
        period=data.period,
        clock=data.clock,
        player=data.player,
        detail=data.detail,
        x=data.x,
        y=data.y,
        score=data.score,
        confirmation=data.confirmation,
        text=data.text,
        time_ms=at or 0,
    )


def _declared(message: ScheduledMessage, at: int | None) -> GameDeclared:
    if at is None:
        raise FeedError("revision_missing", "a declaration has a time: it orders the versions")
    data = message.data
    start = read_time(data.start)
    if start is None:
        raise FeedError("bad_start", f"start is {data.start!r}, not RFC 3339 such as 2022-12-18T15:00:00Z")
    return GameDeclared(
        provider=message.source,
        game_id=message.subject,
        event=message.id,
        revision=at,
        sport=data.sport,
        league=data.league,
        season=data.season,
        round=data.round,
        start=rfc3339(start),
        venue=data.venue,
        home=data.home,
        away=data.away,
        providers=data.providers,
        provider_ids=data.provider_ids,
        rules=data.rules,
        time_ms=at,
    )


def _diagnose(index: int, raw: bytes, complaint: str) -> Refused:
    """Name the rule that an unreadable message breaks."""
    try:
        message = _ANYTHING.decode(raw)
    except UNREADABLE:
        return Refused(index, "", "", "unreadable_json", complaint, raw)
    if not isinstance(message, dict):
        return Refused(index, "", "", "bad_shape", "a message is a JSON object", raw)
    rule, detail = _broken(message) or ("bad_shape", complaint)
    return Refused(index, _text(message.get("id"))[:128], _game(message.get("subject")), rule, detail, raw)


def _broken(message: Tree) -> tuple[str, str] | None:
    kind = message.get("type")
    if kind not in (EVENT_TYPE, SCHEDULED_TYPE):
        return "unknown_type", f"type is {kind!r}, neither {EVENT_TYPE} nor {SCHEDULED_TYPE}"
    data = message.get("data")
    if not isinstance(data, dict):
        return None
    score = data.get("score")
    if isinstance(score, dict):
        for side in ("home", "away"):
            points = score.get(side)
            if isinstance(points, int | float) and points < 0:
                return "negative_score", f"score.{side} is {points}"
    team = data.get("team")
    if team not in (None, "home", "away"):
        return "unknown_team", f"team is {team!r}, neither home nor away"
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _game(value: object) -> str:
    """A game's id that may be stored and searched; empty for anything else."""
    text = _text(value)
    return text if is_id(text) else ""

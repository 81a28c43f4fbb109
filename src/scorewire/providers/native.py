"""Native events: CloudEvents 1.0 in JSON, one, a batch, or one a line.

    {"specversion":"1.0","id":"m-2","source":"acme","type":"scorewire.game.event.v1","subject":"wc2022-final",
     "time":"2022-12-18T15:23:10Z","data":{"event":"prov-124","revision":7,"type":"GOAL","team":"home"}}

Quirks that this file decides:
    - `event` defaults to the message's `id`, `revision` to `time` in milliseconds; a message with neither
      revision nor time has none and is refused (`revision_missing`).
    - Unknown attributes of the envelope are extensions and are ignored; unknown fields of `data` are ours
      and are refused.
    - A recording may hold several games (a matchday): `declarations` and `events` then mix them, each with
      its own `game_id`, in the order of the file.

Source: CloudEvents 1.0.2, JSON format 1.0.2 sections 2 to 4; docs/protocol.md, section 1.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from scorewire.errors import FeedError
from scorewire.model.ids import EventId, Id, ShortText, is_id
from scorewire.model.provider_event import (
    Action,
    Claim,
    Confirmation,
    Detail,
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
from scorewire.providers.format import NO_COMPANIONS, Companions, Decoded, Format, rfc3339, time_ms

EVENT_TYPE = "scorewire.game.event.v1"
SCHEDULED_TYPE = "scorewire.game.scheduled.v1"


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The envelope; `data` is decoded by its `type`."""

    specversion: str
    id: EventId
    source: str
    type: str
    subject: str = ""
    time: str = ""
    datacontenttype: str = ""
    data: Raw = Raw()


class EventData(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`data` of a game event: a ProviderEvent without what the envelope says."""

    event: EventId = ""
    revision: Revision | UnsetType = UNSET
    sequence: Sequence | None = None
    action: Action = "assert"
    type: str = ""
    team: Side | None = None
    period: int | None = None
    clock: str | None = None
    player: Player | None = None
    detail: Detail = {}
    x: Fraction | None = None
    y: Fraction | None = None
    score: SideScore | None = None
    confirmation: Confirmation = "confirmed"
    text: str | None = None


class ScheduledData(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`data` of a declaration: a GameDeclared without what the envelope says."""

    sport: Id
    league: League
    season: ShortText = ""
    round: ShortText = ""
    start: str
    venue: Venue | None = None
    home: Team
    away: Team
    providers: tuple[Id, ...] = ()
    provider_ids: dict[Id, ShortText] = {}
    rules: Detail = {}


_MESSAGE = msgspec.json.Decoder(Message)
_EVENT_DATA = msgspec.json.Decoder(EventData)
_SCHEDULED_DATA = msgspec.json.Decoder(ScheduledData)
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_BATCH = msgspec.json.Decoder(list[Raw])
_ENCODER = msgspec.json.Encoder()


def read_message(body: bytes | Raw) -> Claim:
    """Decode one CloudEvent; its `source` becomes the provider, its `subject` the game.

    Raises:
        FeedError: `unreadable_message`, `unknown_message_type`, `bad_id`, `revision_missing`.
    """
    try:
        message = _MESSAGE.decode(body)
        if not is_id(message.source) or not is_id(message.subject):
            raise FeedError("bad_id", "source and subject are ids: letters, digits and ._~:@-")
        if message.type == EVENT_TYPE:
            return _event(message)
        if message.type == SCHEDULED_TYPE:
            return _declared(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedError("unreadable_message", str(error)) from None
    raise FeedError("unknown_message_type", f"{message.type!r} is neither {EVENT_TYPE} nor {SCHEDULED_TYPE}")


def _event(message: Message) -> ProviderEvent:
    data = _EVENT_DATA.decode(message.data)
    at = time_ms(message.time)
    fields = {name: getattr(data, name) for name in EventData.__struct_fields__}
    fields |= {
        "provider": message.source,
        "game_id": message.subject,
        "event": data.event or message.id,
        "revision": _revision(data.revision, at),
        "time_ms": at or 0,
    }
    return msgspec.convert(fields, ProviderEvent)


def _declared(message: Message) -> GameDeclared:
    data = _SCHEDULED_DATA.decode(message.data)
    at = time_ms(message.time)
    fields = {name: getattr(data, name) for name in ScheduledData.__struct_fields__}
    fields |= {
        "provider": message.source,
        "game_id": message.subject,
        "event": message.id,
        "revision": _revision(UNSET, at),
        "time_ms": at or 0,
    }
    return msgspec.convert(fields, GameDeclared)


def _revision(stated: int | UnsetType, at: int | None) -> int:
    if stated is not UNSET:
        return stated
    if at is None:
        raise FeedError("revision_missing", "a message has a revision, or a time that stands for one")
    return at


def write_message(claim: Claim, *, message_id: str) -> bytes:
    """Encode a claim as one CloudEvent: the inverse of `read_message`, but for the message's id."""
    data: EventData | ScheduledData
    if isinstance(claim, ProviderEvent):
        kind, data = EVENT_TYPE, msgspec.convert(claim, EventData, from_attributes=True)
    else:
        kind, data = SCHEDULED_TYPE, msgspec.convert(claim, ScheduledData, from_attributes=True)
    return _ENCODER.encode(
        Message(
            specversion="1.0",
            id=message_id,
            source=claim.provider,
            type=kind,
            subject=claim.game_id,
            time=rfc3339(claim.time_ms),
            data=Raw(_ENCODER.encode(data)),
        )
    )


def write_batch(messages: Iterable[bytes]) -> bytes:
    """Join encoded CloudEvents into one `application/cloudevents-batch+json` body."""
    return b"[" + b",".join(messages) + b"]"


def split_messages(body: bytes) -> list[bytes | Raw]:
    """The messages of a batch, of JSON lines, or the one that the body is; they are not decoded yet.

    Raises:
        FeedError: `unreadable_payload`.
    """
    text = body.strip()
    try:
        if text.startswith(b"["):
            return list(_BATCH.decode(text))
        _OBJECT.decode(text)  # one object, however many lines it is printed over
        return [text]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or text.startswith(b"["):
            raise FeedError("unreadable_payload", f"this is not CloudEvents in JSON: {error}") from None
        return list(lines)


def decode(body: bytes, /, name: str = "", companions: Companions = NO_COMPANIONS) -> Decoded:  # noqa: ARG001
    """See `Decode`. Messages that cannot be read are skipped under the name of their rule."""
    declarations: list[GameDeclared] = []
    events: list[ProviderEvent] = []
    skipped: Counter[str] = Counter()
    for message in split_messages(body):
        try:
            claim = read_message(message)
        except FeedError as error:
            skipped[error.rule] += 1
            continue
        if isinstance(claim, GameDeclared):
            declarations.append(claim)
        else:
            events.append(claim)
    if not declarations and not events:
        raise FeedError("unreadable_payload", f"no message of ours is in it ({dict(skipped)})")
    games = {one.game_id for one in declarations} | {one.game_id for one in events}
    return Decoded(games.pop() if len(games) == 1 else "", tuple(declarations), tuple(events), dict(skipped))


def recognise(body: bytes, name: str) -> bool:  # noqa: ARG001
    """An envelope names its `specversion` early."""
    return b'"specversion"' in body[:4096]


NATIVE = Format(name="native", sport="", sequence="dense", recognise=recognise, decode=decode)

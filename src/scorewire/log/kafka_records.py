"""What lies on Kafka's topics, in bytes: claims, dead letters, and what became of those. Pure.

Example of a claim:
    key      fra-arg-2022
    headers  webhook-id: msg_2b7, received-ms: 1671376990500, traceparent: 00-4bf92f35...-01
    value    {"kind":"event","provider":"acme","game_id":"fra-arg-2022","event":"prov-7","revision":1,...}

Offsets of the port begin at 1 and Kafka's at 0, so that "after 0" means everything on both logs.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.log.base import DeadLetter, LogEntry, Submission
from scorewire.model.provider_event import Claim

WEBHOOK_ID: Final = "webhook-id"
RECEIVED_MS: Final = "received-ms"
TRACEPARENT: Final = "traceparent"

Headers = Sequence[tuple[str, str | bytes | None]] | Mapping[str, str | bytes | None]

UNREADABLE: Final = (msgspec.MsgspecError, ValueError, KeyError, TypeError)
"""What reading raises where a record is not one of ours."""


class Record(Struct, frozen=True):
    """One message to be produced."""

    key: bytes
    value: bytes
    headers: list[tuple[str, str | bytes | None]]


class Lettered(Struct, frozen=True, kw_only=True, tag_field="kind", tag="letter", omit_defaults=True):
    """A dead letter on its topic; its number is its offset there."""

    letter: DeadLetter


class Settled(Struct, frozen=True, kw_only=True, tag_field="kind", tag="settled"):
    """What became of dead letters: `{"kind":"settled","numbers":[7,9],"state":"replayed"}`."""

    numbers: tuple[int, ...]
    state: str


Buried = Lettered | Settled
"""What the topic of dead letters holds, in the order in which it came true."""

_ENCODER: Final = msgspec.json.Encoder()
_CLAIM: Final = msgspec.json.Decoder(Claim)
_BURIED: Final[msgspec.json.Decoder[Buried]] = msgspec.json.Decoder(Buried)


def port_offset(offset: int) -> int:
    """Kafka's offset as the port counts."""
    return offset + 1


def kafka_offset(after: int) -> int:
    """Where Kafka begins to read what the port calls `after`."""
    return max(after, 0)


def claim_records(call: Submission) -> list[Record]:
    """The claims of a call, in its order; each carries what its reader must know of the call."""
    headers: list[tuple[str, str | bytes | None]] = [
        (WEBHOOK_ID, call.webhook_id.encode()),
        (RECEIVED_MS, str(call.received_ms).encode()),
    ]
    if call.traceparent:
        headers.append((TRACEPARENT, call.traceparent.encode()))
    return [Record(claim.game_id.encode(), _ENCODER.encode(claim), headers) for claim in call.claims]


def read_claim(partition: int, offset: int, headers: Headers, value: bytes) -> LogEntry:
    """A claim as it was submitted; `offset` is Kafka's.

    Raises:
        one of UNREADABLE: somebody else has written here.
    """
    held = {name: _text(given) for name, given in dict(headers).items()}
    return LogEntry(
        partition=partition,
        offset=port_offset(offset),
        received_ms=int(held[RECEIVED_MS]),
        webhook_id=held[WEBHOOK_ID],
        claim=_CLAIM.decode(value),
        traceparent=held.get(TRACEPARENT, ""),
    )


def letter_record(letter: DeadLetter) -> Record:
    """A dead letter, whole."""
    return Record(letter.game_id.encode(), _ENCODER.encode(Lettered(letter=letter)), [])


def settled_record(numbers: Sequence[int], state: str) -> Record:
    """What became of them; numbers that no letter can have are left out."""
    known = tuple(number for number in numbers if 0 < number < 2**63)
    return Record(b"", _ENCODER.encode(Settled(numbers=known, state=state)), [])


def read_buried(value: bytes) -> Buried:
    """An entry of the topic of dead letters.

    Raises:
        one of UNREADABLE: somebody else has written here.
    """
    return _BURIED.decode(value)


def _text(given: str | bytes | None) -> str:
    return given.decode() if isinstance(given, bytes) else given or ""

"""What a call offers, claim by claim; what of it is refused; and how the caller is told.

Example:
    {"accepted":2,"duplicates":1,"rejected":[{"index":3,"id":"m-9","rule":"negative_score","detail":"..."}]}
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from scorewire.errors import (
    BackendError,
    FeedError,
    RequestError,
    ScorewireError,
    Unauthenticated,
    WebhookConflict,
)
from scorewire.log.base import DeadLetter
from scorewire.model.provider_event import Claim
from scorewire.providers.native import write_message

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
DETAIL_CHARACTERS_MAX = 300
"""Of a refusal's sentence, which may quote what was sent."""

UNAVAILABLE_RETRY_S = 2

UNREADABLE_EVENT = "unreadable_event"
"""The rule of last resort: reading one event raised what no other rule foresees."""
UNFORESEEN = "this event could not be read; the node's log says why"

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Offer:
    """One claim of a call.

    Attributes:
        index: its place in the call, from 0.
        message_id: of its CloudEvent; its event id where the payload is a provider's own.
        raw: its bytes, for the dead letter; None where it is a part of something larger.
    """

    index: int
    message_id: str
    claim: Claim
    raw: bytes | Raw | None

    def refuse(self, rule: str, detail: str) -> "Refused":
        """This claim, refused."""
        raw = self.raw
        payload = _written(self.claim, self.message_id) if raw is None else bytes(raw)
        return Refused(self.index, self.message_id, self.claim.game_id, rule, detail, payload)

    def give_up(self, cause: Exception) -> "Refused":
        """This claim, refused because reading it raised what no rule foresees."""
        return replace(self.refuse(UNREADABLE_EVENT, UNFORESEEN), cause=cause)


def _written(claim: Claim, message_id: str) -> bytes:
    try:
        return write_message(claim, message_id=message_id)
    except (ValueError, OverflowError, msgspec.MsgspecError):
        # A provider's own payload may hold a time that RFC 3339 cannot write.
        return _ENCODER.encode(claim)


@dataclass(frozen=True, slots=True)
class Refused:
    """A part of a call that cannot be used, under the name of the rule that it breaks.

    Attributes:
        cause: what was raised where nothing should be; it is logged by the shell and never told.
    """

    index: int
    message_id: str
    game_id: str
    rule: str
    detail: str
    payload: bytes
    cause: Exception | None = None


class Offers(NamedTuple):
    """What one call holds: readable, and refused already."""

    offered: list[Offer]
    refused: list[Refused]


class Rejected(Struct, frozen=True, kw_only=True):
    """A refusal as the caller is told."""

    index: int
    id: str
    rule: str
    detail: str


class Accepted(Struct, frozen=True, kw_only=True):
    """The body of a 202."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejected, ...] = ()


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457, in the form that the API gives it."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Answer(NamedTuple):
    """What goes back to the caller."""

    status: int
    body: bytes
    headers: dict[str, str]


def accepted(accepted: int, duplicates: int, refused: Iterable[Refused]) -> bytes:
    """Encode the body of a 202; refusals in the order of the call."""
    rejected = tuple(
        Rejected(index=one.index, id=one.message_id, rule=one.rule, detail=clip(one.detail))
        for one in sorted(refused, key=lambda one: one.index)
    )
    return _ENCODER.encode(Accepted(accepted=accepted, duplicates=duplicates, rejected=rejected))


def letters(
    provider: str, webhook_id: str, received_ms: int, refused: Iterable[Refused]
) -> tuple[DeadLetter, ...]:
    """Dead letters of what was refused."""
    return tuple(
        DeadLetter(
            ts=received_ms,
            provider=provider,
            game_id=one.game_id,
            rule=one.rule,
            detail=clip(one.detail),
            payload=one.payload,
            webhook_id=webhook_id,
        )
        for one in refused
    )


def status_of(error: ScorewireError) -> int:
    """Who is at fault decides the status."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, Unauthenticated):
        return 401
    if isinstance(error, WebhookConflict):
        return 409
    if isinstance(error, FeedError):
        return 422
    return 503 if isinstance(error, BackendError) and error.retryable else 500


def problem(error: ScorewireError) -> bytes:
    """An error's body. What failed inside is ours to know, not the caller's."""
    status = status_of(error)
    if isinstance(error, RequestError):
        code, detail = error.code, error.detail
    elif isinstance(error, FeedError):
        code, detail = error.rule, error.detail
    elif status == 503:
        code, detail = "unavailable", "What makes events durable is not there; send the same call again."
    else:
        code, detail = "internal", "Something failed on our side."
    return _ENCODER.encode(
        Problem(
            type=f"urn:scorewire:problem:{code}",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=clip(detail),
            code=code,
        )
    )


def refusal(error: ScorewireError) -> Answer:
    """An error as an answer."""
    headers = {"content-type": PROBLEM_JSON}
    status = status_of(error)
    wait_s = error.retry_after_s if isinstance(error, RequestError) else None
    if status == 503:
        wait_s = UNAVAILABLE_RETRY_S
    if wait_s is not None:
        headers["retry-after"] = str(wait_s)
    return Answer(status, problem(error), headers)


def clip(text: str) -> str:
    """A sentence of bounded length."""
    if len(text) <= DETAIL_CHARACTERS_MAX:
        return text
    return text[: DETAIL_CHARACTERS_MAX - 1] + "…"

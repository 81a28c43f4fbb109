"""The editor's desk over HTTP, for administrators: enter, list, cancel a play, hand back to the feeds.

An entry takes the way of every claim: intake, the log, the rules of the sport, the journal. The answer waits
a moment for what became of it, so that an editor sees the new score or the rule that was broken, not `202`.
"""

import hashlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, SkipValidation
from litestar.response.base import ASGIResponse
from msgspec import Struct

from scorewire.api.answers import plain
from scorewire.api.parameters import PathId
from scorewire.api.problems import AnyRequest, refuse
from scorewire.clock import Clock
from scorewire.intake.desk import (
    DESK,
    Cancellation,
    DeskEntry,
    HandBack,
    cancelling,
    entered,
    handed_back,
)
from scorewire.intake.offers import Accepted, Offer, Offers, Rejected
from scorewire.log.base import DeadLetter, Receipt
from scorewire.model.game_event import GameEvent, Level
from scorewire.model.ids import is_id
from scorewire.model.provider_event import ProviderEvent
from scorewire.scoreboard.base import Head

T = TypeVar("T")

ENTRIES_MAX = 200
"""Entries of one game that are listed, the newest."""
BODY_BYTES_MAX = 10_000
OUTCOME_WAIT_S = 2.0
LOOK_EVERY_S = 0.05
PAGE_ROWS = 1000

Outcome = Literal["applied", "refused", "pending"]


class Admit(Protocol):
    """Admission.post."""

    def __call__(
        self, *, provider: str, webhook_id: str, digest: bytes, received_ms: int, offers: Offers
    ) -> Awaitable[Receipt]:
        """From what a call offers to its durable answer."""
        ...


class Rows(Protocol):
    """Journal.rows."""

    def __call__(
        self, game_id: str, since_seq: int, limit: int, level: Level | None = None
    ) -> Awaitable[tuple[GameEvent, ...]]:
        """Rows after a seq, in order."""
        ...


class Letters(Protocol):
    """ProviderLog.dead_letters."""

    def __call__(self, *, game_id: str, since_ms: int, limit: int) -> Awaitable[Sequence[DeadLetter]]:
        """What was refused, newest first."""
        ...


class DeskAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an entry.

    Attributes:
        outcome: `pending` is durable and not yet decided: list the entries in a moment.
        rule, detail: why it was refused.
        score: after it, `2-1`.
    """

    event: str
    outcome: Outcome
    rule: str = ""
    detail: str = ""
    seq: int = 0
    score: str = ""


class EntryShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the desk; `stands` until it was handed back."""

    event: str
    seq: int
    ts: int
    type: str
    by: str = ""
    reason: str = ""
    stands: bool
    handed_back_by: str = ""
    detail: dict[str, str | int | float | bool] = {}


class EntriesShown(Struct, frozen=True, kw_only=True):
    """Newest first."""

    entries: tuple[EntryShown, ...]


_ENCODER = msgspec.json.Encoder()
_ACCEPTED = msgspec.json.Decoder(Accepted)
_CLAIM = msgspec.json.Decoder(ProviderEvent)
_ENTRY = msgspec.json.Decoder(DeskEntry)
_HAND_BACK = msgspec.json.Decoder(HandBack)
_CANCELLATION = msgspec.json.Decoder(Cancellation)

EventName = Annotated[str, PathParameter(description="An entry's `event`, as the list shows it.")]


class EditorsDesk:
    """Posts what an editor enters, and reads back what became of it.

    Args:
        admit: intake's way in, behind the signature.
        rows, letters: where an entry ends up.
        head: the game's newest state, which is never older than its rows.
        sleep: seconds, for the wait between two looks.
    """

    def __init__(
        self,
        *,
        admit: Admit,
        rows: Rows,
        letters: Letters,
        head: Callable[[str], Awaitable[Head | None]],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._admit = admit
        self._rows = rows
        self._letters = letters
        self._head = head
        self._clock = clock
        self._sleep = sleep

    def now_ms(self) -> int:
        """The revision of what is entered now."""
        return self._clock.now_ms()

    async def seq(self, game_id: str) -> int:
        """The game's newest row.

        Raises:
            RequestError: `unknown_game`.
        """
        head = await self._head(game_id) if is_id(game_id) else None
        if head is None:
            raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
        return head.state.seq

    async def post(self, claim: ProviderEvent, *, since_seq: int) -> DeskAnswer:
        """Make a claim durable and wait a moment for its effect.

        Raises:
            BackendError: it was not made durable.
        Cancellation: the claim may have become durable; list the entries.
        """
        body = _ENCODER.encode(claim)
        receipt = await self._admit(
            provider=DESK,
            webhook_id=f"{claim.event}-{claim.revision}",
            digest=hashlib.sha256(body).digest(),
            received_ms=claim.revision,
            offers=Offers([Offer(0, claim.event, claim, None)], []),
        )
        rejected = _ACCEPTED.decode(receipt.answer).rejected
        if rejected:
            return _refused(claim, rejected[0])
        until_s = self._clock.monotonic_s() + OUTCOME_WAIT_S
        while True:
            found = await self._outcome(claim, since_seq)
            if found is not None or self._clock.monotonic_s() >= until_s:
                return found or DeskAnswer(event=claim.event, outcome="pending")
            await self._sleep(LOOK_EVERY_S)

    async def _outcome(self, claim: ProviderEvent, since_seq: int) -> DeskAnswer | None:
        for row in await self._rows(claim.game_id, since_seq, PAGE_ROWS):
            if (row.cause.provider, row.cause.event, row.cause.revision) == (
                DESK,
                claim.event,
                claim.revision,
            ):
                head = await self._head(claim.game_id)
                score = f"{head.state.home.score}-{head.state.away.score}" if head is not None else ""
                return DeskAnswer(event=claim.event, outcome="applied", seq=row.seq, score=score)
        for letter in await self._letters(game_id=claim.game_id, since_ms=claim.revision, limit=20):
            if letter.provider == DESK and letter.position and _event_of(letter) == claim.event:
                return DeskAnswer(
                    event=claim.event, outcome="refused", rule=letter.rule, detail=letter.detail
                )
        return None

    async def entries(self, game_id: str) -> EntriesShown:
        """What the desk has entered for a game, newest first."""
        await self.seq(game_id)
        found: dict[str, EntryShown] = {}
        async for row in self._all(game_id):
            if row.cause.provider != DESK or row.claim is None:
                continue
            event, held = row.cause.event, found.get(row.cause.event)
            by = str(row.claim.detail.get("by", ""))
            if row.change != "retract":
                found[event] = _entry(row, row.claim)
            elif held is not None:
                found[event] = msgspec.structs.replace(held, stands=False, handed_back_by=by)
        newest = sorted(found.values(), key=lambda one: -one.seq)
        return EntriesShown(entries=tuple(newest[:ENTRIES_MAX]))

    async def play(self, game_id: str, seq: int) -> tuple[str, str]:
        """Provider and event of the play that a row told or corrected.

        Raises:
            RequestError: `unknown_row`, where the row is not about a play.
        """
        rows = await self._rows(game_id, seq - 1, 1)
        if not rows or rows[0].seq != seq or rows[0].claim is None or rows[0].change == "retract":
            raise refuse("unknown_row", f"Row {seq} of {game_id} tells no play.")
        return rows[0].cause.provider, rows[0].cause.event

    async def _all(self, game_id: str) -> AsyncIterator[GameEvent]:
        seq = 0
        while page := await self._rows(game_id, seq, PAGE_ROWS):
            for row in page:
                yield row
            seq = page[-1].seq


def _event_of(letter: DeadLetter) -> str:
    try:
        return _CLAIM.decode(letter.payload).event
    except msgspec.DecodeError:
        return ""


def _refused(claim: ProviderEvent, why: Rejected) -> DeskAnswer:
    return DeskAnswer(event=claim.event, outcome="refused", rule=why.rule, detail=why.detail)


def _entry(row: GameEvent, claim: ProviderEvent) -> EntryShown:
    detail = dict(claim.detail)
    return EntryShown(
        event=row.cause.event,
        seq=row.seq,
        ts=row.ts,
        type=claim.type,
        by=str(detail.pop("by", "")),
        reason=str(detail.pop("reason", "")),
        stands=True,
        detail=detail,
    )


_Desk = NamedDependency[SkipValidation[EditorsDesk]]
_ANSWERED = {200: ResponseSpec(DeskAnswer, description="What became of it", generate_examples=False)}


@get(
    "/games/{game_id:str}/desk",
    summary="What the desk has entered for a game",
    responses={200: ResponseSpec(EntriesShown, description="Newest first", generate_examples=False)},
)
async def list_entries(desk: _Desk, game_id: PathId) -> ASGIResponse:
    """With who entered it and why, and whether it was handed back."""
    return _json(await desk.entries(game_id))


@post(
    "/games/{game_id:str}/desk",
    summary="Enter an event as the desk",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses=_ANSWERED,
)
async def enter(request: AnyRequest, desk: _Desk, game_id: PathId) -> ASGIResponse:
    """Any event of the sport; SCORE_SET puts the score right, whatever the feeds say."""
    wanted = read_body(_ENTRY, await request.body(), DeskEntry)
    since_seq = await desk.seq(game_id)
    claim = entered(wanted, game_id=game_id, event=entry_name(), now_ms=desk.now_ms())
    return _json(await desk.post(claim, since_seq=since_seq))


@post(
    "/games/{game_id:str}/desk/cancel",
    summary="Take back a play of any provider",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses=_ANSWERED,
)
async def cancel_play(request: AnyRequest, desk: _Desk, game_id: PathId) -> ASGIResponse:
    """The play that row `seq` told does not count, whatever its provider sends of it, until handed back."""
    wanted = read_body(_CANCELLATION, await request.body(), Cancellation)
    since_seq = await desk.seq(game_id)
    provider, target = await desk.play(game_id, wanted.seq)
    claim = cancelling(
        wanted, game_id=game_id, provider=provider, target=target, event=entry_name(), now_ms=desk.now_ms()
    )
    return _json(await desk.post(claim, since_seq=since_seq))


@post(
    "/games/{game_id:str}/desk/{event:str}/hand-back",
    summary="Take an entry of the desk back: the feeds' account holds again",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses=_ANSWERED,
)
async def hand_back(request: AnyRequest, desk: _Desk, game_id: PathId, event: EventName) -> ASGIResponse:
    """With all that the feeds sent meanwhile."""
    wanted = read_body(_HAND_BACK, await request.body(), HandBack)
    since_seq = await desk.seq(game_id)
    held = next((one for one in (await desk.entries(game_id)).entries if one.event == event), None)
    if held is None or not held.stands:
        raise refuse("unknown_entry", f"The desk has no entry {event[:64]!r} that stands in {game_id}.")
    claim = handed_back(wanted, game_id=game_id, event=event, now_ms=desk.now_ms())
    return _json(await desk.post(claim, since_seq=since_seq))


HANDLERS = (list_entries, enter, cancel_play, hand_back)
"""To be put under /v1/admin, whose guards hold for them."""


def entry_name() -> str:
    """An id that no other entry has, with no secret in it."""
    return f"desk-{uuid.uuid4().hex[:16]}"


def read_body(decoder: msgspec.json.Decoder[T], body: bytes, like: type[Struct]) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refuse("bad_request", f"The body must be a {like.__name__}: {error}") from error


def _json(value: object) -> ASGIResponse:
    return plain(_ENCODER.encode(value), "application/json")

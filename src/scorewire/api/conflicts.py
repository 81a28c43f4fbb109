"""Several providers on one game, for administrators: what they do not agree on, and how each of them does.

A conflict is settled by the desk's word, CONFLICT_SETTLED, which takes the way of every entry (desk.py),
stands in the audit with who gave it and why, and can be handed back like any other.
"""

from collections.abc import Awaitable
from typing import Annotated, Literal, Protocol

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api.answers import plain
from scorewire.api.desk import BODY_BYTES_MAX, DeskAnswer, EditorsDesk, entry_name, read_body
from scorewire.api.parameters import IdFilter, PathId
from scorewire.api.problems import AnyRequest, refuse
from scorewire.intake.desk import Settlement, settling
from scorewire.model.ids import is_id

_ENCODER = msgspec.json.Encoder()
_SETTLEMENT = msgspec.json.Decoder(Settlement)


class Inquiry(Protocol):
    """What is asked about games that several providers tell; answers are what msgspec can encode."""

    def conflicts(self, game_id: str, *, settled: bool = False) -> Awaitable[object]:
        """The conflicts of a game; None for an unknown one."""
        ...

    def is_open(self, game_id: str, provider: str, event: str) -> Awaitable[bool]:
        """Whether an event is in a conflict that nothing has settled."""
        ...

    def report(self, game_ids: list[str] | None) -> Awaitable[object]:
        """How each provider did on these games, or on all."""
        ...


_Desk = NamedDependency[SkipValidation[EditorsDesk]]
_Inquiry = NamedDependency[SkipValidation[Inquiry]]
_StateFilter = Annotated[Literal["open", "all"], QueryParameter(name="state")]


@get("/games/{game_id:str}/conflicts", summary="What the providers of a game do not agree on")
async def list_conflicts(
    *, inquiry: _Inquiry, game_id: PathId, in_state: _StateFilter = "open"
) -> ASGIResponse:
    """Newest first, each with both sides."""
    found = await inquiry.conflicts(game_id, settled=in_state == "all") if is_id(game_id) else None
    if found is None:
        raise refuse("unknown_game", f"There is no game {game_id[:64]!r}.")
    return plain(_ENCODER.encode(found), "application/json")


@post(
    "/games/{game_id:str}/conflicts",
    summary="Settle a conflict as the desk",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
    responses={200: ResponseSpec(DeskAnswer, description="What became of it", generate_examples=False)},
)
async def settle_conflict(
    *, request: AnyRequest, inquiry: _Inquiry, desk: _Desk, game_id: PathId
) -> ASGIResponse:
    """The claim counts (`adopt`), or it does not, whoever states its score later."""
    wanted = read_body(_SETTLEMENT, await request.body(), Settlement)
    since_seq = await desk.seq(game_id)
    if not await inquiry.is_open(game_id, wanted.provider, wanted.event):
        raise refuse(
            "unknown_conflict", f"{wanted.event[:64]!r} of {wanted.provider} is in no open conflict."
        )
    claim = settling(wanted, game_id=game_id, event=entry_name(), now_ms=desk.now_ms())
    return plain(_ENCODER.encode(await desk.post(claim, since_seq=since_seq)), "application/json")


@get("/providers/report", summary="How each provider does on the games that several tell")
async def report_providers(*, inquiry: _Inquiry, game: IdFilter = None) -> ASGIResponse:
    """Lead, misses, retractions, failovers and conflicts, over one game or all."""
    report = await inquiry.report([game] if game is not None else None)
    return plain(_ENCODER.encode(report), "application/json")


HANDLERS = (list_conflicts, settle_conflict, report_providers)
"""To be put under /v1/admin, whose guards hold for them."""

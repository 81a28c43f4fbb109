"""/v1/games/{id}/replay and /moments: a game played back, and the index by which one finds a place in it."""

from math import inf
from typing import Annotated, Final, NoReturn

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter, SkipValidation
from litestar.response.base import ASGIResponse
from msgspec import Struct

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import LevelFilter, PathId, Seq, known_level, refuse_delay
from scorewire.api.playback import Booth, Playback, Reason, Wish, read_cursor
from scorewire.api.problems import AnyRequest, bad_parameter
from scorewire.api.reads import Reads
from scorewire.model.question import question

SPEED_MIN: Final = 1.0
SPEED_MAX: Final = 1000.0
GAPS: Final = ("cut", "real")

Speed = Annotated[
    str,
    QueryParameter(
        schema_extra={"example": "60"},
        description="Times the pace of the game, 1 to 1000, or `max` for as fast as it goes.",
    ),
]
Gaps = Annotated[
    str,
    QueryParameter(
        schema_extra={"enum": list(GAPS)},
        description="`cut`: what takes longer than 30 s of the game takes 30 s. `real`: as long as it took.",
    ),
]
FromSeq = Annotated[
    int,
    QueryParameter(
        name="from_seq", ge=1, le=2**53, description="Begin with the state at this seq; 1 is the first row."
    ),
]
Since = Annotated[str | None, QueryParameter(description="The last `id:`, as Last-Event-ID carries it.")]
LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID")]


class MomentRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row on the course of its game; `home` and `away` are the score after it.

    `at`: ms from the first row at speed 1, with gaps cut.
    """

    seq: int
    ts: int
    at: int
    type: str
    level: str
    team: str | None = None
    player: str | None = None
    period: int | None = None
    clock: str | None = None
    corrects: int | None = None
    home: int
    away: int


class MomentsPage(Struct, frozen=True, kw_only=True):
    """The course of a game to `seq`.

    Attributes:
        guide: the time by which it is played: `provider`, `rows`, `game` or `even`.
        length: ms from the first row to the last at speed 1.
    """

    game_id: str
    epoch: str
    seq: int
    guide: str
    length: int
    moments: tuple[MomentRow, ...]


@get(
    "/games/{game_id:str}/replay",
    summary="A game played back, as server-sent events",
    responses={
        200: ResponseSpec(
            str,
            media_type="text/event-stream",
            description="The frames of /v1/stream, then `bye` with the reason `end`; see docs/playback.md",
            generate_examples=False,
        )
    },
)
async def read_replay(
    *,
    reads: NamedDependency[SkipValidation[Reads]],
    booth: NamedDependency[SkipValidation[Booth]],
    game_id: PathId,
    speed: Speed = "1",
    from_seq: FromSeq = 1,
    gaps: Gaps = "cut",
    since: Since = None,
    last_event_id: LastEventId = None,
) -> ASGIResponse:
    """Begins with the full state at from_seq, or after the last id; 204 once the end has been told."""
    pace = read_speed(speed)
    if gaps not in GAPS:
        raise bad_parameter("gaps", f"{gaps[:20]!r} is none of {', '.join(GAPS)}")
    cursor = read_cursor(last_event_id or since or "")
    head = (await reads.head(game_id)).state
    reason: Reason | None = "join"
    seq = from_seq
    if cursor is not None and cursor.game_id == head.game_id:
        if cursor.epoch != head.epoch:
            reason = "resync"
        elif cursor.ended:
            return ASGIResponse(status_code=204, headers=(("cache-control", "no-store"),))
        elif cursor.seq >= 1:
            reason, seq = None, cursor.seq
    state = (await reads.view(game_id, seq, None)).head.state
    return Playback(booth, Wish(state=state, reason=reason, speed=pace, real=gaps == "real"))


def read_speed(text: str) -> float | None:
    """Times the pace of the game; None is as fast as it goes.

    Raises:
        RequestError: 400, naming `speed`.
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        _refuse_speed(text)
    if not SPEED_MIN <= speed <= SPEED_MAX:
        _refuse_speed(text)
    return speed


def _refuse_speed(text: str) -> NoReturn:
    raise bad_parameter("speed", f"{text[:20]!r} is neither `max` nor a number from 1 to 1000")


@get(
    "/games/{game_id:str}/moments",
    summary="The course of a game: every row with its clock, its score and its place in a playback",
    responses={
        200: ResponseSpec(MomentsPage, description="The course to the game's head", generate_examples=False)
    },
)
async def list_moments(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    booth: NamedDependency[SkipValidation[Booth]],
    game_id: PathId,
    level: LevelFilter = None,
    seq: Seq = None,
) -> ASGIResponse:
    """By which any time or clock leads to a seq, whose state is at `/score?seq=`."""
    state = (await reads.view(game_id, seq, None)).head.state
    told = None if level is None else known_level(level)

    async def build() -> Built:
        body = await booth.recording.moments(game_id, state.seq, told)
        return answers.built(body, (f"g:{game_id}",))._replace(fresh_s=inf)  # its name says at which seq

    name = question("moments", game_id, state.epoch, state.seq, told)
    return await answers.from_kept(request, reads.kept, name, build, keep="rows")


def replay_router() -> Router:
    """The routes of this file, under /v1."""
    return Router(
        "/v1", route_handlers=[read_replay, list_moments], before_request=refuse_delay, tags=["games"]
    )

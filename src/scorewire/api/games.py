"""What is asked most: lists of games, and a game's score, whole state and rows.

All of it is public and cacheable. `?seq=N&epoch=E` names an answer that never changes; `?seq=N` alone is
answered, but kept shortly, because another epoch may give that seq another meaning.
"""

from math import inf

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse
from msgspec import Struct

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.game_view import EventPage, GameView, event_row, game_view
from scorewire.api.parameters import (
    DateFilter,
    Delay,
    Epoch,
    IdFilter,
    LevelFilter,
    Limit,
    PageCursor,
    PathId,
    Seq,
    SinceSeq,
    StatusFilter,
    ZoneName,
    known_date,
    known_delay,
    known_level,
    known_sport,
    known_status,
    known_zone,
)
from scorewire.api.problems import AnyRequest
from scorewire.api.reads import Reads
from scorewire.journal.records import GamesQuery
from scorewire.model import surrogate_keys
from scorewire.model.question import NOT_KEPT, question
from scorewire.model.score_state import ScoreState
from scorewire.model.validators import score_body, score_response
from scorewire.sports import SPORTS

_ENCODER = msgspec.json.Encoder()


class GamesList(Struct, frozen=True, kw_only=True):
    """One page of games in list form: without `events` and `detail`. `next` is null on the last page."""

    games: tuple[ScoreState, ...]
    next: str | None


@get(
    "/games",
    summary="Games, those under way first, then by newest start",
    responses={200: ResponseSpec(GamesList, description="One page", generate_examples=False)},
)
async def list_games(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    date: DateFilter = None,
    tz: ZoneName = "UTC",
    sport: IdFilter = None,
    league: IdFilter = None,
    team: IdFilter = None,
    status: StatusFilter = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
    delay: Delay = None,
) -> ASGIResponse:
    """Everything that is given must hold; follow `next` for more."""
    asked = GamesQuery(
        date=None if date is None else known_date(date),
        tz=known_zone(tz),
        sport=None if sport is None else known_sport(sport, SPORTS),
        league=league,
        team=team,
        status=None if status is None else known_status(status),
        limit=limit,
        cursor=cursor,
    )
    delay_s = known_delay(delay)

    async def build() -> Built:
        page = await reads.games(asked, delay_s)
        keys = surrogate_keys.of_list(page.games, league=league, team=team, sport=asked.sport)
        return answers.built(GamesList(games=page.games, next=page.next), keys)

    # What is shown after a delay changes by the clock alone.
    name = NOT_KEPT if delay_s else question("games", asked)
    return await answers.from_kept(request, reads.kept, name, build)


@get(
    "/games/{game_id:str}/score",
    summary="The score, now or at a seq",
    responses={200: ResponseSpec(ScoreState, description="The fold of rows 1..seq", generate_examples=False)},
)
async def read_score(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    game_id: PathId,
    seq: Seq = None,
    epoch: Epoch = None,
    delay: Delay = None,
) -> ASGIResponse:
    """Strong ETag, 304, HEAD. With seq and epoch the answer is immutable and may be kept for a year."""
    delay_s = known_delay(delay)
    view = await reads.view(game_id, seq, epoch, delay_s)
    now_ms = reads.now_ms(delay_s)
    state = view.head.state
    if view.is_head and not view.immutable:
        return answers.sent(score_response(state, answers.request_headers(request), now_ms))
    again = answers.unchanged(request, state, immutable=view.immutable, now_ms=now_ms)
    return again or answers.whole(score_body(state), state, immutable=view.immutable, now_ms=now_ms)


@get(
    "/games/{game_id:str}/state",
    summary="Everything about a game, now or at a seq",
    responses={200: ResponseSpec(GameView, description="All that is known at seq", generate_examples=False)},
)
async def read_state(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    game_id: PathId,
    seq: Seq = None,
    epoch: Epoch = None,
    delay: Delay = None,
) -> ASGIResponse:
    """The score with teams, line-ups, all rows and statistics, all of them at the same seq."""
    delay_s = known_delay(delay)
    view = await reads.view(game_id, seq, epoch, delay_s)
    now_ms = reads.now_ms(delay_s)
    state = view.head.state
    again = answers.unchanged(request, state, immutable=view.immutable, now_ms=now_ms)
    if again is not None:
        return again

    async def build() -> Built:
        whole = game_view(state, await reads.rows(game_id, state.seq))
        return Built(_ENCODER.encode(whole), fresh_s=inf)  # its name says at which seq

    name = question("state", game_id, state.epoch, state.seq)
    found, told = await answers.kept_or_built(request, reads.kept, name, build)
    return answers.whole(found.body, state, immutable=view.immutable, now_ms=now_ms, told=told)


@get(
    "/games/{game_id:str}/events",
    summary="The rows of a game's log, in order",
    responses={200: ResponseSpec(EventPage, description="Rows after since_seq", generate_examples=False)},
)
async def list_events(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    game_id: PathId,
    since_seq: SinceSeq = 0,
    limit: Limit = 200,
    level: LevelFilter = None,
    delay: Delay = None,
) -> ASGIResponse:
    """Corrected rows stay and are named by `corrects` of the row that corrects them.

    Ask again with the last row's seq as `since_seq` until none come.
    """
    state = (await reads.head(game_id, known_delay(delay))).state
    told = None if level is None else known_level(level)

    async def build() -> Built:
        rows = await reads.journal.rows(game_id, since_seq, limit, told)
        page = EventPage(
            game_id=game_id,
            epoch=state.epoch,
            seq=state.seq,
            # The journal is written first: a row that the scoreboard does not show yet waits for it, and one
            # that is younger than the delay for its time.
            events=tuple(event_row(row) for row in rows if row.seq <= state.seq),
        )
        # Its name says at which seq.
        return answers.built(page, surrogate_keys.of_state(state).split())._replace(fresh_s=inf)

    name = question("events", game_id, state.epoch, state.seq, since_seq, limit, told)
    return await answers.from_kept(request, reads.kept, name, build, keep="rows")


def games_router() -> Router:
    """The routes of this file, under /v1."""
    return Router(
        "/v1",
        route_handlers=[list_games, read_score, read_state, list_events],
        tags=["games"],
    )

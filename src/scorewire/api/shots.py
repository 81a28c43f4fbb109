"""Where the shots of a game were taken, in one frame whoever told them."""

from math import inf

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built
from scorewire.api.parameters import Delay, Epoch, PathId, Seq, known_delay
from scorewire.api.problems import AnyRequest
from scorewire.api.reads import Reads
from scorewire.model import surrogate_keys
from scorewire.model.lifetimes import kept
from scorewire.model.question import question


@get(
    "/games/{game_id:str}/shots",
    summary="Shots, now or at a seq",
    responses={
        200: ResponseSpec(
            dict[str, object],
            description="`ground` and its unit, and `shots` in order of play: who took them, where, and what "
            "came of them; docs/protocol.md 2.2 says what is in them",
            generate_examples=False,
        )
    },
)
async def read_shots(
    *,
    request: AnyRequest,
    reads: NamedDependency[SkipValidation[Reads]],
    game_id: PathId,
    seq: Seq = None,
    epoch: Epoch = None,
    delay: Delay = None,
) -> ASGIResponse:
    """Those that stand after rows 1..seq and whose place was told; empty for a sport without such."""
    state = (await reads.view(game_id, seq, epoch, known_delay(delay))).head.state

    async def build() -> Built:
        body = await reads.shots(state)
        return answers.built(body, surrogate_keys.of_state(state).split())._replace(fresh_s=inf)

    # Not for ever though named by epoch and seq: a release that knows a frame better puts them elsewhere.
    name = question("shots", game_id, state.epoch, state.seq)
    return await answers.from_kept(request, reads.kept, name, build, keep=kept(state.status))


def shots_router() -> Router:
    """The route of this file, under /v1."""
    return Router("/v1", route_handlers=[read_shots], tags=["games"])

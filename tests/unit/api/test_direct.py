"""Keys past every cache: what they get, who is refused, and that nobody else is told so."""

import random

import httpx
import pytest
from litestar import Litestar, get
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built, KeptAnswers
from scorewire.api.face import Face
from scorewire.api.problems import AnyRequest
from scorewire.clock import SystemClock
from scorewire.errors import BackendError
from scorewire.journal.keys import Role
from scorewire.metrics import Metrics

from .conftest import client

KEPT = KeptAnswers(bytes_max=10_000, clock=SystemClock(), rng=random.Random(1))
ROLES: dict[str, Role] = {"swd_1": "direct", "swr_1": "reader", "swa_1": "admin"}


@get("/v1/games")
async def listed(request: AnyRequest) -> ASGIResponse:
    async def build() -> Built:
        return answers.built({"games": []}, ("games",))

    return await answers.from_kept(request, KEPT, "list", build)


async def bearer(token: str) -> Role | None:
    if token == "away":
        raise BackendError("the journal", retryable=True)
    return ROLES.get(token)


async def ask(authorization: str | None, **headers: str) -> httpx.Response:
    app = Litestar([listed], openapi_config=None, logging_config=None)
    face = Face(app, metrics=Metrics(version="0"), clock=SystemClock(), bearer=bearer)
    sent = {} if authorization is None else {"Authorization": authorization}
    async with client(face) as http:
        return await http.get("/v1/games", headers={**sent, **headers})


async def test_its_answer_is_built_anew_and_kept_by_nobody() -> None:
    await ask(None)
    answer = await ask("Bearer swd_1")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert not {"cdn-cache-control", "surrogate-key"} & set(answer.headers)
    assert answer.headers["cache-status"] == "scorewire; fwd=bypass"
    unchanged = await ask("bearer swd_1", If_None_Match=answer.headers["etag"])
    named = await ask("Bearer swd_1", **{"If-None-Match": answer.headers["etag"]})
    assert (unchanged.status_code, named.status_code) == (200, 304)
    assert named.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("authorization", [None, "Bearer swr_1", "Bearer swa_1", "Basic dTpw"])
async def test_everybody_else_is_answered_as_ever(authorization: str | None) -> None:
    answer = await ask(authorization)
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public, ")
    assert answer.headers["surrogate-key"] == "games"


@pytest.mark.parametrize("authorization", ["Bearer swd_2", "Bearer ", "Bearer", "bearer swd_1x"])
async def test_a_token_that_no_key_explains_is_refused(authorization: str) -> None:
    answer = await ask(authorization)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_while_keys_cannot_be_read_nobody_is_taken_for_one() -> None:
    answer = await ask("Bearer away")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")

"""Headers of a request as one mapping, and validators of what has no seq."""

import random

from litestar import Litestar, get
from litestar.response.base import ASGIResponse

from scorewire.api import answers
from scorewire.api.caching.kept import Built, KeptAnswers
from scorewire.api.problems import AnyRequest
from scorewire.clock import SystemClock

from .conftest import client

KEPT = KeptAnswers(bytes_max=10_000, clock=SystemClock(), rng=random.Random(1))


@get("/headers")
async def echo(request: AnyRequest) -> dict[str, str]:
    return answers.request_headers(request)


@get("/list")
async def listed(request: AnyRequest) -> ASGIResponse:
    async def build() -> Built:
        return answers.built({"games": []}, ("g:1", "games"))

    return await answers.from_kept(request, KEPT, "list", build)


async def test_repeated_headers_are_one_list() -> None:
    async with client(Litestar([echo], openapi_config=None, logging_config=None)) as http:
        told = await http.get("/headers", headers=[("If-None-Match", '"a"'), ("if-none-match", '"b"')])
    assert told.json()["if-none-match"] == '"a", "b"'


async def test_the_same_bytes_have_the_same_name() -> None:
    async with client(Litestar([listed], openapi_config=None, logging_config=None)) as http:
        first, second = await http.get("/list"), await http.get("/list")
        again = await http.get("/list", headers={"If-None-Match": f'"z", {first.headers["etag"]}'})
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["surrogate-key"] == "g:1 games"
    assert first.headers["cache-status"] == "scorewire; fwd=uri-miss"
    assert second.headers["cache-status"] == "scorewire; hit"
    assert (again.status_code, again.content) == (304, b"")

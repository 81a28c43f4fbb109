"""What holds for every answer: CORS, HEAD, safe headers, counting."""

import pytest
from litestar import MediaType, get

from scorewire.api.face import Face, is_public
from scorewire.metrics import Metrics

from .conftest import JSON_TYPE, StillClock, World, client


@pytest.mark.parametrize(
    ("path", "public"),
    [
        ("/v1/games", True),
        ("/v1/games/ingest/score", True),
        ("/v1/ingesting", True),
        ("/v1/ingest/acme", False),
        ("/v1/ingest", False),
        ("/v1/admin/keys", False),
        ("/openapi.json", True),
        ("/asyncapi.json", True),
        ("/metrics", False),
        ("/", False),
    ],
)
def test_only_reads_are_for_any_origin(path: str, public: bool) -> None:
    assert is_public(path) is public


PREFLIGHT = {
    "Origin": "https://fan.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match",
}


async def test_a_preflight_for_a_read_is_granted(world: World) -> None:
    answer = await world.http.options("/v1/games/g1/score", headers=PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/ingest/acme", "/v1/admin/keys"])
async def test_no_other_site_may_write(world: World, path: str) -> None:
    preflight = await world.http.options(path, headers={**PREFLIGHT, "Access-Control-Request-Method": "POST"})
    sent = await world.http.post(path, headers={"Origin": "https://fan.example", "Content-Type": JSON_TYPE})
    for answer in (preflight, sent):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_options_without_an_origin_names_the_methods(world: World) -> None:
    answer = await world.http.options("/v1/games")
    assert answer.status_code == 204
    assert "GET" in answer.headers["allow"]


@get("/", media_type=MediaType.HTML)
async def front() -> str:
    return "<!doctype html><title>Scores</title>"


async def test_documents_carry_the_policies_of_documents() -> None:
    from litestar import Litestar

    app = Litestar([front], openapi_config=None, logging_config=None)
    async with client(Face(app, metrics=Metrics(version="0"), clock=StillClock())) as http:
        answer = await http.get("/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    assert "geolocation=()" in answer.headers["permissions-policy"]


async def test_answers_are_counted_by_template_not_by_path(world: World) -> None:
    await world.started()
    for path in ("/v1/games/g1/score", "/v1/games/nope/score", "/nope/1", "/nope/2"):
        await world.http.get(path)
    await world.http.head("/v1/games/g1/score")
    await world.http.request("BREW", "/v1/games")

    def count(route: str, method: str, status: str) -> float | None:
        labels = {"route": route, "method": method, "status": status}
        return world.metrics.registry.get_sample_value("scorewire_http_requests_total", labels)

    templates = {
        sample.labels["route"]
        for family in world.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "scorewire_http_requests_total"
    }
    assert not [route for route in templates if "g1" in route or "nope" in route]
    [score] = [route for route in templates if route.endswith("/score")]
    assert count(score, "GET", "200") == 1
    assert count(score, "GET", "404") == 1
    assert count(score, "HEAD", "200") == 1
    assert count("none", "GET", "404") == 2
    assert count("none", "other", "405") == 1

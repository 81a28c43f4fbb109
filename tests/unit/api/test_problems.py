"""Every error is a problem, and none tells a client what happened inside."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scorewire.api import problems

from .conftest import JSON_TYPE, World

DOCS = Path(__file__).resolve().parents[3] / "docs"


def shape(told: dict, status: int, code: str) -> bool:
    wanted = {"type": f"urn:scorewire:problem:{code}", "status": status, "code": code}
    return wanted.items() <= told.items() and bool(told["title"]) and bool(told["detail"])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nope", 404, "not_found"),
        ("GET", "/v1/nope", 404, "not_found"),
        ("GET", "/v1/games/g1", 404, "not_found"),
        ("POST", "/v1/games", 405, "method_not_allowed"),
        ("DELETE", "/v1/games/g1/score", 405, "method_not_allowed"),
        ("GET", "/v1/ingest/acme", 405, "method_not_allowed"),
        ("GET", "/v1/games?limit=x", 400, "bad_parameter"),
        ("GET", "/v1/teams/nope", 404, "unknown_team"),
        ("GET", "/v1/players/nope", 404, "unknown_player"),
        ("GET", "/v1/admin/status", 401, "unauthenticated"),
    ],
)
async def test_errors_have_one_shape(world: World, method: str, path: str, status: int, code: str) -> None:
    answer = await world.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert shape(answer.json(), status, code), answer.text
    head = await world.http.head(path)
    if method == "GET":
        assert (head.status_code, head.content) == (status, b"")
        assert head.headers.raw == answer.headers.raw


async def test_a_405_says_what_is_allowed(world: World) -> None:
    answer = await world.http.post("/v1/games")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    answer = await world.http.get("/v1/ingest/acme")
    assert set(answer.headers["allow"].split(", ")) == {"POST", "OPTIONS"}


async def test_a_bug_is_logged_and_not_told(world: World) -> None:
    with capture_logs() as logged:
        answer = await world.http.post("/v1/ingest/bug", content=b"{}", headers={"content-type": JSON_TYPE})
    assert shape(answer.json(), 500, "internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    [entry] = logged
    assert (entry["event"], entry["path"]) == ("request_failed", "/v1/ingest/bug")
    assert "secret inside" in str(entry["exc_info"])


async def test_a_store_that_fails_is_a_503(world: World) -> None:
    await world.journal.close()
    with capture_logs() as logged:
        answer = await world.http.get("/v1/games")
    assert answer.status_code in {500, 503}
    assert answer.json()["code"] == {500: "internal", 503: "unavailable"}[answer.status_code]
    assert [entry["event"] for entry in logged] == ["backend_failed"]


def test_the_table_is_whole() -> None:
    for code, row in problems.PROBLEMS.items():
        assert code.islower()
        assert 400 <= row.status <= 503
        assert row.remedy.endswith(".")
    assert set(problems._BY_STATUS.values()) <= set(problems.PROBLEMS)
    for status, code in problems._BY_STATUS.items():
        assert problems.PROBLEMS[code].status == status


def test_a_rule_of_a_feed_needs_no_row() -> None:
    found = problems.problem("negative_score", "home is -1")
    assert (found.status, found.title, found.code) == (422, "Negative score", "negative_score")


def test_the_page_is_the_table() -> None:
    assert (DOCS / "problems.md").read_text() == problems.page(), (
        "run `make docs` and commit docs/problems.md"
    )

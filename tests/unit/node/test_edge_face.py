"""Which requests an edge answers itself, which it does not have, and what of the others it passes on."""

from typing import Any

import pytest

from scorewire.node.edge_face import is_local, question_of, score_of
from scorewire.node.shared_answers import Question


def scope(path: str, method: str = "GET", query: bytes = b"", **headers: str) -> dict[str, Any]:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": given,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/livez",
        "/readyz",
        "/metrics",
        "/desk",
        "/v1/ingest/acme",
        "/v1/admin/status",
        "/v1/admin",
        "/v1/link",
        "/v1/stream",
        "//v1/admin/status",
        "/v1//admin/status",
        "/v1/./admin/status",
        "/v1/games/../admin/status",
        "/./../v1/admin/status",
    ],
)
def test_what_is_not_the_upstreams_never_gets_there(path: str) -> None:
    assert is_local("GET", path)


@pytest.mark.parametrize(
    "path", ["/", "/v1/games", "/v1/games/admin/state", "/game/desk", "/v1/administrators", "/static/1/a.js"]
)
def test_the_rest_is_read_there_and_nothing_is_written(path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert not is_local(method, path)
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        assert is_local(method, path)


def test_a_score_as_it_is_now_is_known() -> None:
    assert score_of(scope("/v1/games/g1/score")) == "g1"
    for other in (
        scope("/v1/games/g1/score", query=b"seq=1"),
        scope("/v1/games/g1/state"),
        scope("/v1/games//score"),
        scope("/v1/games/a b/score"),
        scope("/v1/games/score"),
    ):
        assert score_of(other) is None


def test_nothing_of_who_asks_is_passed_on() -> None:
    asked = scope(
        "/v1/games",
        query=b"limit=1&x=%2F",
        host="edge.example",
        cookie="a=b",
        authorization="Bearer secret",
        x_forwarded_for="198.51.100.1",
        forwarded="for=198.51.100.1",
        user_agent="x",
        if_none_match='"x"',
        range="bytes=0-1",
        accept="*/*",
        accept_encoding="br;q=1, gzip",
    )
    assert question_of(asked) == Question(
        b"GET", b"/v1/games?limit=1&x=%2F", ((b"accept", b"*/*"), (b"accept-encoding", b"gzip"))
    )
    assert question_of({**asked, "method": "HEAD"}) == question_of(asked)
    preflight = scope("/v1/games", "OPTIONS", origin="https://a.example", access_control_request_method="GET")
    assert question_of(preflight) == Question(
        b"OPTIONS",
        b"/v1/games",
        ((b"origin", b"https://a.example"), (b"access-control-request-method", b"GET")),
    )

"""Where streams are, what asks for none: the framework's part of /v1/stream and /v1/ws."""

import pytest

from .conftest import World


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/ws"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_allowed(world: World, path: str, method: str) -> None:
    answer = await world.http.request(method, f"{path}?game=g1")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_head_has_the_headers_of_a_stream(world: World) -> None:
    answer = await world.http.head("/v1/stream?game=g1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache, no-transform"


async def test_a_stream_behind_another_request_ends_and_is_asked_for_again(world: World) -> None:
    answer = await world.http.get("/v1/stream?game=g1")
    assert (answer.status_code, answer.text) == (200, "retry: 1000\n\n")


async def test_a_stream_has_no_body_and_a_socket_its_own_connection(world: World) -> None:
    for path, content in (("/v1/stream?game=g1", b"{}"), ("/v1/ws", b"")):
        answer = await world.http.request("GET", path, content=content)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


async def test_they_are_described_elsewhere(world: World) -> None:
    assert not {"/v1/stream", "/v1/ws"} & set((await world.http.get("/openapi.json")).json()["paths"])

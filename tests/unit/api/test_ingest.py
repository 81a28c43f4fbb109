"""The door for providers: sizes and types before a byte is read, answers as intake gives them, counting."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from .conftest import BODY_BYTES_MAX, JSON_TYPE, World

HEADERS = {"content-type": JSON_TYPE, "webhook-id": "m-1"}


async def test_the_raw_body_and_the_answer_pass_unchanged(world: World) -> None:
    body = b'{"b": 1,  "a":\t2}'
    answer = await world.http.post("/v1/ingest/acme", content=body, headers=HEADERS)
    assert answer.status_code == 202
    assert answer.content == b'{"accepted":2,"duplicates":1,"rejected":[]}'
    assert answer.headers["content-type"] == "application/json"
    assert world.feed.bodies == [body]


@pytest.mark.parametrize(
    ("provider", "status", "code"),
    [
        ("stranger", 401, "unauthenticated"),
        ("a b", 401, "unauthenticated"),
        ("twice", 409, "webhook_id_reused"),
        ("broken", 422, "unreadable_json"),
        ("busy", 429, "too_many_calls"),
    ],
)
async def test_what_intake_refuses(world: World, provider: str, status: int, code: str) -> None:
    answer = await world.http.post(f"/v1/ingest/{provider}", content=b"{}", headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == ("1" if status == 429 else None)


async def test_a_401_does_not_say_which_part_failed(world: World) -> None:
    answer = await world.http.post("/v1/ingest/stranger", content=b"{}", headers=HEADERS)
    assert "third secret" not in answer.text


async def test_another_type_is_refused(world: World) -> None:
    answer = await world.http.post("/v1/ingest/acme", content=b"{}", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert world.feed.bodies == []


class Endless:
    """A body without a Content-Length, which notes how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 100
            yield b"x" * 100


@pytest.mark.parametrize("size", [BODY_BYTES_MAX, BODY_BYTES_MAX + 1])
async def test_a_declared_size_is_judged_at_once(world: World, size: int) -> None:
    answer = await world.http.post("/v1/ingest/acme", content=b"x" * size, headers=HEADERS)
    assert answer.status_code == (202 if size == BODY_BYTES_MAX else 413)
    assert len(world.feed.bodies) == (1 if size == BODY_BYTES_MAX else 0)


async def test_an_undeclared_size_is_judged_as_it_comes(world: World) -> None:
    body = Endless()
    answer = await world.http.post("/v1/ingest/acme", content=body, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert body.taken <= BODY_BYTES_MAX + 200
    assert world.feed.bodies == []


async def test_a_content_length_of_nonsense_is_refused(world: World) -> None:
    answer = await world.http.post(
        "/v1/ingest/acme", content=b"{}", headers={**HEADERS, "content-length": "-5"}
    )
    assert answer.status_code == 400


async def test_a_caller_that_hangs_up_is_no_fault_of_ours(world: World) -> None:
    """Over raw ASGI, because no client of ours hangs up in the middle."""
    told = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[dict] = []

    async def receive() -> dict:
        return next(told)

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/ingest/acme",
        "raw_path": b"/v1/ingest/acme",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", JSON_TYPE.encode()), (b"content-length", b"100")],
        "client": ("192.0.2.1", 1),
        "server": ("node", 80),
    }
    with capture_logs() as logged:
        await world.app(scope, receive, send)
    assert (sent[0]["status"], logged, world.feed.bodies) == (400, [], [])


async def test_calls_are_counted_under_names_that_signed_once(world: World) -> None:
    for provider in ("random-1", "stranger", "acme", "again", "broken"):
        content = b"x" * (BODY_BYTES_MAX + 1) if provider == "random-1" else b"{}"
        await world.http.post(f"/v1/ingest/{provider}", content=content, headers=HEADERS)

    def value(name: str, **labels: str) -> float | None:
        return world.metrics.registry.get_sample_value(name, labels)

    calls = "scorewire_ingest_calls_total"
    assert value(calls, provider="acme", status="202") == 1
    assert value(calls, provider="again", status="202") == 1
    assert value(calls, provider="unknown", status="413") == 1
    assert value(calls, provider="unknown", status="401") == 1
    assert value(calls, provider="unknown", status="422") == 1
    events = "scorewire_ingest_events_total"
    assert value(events, outcome="accepted") == 2, "a repeated call's first answer is not counted again"
    assert value(events, outcome="duplicate") == 1
    assert value("scorewire_ingest_duration_seconds_count") == 5

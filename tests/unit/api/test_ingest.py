"""The door for providers: sizes and types before a byte is read, answers as intake gives them, counting."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from scorewire.api.app import _litestar, _routers, build_app
from scorewire.api.face import Face
from scorewire.api.ingest import Door, IngestDoor
from scorewire.intake.admission import Admission
from scorewire.intake.known import KnownGames
from scorewire.intake.recent import Recent
from scorewire.intake.signature import signed_headers
from scorewire.intake.webhook import Intake
from scorewire.sports import SPORTS

from .conftest import BODY_BYTES_MAX, JSON_TYPE, World, client

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
        ("stranger", 401, "bad_signature"),
        ("a b", 401, "unknown_provider"),
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


@pytest.mark.parametrize(("provider", "status"), [("full", 503), ("lost", 500), ("bug", 500)])
async def test_what_fails_behind_the_door_is_counted_as_it_is_answered(
    world: World, provider: str, status: int
) -> None:
    answer = await world.http.post(f"/v1/ingest/{provider}", content=b"{}", headers=HEADERS)
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("2" if status == 503 else None)
    labels = {"provider": "unknown", "status": str(status)}
    assert world.metrics.registry.get_sample_value("scorewire_ingest_calls_total", labels) == 1


@pytest.mark.parametrize(
    "provider",
    ["acme", "again", "stranger", "twice", "broken", "busy", "full", "lost", "bug", "a b", "a/b", ""],
)
@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (HEADERS, b"{}"),
        ({"content-type": "text/plain"}, b"{}"),
        (HEADERS, b"x" * (BODY_BYTES_MAX + 1)),
        ({**HEADERS, "content-length": "-5"}, b"{}"),
    ],
)
async def test_it_answers_as_the_framework_would(
    world: World, provider: str, sent: dict[str, str], content: bytes
) -> None:
    def routes() -> set[str]:
        return {
            sample.labels["route"]
            for family in world.metrics.registry.collect()
            for sample in family.samples
            if sample.name == "scorewire_http_requests_total"
        }

    path = f"/v1/ingest/{provider}"
    direct = await world.http.post(path, content=content, headers=sent)
    counted = routes()
    framework = Face(_litestar(world.rooms, _routers(world.rooms)), metrics=world.metrics, clock=world.clock)
    async with client(framework) as http:
        through = await http.post(path, content=content, headers=sent)
    assert (direct.status_code, direct.content) == (through.status_code, through.content)
    assert sorted(direct.headers.multi_items()) == sorted(through.headers.multi_items())
    assert routes() == counted, "and is counted under the same route"


def test_only_what_is_plain_is_taken_before_the_framework(world: World) -> None:
    door = IngestDoor(world.rooms.door)
    assert door.takes("POST", "/v1/ingest/acme")
    taken = [door.takes("GET", "/v1/ingest/acme"), door.takes("POST", "/v1/ingest/a/b")]
    assert taken == [False, False]


class Feed:
    """A provider that signs, at a door with intake itself behind it."""

    def __init__(self, world: World, secret: str, http: httpx.AsyncClient) -> None:
        self.world, self.secret, self.http = world, secret, http

    async def post(
        self, body: bytes, *, provider: str = "acme", webhook_id: str = "w-1", age_s: int = 0, **headers: str
    ) -> httpx.Response:
        at_s = self.world.clock.now_ms() // 1000 - age_s
        signed = signed_headers(secret=self.secret, webhook_id=webhook_id, timestamp_s=at_s, body=body)
        sent = {"content-type": JSON_TYPE, **signed, **headers}
        return await self.http.post(f"/v1/ingest/{provider}", content=body, headers=sent)


DECLARED = msgspec.json.encode(
    {
        "specversion": "1.0",
        "id": "m-1",
        "source": "acme",
        "type": "scorewire.game.scheduled.v1",
        "subject": "g1",
        "time": "2026-11-21T15:00:00Z",
        "data": {
            "sport": "soccer",
            "league": {"id": "cup"},
            "start": "2026-11-21T15:00:00Z",
            "home": {"id": "arg", "name": "Argentina", "abbr": "ARG"},
            "away": {"id": "fra", "name": "France", "abbr": "FRA"},
        },
    }
)


@pytest.fixture
async def acme(world: World) -> AsyncIterator[Feed]:
    async def nobody(provider: str, name: str) -> None:
        return None

    known = KnownGames(lookup=world.journal.declared, find_game=nobody, games_max=10)
    admission = Admission(
        log=world.log,
        known=known,
        recent=Recent(entries_max=10, age_ms=1000),
        sports=SPORTS,
        unknown_game_park_s=600,
    )
    intake = Intake(
        log=world.log,
        known=known,
        admission=admission,
        secrets=world.keys.secrets,
        formats={},
        clock=world.clock,
        tolerance_s=300,
        body_bytes_max=1_048_576,
        provider_body_bytes_max=16_777_216,
        batch_max=10,
        calls_per_s=2,
    )
    door = Door(admit=intake.admit, receive=intake.take, metrics=world.metrics, clock=world.clock)
    secret = (await world.keys.create("acme")).secret
    async with client(build_app(replace(world.rooms, door=door))) as http:
        yield Feed(world, secret, http)


async def test_a_signed_call_lies_on_the_log_when_it_is_answered(acme: Feed) -> None:
    answer = await acme.post(DECLARED)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    [entry] = await acme.world.log.read(0, 0, 10)
    assert (entry.claim.game_id, entry.webhook_id) == ("g1", "w-1")
    again = await acme.post(DECLARED)
    assert again.content == answer.content
    assert len(await acme.world.log.read(0, 0, 10)) == 1


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"webhook-signature": "v1,AAAA"}, 401),
        ({"webhook-signature": "nonsense"}, 401),
        ({"webhook-timestamp": "soon"}, 401),
        ({"age_s": 301}, 401),
        ({"age_s": -301}, 401),
        ({"provider": "stranger"}, 401),
        ({"content-type": "text/plain"}, 415),
    ],
)
async def test_what_is_not_theirs_leaves_no_trace(acme: Feed, how: dict, status: int) -> None:
    answer = await acme.post(DECLARED, **how)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in answer.json()["type"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert list(await acme.world.log.read(0, 0, 10)) == []
    assert list(await acme.world.log.dead_letters()) == []


async def test_a_mebibyte_and_more_is_refused_unread(acme: Feed) -> None:
    answer = await acme.post(b" " * 1_048_577)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    exactly = await acme.post(DECLARED + b" " * (1_048_576 - len(DECLARED)))
    assert exactly.status_code == 202


async def test_broken_json_is_kept_and_named(acme: Feed) -> None:
    answer = await acme.post(b'{"id":')
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_json")
    assert answer.headers["content-type"] == "application/problem+json"
    [letter] = await acme.world.log.dead_letters()
    assert (letter.rule, letter.payload) == ("unreadable_json", b'{"id":')


async def test_an_id_of_another_body_is_a_conflict(acme: Feed) -> None:
    await acme.post(DECLARED)
    answer = await acme.post(DECLARED + b" ")
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_id_reused")


async def test_who_calls_too_often_waits(acme: Feed) -> None:
    answers = [await acme.post(DECLARED, webhook_id=f"w-{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert (answers[2].json()["code"], answers[2].headers["retry-after"]) == ("too_many_calls", "1")

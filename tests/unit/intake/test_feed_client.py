"""The provider's side of the webhook, against a real intake, and against answers that no intake gives."""

import random
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from contract.log_suite import StoppedClock
from scorewire import __version__
from scorewire.errors import BackendError, FeedError, Unauthenticated
from scorewire.intake.feed_client import ATTEMPTS_MAX, BATCH, ONE, FeedClient, new_webhook_id
from scorewire.intake.signature import verify
from scorewire.model.provider_event import GameDeclared
from scorewire.providers.native import read_message

from .conftest import OTHER_SECRET, SECRET, House, event, scheduled

Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]
NOW_MS = StoppedClock().now


class Waits:
    """Remembers for how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


def client(handler: Handler, *, secret: str = SECRET, sleep: Waits | None = None) -> FeedClient:
    return FeedClient(
        url="http://node",
        provider="acme",
        secret=secret,
        clock=StoppedClock(),
        rng=random.Random(1),
        sleep=sleep or Waits(),
        transport=httpx.MockTransport(handler),
    )


def door(house: House) -> Handler:
    """The way to a real intake, without its sockets."""

    async def handle(request: httpx.Request) -> httpx.Response:
        provider = request.url.path.removeprefix("/v1/ingest/")
        kind = request.headers["content-type"]
        answer = await house.intake.receive(
            provider, request.headers, request.content, kind, house.clock.now_ms()
        )
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)

    return handle


def answering(*answers: httpx.Response | Exception) -> tuple[Handler, list[httpx.Request]]:
    """One after the other, the last for ever; and what was asked."""
    asked: list[httpx.Request] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handle, asked


def accepted(count: int = 1) -> httpx.Response:
    return httpx.Response(202, json={"accepted": count, "duplicates": 0, "rejected": []})


def encoded(*numbers: int, **data: object) -> list[bytes]:
    return [msgspec.json.encode(event(number, **data)) for number in numbers]


async def test_a_real_intake_takes_what_it_signs(house: House) -> None:
    declared = read_message(msgspec.json.encode(scheduled()))
    assert isinstance(declared, GameDeclared)
    async with client(door(house)) as acme:
        assert (await acme.declare(declared)).accepted == 1
        assert (await acme.post_events(encoded(1))).accepted == 1
        assert (await acme.post_events(encoded(2, 3))).accepted == 2
        again = await acme.post_events(encoded(3, 4))
    assert (again.accepted, again.duplicates) == (1, 1)
    assert len(await house.claims()) == 5


async def test_refusals_come_back_one_by_one(house: House) -> None:
    async with client(door(house)) as acme:
        await acme.post(msgspec.json.encode(scheduled()), content_type=ONE)
        answer = await acme.post_events([*encoded(1), *encoded(2, type="HOMERUN")])
    assert answer.accepted == 1
    assert [(one.index, one.rule) for one in answer.rejected] == [(1, "unknown_event_type")]


async def test_a_call_that_is_refused_as_a_whole_is_one_rejection(house: House) -> None:
    async with client(door(house)) as acme:
        answer = await acme.post(b"{", content_type=ONE)
    assert [(one.index, one.rule) for one in answer.rejected] == [(-1, "unreadable_json")]


async def test_a_wrong_key_is_nobodys(house: House) -> None:
    async with client(door(house), secret=OTHER_SECRET) as acme:
        with pytest.raises(Unauthenticated, match="bad_signature"):
            await acme.post_events(encoded(1))
    assert await house.claims() == []


async def test_a_repeated_call_keeps_its_id_and_body_and_is_signed_anew() -> None:
    lost = httpx.ConnectError("refused")
    handler, asked = answering(lost, httpx.Response(503), httpx.Response(429), accepted())
    waits = Waits()
    async with client(handler, sleep=waits) as acme:
        answer = await acme.post_events(encoded(1))
    assert answer.accepted == 1
    assert len({one.headers["webhook-id"] for one in asked}) == 1
    assert {one.headers["user-agent"] for one in asked} == {f"scorewire/{__version__}"}
    assert len({one.content for one in asked}) == 1
    for one in asked:
        verify(one.headers, one.content, [SECRET], now_ms=NOW_MS, tolerance_s=300)
    assert len(waits.slept_s) == 3
    assert waits.slept_s[0] < waits.slept_s[2] <= 0.8


async def test_it_waits_as_long_as_it_is_told_but_not_for_ever() -> None:
    handler, _ = answering(
        httpx.Response(429, headers={"retry-after": "3"}),
        httpx.Response(503, headers={"retry-after": "86400"}),
        accepted(),
    )
    waits = Waits()
    async with client(handler, sleep=waits) as acme:
        await acme.post_events(encoded(1))
    assert 3.0 <= waits.slept_s[0] < 3.3
    assert 10.0 <= waits.slept_s[1] < 10.3


async def test_it_gives_up() -> None:
    handler, asked = answering(httpx.ReadTimeout(""))
    async with client(handler) as acme:
        with pytest.raises(BackendError, match="ReadTimeout") as given_up:
            await acme.post_events(encoded(1))
    assert given_up.value.retryable
    assert len(asked) == ATTEMPTS_MAX


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(404, json={"code": "not_found", "detail": "no"}), "not_found"),
        (httpx.Response(202, content=b"<html>"), "cannot be read"),
        (httpx.Response(400, content=b"<html>"), "status_400"),
    ],
)
async def test_an_answer_that_is_no_nodes(response: httpx.Response, error: str) -> None:
    handler, asked = answering(response)
    async with client(handler) as acme:
        with pytest.raises(BackendError, match=error):
            await acme.post_events(encoded(1))
    assert len(asked) == 1


@pytest.mark.parametrize("count", [1, 2])
async def test_one_message_is_no_batch(count: int) -> None:
    handler, asked = answering(accepted(count))
    async with client(handler) as acme:
        await acme.post_events(encoded(*range(count)), webhook_id="mine")
    assert asked[0].headers["content-type"] == (ONE if count == 1 else BATCH)
    assert asked[0].headers["webhook-id"] == "mine"


@pytest.mark.parametrize(("status", "known"), [(200, True), (404, False)])
async def test_it_asks_whether_a_game_is_known(status: int, known: bool) -> None:
    handler, asked = answering(httpx.Response(status))
    async with client(handler) as acme:
        assert await acme.knows("g1") is known
    assert (asked[0].method, asked[0].url.path) == ("HEAD", "/v1/games/g1/score")


async def test_a_node_that_is_not_there() -> None:
    handler, _ = answering(httpx.ConnectError("refused"))
    async with client(handler) as acme:
        with pytest.raises(BackendError, match="refused"):
            await acme.knows("g1")


def test_names_and_secrets_are_checked_before_anything_is_sent() -> None:
    with pytest.raises(FeedError, match="bad_secret"):
        client(answering(accepted())[0], secret="hunter2")
    with pytest.raises(FeedError, match="bad_id"):
        FeedClient(
            url="http://node", provider="a b", secret=SECRET, clock=StoppedClock(), rng=random.Random(1)
        )


def test_every_call_has_an_id_of_its_own() -> None:
    assert len({new_webhook_id() for _ in range(100)}) == 100

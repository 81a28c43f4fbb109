"""The poller against a server of bytes on loopback: conditions, waits, patches, and answers that are none."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from feed_server import FeedServer, Talk
from scorewire.clock import SystemClock
from scorewire.intake.connection import USER_AGENT, Arrived, Lost, Opened, Signal, Unchanged
from scorewire.intake.json_patch import PatchedDocument
from scorewire.intake.poller import MAX_AGE_MAX_S, Poller, max_age_s

FIRST = [Opened(resumed=True), Arrived(b"{}")]


class Waits:
    """Remembers for how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


def talking(*turns: Callable[[Talk], Awaitable[None]]) -> FeedServer:
    async def answer(talk: Talk) -> None:
        await turns[min(talk.number, len(turns)) - 1](talk)

    return FeedServer(answer)


def saying(status: int, body: bytes = b"", **headers: str) -> Callable[[Talk], Awaitable[None]]:
    async def turn(talk: Talk) -> None:
        await talk.reply(status, body, **headers)

    return turn


async def heard(server: FeedServer, count: int, **given: object) -> tuple[list[Signal], list[float]]:
    """What the poller says, and how long it waited between."""
    waits = Waits()
    async with asyncio.timeout(10), server:
        wanted = {
            "url": f"{server.url}/doc", "headers": {"x-api-key": "SECRET"}, "clock": SystemClock(),
            "rng": random.Random(1), "interval_s": 5.0, "sleep": waits, **given,
        }  # fmt: skip
        if "patches" in wanted:
            wanted["patches"] = f"{server.url}{wanted['patches']}"
        async with Poller(**wanted) as source:  # type: ignore[arg-type]
            return [await source.next() for _ in range(count)], waits.slept_s


async def test_a_document_that_says_when_it_changed_is_asked_for_on_that_condition() -> None:
    when = "Sat, 21 Nov 2026 15:00:00 GMT"
    server = talking(
        saying(200, b"{}", etag='"v1"', last_modified=when),
        saying(304),
        saying(200, b"[]", etag='"v2"'),
        saying(304),
    )
    signals, _ = await heard(server, 5)
    assert signals == [*FIRST, Unchanged(), Arrived(b"[]"), Unchanged()]
    asked = [(t.headers.get("if-none-match"), t.headers.get("if-modified-since")) for t in server.talks]
    assert asked == [(None, None), ('"v1"', when), ('"v1"', when), ('"v2"', None)]
    assert {talk.headers["x-api-key"] for talk in server.talks} == {"SECRET"}
    assert {talk.headers["user-agent"] for talk in server.talks} == {USER_AGENT}


async def test_the_same_bytes_are_unchanged_whatever_the_server_says() -> None:
    signals, _ = await heard(talking(saying(200, b"{}", etag='"a"'), saying(200, b"{}", etag='"b"')), 3)
    assert signals == [*FIRST, Unchanged()]


async def test_questions_keep_their_distance_with_a_jitter_and_respect_the_max_age() -> None:
    turns = (
        saying(200, b"{}"),
        saying(200, b"{}", cache_control="public, max-age=20", age="8"),
        saying(200, b"{}", cache_control="max-age=86400"),
        saying(200, b"{}", cache_control="max-age=1"),
    )
    _, slept = await heard(talking(*turns), 6)
    bounds = [5.0, 12.0, MAX_AGE_MAX_S, 5.0]
    assert all(low <= wait <= low * 1.1 for low, wait in zip(bounds, slept, strict=True))
    assert len({wait / low for low, wait in zip(bounds, slept, strict=True)}) == 4


async def test_a_server_that_asks_to_stay_away_is_obeyed_and_its_return_is_told() -> None:
    turns = (saying(200, b"{}"), saying(503), saying(429, retry_after="40"), saying(200, b"{}"))
    signals, slept = await heard(talking(*turns), 6)
    assert signals == [
        *FIRST, Lost("status 503"), Lost("status 429"), Opened(resumed=True), Unchanged(),
    ]  # fmt: skip
    assert slept[1] <= 0.5
    assert 40 <= slept[2] <= 41


async def test_answers_without_a_document_are_losses() -> None:
    async def cut(talk: Talk) -> None:
        await talk.begin()
        await talk.cut(b"{")

    turns = (cut, saying(304), saying(302, location="/x"), saying(200, b"x" * 3000), saying(200, b"{}"))
    signals, _ = await heard(talking(*turns), 6, body_bytes_max=2000)
    assert [one.why for one in signals if isinstance(one, Lost)] == [
        "RemoteProtocolError", "status 304", "status 302", "document_too_large",
    ]  # fmt: skip
    assert signals[4:] == FIRST


def document(timecode: str, score: int) -> bytes:
    return msgspec.json.encode({"metaData": {"timeStamp": timecode}, "score": score})


def patch(before: str, after: str, score: int) -> bytes:
    return msgspec.json.encode(
        [
            {
                "startTimecode": before,
                "diff": [
                    {"op": "replace", "path": "/score", "value": score},
                    {"op": "replace", "path": "/metaData/timeStamp", "value": after},
                ],
            }
        ]
    )


def bodies(signals: list[Signal]) -> list[object]:
    return [msgspec.json.decode(one.body)["score"] for one in signals if isinstance(one, Arrived)]


async def test_a_patched_document_is_fetched_once_and_then_by_patches() -> None:
    server = talking(
        saying(200, document("01", 0)), saying(200, patch("01", "02", 1)), saying(200, b"[]"),
        saying(200, patch("02", "03", 2)),
    )  # fmt: skip
    signals, _ = await heard(server, 5, patches="/diff?since={timecode}", document=PatchedDocument())
    assert bodies(signals) == [0, 1, 2]
    assert signals[3] == Unchanged()
    assert [talk.target for talk in server.talks] == [
        "/doc", "/diff?since=01", "/diff?since=02", "/diff?since=02",
    ]  # fmt: skip


@pytest.mark.parametrize("broken", [patch("07", "08", 9), b"<html>", patch("01", "01", 9)[:-2]])
async def test_after_a_gap_the_whole_document_is_fetched_at_once(broken: bytes) -> None:
    server = talking(
        saying(200, document("01", 0), etag='"v1"'), saying(200, broken), saying(200, document("05", 4)),
        saying(200, patch("05", "06", 5)),
    )  # fmt: skip
    signals, slept = await heard(server, 4, patches="/diff?since={timecode}", document=PatchedDocument())
    assert bodies(signals) == [0, 4, 5]
    assert [talk.path for talk in server.talks] == ["/doc", "/diff", "/doc", "/diff"]
    assert server.talks[2].headers.get("if-none-match") is None
    assert len(slept) == 2


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_a_timecode_that_the_feed_has_forgotten_costs_one_whole_document(status: int) -> None:
    server = talking(
        saying(200, document("01", 0), etag='"v1"'), saying(status), saying(200, document("05", 4)),
        saying(200, patch("05", "06", 5)),
    )  # fmt: skip
    signals, _ = await heard(server, 4, patches="/diff?since={timecode}", document=PatchedDocument())
    assert bodies(signals) == [0, 4, 5]
    assert [talk.path for talk in server.talks] == ["/doc", "/diff", "/doc", "/diff"]


async def test_a_document_that_could_not_be_used_is_asked_for_without_conditions() -> None:
    server = talking(saying(200, b"{}", etag='"v1"'), saying(200, document("01", 3)))
    signals, _ = await heard(server, 3, patches="/diff?since={timecode}", document=PatchedDocument())
    assert signals[0] == Lost("unreadable_payload")
    assert bodies(signals) == [3]
    assert server.talks[1].headers.get("if-none-match") is None


async def test_a_document_that_cannot_be_patched_is_a_loss() -> None:
    signals, _ = await heard(talking(saying(200, b"{}")), 1, document=PatchedDocument(), patches="/d")
    assert signals == [Lost("unreadable_payload")]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"cache-control": "no-store"}, 0.0),
        ({"cache-control": "private, Max-Age = 9"}, 9.0),
        ({"cache-control": 'max-age="9"', "age": "4"}, 5.0),
        ({"cache-control": "max-age=9", "age": "40"}, 0.0),
        ({"cache-control": "s-max-age=9"}, 0.0),
        ({"cache-control": "max-age=9", "age": "soon"}, 9.0),
    ],
)
def test_max_age(headers: dict[str, str], seconds: float) -> None:
    assert max_age_s(httpx.Headers(headers)) == seconds

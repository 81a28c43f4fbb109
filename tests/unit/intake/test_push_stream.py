"""The push client against a server of bytes on loopback: it follows, reads, notices and comes again."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from contract.log_suite import StoppedClock
from feed_server import FeedServer, Talk
from scorewire.clock import SystemClock
from scorewire.intake.connection import USER_AGENT, Arrived, Lost, Opened, Resume, Signal
from scorewire.intake.push_stream import PushStream

BEAT = b'{"heartbeat":{"interval":5000}}\n'


class Waits:
    """Remembers for how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)


def message(number: int) -> bytes:
    return b'{"payload":{"n":%d},"metadata":{"sequence":%d}}' % (number, number)


def stream(server: FeedServer, **given: object) -> PushStream:
    wanted = {
        "url": f"{server.url}/subscribe?league=nba",
        "headers": {"x-api-key": "SECRET"},
        "clock": SystemClock(),
        "rng": random.Random(1),
        "sleep": Waits(),
        **given,
    }
    return PushStream(**wanted)  # type: ignore[arg-type]


async def heard(server: FeedServer, count: int, **given: object) -> list[Signal]:
    async with asyncio.timeout(10), server, stream(server, **given) as source:
        return [await source.next() for _ in range(count)]


def bodies(signals: list[Signal]) -> list[bytes]:
    return [one.body for one in signals if isinstance(one, Arrived)]


async def forever() -> None:
    await asyncio.sleep(3600)


def talking(*turns: Callable[[Talk], Awaitable[None]]) -> FeedServer:
    """The n-th connection gets the n-th turn, the last one for ever."""

    async def answer(talk: Talk) -> None:
        await turns[min(talk.number, len(turns)) - 1](talk)

    return FeedServer(answer)


async def test_the_redirect_of_every_connection_is_followed_anew() -> None:
    async def subscribe(talk: Talk) -> None:
        if talk.path == "/subscribe":
            await talk.redirect(f"/stream?session=s{talk.number}")
            return
        await talk.begin()
        await talk.chunk(message(talk.number))
        await talk.end()

    server = talking(subscribe)
    signals = await heard(server, 5)
    assert signals == [
        Opened(), Arrived(message(2)), Lost("the stream ended"), Opened(), Arrived(message(4)),
    ]  # fmt: skip
    assert [talk.target for talk in server.talks] == [
        "/subscribe?league=nba", "/stream?session=s1", "/subscribe?league=nba", "/stream?session=s3",
    ]  # fmt: skip


async def test_the_key_does_not_travel_to_another_origin() -> None:
    async def elsewhere(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(1))
        await forever()

    async with FeedServer(elsewhere) as other:

        async def here(talk: Talk) -> None:
            await talk.redirect(f"{other.url}/stream")

        server = FeedServer(here)
        await heard(server, 2)
        assert [talk.headers.get("x-api-key") for talk in server.talks] == ["SECRET"]
        assert [talk.headers.get("user-agent") for talk in server.talks] == [USER_AGENT]
        assert [talk.headers.get("x-api-key") for talk in other.talks] == [None]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
async def test_objects_are_whole_however_the_chunks_are_cut(size: int) -> None:
    told = b"".join(message(number) + b"\n" + BEAT for number in range(4))

    async def cut_up(talk: Talk) -> None:
        await talk.begin()
        for at in range(0, len(told), size):
            await talk.chunk(told[at : at + size])
        await forever()

    server = talking(cut_up)
    async with asyncio.timeout(10), server, stream(server) as source:
        signals = [await source.next() for _ in range(5)]
        assert bodies(signals) == [message(number) for number in range(4)]
        assert source.heartbeats >= 3


async def test_a_connection_cut_in_the_middle_of_an_object_loses_that_object_only() -> None:
    async def cut(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(1))
        await talk.chunk(message(2)[:10])
        await talk.cut()

    async def whole(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(2))
        await forever()

    signals = await heard(talking(cut, whole), 5)
    assert bodies(signals) == [message(1), message(2)]
    assert isinstance(signals[2], Lost)
    assert signals[3] == Opened(resumed=False)


async def test_when_the_heartbeats_stop_the_connection_is_given_up() -> None:
    async def dies(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(BEAT)
        await forever()

    signals = await heard(talking(dies), 3, silence_s=0.2)
    assert signals == [Opened(), Lost("silent for 0.2 s"), Opened()]


async def test_heartbeats_alone_keep_it_open() -> None:
    async def beats(talk: Talk) -> None:
        await talk.begin()
        for _ in range(6):
            await talk.chunk(BEAT)
            await asyncio.sleep(0.1)
        await talk.chunk(message(1))
        await forever()

    assert await heard(talking(beats), 2, silence_s=0.3) == [Opened(), Arrived(message(1))]


async def test_white_space_and_halves_of_an_object_are_no_sign_of_life() -> None:
    async def trickles(talk: Talk) -> None:
        await talk.begin()
        while True:
            await talk.chunk(b" ")
            await asyncio.sleep(0.05)

    assert await heard(talking(trickles), 1, silence_s=0.2) == [Lost("no whole object for 0.2 s")]


async def test_an_object_too_large_costs_the_connection_and_nothing_before_it() -> None:
    async def endless(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(1) + b'{"payload":"')
        while True:
            await talk.chunk(b"x" * 500)

    signals = await heard(talking(endless), 4, object_bytes_max=2000)
    assert signals == [Opened(), Arrived(message(1)), Lost("object_too_large"), Opened()]


async def test_what_is_no_json_costs_the_connection() -> None:
    async def page(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(b"<html>")
        await forever()

    assert await heard(talking(page), 1) == [Lost("not_a_json_stream")]


async def test_refusals_are_waited_out_with_growing_full_jitter() -> None:
    async def down(talk: Talk) -> None:
        await talk.reply(503)

    waits = Waits()
    signals = await heard(talking(down), 9, sleep=waits)
    assert set(signals) == {Lost("status 503")}
    assert len(waits.slept_s) == 8
    rng = random.Random(1)
    assert waits.slept_s == [rng.uniform(0.0, min(0.5 * 2**n, 30.0)) for n in range(8)]


async def test_it_stays_away_as_long_as_it_is_told_but_not_for_ever() -> None:
    async def busy(talk: Talk) -> None:
        await talk.reply(429, retry_after="7" if talk.number == 1 else "99999999")

    waits = Waits()
    await heard(talking(busy), 3, sleep=waits)
    assert 7 <= waits.slept_s[0] <= 7.5
    assert 3600 <= waits.slept_s[1] <= 3601


async def test_an_object_makes_the_next_wait_short_again() -> None:
    async def down(talk: Talk) -> None:
        await talk.reply(500)

    async def up(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(1))
        await talk.end()

    waits = Waits()
    await heard(talking(down, down, down, down, up, down), 8, sleep=waits)
    assert waits.slept_s[4] <= 0.5


async def test_it_resumes_the_session_of_the_redirect_and_begins_anew_when_that_is_refused() -> None:
    async def subscribe(talk: Talk) -> None:
        if talk.path == "/stream":
            await talk.begin()
            await talk.chunk(message(talk.number))
            await talk.end()
        elif talk.number == 5:
            await talk.reply(410)
        else:
            await talk.redirect(f"/stream?sessionId=s{talk.number}")

    server = talking(subscribe)
    resume = Resume(redirect="sessionId", parameter="resumeSessionId")
    signals = await heard(server, 10, resume=resume)
    assert [one.resumed for one in signals if isinstance(one, Opened)] == [False, True, False]
    asked = [talk.query.get("resumeSessionId") for talk in server.talks if talk.path == "/subscribe"]
    assert asked[:4] == [None, "s1", "s3", None]


async def test_it_resumes_behind_the_last_message_and_not_after_too_long() -> None:
    async def tell(talk: Talk) -> None:
        await talk.begin()
        await talk.chunk(message(40 + talk.number))
        await talk.end()

    clock = StoppedClock()

    async def sleep(seconds: float) -> None:
        if len(server.talks) == 2:
            clock.now += 700_000

    server = talking(tell)
    resume = Resume(field="metadata.sequence", parameter="since")
    await heard(server, 8, resume=resume, clock=clock, sleep=sleep)
    assert [talk.query.get("since") for talk in server.talks[:3]] == [None, "41", None]


async def test_too_many_redirects_and_other_schemes_are_refused() -> None:
    async def around(talk: Talk) -> None:
        await talk.redirect("/again")

    async def away(talk: Talk) -> None:
        await talk.redirect("file:///etc/passwd")

    assert await heard(talking(around), 1) == [Lost("too many redirects")]
    assert await heard(talking(away), 1) == [Lost("a redirect away from https")]


async def test_packed_bodies_are_refused_since_they_could_unfold_without_bound() -> None:
    async def packed(talk: Talk) -> None:
        await talk.reply(200, b"\x1f\x8b", content_encoding="gzip")

    assert await heard(talking(packed), 1) == [Lost("status 200")]

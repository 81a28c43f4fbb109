"""One feed from its signals to the node: what is posted when, and what becomes of what goes wrong."""

import asyncio
import random
from collections import deque
from collections.abc import Sequence

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from contract.log_suite import StoppedClock
from scorewire.errors import Unauthenticated
from scorewire.intake.connection import Arrived, BackOff, Lost, Opened, Signal
from scorewire.intake.feed import Feed
from scorewire.intake.feed_book import FeedBook, FollowedGame
from scorewire.intake.feed_client import FeedClient
from scorewire.intake.snapshot import Limits
from scorewire.providers.native import NATIVE

from .conftest import SECRET, event, scheduled

GAME = "wc2022-final"


class Script:
    """A source that says what it is told to, then nothing more."""

    def __init__(self, signals: Sequence[Signal], clock: StoppedClock) -> None:
        self._signals = deque(signals)
        self._clock = clock
        self.read_out = asyncio.Event()
        self.closed = False

    async def __aenter__(self) -> "Script":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed = True

    async def next(self) -> Signal:
        self._clock.now += 2000
        if not self._signals:
            self.read_out.set()
            await asyncio.Event().wait()
        return self._signals.popleft()


class Node:
    """Answers the calls of a feed; remembers what they held."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = deque(answers)
        self.claims: list[dict[str, object]] = []
        self.ids: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.ids.append(request.headers["webhook-id"])
        if self._answers:
            answer = self._answers.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer
        said = msgspec.json.decode(request.content)
        self.claims += said if isinstance(said, list) else [said]
        return httpx.Response(202, json={"accepted": 1})

    @property
    def told(self) -> list[str]:
        return [str(one["data"].get("type", one["type"])) for one in self.claims]  # type: ignore[attr-defined]


class Shelf:
    """Keeps what is saved."""

    def __init__(self) -> None:
        self.saved: list[FollowedGame] = []

    async def save(self, games: Sequence[FollowedGame]) -> None:
        self.saved += games


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def payload(*messages: dict[str, object]) -> Arrived:
    return Arrived(msgspec.json.encode(list(messages)))


async def ran(node: Node, *signals: Signal, **given: object) -> Feed:
    clock = StoppedClock()
    script = Script(signals, clock)
    rng = random.Random(1)
    client = FeedClient(
        url="http://node", provider="acme", secret=SECRET, clock=clock, rng=rng, sleep=no_wait,
        transport=httpx.MockTransport(node),
    )  # fmt: skip
    async with client, asyncio.timeout(10):
        feed = Feed(
            **{
                "name": "f",
                "source": script,
                "format_": NATIVE,
                "book": FeedBook(provider="acme", names={}, limits=Limits(), renumber=False),
                "client": client,
                "clock": clock,
                "back_off": BackOff(rng=rng),
                "whole": False,
                "sleep": no_wait,
                **given,
            }  # type: ignore[arg-type]
        )
        task = asyncio.create_task(feed.run())
        done = asyncio.create_task(script.read_out.wait())
        await asyncio.wait({task, done}, return_when=asyncio.FIRST_COMPLETED)
        done.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert script.closed
    return feed


SCHEDULED = "scorewire.game.scheduled.v1"


async def test_news_are_posted_declaration_first_and_repetitions_are_not() -> None:
    node, shelf = Node(), Shelf()
    feed = await ran(node, Opened(), payload(scheduled(), event(1)), payload(event(1)), shelf=shelf)
    assert node.told[:2] == [SCHEDULED, "GOAL"]
    assert feed.report.posted == 3
    assert shelf.saved[0].declared is not None


async def test_leaving_tells_every_game_that_the_feed_is_gone() -> None:
    node = Node()
    await ran(node, Opened(), payload(scheduled(), event(1)))
    assert node.told == [SCHEDULED, "GOAL", "FEED_LOST"]


async def test_a_short_break_is_nobodys_business_and_a_long_one_is_told_once() -> None:
    node = Node()
    short = [Opened(), payload(scheduled(), event(1)), Lost("ended"), Opened(resumed=True)]
    long = [Lost("ended"), Lost("status 503"), Lost("status 503"), Lost("status 503"), Opened(), Opened()]
    feed = await ran(node, *short, *long)
    assert node.told == [SCHEDULED, "GOAL", "FEED_LOST", "FEED_BACK", "FEED_LOST"]
    assert feed.report.losses == 2


async def test_a_gap_is_filled_from_the_whole_game_and_a_resumed_stream_has_none() -> None:
    asked: list[str] = []

    async def recover(game: str) -> bytes:
        asked.append(game)
        return msgspec.json.encode([scheduled(), event(1), event(2)])

    node = Node()
    first = [Opened(), payload(scheduled(), event(1))]
    await ran(node, *first, Lost("x"), Opened(resumed=True), Lost("x"), Opened(), recover=recover)
    assert len(asked) == 2
    assert node.told == [SCHEDULED, "GOAL", "GOAL", "FEED_LOST"]


async def test_a_whole_game_that_cannot_be_had_or_read_changes_nothing() -> None:
    async def absent(game: str) -> bytes | None:
        return None

    async def broken(game: str) -> bytes | None:
        return b"<html>"

    for recover in (absent, broken):
        node = Node()
        await ran(node, Opened(), payload(scheduled(), event(1)), recover=recover)
        assert node.told == [SCHEDULED, "GOAL", "FEED_LOST"]


async def test_an_unreadable_payload_is_counted_logged_without_its_content_and_left_out() -> None:
    node = Node()
    with capture_logs() as logs:
        feed = await ran(node, Opened(), Arrived(b'{"key":"SECRET"'), payload(scheduled(), event(1)))
    assert feed.report.unreadable == 1
    assert node.told[:2] == [SCHEDULED, "GOAL"]
    assert "SECRET" not in str(logs)


async def test_a_node_that_is_away_is_waited_for_and_gets_the_same_calls() -> None:
    node = Node(*[httpx.ConnectError("refused")] * 20)
    feed = await ran(node, Opened(), payload(scheduled(), event(1)))
    assert node.told[:2] == [SCHEDULED, "GOAL"]
    assert len(set(node.ids[:21])) == 1
    assert feed.report.payloads == 1


async def test_refusals_are_counted_by_rule() -> None:
    rejected = {"accepted": 1, "rejected": [{"index": 0, "id": "e", "rule": "game_over", "detail": "no"}]}
    feed = await ran(Node(httpx.Response(202, json=rejected)), Opened(), payload(scheduled(), event(1)))
    assert feed.report.refused == {"game_over": 1}


async def test_a_refusal_in_the_log_names_the_game_and_what_was_claimed() -> None:
    refused = {"index": 0, "id": "e", "rule": "game_over", "detail": "no"}
    node = Node(
        httpx.Response(202, json={"accepted": 1}),
        httpx.Response(202, json={"accepted": 0, "rejected": [refused]}),
    )
    with capture_logs() as logs:
        await ran(node, Opened(), payload(scheduled(), event(1)))
    (line,) = [one for one in logs if one["event"] == "claim_refused"]
    assert (line["game"], line["type"], line["rule"]) == ("g1", "GOAL", "game_over")


async def test_a_key_that_the_node_does_not_know_ends_the_feed() -> None:
    clock = StoppedClock()
    node = Node(*[httpx.Response(401, json={"code": "bad_signature", "detail": "no"})] * 3)
    rng = random.Random(1)
    async with FeedClient(
        url="http://node", provider="acme", secret=SECRET, clock=clock, rng=rng,
        transport=httpx.MockTransport(node),
    ) as client:  # fmt: skip
        feed = Feed(
            name="f",
            source=Script([payload(scheduled(), event(1))], clock),
            format_=NATIVE,
            book=FeedBook(provider="acme", names={}, limits=Limits(), renumber=False),
            client=client,
            clock=clock,
            back_off=BackOff(rng=rng),
            whole=False,
        )
        with pytest.raises(Unauthenticated):
            await feed.run()

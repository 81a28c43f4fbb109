"""Real orders of push messages, served by a push server on loopback, through the push client into a node."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

import shared_profile
from e2e.push_trace import BEGIN_MS, Trace, event_id, game_id, message, read
from feed_server import FeedServer, Talk
from node_process import NodeProcess, declare, event
from scorewire.clock import SystemClock
from scorewire.intake.connection import Arrived, BackOff, Resume
from scorewire.intake.feed import Feed
from scorewire.intake.feed_book import FeedBook
from scorewire.intake.feed_client import FeedClient
from scorewire.intake.push_stream import PushStream
from scorewire.intake.snapshot import Limits
from scorewire.journal.journal import Journal
from scorewire.model.game_event import GameEvent
from scorewire.providers import PROVIDERS
from scorewire.providers.sportradar_nba import SILENT, TYPES

pytestmark = [pytest.mark.data, pytest.mark.timeout(180)]

PROVIDER = "sportradar_nba"
COUNTS = {
    "NBA": {"messages": 989, "beats": 823, "resent": 652, "repeated": 39, "returned": 3, "backward": 142},
    "MLB": {"messages": 75, "beats": 43, "resent": 12, "repeated": 0, "returned": 0, "backward": 1},
}
"""What the recordings hold: the tests below would show nothing if they held none of it."""
SCORES = {"1": ((31, 28), (59, 63)), "2": ((35, 35), (82, 78))}
"""At the begin and at the end of the recording, as `payload.game` says."""


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.01))


def pieces(body: bytes, rng: random.Random) -> list[bytes]:
    """Chunks of any size, so that most objects lie across a border."""
    found, at = [], 0
    while at < len(body):
        size = rng.choice((1, 7, 100, 1000, 5000))
        found.append(body[at : at + size])
        at += size
    return found


@pytest.mark.parametrize("league", ["NBA", "MLB"])
async def test_every_message_arrives_once_in_its_order_and_no_heartbeat_does(
    league: str, shared_data: Path
) -> None:
    trace = read(shared_data, league)
    held = COUNTS[league]
    assert (len(trace.payloads), trace.beats) == (held["messages"], held["beats"])
    assert (trace.resent(), trace.repeated(), trace.returned(), trace.backward()) == (
        held["resent"], held["repeated"], held["returned"], held["backward"],
    )  # fmt: skip

    async def answer(talk: Talk) -> None:
        if talk.path == "/subscribe":
            await talk.redirect("/stream")
            return
        await talk.begin()
        for piece in pieces(trace.body(), random.Random(5)):
            await talk.chunk(piece)
        await asyncio.sleep(3600)

    async with FeedServer(answer) as server, asyncio.timeout(60):
        source = PushStream(
            url=f"{server.url}/subscribe",
            headers={},
            clock=SystemClock(),
            rng=random.Random(1),
            sleep=no_wait,
        )
        arrived: list[bytes] = []
        async with source:
            while len(arrived) < len(trace.payloads):
                if isinstance(signal := await source.next(), Arrived):
                    arrived.append(signal.body)
    assert arrived == [message(row, league) for row in trace.payloads]
    last = max(number for number, row in enumerate(trace.rows) if row["kind"] == "payload")
    beats = sum(row["kind"] == "heartbeat" for row in trace.rows[:last])
    assert beats <= source.heartbeats <= trace.beats


@asynccontextmanager
async def followed(
    node: NodeProcess, server: FeedServer, resume: Resume, provider: str = PROVIDER
) -> AsyncIterator[Feed]:
    """A feed that runs into the node."""
    rng = random.Random(1)
    source = PushStream(
        url=f"{server.url}/subscribe",
        headers={},
        clock=SystemClock(),
        rng=rng,
        resume=resume,
        sleep=no_wait,
    )
    book = FeedBook(provider=provider, names={}, limits=Limits(), renumber=False)
    client = FeedClient(
        url=node.url, provider=provider, secret=node.secrets[provider], clock=SystemClock(), rng=rng
    )
    async with client:
        feed = Feed(
            name="push",
            source=source,
            format_=PROVIDERS[provider],
            book=book,
            client=client,
            clock=SystemClock(),
            back_off=BackOff(rng=rng),
            whole=False,
        )
        task = asyncio.create_task(feed.run())
        yield feed
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def begin(node: NodeProcess, trace: Trace) -> None:
    """The recording begins in the second quarter: declare its games with the score that they had then."""
    node.key(PROVIDER)
    for game, (score, _) in SCORES.items():
        name = f"sr-{game_id(game)}"
        frame = declare(name, PROVIDER, sport="basketball", provider_ids={PROVIDER: game_id(game)})
        frame["data"] |= {"home": {"id": "sr-H"}, "away": {"id": "sr-A"}}
        start = {
            **trace.payloads[0], "game": game, "event": "x", "operation": "update", "event_type": "rebound",
            "number": "0", "sequence": "-1", "period_seq": "2", "period_no": "2",
        }  # fmt: skip
        (at,) = PROVIDERS[PROVIDER].decode(message(start, "NBA")).events
        stated = event(name, 1, "SCORE_SET", PROVIDER, detail={"home": score[0], "away": score[1]}, period=2)
        stated["data"]["sequence"] = at.sequence
        for one in (frame, stated):
            assert node.post(PROVIDER, one).json()["accepted"] == 1


async def rows_of(node: NodeProcess, game: str) -> list[GameEvent]:
    journal = await Journal.open(shared_profile.journal(node.data))
    try:
        return list(await journal.rows(f"sr-{game_id(game)}", 0, 10_000))
    finally:
        await journal.close()


def standing(rows: list[GameEvent]) -> dict[str, GameEvent]:
    """The newest row of each play that was not taken back, in the order of play."""
    plays: dict[str, GameEvent] = {}
    for row in rows:
        if row.change in {"assert", "amend"}:
            plays[row.cause.event] = row
        elif row.change == "retract":
            del plays[row.cause.event]
    return dict(sorted(plays.items(), key=lambda item: item[1].place or ()))


def check(trace: Trace, game: str, rows: list[GameEvent]) -> None:
    """The node's plays are the newest versions of the recorded ones, in the order of play."""
    newest = {event_id(row): row for row in trace.newest(game).values()}
    wanted = {
        event: row
        for event, row in newest.items()
        if row["operation"] != "delete" and row["event_type"] not in SILENT
    }
    plays = standing(rows)
    held = {event: row.claim for event, row in plays.items() if event in newest}
    assert held.keys() == wanted.keys()
    for name, claim in held.items():
        assert claim is not None
        row = wanted[name]
        assert claim.text == row["content_hash"]
        assert claim.revision == BEGIN_MS + int(row["updated_s"]) * 1000
        assert claim.type == TYPES.get(row["event_type"], "FOUL")
    in_order = sorted(
        wanted,
        key=lambda one: tuple(int(wanted[one][name]) for name in ("period_seq", "sequence", "number")),
    )
    assert list(held) == in_order


async def until_all(feed: Feed, payloads: int) -> None:
    async with asyncio.timeout(120):
        while feed.report.payloads < payloads:  # noqa: ASYNC110 the feed tells nobody how far it is
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_a_recorded_stream_comes_to_its_newest_content_in_the_order_of_play(
    shared_data: Path, node: NodeProcess
) -> None:
    """The line is cut in the middle of objects, and each time the newest messages are sent again."""
    trace = read(shared_data, "NBA")
    told = [message(row, "NBA") for row in trace.payloads]
    cuts = [0, 300, 301, 640, len(told)]
    again = 40

    async def answer(talk: Talk) -> None:
        if talk.path == "/subscribe":
            await talk.redirect(f"/stream?session=s{talk.number}")
            return
        turn = min(talk.number // 2, len(cuts) - 1)
        await talk.begin()
        for body in told[max(0, cuts[turn - 1] - again) : cuts[turn]]:
            await talk.chunk(body + b"\n")
        if turn + 1 < len(cuts):
            await talk.cut(told[cuts[turn]][:50])
            return
        while True:
            await asyncio.sleep(1)
            await talk.chunk(b'{"heartbeat":{"interval":5000}}')

    begin(node, trace)
    sent_twice = sum(cut - max(0, cut - again) for cut in cuts[1:-1])
    resume = Resume(redirect="session", parameter="resumeSessionId")
    async with FeedServer(answer) as server:
        async with followed(node, server, resume) as feed:
            await until_all(feed, len(told) + sent_twice)
            report = feed.report
        asked = [talk.query.get("resumeSessionId") for talk in server.talks if talk.path == "/subscribe"]
    assert asked == [None, "s1", "s3", "s5"]
    assert report.payloads == len(told) + sent_twice
    assert report.unreadable == 0
    assert report.refused == Counter()
    # Of the messages that say what was said before, none is posted.
    assert report.posted < len(told) + sent_twice - trace.repeated()

    for game, (_, score) in SCORES.items():
        state = await asyncio.to_thread(node.rest, f"sr-{game_id(game)}")
        assert (state["home"]["score"], state["away"]["score"]) == score
        assert not state.get("under_check")
    await asyncio.to_thread(node.stop)
    amended = 0
    for game in SCORES:
        rows = await rows_of(node, game)
        check(trace, game, rows)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        amended += sum(row.change == "amend" for row in rows)
    assert amended > 400


@pytest.mark.slow
async def test_a_stream_told_again_from_its_begin_ends_where_it_ended(
    shared_data: Path, node: NodeProcess
) -> None:
    """A client that forgot everything and a server that sends all of it again: each claim is heard twice."""
    trace = read(shared_data, "NBA")
    told = [message(row, "NBA") for row in trace.payloads][:400]
    short = Trace("NBA", tuple(trace.payloads[:400]))

    async def answer(talk: Talk) -> None:
        await talk.begin()
        for body in told:
            await talk.chunk(body)
        await asyncio.sleep(3600)

    begin(node, trace)
    states = []
    for _ in range(2):
        async with FeedServer(answer) as server, followed(node, server, Resume()) as feed:
            await until_all(feed, len(told))
        for game in SCORES:
            name = f"sr-{game_id(game)}"
            state = await asyncio.to_thread(node.rest, name)
            states.append({key: state[key] for key in ("home", "away", "period", "status")})
    assert states[:2] == states[2:]
    await asyncio.to_thread(node.stop)
    for game in SCORES:
        rows = await rows_of(node, game)
        newest = {event_id(row): row for row in short.newest(game).values()}
        held = {one: row.claim for one, row in standing(rows).items() if one in newest}
        assert {one: claim.text for one, claim in held.items() if claim} == {
            one: row["content_hash"]
            for one, row in newest.items()
            if row["operation"] != "delete" and row["event_type"] not in SILENT
        }


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_the_newest_content_is_what_the_book_tells(seed: int, shared_data: Path) -> None:
    """Old content after new: messages of one event shuffled end at the version with the newest edit."""
    trace = read(shared_data, "NBA")
    rng = random.Random(seed)
    for game in trace.games:
        versions = trace.sent(game)
        shuffled = [row for rows in versions.values() for row in rng.sample(rows, len(rows))]
        stale = 0
        book = FeedBook(provider=PROVIDER, names={}, limits=Limits(), renumber=False)
        told: dict[str, int] = {}
        for number, row in enumerate(shuffled):
            decoded = PROVIDERS[PROVIDER].decode(message(row, "NBA"))
            news = book.read(decoded, now_ms=BEGIN_MS + number, whole=False)
            book.keep(news)
            for claim in news.events:
                stale += claim.revision < told.get(claim.event, 0)
                told[claim.event] = max(told.get(claim.event, 0), claim.revision)
        assert stale > 10
        for name, rows in versions.items():
            if rows[0]["event_type"] in SILENT:
                continue
            newest_ms = max(BEGIN_MS + int(row["updated_s"]) * 1000 for row in rows)
            assert told[f"event-{game}-{name}"] == newest_ms


def test_messages_are_what_the_documentation_shows(shared_data: Path) -> None:
    """The builder itself: one object each, and the feed's own format knows it."""
    for row in read(shared_data, "NBA").payloads[:50]:
        body = message(row, "NBA")
        assert PROVIDERS[PROVIDER].recognise(body, "")
        assert msgspec.json.decode(body)["payload"]["event"]["id"] == event_id(row)

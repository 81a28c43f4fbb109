"""The real order of MLB push messages, through the push client into a node: five games in one stream.

The recording holds pitches without what they were, but the score of their game: where a message raises it,
its pitch is made a double that brings those runs in. One does, and it is the second about its pitch, so runs
come with an amendment.
"""

import asyncio
import json
import random
from pathlib import Path

import pytest

from e2e.push_trace import BEGIN_MS, Row, Trace, event_id, game_id, message, read
from e2e.test_push_trace import followed, rows_of, standing, until_all
from feed_server import FeedServer, Talk
from node_process import NodeProcess, declare, event
from scorewire.intake.connection import Resume
from scorewire.intake.feed_book import FeedBook
from scorewire.intake.snapshot import Limits
from scorewire.providers import PROVIDERS
from scorewire.providers.sportradar_mlb import half_inning

pytestmark = [pytest.mark.data, pytest.mark.timeout(180)]

PROVIDER = "sportradar_mlb"
TYPES = {"pitch": "PITCH", "half_start": "PERIOD_START"}
"""What the plays of the recording claim; its line-ups are those before the game, its steals move nobody."""
SCORES = {
    "1": ((0, 0), (0, 0)),
    "2": ((0, 0), (0, 2)),
    "3": ((0, 2), (0, 2)),
    "4": ((0, 1), (0, 1)),
    "5": ((0, 0), (0, 0)),
}
"""At the begin and at the end of the recording, as `payload.game` says."""
HIT = ("2", "56", "288")
"""Game, event and time of the version that is a double and brings two runs in."""


def is_hit(row: Row) -> bool:
    return (row["game"], row["event"], row["updated_s"]) == HIT


def body_of(row: Row) -> bytes:
    """The message of a row."""
    plain = message(row, "MLB")
    if not is_hit(row):
        return plain
    told = json.loads(plain)
    told["payload"]["event"] |= {
        "outcome_id": "aD",
        "hitter_id": "p1",
        "flags": {"is_ab_over": True},
        "runners": [
            {"id": who, "starting_base": begin, "ending_base": end, "outcome_id": outcome, "out": False}
            for who, begin, end, outcome in (("p1", 0, 2, "AD2"), ("p2", 1, 4, "ERN"), ("p3", 2, 4, "ERN"))
        ],
        "score": {"home_team_runs": 0, "away_team_runs": 2},
    }
    return json.dumps(told).encode()


def edited_ms(row: Row) -> int:
    """The later of the two times that the message states; 1 where it states none."""
    seconds = row["updated_s"] or row["created_s"]
    return BEGIN_MS + int(seconds) * 1000 if seconds else 1


def wanted(trace: Trace, game: str) -> dict[str, Row]:
    """The newest version of each play that claims something, in the order of play."""
    rows = [row for row in trace.newest(game).values() if row["event_type"] in TYPES]
    rows.sort(
        key=lambda row: (
            half_inning(int(row["period_seq"]), row["period_type"]), int(row["sequence"]), int(row["number"]),
        )
    )  # fmt: skip
    return {event_id(row): row for row in rows}


def begin(node: NodeProcess) -> None:
    """Two of the games had a score when the recording began."""
    node.key(PROVIDER)
    for game, ((home, away), _) in SCORES.items():
        name = f"sr-{game_id(game)}"
        frame = declare(name, PROVIDER, sport="baseball", provider_ids={PROVIDER: game_id(game)})
        frame["data"] |= {"home": {"id": "sr-H"}, "away": {"id": "sr-A"}}
        stated = event(name, 1, "SCORE_SET", PROVIDER, detail={"home": home, "away": away})
        stated["data"] |= {"sequence": 0, "period": 1}
        for one in (frame, stated):
            assert node.post(PROVIDER, one).json()["accepted"] == 1


def news_of(told: list[bytes]) -> int:
    """How many claims a book finds to post in these messages."""
    book = FeedBook(provider=PROVIDER, names={}, limits=Limits(), renumber=False)
    count = 0
    for number, body in enumerate(told):
        news = book.read(PROVIDERS[PROVIDER].decode(body), now_ms=BEGIN_MS + number, whole=False)
        book.keep(news)
        count += len(news.events) + len(news.declarations)
    return count


def the_trace(shared_data: Path) -> Trace:
    """The recording, of which it is known that plays are sent again and out of their order."""
    trace = read(shared_data, "MLB")
    scores: dict[str, list[tuple[int, int]]] = {}
    for row in trace.payloads:
        scores.setdefault(row["game"], []).append((int(row["game_home_pts"]), int(row["game_away_pts"])))
    assert {game: (told[0], told[-1]) for game, told in scores.items()} == SCORES
    assert sum(is_hit(row) for row in trace.payloads) == 1
    assert trace.resent() == 12
    assert trace.backward() == 1
    return trace


@pytest.mark.slow
async def test_a_recorded_stream_of_five_games_comes_to_its_newest_plays_in_order(
    shared_data: Path, node: NodeProcess
) -> None:
    """The line is cut in the middle of an object, and what was told last is told again."""
    trace = the_trace(shared_data)
    told = [body_of(row) for row in trace.payloads]
    cut, again = 40, 15

    async def answer(talk: Talk) -> None:
        if talk.path == "/subscribe":
            await talk.redirect(f"/stream?session=s{talk.number}")
            return
        await talk.begin()
        if talk.number <= 2:
            for body in told[:cut]:
                await talk.chunk(body + b"\n")
            await talk.cut(told[cut][:60])
            return
        for body in told[cut - again :]:
            await talk.chunk(body)
        while True:
            await asyncio.sleep(1)
            await talk.chunk(b'{"heartbeat":{"interval":5000}}')

    begin(node)
    resume = Resume(redirect="session", parameter="resumeSessionId")
    async with FeedServer(answer) as server, followed(node, server, resume, PROVIDER) as feed:
        await until_all(feed, len(told) + again)
        report = feed.report
    assert (report.payloads, report.unreadable) == (len(told) + again, 0)
    assert not report.refused
    # Nothing of what was told again is posted; each game hears at the end that the feed has left.
    assert report.losses == 1
    assert report.posted == report.accepted == news_of(told) + len(SCORES)

    for game, (_, score) in SCORES.items():
        state = await asyncio.to_thread(node.rest, f"sr-{game_id(game)}")
        assert (state["home"]["score"], state["away"]["score"]) == score
        assert not state.get("under_check")
    await asyncio.to_thread(node.stop)
    amended = 0
    for game in SCORES:
        rows = await rows_of(node, game)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        newest = wanted(trace, game)
        held = {name: row.claim for name, row in standing(rows).items() if name in newest}
        assert list(held) == list(newest)
        for name, claim in held.items():
            assert claim is not None
            row = newest[name]
            type_ = "DOUBLE" if is_hit(row) else TYPES[row["event_type"]]
            assert (claim.type, claim.text) == (type_, row["content_hash"])
            assert claim.revision == edited_ms(row)
            assert claim.period == half_inning(int(row["period_seq"]), row["period_type"])
        amended += sum(row.change == "amend" for row in rows)
    assert amended >= 8


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_the_newest_version_of_a_pitch_is_what_the_book_tells(
    seed: int, shared_data: Path
) -> None:
    trace = the_trace(shared_data)
    rng = random.Random(seed)
    rows = rng.sample(trace.payloads * 2, 2 * len(trace.payloads))
    book = FeedBook(provider=PROVIDER, names={}, limits=Limits(), renumber=False)
    told: dict[str, int] = {}
    for number, row in enumerate(rows):
        news = book.read(PROVIDERS[PROVIDER].decode(body_of(row)), now_ms=BEGIN_MS + number, whole=False)
        book.keep(news)
        for claim in news.events:
            if claim.action == "assert":
                told[claim.event] = max(told.get(claim.event, 0), claim.revision)
    plays = {name: row for game in trace.games for name, row in wanted(trace, game).items()}
    assert len(plays) == 30
    assert {name: told[name] for name in plays} == {name: edited_ms(row) for name, row in plays.items()}

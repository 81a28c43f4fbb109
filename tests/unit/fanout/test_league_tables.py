"""Tables of leagues come once a second at most, the newest wins, and no delay shows one that is younger."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from scorewire.errors import BackendError, RequestError
from scorewire.fanout.league_tables import BYTES_A_SECOND, LINGER_S
from scorewire.fanout.request import TABLES_MAX, read_stream_query
from scorewire.model.score_state import Tree
from scorewire.scoreboard.tables import Table, Tables
from terrace import START_MS, Match, SseReader, Terrace, WsReader


class Kept:
    """The tables of a store, and the words about them."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[int, int, str]] = {}
        self.reads: list[str] = []
        self.fails = False
        self.since_ms = START_MS
        self.tables = Tables(read=self.read)

    async def read(self, league_id: str) -> Table | None:
        self.reads.append(league_id)
        if self.fails:
            raise BackendError("the disk is gone", retryable=True)
        if league_id not in self.rows:
            return None
        version, since_ms, leader = self.rows[league_id]
        body = msgspec.json.encode(
            {"league": {"id": league_id}, "season": "2022", "table": {"rules": "r", "leader": leader}}
        )
        return Table(league_id=league_id, season="2022", version=version, since_ms=since_ms, body=body)

    def change(self, leader: str, *, league_id: str = "l1", since_ms: int = START_MS) -> None:
        version = self.rows.get(league_id, (0, 0, ""))[0] + 1
        self.rows[league_id] = (version, since_ms, leader)
        self.tables.told([league_id])


@pytest.fixture
def kept() -> Kept:
    return Kept()


async def ground(kept: Kept, **settings: Any) -> Terrace:
    match = Match()
    terrace = Terrace(match, tables=kept.tables, **settings)
    terrace.log["g1"] = [match.first()]
    terrace.lists = {("league", "l1"): ("g1",), ("league", "l2"): ()}
    await terrace.pass_time(0.2)
    return terrace


def tables_of(fan: SseReader | WsReader) -> list[Tree]:
    return [data for name, data in fan.read() if name == "standings_update"]


def leaders(tables: Sequence[Tree]) -> list[object]:
    return [msgspec.to_builtins(table["table"])["leader"] for table in tables]


async def test_a_table_comes_on_joining_and_whenever_it_changes(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan = terrace.sse("league=l1&standings=1")
    await terrace.settle()
    assert tables_of(fan) == [
        {
            "type": "standings_update",
            "league_id": "l1",
            "season": "2022",
            "version": 1,
            "table": {"rules": "r", "leader": "ars"},
        }
    ]
    assert set(fan.states) == {"g1"}
    await terrace.pass_time(2)
    assert tables_of(fan) == []
    kept.change("che")
    await terrace.settle()
    assert leaders(tables_of(fan)) == ["che"]
    other = terrace.websocket()
    other.say(action="subscribe", league_id="l1", standings=True)
    await terrace.settle()
    assert [name for name, _ in other.read()] == ["subscribed", "full_state", "standings_update"]
    assert other.events[0][1]["follow"] == {"league_id": "l1", "view": "line", "standings": True}


async def test_who_did_not_ask_for_a_table_is_given_none(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan = terrace.sse("league=l1")
    other = terrace.websocket()
    other.say(action="subscribe", league_id="l1")
    await terrace.settle()
    kept.change("che")
    await terrace.pass_time(2)
    assert tables_of(fan) == tables_of(other) == []
    assert kept.reads == []


async def test_a_table_sets_no_last_event_id_and_a_cursor_goes_on_as_without(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan = terrace.sse("league=l1&standings=1")
    await terrace.settle()
    fan.read()
    cursor = fan.last_event_id
    assert cursor
    kept.change("che")
    await terrace.pass_time(1)
    assert leaders(tables_of(fan)) == ["che"]
    assert fan.last_event_id == cursor
    fan.leave()
    back = terrace.sse("league=l1&standings=1", last_event_id=cursor, states=fan.states)
    await terrace.settle()
    assert [name for name, _ in back.read()] == ["standings_update"], "the game is where it was"


async def test_a_burst_of_changes_is_one_table_a_second_and_ends_at_the_newest(kept: Kept) -> None:
    kept.change("t0")
    terrace = await ground(kept)
    fan = terrace.sse("league=l1&standings=1")
    await terrace.pass_time(2)
    tables_of(fan)
    for number in range(30):
        kept.change(f"t{number + 1}")
        await terrace.pass_time(0.1)
    await terrace.pass_time(1)
    seen = leaders(tables_of(fan))
    assert seen[-1] == "t30"
    assert 3 <= len(seen) <= 5


async def test_a_large_table_comes_less_often(kept: Kept) -> None:
    kept.change("x" * 3 * BYTES_A_SECOND)
    terrace = await ground(kept)
    fan = terrace.sse("league=l1&standings=1")
    await terrace.settle()
    tables_of(fan)
    kept.change("y" * 3 * BYTES_A_SECOND)
    await terrace.pass_time(2.5)
    assert tables_of(fan) == []
    await terrace.pass_time(1)
    assert len(tables_of(fan)) == 1


async def test_a_version_that_says_nothing_else_is_not_sent(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan = terrace.sse("league=l1&standings=1")
    await terrace.pass_time(2)
    assert leaders(tables_of(fan)) == ["ars"]
    kept.change("ars")
    await terrace.pass_time(2)
    assert tables_of(fan) == []
    assert len(kept.reads) == 2


async def test_many_fans_of_a_league_cause_one_read(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fans = [terrace.sse("league=l1&standings=1") for _ in range(50)]
    await terrace.settle()
    kept.change("che")
    await terrace.pass_time(1)
    assert all(leaders(tables_of(fan))[-1] == "che" for fan in fans)
    assert len(kept.reads) == 2


async def test_a_league_without_a_table_says_nothing_until_it_has_one(kept: Kept) -> None:
    terrace = await ground(kept)
    fan = terrace.sse("league=l2&standings=1")
    await terrace.settle()
    assert tables_of(fan) == []
    kept.change("ars", league_id="l2")
    await terrace.pass_time(1.2)
    assert leaders(tables_of(fan)) == ["ars"]


async def test_a_slow_fan_gets_only_the_newest_table_and_holds_up_nobody(kept: Kept) -> None:
    kept.change("t0")
    terrace = await ground(kept)
    slow, quick = terrace.sse("league=l1&standings=1"), terrace.sse("league=l1&standings=1")
    await terrace.settle()
    assert leaders(tables_of(slow)) == ["t0"]
    tables_of(quick)
    slow.transport.blocked = True
    slow.transport.set_write_buffer_limits(high=1)
    for number in range(1, 5):
        kept.change(f"t{number}")
        await terrace.pass_time(1.2)
    assert leaders(tables_of(quick)) == ["t1", "t2", "t3", "t4"]
    slow.transport.unblock()
    assert leaders(tables_of(slow)) == ["t1", "t4"]


@pytest.mark.parametrize("delay_s", [5, 30])
async def test_a_delay_shows_no_table_that_is_younger_than_it(kept: Kept, delay_s: int) -> None:
    terrace = await ground(kept)
    kept.change("old", since_ms=terrace.now_ms - 3_600_000)
    fan = terrace.sse(f"league=l1&standings=1&delay={delay_s}")
    live = terrace.sse("league=l1&standings=1")
    await terrace.settle()
    assert leaders(tables_of(fan)) == ["old"], "it has been so for an hour"
    changed_ms = terrace.now_ms
    kept.change("new", since_ms=changed_ms)
    await terrace.pass_time(1.2)
    assert leaders(tables_of(live))[-1] == "new"
    while not (tables := tables_of(fan)):
        assert terrace.now_ms - changed_ms < (delay_s + 3) * 1000
        await terrace.pass_time(0.1)
    assert leaders(tables) == ["new"]
    assert terrace.now_ms - changed_ms >= delay_s * 1000


async def test_a_wall_clock_that_was_set_back_holds_no_table_for_longer_than_the_delay(kept: Kept) -> None:
    terrace = await ground(kept)
    kept.change("ars", since_ms=terrace.now_ms + 3_600_000)
    fan = terrace.sse("league=l1&standings=1&delay=5")
    await terrace.pass_time(4)
    assert tables_of(fan) == []
    await terrace.pass_time(2)
    assert leaders(tables_of(fan)) == ["ars"]


async def test_the_first_table_of_a_delay_waits_where_it_is_not_known_how_old_it_is(kept: Kept) -> None:
    terrace = await ground(kept)
    kept.change("ars", since_ms=terrace.now_ms)
    fan = terrace.sse("league=l1&standings=1&delay=5")
    await terrace.pass_time(4)
    assert tables_of(fan) == []
    await terrace.pass_time(2)
    assert leaders(tables_of(fan)) == ["ars"]


async def test_a_table_that_cannot_be_read_is_tried_again(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    kept.fails = True
    fan = terrace.sse("league=l1&standings=1")
    await terrace.pass_time(3)
    assert tables_of(fan) == []
    assert set(fan.states) == {"g1"}, "scores go on"
    assert 2 <= len(kept.reads) <= 4, "once a second"
    kept.fails = False
    await terrace.pass_time(2)
    assert leaders(tables_of(fan)) == ["ars"]


async def test_who_unsubscribes_or_leaves_is_told_no_more_and_the_channel_goes(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan, gone = terrace.websocket(), terrace.sse("league=l1&standings=1")
    fan.say(action="subscribe", league_id="l1", standings=True)
    await terrace.settle()
    assert leaders(tables_of(fan)) == ["ars"]
    fan.say(action="unsubscribe", league_id="l1")
    gone.leave()
    kept.change("che")
    await terrace.pass_time(2)
    assert tables_of(fan) == []
    await terrace.pass_time(2 * LINGER_S)
    reads = len(kept.reads)
    kept.change("mci")
    await terrace.pass_time(2)
    assert len(kept.reads) == reads


async def test_a_subscription_can_be_changed_to_have_the_table_and_to_have_it_no_more(kept: Kept) -> None:
    kept.change("ars")
    terrace = await ground(kept)
    fan = terrace.websocket()
    for standings, shown in ((False, []), (True, ["ars"]), (False, [])):
        fan.say(action="subscribe", league_id="l1", standings=standings)
        await terrace.settle()
        assert leaders(tables_of(fan)) == shown
    kept.change("che")
    await terrace.pass_time(2)
    assert tables_of(fan) == []


async def test_an_unknown_league_is_refused_as_without(kept: Kept) -> None:
    terrace = await ground(kept)
    fan = terrace.sse("league=nowhere&standings=1")
    await terrace.settle()
    fan.read()
    assert fan.head is not None
    assert " 404 " in fan.head.partition("\r\n")[0]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("game=g1&standings=1", "bad_parameter"),
        ("league=l1&standings=yes", "bad_parameter"),
        ("&".join(f"league=l{n}" for n in range(TABLES_MAX + 1)) + "&standings=1", "too_many_follows"),
    ],
)
def test_what_cannot_be_followed_is_refused(query: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_stream_query(query.encode(), None, follows_max=100)
    assert refused.value.code == code


def test_without_the_word_a_stream_may_follow_more_leagues_and_no_table() -> None:
    query = "&".join(f"league=l{n}" for n in range(TABLES_MAX + 1))
    for words in ("", "&standings=0"):
        follows = read_stream_query(f"{query}{words}".encode(), None, follows_max=100).follows
        assert not any(follow.table for follow in follows)
    mixed = read_stream_query(b"league=l1&team=arg&standings=1", None, follows_max=100).follows
    assert [(follow.kind, follow.table) for follow in mixed] == [("league", True), ("team", False)]


async def test_a_connection_may_follow_so_many_tables(kept: Kept) -> None:
    terrace = await ground(kept)
    terrace.lists |= {("league", f"x{n}"): () for n in range(TABLES_MAX + 1)}
    fan = terrace.websocket()
    for number in range(TABLES_MAX + 1):
        fan.say(action="subscribe", league_id=f"x{number}", standings=True)
        await terrace.settle()
    assert [data["code"] for name, data in fan.read() if name == "error"] == ["too_many_follows"]
    fan.say(action="subscribe", team_id="arg", standings=True)
    assert [data["code"] for name, data in fan.read() if name == "error"] == ["bad_message"]

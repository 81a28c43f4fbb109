"""Rebuild finds what was tampered with; explain leads to the message."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scorewire.games.audit import Audit
from scorewire.games.capture import CaptureHead
from scorewire.model.provider_event import Player, SideScore
from scorewire.sports import SPORTS

from .conftest import declaration
from .roster import SplitLog
from .test_owner import Stores, goal


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await Stores(tmp_path).open()
    await opened.say(declaration(), *(goal(number) for number in range(1, 13)))
    await opened.own()
    yield opened
    await opened.close()


def audit(stores: Stores) -> Audit:
    return Audit(journal=stores.journal, log=stores.log, machines=SPORTS)


async def test_a_sound_journal_has_no_differences(stores: Stores) -> None:
    report = await audit(stores).rebuild(["g1"])
    assert (report.games, report.rows, report.differences) == (1, 13, ())


def tamper(stores: Stores, statement: str, *values: object) -> None:
    with sqlite3.connect(stores.folder / "journal.sqlite") as journal:
        assert journal.execute(statement, values).rowcount > 0
    journal.close()


def body_of(stores: Stores, query: str) -> bytes:
    with sqlite3.connect(stores.folder / "journal.sqlite") as journal:
        (body,) = journal.execute(query).fetchone()
    journal.close()
    return bytes(body)


async def found(stores: Stores) -> list[tuple[str, int, str]]:
    report = await audit(stores).rebuild(["g1"])
    return [(each.what, each.seq, each.detail) for each in report.differences]


async def test_a_checkpoint_that_says_another_score_is_found(stores: Stores) -> None:
    body = body_of(stores, "SELECT body FROM checkpoints ORDER BY seq DESC")
    wrong = body.replace(b'"team":"home"', b'"team":"away"')
    assert wrong != body
    tamper(stores, "UPDATE checkpoints SET body = ?", wrong)
    ((what, seq, detail),) = await found(stores)
    assert (what, seq) == ("checkpoint", 13)
    assert '"home":{"score"' in detail


@pytest.mark.parametrize(
    ("right", "wrong", "detail"),
    [
        (b'"score":12', b'"score":13', '{"home":{"score":13}}'),
        (b'"status":"live"', b'"status":"final"', '{"status":"final"}'),
        (b'"seq":13', b'"seq":12', '{"seq":"differs"}'),
        (b'"game_id":"g1"', b'"game_id":"g2"', '{"game_id":"g2"}'),
    ],
)
async def test_a_line_that_lists_another_state_is_found(
    stores: Stores, right: bytes, wrong: bytes, detail: str
) -> None:
    line = body_of(stores, "SELECT line FROM game_heads")
    assert line.count(right) == 1
    tamper(stores, "UPDATE game_heads SET line = ?", line.replace(right, wrong))
    assert await found(stores) == [("line", 13, detail)]


async def test_a_line_of_an_older_epoch_is_sound(stores: Stores) -> None:
    await stores.journal.renew_epoch()
    assert await found(stores) == []


@pytest.mark.parametrize("line", [b"{", b'{"v":1,"game_id":"g1"}', b'{"v":99,"game_id":"g1"}'])
async def test_what_cannot_be_read_is_a_difference_and_hides_no_other_game(
    stores: Stores, line: bytes
) -> None:
    await stores.say(declaration(game_id="g2", event="m-2"))
    await stores.own()
    tamper(stores, "UPDATE game_heads SET line = ? WHERE game_id = 'g1'", line)
    tamper(stores, "UPDATE game_heads SET head_seq = 2 WHERE game_id = 'g2'")
    report = await audit(stores).rebuild(["g1", "g2"])
    assert [(each.game_id, each.what) for each in report.differences] == [
        ("g1", "unreadable"),
        ("g2", "head"),
    ]


@pytest.mark.parametrize(("head", "detail"), [(14, "head 14"), (12, "head 12"), (1, "head 1")])
async def test_a_head_that_is_not_at_the_last_row_is_found(stores: Stores, head: int, detail: str) -> None:
    tamper(stores, "UPDATE game_heads SET head_seq = ?", head)
    first, *_ = await found(stores)
    assert first == ("head", 13, f"rows end at 13, {detail}")


async def test_a_game_that_goes_on_meanwhile_is_sound(stores: Stores) -> None:
    """Each part is read on its own: what is written between two reads is no difference."""
    owner = stores.owner()
    running = asyncio.create_task(owner.run())
    number = 12
    for _ in range(20):
        number += 1
        await stores.say(goal(number))
        report = await audit(stores).rebuild(["g1"])
        assert report.differences == ()
    owner.stop()
    await running
    assert await stores.journal.head_seq("g1") == number + 1


@pytest.mark.parametrize("seq", [1, 5])
async def test_a_row_that_is_gone_is_found(stores: Stores, seq: int) -> None:
    tamper(stores, "DELETE FROM events WHERE seq = ?", seq)
    assert await found(stores) == [("gap", seq + 1, f"follows {seq - 1}")]


async def test_rows_that_are_gone_from_the_end_are_found(stores: Stores) -> None:
    tamper(stores, "DELETE FROM events WHERE seq > 11")
    (first, *_) = await found(stores)
    assert first == ("head", 11, "rows end at 11, head 13")


async def test_a_game_without_rows_is_missing(stores: Stores) -> None:
    (difference,) = (await audit(stores).rebuild(["nobody"])).differences
    assert difference.what == "missing"


async def test_a_score_is_explained_by_its_messages(stores: Stores) -> None:
    explained = await audit(stores).explain("g1", 3)
    assert explained is not None
    assert [(row.type, row.score, row.event) for row in explained.rows] == [
        ("GAME_SCHEDULED", "0-0", "m-1"),
        ("GOAL", "1-0", "e1"),
        ("GOAL", "2-0", "e2"),
    ]
    assert all(row.webhook_id.startswith("w1-") and row.received_ms for row in explained.rows)
    assert await audit(stores).explain("nobody", None) is None


async def test_messages_are_read_where_the_claims_of_the_game_lie(stores: Stores) -> None:
    split = await SplitLog.open(stores.folder, 2, stores.clock)
    place = split.partition_of("g1")
    await split.parts[place].close()
    split.parts = [stores.log if number == place else part for number, part in enumerate(split.parts)]
    assert place != 0, "then this would show nothing"
    reader = Audit(journal=stores.journal, log=split, machines=SPORTS)
    explained = await reader.explain("g1", None)
    assert explained is not None
    assert all(row.webhook_id for row in explained.rows)
    epoch = stores.journal.epoch
    head = CaptureHead(scorewire="1", game_id="g1", epoch=epoch, captured_ms=0, reorder_ms=500, held_max=100)
    taken = await reader.capture(head, lambda _: "dense")
    assert taken is not None
    assert [entry.offset for entry in taken.entries] == [row.log_offset for row in taken.rows]
    await split.parts[0].close()


async def test_a_row_is_explained_with_its_play(stores: Stores) -> None:
    scorer = Player(id="p10", name="Ada Example")
    await stores.say(goal(13, player=scorer, clock="12:10", score=SideScore(home=9, away=9)))
    await stores.own()
    explained = await audit(stores).explain("g1", None)
    assert explained is not None
    (row,) = [one for one in explained.rows if one.event == "e13"]
    assert (row.team, row.player, row.period, row.clock, row.stated) == (
        "home",
        "Ada Example",
        1,
        "12:10",
        "9-9",
    )


async def test_a_check_of_the_score_names_the_conflict_behind_it(tmp_path: Path) -> None:
    stores = await Stores(tmp_path).open()
    await stores.say(declaration(providers=("acme", "backup")), later_ms=-60_000)
    for provider in ("acme", "backup"):
        await stores.say(goal(1, provider=provider, type="PERIOD_START", team=None), later_ms=-60_000)
    await stores.say(goal(9, provider="backup", sequence=2), later_ms=-50_000)
    for number, later_ms in ((2, -40_000), (3, -29_000)):
        await stores.say(goal(number, type="CORNER"), later_ms=later_ms)
    await stores.own()
    explained = await audit(stores).explain("g1", None)
    await stores.close()
    assert explained is not None
    told = {row.type: row.disputed for row in explained.rows}
    assert told["SCORE_CHECK_STARTED"] == "backup e9 GOAL home, missing"
    assert told["CORNER"] == ""

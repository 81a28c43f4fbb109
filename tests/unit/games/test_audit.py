"""Rebuild finds what was tampered with; explain leads to the message."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scorewire.games.audit import Audit
from scorewire.sports import SPORTS

from .conftest import declaration
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


async def test_a_checkpoint_that_says_another_score_is_found(stores: Stores) -> None:
    with sqlite3.connect(stores.folder / "journal.sqlite") as journal:
        (body,) = journal.execute("SELECT body FROM checkpoints ORDER BY seq DESC").fetchone()
        wrong = bytes(body).replace(b'"team":"home"', b'"team":"away"')
        assert wrong != bytes(body)
        journal.execute("UPDATE checkpoints SET body = ?", (wrong,))
    journal.close()
    (difference,) = (await audit(stores).rebuild(["g1"])).differences
    assert (difference.game_id, difference.what) == ("g1", "checkpoint")


async def test_a_row_that_is_gone_is_found(stores: Stores) -> None:
    with sqlite3.connect(stores.folder / "journal.sqlite") as journal:
        journal.execute("DELETE FROM events WHERE seq = 5")
    journal.close()
    (difference,) = (await audit(stores).rebuild(["g1"])).differences
    assert (difference.what, difference.seq) == ("gap", 6)


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

"""What operators ask, read back from a journal."""

from pathlib import Path

from scorewire.games.inquiry import Inquiry
from scorewire.games.partition import ledger_entry
from scorewire.journal.journal import Journal
from scorewire.journal.records import Commit, HeadMove
from scorewire.sports import SPORTS

from .conftest import Panel


async def kept(journal: Journal, panel: Panel) -> None:
    """Commit what a panel came to."""
    book, shown = panel.desk.book, panel.desk.shown
    assert shown is not None
    head = HeadMove(
        game_id="g1", from_seq=0, to_seq=book.seq, corrected_seq=book.corrected_seq, line=shown.line()
    )
    keys = dict.fromkeys([*book.remembered, *book.tellings])
    rows = tuple(panel.rows)
    declared = tuple(row.declared for row in rows if row.declared is not None)
    ledger = tuple(ledger_entry(book, key) for key in keys)
    await journal.commit(Commit(rows=rows, heads=(head,), declared=declared, ledger=ledger))


async def test_conflicts_and_reports_come_from_the_journal(tmp_path: Path) -> None:
    panel = Panel()
    panel.say("backup", "GOAL", at=10, event="b1", team="home")
    panel.say("acme", "FOUL", at=20, team="home")
    panel.wait(30)
    journal = await Journal.open(tmp_path / "journal.sqlite")
    await kept(journal, panel)
    inquiry = Inquiry(journal=journal, machines=SPORTS)
    shown = await inquiry.conflicts("g1")
    assert shown is not None
    (conflict,) = shown.conflicts
    assert (conflict.provider, conflict.event, conflict.why, conflict.settled) == (
        "backup",
        "b1",
        "missing",
        "",
    )
    assert await inquiry.is_open("g1", "backup", "b1")
    assert not await inquiry.is_open("g1", "backup", "b2")
    assert await inquiry.conflicts("g2") is None
    for report in (await inquiry.report(), await inquiry.report(["g1", "g2"])):
        assert [(one.provider, one.games, one.conflicts) for one in report.providers] == [
            ("acme", 1, 0),
            ("backup", 1, 1),
        ]
    await journal.close()

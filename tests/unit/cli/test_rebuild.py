"""`rebuild`: sound journals are said to be sound, others end with 1."""

import sqlite3
from contextlib import closing
from pathlib import Path


def test_a_sound_journal_without_a_node(run, left_behind: Path) -> None:
    code, out, _ = run("rebuild", "--data", str(left_behind))
    assert code == 0
    assert out.startswith("1 games, ")
    assert out.endswith("0 differences\n")
    assert run("rebuild", "spurs-1", "--data", str(left_behind))[0] == 0


def test_a_head_that_was_tampered_with_is_reported(run, left_behind: Path) -> None:
    with closing(sqlite3.connect(left_behind / "journal.sqlite")) as connection:
        connection.execute("UPDATE game_heads SET head_seq = head_seq + 1")
        connection.commit()
    code, out, _ = run("rebuild", "--data", str(left_behind))
    assert code == 1
    assert "1 differences" in out
    assert "spurs-1" in out


def test_a_game_whose_line_cannot_be_read_is_reported_among_all(run, left_behind: Path) -> None:
    with closing(sqlite3.connect(left_behind / "journal.sqlite")) as connection:
        connection.execute("UPDATE game_heads SET line = ?", (b"{",))
        connection.commit()
    code, out, _ = run("rebuild", "--data", str(left_behind))
    assert code == 1
    assert "spurs-1 seq 0: unreadable: " in out


def test_a_running_node_is_asked(run, node) -> None:
    node.answers["POST /v1/admin/rebuild?game=g"] = (200, b'{"games":1,"rows":2,"differences":[]}')
    code, out, _ = run("rebuild", "g", "--data", str(node.folder))
    assert (code, out) == (0, "1 games, 2 rows folded again: 0 differences\n")

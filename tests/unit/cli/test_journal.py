"""`journal backup|restored|upkeep` on a data folder; on a server, tests/backends/test_node_on_postgres.py."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path


def test_a_copy_is_restored_under_a_new_epoch(left_behind: Path, tmp_path: Path, run) -> None:
    kept = tmp_path / "kept"
    code, out, err = run("journal", "backup", str(kept), "--data", str(left_behind))
    assert (code, err) == (0, "")
    assert [line.split("  ")[0] for line in out.splitlines()] == [
        str(kept / "journal.sqlite"),
        str(kept / "log.sqlite"),
    ]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert run("rebuild", "--data", str(kept))[0] == 0
    told = json.loads(run("journal", "restored", "--data", str(kept), "--json")[1])
    assert told["before"] != told["epoch"]
    again = json.loads(run("journal", "restored", "--data", str(kept), "--json")[1])
    assert again["before"] == told["epoch"]
    assert told["before"] in run("journal", "restored", "--data", str(left_behind))[1]


def test_a_copy_is_never_written_over(left_behind: Path, tmp_path: Path, run) -> None:
    assert run("journal", "backup", str(tmp_path / "kept"), "--data", str(left_behind))[0] == 0
    code, _, err = run("journal", "backup", str(tmp_path / "kept"), "--data", str(left_behind))
    assert code == 1
    assert "File exists" in err


def test_where_there_is_nothing_nothing_is_made(tmp_path: Path, run) -> None:
    for words in (("backup", str(tmp_path / "kept")), ("restored",), ("upkeep",)):
        code, _, err = run("journal", *words, "--data", str(tmp_path / "absent"))
        assert code == 2
        assert "storage.data" in err
    assert list(tmp_path.iterdir()) == []


def test_under_a_running_node_no_epoch_is_renewed(node, run) -> None:
    node.answers["GET /v1/admin/status"] = (200, b"{}")
    code, _, err = run("journal", "restored", "--data", str(node.folder))
    assert code == 2
    assert "stop it" in err


def test_a_file_needs_no_upkeep(left_behind: Path, run) -> None:
    code, out, _ = run("journal", "upkeep", "--data", str(left_behind), "--json")
    assert (code, json.loads(out)) == (0, {"made": [], "moved": 0, "strays": 0})
    assert run("journal", "upkeep", "--data", str(left_behind))[1].startswith("made nothing")


AWAY = "postgresql://nobody@127.0.0.1:1/scorewire"
"""Where nobody answers: what is refused is refused before anybody is asked."""


def test_a_move_is_refused_before_anything_is_copied(left_behind: Path, tmp_path: Path, node, run) -> None:
    def said(*words: str) -> tuple[int, str]:
        code, out, err = run("journal", "move", *words)
        assert out == ""
        return code, err

    node.answers["GET /v1/admin/status"] = (200, b"{}")
    code, err = said(AWAY, "--data", str(node.folder))
    assert (code, "stop it, then move" in err) == (2, True)
    assert "storage.data" in said(AWAY, "--data", str(tmp_path / "absent"))[1]
    assert not (tmp_path / "absent").exists()
    assert "say where to" in said("--data", str(left_behind))[1]
    assert "URL: is moved to a server" in said(str(tmp_path / "other.sqlite"), "--data", str(left_behind))[1]
    code, err = said(AWAY, "--data", str(left_behind))
    assert (code, err.count("\n")) == (1, 1)
    assert "nobody" not in err
    with closing(sqlite3.connect(left_behind / "log.sqlite")) as log, log:
        log.execute(
            "INSERT INTO claims (game_id, received_ms, webhook_id, value)"
            " SELECT game_id, received_ms, webhook_id, value FROM claims LIMIT 3"
        )
    code, err = said(AWAY, "--data", str(left_behind))
    assert code == 2
    assert "3 claims on log.sqlite are not decided yet" in err
    # A move that was not made leaves the folder a node's.
    assert run("rebuild", "--data", str(left_behind))[0] == 0

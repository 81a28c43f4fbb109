"""`dead-letters` through the socket of a running node, and on a folder that a node has left."""

from pathlib import Path

import msgspec
import pytest

LETTER = (
    b'{"number":7,"ts":1700000000000,"provider":"acme","rule":"negative_score","detail":"No.","state":"open"'
)


def test_a_folder_is_listed_without_a_node(run, left_behind: Path) -> None:
    code, out, _ = run("dead-letters", "list", "--data", str(left_behind))
    assert code == 0
    assert "unknown_game" in out
    assert "Never heard." in out
    listed = msgspec.json.decode(run("dead-letters", "list", "--json", "--data", str(left_behind))[1])
    assert [letter["number"] for letter in listed] == [1]
    assert (
        run("dead-letters", "list", "--rule", "other", "--data", str(left_behind))[1]
        == "Nothing was refused.\n"
    )


def test_one_is_shown_without_a_node(run, left_behind: Path) -> None:
    code, out, _ = run("dead-letters", "show", "1", "--data", str(left_behind))
    assert code == 0
    assert "base64: /w==" in out
    code, _, err = run("dead-letters", "show", "9", "--data", str(left_behind))
    assert code == 1
    assert "unknown_dead_letter" in err


@pytest.mark.parametrize("what", ["replay", "drop"])
def test_what_changes_something_needs_a_node(run, left_behind: Path, what: str) -> None:
    code, _, err = run("dead-letters", what, "1", "--data", str(left_behind))
    assert code == 1
    assert "no node runs" in err


def test_a_running_node_is_asked(run, node) -> None:
    data = ("--data", str(node.folder))
    node.answers["GET /v1/admin/dead-letters?state=open&limit=5&game=g"] = (
        200,
        b'{"dead_letters":[' + LETTER + b',"bytes":3}]}',
    )
    node.answers["GET /v1/admin/dead-letters/7"] = (200, LETTER + b',"bytes":3,"payload":"abc"}')
    node.answers["POST /v1/admin/dead-letters/7/replay"] = (200, b'{"accepted":1}')
    node.answers["POST /v1/admin/dead-letters/7/drop"] = (200, LETTER + b"}")
    assert "negative_score" in run("dead-letters", "list", "--limit", "5", "--game", "g", *data)[1]
    assert run("dead-letters", "show", "7", *data)[1].endswith("\nabc\n")
    assert run("dead-letters", "replay", "7", *data)[1] == '{"accepted":1}\n'
    assert run("dead-letters", "drop", "7", *data)[1] == "7 is dropped.\n"
    assert len(node.asked) == 4

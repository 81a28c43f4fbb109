"""`correct` puts a score right through the desk of the running node, and hands back."""

import msgspec

DESK = "/v1/admin/games/g1/desk"
APPLIED = (200, b'{"event":"desk-1","outcome":"applied","seq":4,"score":"2-1"}')


def test_a_score_is_stated(run, node) -> None:
    node.answers[f"POST {DESK}"] = APPLIED
    code, out, _ = run("correct", "score", "g1", "2-1", "--lines", "1-0 1-1", "--data", str(node.folder))
    assert code == 0
    assert "g1 is 2-1 at seq 4." in out


def test_what_is_no_score_never_reaches_the_node(run, node) -> None:
    code, _, err = run("correct", "score", "g1", "two-one", "--data", str(node.folder))
    assert code == 1
    assert "not a score such as 2-1" in err
    assert not node.asked


def test_a_play_is_cancelled_by_its_seq(run, node) -> None:
    node.answers[f"POST {DESK}/cancel"] = APPLIED
    assert "2-1" in run("correct", "cancel", "g1", "31", "--data", str(node.folder))[1]


def test_undo_takes_the_newest_that_stands(run, node) -> None:
    entries = [
        {"event": "d3", "seq": 9, "ts": 0, "type": "GOAL", "stands": False},
        {"event": "d2", "seq": 8, "ts": 0, "type": "GOAL", "stands": True},
        {"event": "d1", "seq": 7, "ts": 0, "type": "GOAL", "stands": True},
    ]
    node.answers[f"GET {DESK}"] = (200, msgspec.json.encode({"entries": entries}))
    node.answers[f"POST {DESK}/d2/hand-back"] = APPLIED
    node.answers[f"POST {DESK}/d1/hand-back"] = APPLIED
    data = ("--data", str(node.folder))
    code, out, _ = run("correct", "undo", "g1", *data)
    assert (code, out) == (0, "g1 is 2-1 at seq 4.\n"), "what was handed back cannot be taken back"
    assert run("correct", "undo", "g1", "d1", *data)[0] == 0
    assert "handed back" in run("correct", "list", "g1", *data)[1]
    assert len(msgspec.json.decode(run("correct", "list", "g1", "--json", *data)[1])) == 3


def test_undo_of_nothing_says_so(run, node) -> None:
    node.answers[f"GET {DESK}"] = (200, b'{"entries":[]}')
    code, _, err = run("correct", "undo", "g1", "--data", str(node.folder))
    assert code == 1
    assert "unknown_entry" in err

"""`explain`: every row with its score and its cause."""

from pathlib import Path

import msgspec


def test_a_cancelled_goal_is_explained_without_a_node(run, left_behind: Path) -> None:
    code, out, _ = run("explain", "spurs-1", "--data", str(left_behind))
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("Manchester City 4-3 Tottenham Hotspur   final")
    cancelled = next(line for line in lines if "GOAL_CANCELLED" in line)
    assert "4-3" in cancelled
    assert "corrects" in cancelled
    assert "away Raheem Sterling" in cancelled or "home Raheem Sterling" in cancelled
    assert "matchday spurs-1:" in cancelled
    assert "message msg_1" in cancelled


def test_an_earlier_moment_is_explained(run, left_behind: Path) -> None:
    whole = msgspec.json.decode(run("explain", "spurs-1", "--json", "--data", str(left_behind))[1])
    early = msgspec.json.decode(
        run("explain", "spurs-1", "--seq", "5", "--json", "--data", str(left_behind))[1]
    )
    assert early["rows"] == whole["rows"][:5]


def test_an_unknown_game_is_refused(run, left_behind: Path) -> None:
    code, _, err = run("explain", "nothing", "--data", str(left_behind))
    assert code == 1
    assert "unknown_game" in err


def test_a_running_node_is_asked(run, node, left_behind: Path) -> None:
    body = run("explain", "spurs-1", "--json", "--data", str(left_behind))[1].encode()
    node.answers["GET /v1/admin/games/spurs-1/explain?seq=3"] = (200, body)
    code, out, _ = run("explain", "spurs-1", "--seq", "3", "--data", str(node.folder))
    assert code == 0
    assert "GOAL_CANCELLED" in out

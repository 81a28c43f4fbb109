"""`event` posts an entry of the desk to the running node."""

from pathlib import Path

URL = "POST /v1/admin/games/g1/desk"


def test_an_event_is_entered(run, node) -> None:
    node.answers[URL] = (200, b'{"event":"desk-1","outcome":"applied","seq":4,"score":"1-0"}')
    code, out, _ = run("event", "g1", "goal", "penalty=true", "--team", "home", "--data", str(node.folder))
    assert code == 0
    assert "g1 is 1-0 at seq 4." in out
    assert "scorewire correct undo g1 desk-1" in out


def test_what_the_rules_refuse_is_an_error_with_its_rule(run, node) -> None:
    node.answers[URL] = (
        200,
        b'{"event":"desk-1","outcome":"refused","rule":"game_over","detail":"It is over."}',
    )
    code, _, err = run("event", "g1", "GOAL", "--team", "home", "--data", str(node.folder))
    assert code == 1
    assert "game_over" in err


def test_what_is_not_decided_yet_is_said_to_be_durable(run, node) -> None:
    node.answers[URL] = (200, b'{"event":"desk-1","outcome":"pending"}')
    assert "durable" in run("event", "g1", "GOAL", "--team", "home", "--data", str(node.folder))[1]


def test_a_side_is_home_or_away(run, node) -> None:
    code, _, err = run("event", "g1", "GOAL", "--team", "us", "--data", str(node.folder))
    assert code == 1
    assert "neither home nor away" in err
    assert not node.asked


def test_without_a_node_nothing_is_entered(run, left_behind: Path) -> None:
    code, _, err = run("event", "g1", "GOAL", "--team", "home", "--data", str(left_behind))
    assert code == 1
    assert "no node runs" in err

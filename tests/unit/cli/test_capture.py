"""`capture take` and `capture check`: without a node, of a running one, and of what was tampered with."""

from pathlib import Path


def taken_from(run, folder: Path, tmp_path: Path) -> Path:
    place = tmp_path / "spurs.capture"
    code, out, _ = run("capture", "take", "spurs-1", "--out", str(place), "--data", str(folder))
    assert code == 0
    assert "claims" in out
    return place


def test_a_game_is_taken_without_a_node_and_reproduced(run, left_behind: Path, tmp_path: Path) -> None:
    place = taken_from(run, left_behind, tmp_path)
    code, out, _ = run("capture", "check", str(place))
    assert (code, "reproduced" in out) == (0, True)


def test_a_changed_claim_comes_out_otherwise(run, left_behind: Path, tmp_path: Path) -> None:
    place = taken_from(run, left_behind, tmp_path)
    lines = place.read_text().splitlines()
    goal = next(
        index for index, line in enumerate(lines) if '"line":"claim"' in line and '"type":"GOAL"' in line
    )
    lines[goal] = lines[goal].replace('"team":"home"', '"team":"x"').replace('"team":"away"', '"team":"home"')
    lines[goal] = lines[goal].replace('"team":"x"', '"team":"away"')
    place.write_text("\n".join(lines))
    code, out, _ = run("capture", "check", str(place))
    assert code == 1
    assert "differs from row" in out


def test_a_running_node_is_asked(run, node, left_behind: Path, tmp_path: Path) -> None:
    body = taken_from(run, left_behind, tmp_path).read_bytes()
    node.answers["GET /v1/admin/games/spurs-1/capture"] = (200, body)
    out = tmp_path / "again.capture"
    assert run("capture", "take", "spurs-1", "--out", str(out), "--data", str(node.folder))[0] == 0
    assert out.read_bytes() == body


def test_what_is_not_there_is_said(run, left_behind: Path, tmp_path: Path) -> None:
    for game in ("nothing", "a/b"):
        code, _, err = run("capture", "take", game, "--data", str(left_behind))
        assert (code, "unknown_game" in err) == (1, True)
    code, _, err = run("capture", "check", str(tmp_path / "none"))
    assert (code, "unreadable_capture" in err) == (1, True)

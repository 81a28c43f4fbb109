"""docs/quickstart.md does what it says, on a node in one process and on one with workers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from node_process import NodeProcess

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quickstart.md"
NODE = "http://127.0.0.1:8080"


@pytest.mark.parametrize("workers", [0, 2])
def test_the_first_game_is_posted_and_shown(tmp_path: Path, workers: int) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert NODE in found[1]
    assert '"whsec_..."' in found[1]
    node = NodeProcess(tmp_path / "data", workers=workers).start()
    try:
        secret = node.key("acme")
        code = found[1].replace('"whsec_..."', repr(secret)).replace(NODE, node.url)
        ran = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=30
        )
        assert ran.returncode == 0, ran.stderr
        answers = ran.stdout.splitlines()
        assert [line[:4] for line in answers] == ["202 "] * 3
        assert all('"accepted":1' in line and '"rejected":[]' in line for line in answers), answers
        score = node.settle("final-1", 3)
        assert (score["home"]["score"], score["away"]["score"]) == (1, 0)
        assert node.get("/game/final-1").status_code == 200
        assert "Reds" in node.get("/").text
    finally:
        node.close()

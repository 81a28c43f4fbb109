"""The benchmark of a goal spike, small: a real node, a real Varnish, and what it says of both."""

import os
from pathlib import Path

import pytest

from scorewire.bench.machine import Cores
from scorewire.bench.report import read_report
from scorewire.cli.app import main

pytestmark = [pytest.mark.slow, pytest.mark.varnish]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = tuple(sorted(os.sched_getaffinity(0)))
    monkeypatch.setattr("scorewire.bench.machine.share_cores", lambda *_: Cores(cores, cores))
    monkeypatch.setattr("scorewire.bench.spike.RISE_S", 1.5)


@pytest.mark.parametrize(("purge", "origin"), [("broken", "up"), ("works", "down")])
def test_polls_are_answered_by_varnish(purge: str, origin: str, tmp_path: Path) -> None:
    kept = tmp_path / "result.json"
    words = ["--polls", "5", "--calm", "1", "--hold", "1", "--purge", purge, "--origin", origin]
    with pytest.raises(SystemExit) as left:
        main(["bench", "spike", *words, "--json", str(kept), "--folder", str(tmp_path)])
    assert not left.value.code
    report = read_report(kept.read_bytes())
    assert list(tmp_path.iterdir()) == [kept]
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["polls that failed"] == 0
    assert figures["polls from the goal on"] > 100
    assert figures["answered by Varnish"] > 0.5
    assert 0 < figures["requests to the node"] < figures["polls from the goal on"] / 2
    assert figures["behind, p50"] <= figures["behind, p99"] <= figures["behind, longest"]
    if purge == "broken":
        assert figures["answers that were behind"] > 0
        assert "refused every purge" in " ".join(report.notes)
    if origin == "down":
        assert figures["age, longest"] >= 1

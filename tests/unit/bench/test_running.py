"""The command line."""

import os
import resource
import signal
from pathlib import Path

import pytest
import typer

from scorewire.bench.report import Outcome, plain, read_report
from scorewire.bench.running import Stage, command_line, measure
from scorewire.cli.app import main


def left_with(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["bench", *words])
    return int(left.value.code or 0)


@pytest.mark.parametrize(("failures", "code"), [([], 0), (["1 of 2 fans never had seq 7"], 1)])
def test_a_missed_update_is_exit_code_1(
    failures: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Path] = []

    def bench(stage: Stage) -> Outcome:
        seen.append(stage.folder)
        stage.tell("half way")
        assert os.sched_getaffinity(0) == set(stage.cores.clients)
        assert stage.folder.parent == tmp_path
        return Outcome(figures=[plain("a figure", 7)], notes=["A note."], failures=failures)

    kept = tmp_path / "kept.json"
    with pytest.raises(typer.Exit) as left:
        measure("fanout", bench, {"fans": 2}, kept, tmp_path)
    assert left.value.exit_code == code
    assert not seen[0].exists()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    report = read_report(kept.read_bytes())
    assert report.command == "scorewire bench fanout --fans 2"
    assert report.failures == tuple(failures)
    told = capsys.readouterr().out
    assert "a figure" in told
    assert "A note." in told
    assert ("FAILED: 1 of 2 fans" in told) is bool(failures)
    assert left_with("show", str(kept)) == 0
    assert "| a figure | 7 |" in capsys.readouterr().out


def test_a_run_can_be_repeated_from_its_report() -> None:
    settings: dict[str, str | int] = {"fans": 10, "transport": "sse"}
    assert command_line("fanout", settings) == "scorewire bench fanout --fans 10 --transport sse"


def test_more_fans_than_descriptors_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        pytest.skip("this machine has no limit of open files")
    assert left_with("fanout", "--fans", str(hard)) == 2
    assert "at most --fans" in capsys.readouterr().err


def test_a_folder_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with("path", "--folder", str(tmp_path / "nowhere")) == 2
    assert "nowhere is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("body", [b"{}", b"not json"])
def test_only_results_are_shown(body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(body)
    assert left_with("show", str(file)) == 2
    assert "is no result of a benchmark" in capsys.readouterr().err

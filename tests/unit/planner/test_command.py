"""`scorewire plan` as it is typed."""

import json

import pytest

from scorewire.cli.app import main
from scorewire.errors import ConfigError
from scorewire.planner.command import read_changes


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["plan", *words])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_a_plan_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--fans", "2e6", "--games", "40")
    assert code == 0
    assert "2,000,000 fans, 40 games" in out
    assert "gateway processes" in out
    assert "When fans have a goal" in out


def test_a_plan_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--fans", "1e6", "--set", "descriptors=10000", "--json")
    made = json.loads(out)
    assert made["tiers"]["gateway processes"]["limits"]["descriptors"] == 98
    assert made["times_ms"]["on the phone, all regions"]["p99"] > 0


def test_inputs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--inputs", "--set", "delivery_us=5")
    assert "delivery_us" in out
    assert "last_mile_p99_ms" in out


@pytest.mark.parametrize("words", [("--set", "colour=3"), ("--set", "cores=many"), ("--hottest", "3")])
def test_what_cannot_be_is_refused_by_name(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, _, told = run(capsys, *words)
    assert code == 2
    assert words[1].partition("=")[0].removeprefix("--") in told or "hottest" in told


def test_changes_are_read() -> None:
    assert read_changes(["cores=32", "busy=0.5"]) == {"cores": 32, "busy": 0.5}
    with pytest.raises(ConfigError, match="colour"):
        read_changes(["colour=red"])

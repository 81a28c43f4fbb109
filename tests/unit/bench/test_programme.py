"""The programme: what can be run, and what is told of it."""

import re
from string import Formatter

import pytest
import typer

from scorewire.bench.command import app
from scorewire.bench.programme import BESIDE, PROGRAMME, Run, named

SERVERS = {
    "SCOREWIRE_BENCH_BROKERS": "kafka.example:9092",
    "SCOREWIRE_BENCH_JOURNAL": "postgresql://ann@db.example/scores",
    "SCOREWIRE_BENCH_REDIS": "redis://redis.example",
    "SCOREWIRE_BENCH_REGIONS": "redis://far.example",
}
"""What the benchmarks of sites are told by the environment; nothing is connected."""


def options(words: str) -> dict[str, object]:
    """A command line as the command itself reads it."""
    name, *rest = words.split()
    group = typer.main.get_command(app)
    command = group.commands[name]  # type: ignore[attr-defined]
    return dict(command.make_context(name, rest).params)


@pytest.mark.parametrize("run", PROGRAMME, ids=lambda run: run.name)
def test_both_sizes_are_commands_and_the_title_names_settings(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SERVERS.items():
        monkeypatch.setenv(name, value)
    full, quick = options(run.full), options(run.quick)
    assert full.keys() == quick.keys()
    assert ("plot" in full) >= run.plot
    wanted = {name for _, name, _, _ in Formatter().parse(run.title) if name}
    renamed = {"games": "live" if run.name == "games" else "stored" if run.name == "start" else "games"}
    assert {renamed.get(name, name) for name in wanted} <= full.keys()


def test_each_run_has_a_file_of_its_own_and_is_found_by_its_name() -> None:
    assert len({run.name for run in PROGRAMME}) == len(PROGRAMME)
    assert [run.name for run in named("path, fold")] == ["path", "fold"]
    asked = {run.name for run in PROGRAMME} - {run.name for run in named("")}
    assert asked == {"soak", "site", "tiers", "spike", "spike-broken", "spike-down"}
    with pytest.raises(KeyError, match="nonsense"):
        named("path,nonsense")


def test_all_but_those_that_are_asked_for_take_less_than_25_minutes() -> None:
    assert sum(run.full_s for run in named("")) < 25 * 60


@pytest.mark.parametrize("pattern", [pattern for run in PROGRAMME for pattern in run.shown])
def test_patterns_are_patterns(pattern: str) -> None:
    re.compile(pattern)


@pytest.mark.parametrize(("pattern", "bare", "other"), BESIDE, ids=[one[0] for one in BESIDE])
def test_what_stands_beside_uses_groups_of_its_pattern(
    pattern: str, bare: tuple[str, ...], other: tuple[str, ...]
) -> None:
    groups = [str(number) for number in range(re.compile(pattern).groups + 1)]
    for template in (*bare, *other):
        assert template.format(*groups)

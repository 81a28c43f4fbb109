"""Runs a benchmark: shares out the machine, shows how far it is, then shows and keeps what it found."""

import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from scorewire.bench.machine import Cores, commit, describe, shared_cores
from scorewire.bench.report import Outcome, Report, machine_line, table, write_report
from scorewire.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Stage:
    """What a benchmark is given: who runs where, an empty folder, and how to say how far it is."""

    cores: Cores
    folder: Path
    tell: Callable[[str], None]


Bench = Callable[[Stage], Outcome]


def measure(
    name: str,
    bench: Bench,
    settings: Mapping[str, str | int],
    json: Path | None,
    folder: Path | None,
    *,
    workers: int = 0,
) -> None:
    """Measure, show, keep; leaves with 1 if anything was not delivered.

    Args:
        workers: processes of the node that hold fans; the machine's cores are shared out accordingly.
    """
    console = Console()
    with _leaving_in_order(), shared_cores(workers) as cores, _temporary(folder) as place:
        machine = describe(cores, place)
        console.print(machine_line(machine), style="dim", highlight=False)
        with console.status(f"{name} ...") as status:
            outcome = bench(Stage(cores, place, lambda what: status.update(f"{name}: {what} ...")))
    report = Report(
        bench=name,
        commit=commit(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command_line(name, settings),
        machine=machine,
        settings=dict(settings),
        figures=tuple(outcome.figures),
        notes=tuple(outcome.notes),
        failures=tuple(outcome.failures),
    )
    console.print(table(report, width=console.width))
    for note in report.notes:
        console.print(note, highlight=False)
    for failure in report.failures:
        console.print(f"FAILED: {failure}", style="bold red", highlight=False)
    if json is not None:
        json.write_bytes(write_report(report))
    raise typer.Exit(1 if report.failures else 0)


def command_line(name: str, settings: Mapping[str, str | int]) -> str:
    """The command that repeats a run; file names are left out."""
    flags = " ".join(f"--{key} {value}".rstrip() for key, value in settings.items())
    return f"scorewire bench {name} {flags}"


@contextmanager
def _temporary(folder: Path | None) -> Iterator[Path]:
    if folder is not None and not folder.is_dir():
        raise ConfigError("--folder", f"{folder} is no folder")
    with tempfile.TemporaryDirectory(prefix="scorewire-bench-", dir=folder) as name:
        yield Path(name)


@contextmanager
def _leaving_in_order() -> Iterator[None]:
    """A SIGTERM ends us in order, so that no node is left behind."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(1)

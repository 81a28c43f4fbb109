"""`scorewire bench`: measures this machine; a figure is a ratio, or stands beside one."""

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from scorewire.bench.machine import Cores, commit, describe, raise_descriptors, shared_cores
from scorewire.bench.report import Outcome, Report, machine_line, markdown, read_report, table, write_report
from scorewire.errors import ConfigError

app = typer.Typer(no_args_is_help=True)

Bench = Callable[[Cores, Path], Outcome]

JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write the result as JSON too.", show_default=False),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="Where the node's data lie meanwhile: its disk is measured. The system's temporary folder.",
        show_default=False,
    ),
]


class Transport(StrEnum):
    """How fans are connected."""

    SSE = "sse"
    WEBSOCKET = "websocket"


@app.command()
def fanout(
    *,
    fans: Annotated[int, typer.Option(help="Fans of one game.", min=1)] = 2000,
    rounds: Annotated[int, typer.Option(help="Updates, one after the other.", min=1, max=10_000)] = 10,
    bursts: Annotated[int, typer.Option(help="Calls with ten events each.", min=0, max=1000)] = 3,
    transport: Annotated[Transport, typer.Option(help="How fans are connected.")] = Transport.SSE,
    data_bytes: Annotated[
        int, typer.Option("--bytes", help="Size of an update's JSON.", min=250, max=420)
    ] = 300,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """CPU a delivery against a C program that only sends; time to the last fan; memory a fan.

    Exit code 1 if a fan missed an update.
    """
    from scorewire.bench.fanout import run
    from scorewire.bench.rounds import Options

    raise_descriptors(fans)
    options = Options(
        fans=fans,
        rounds=rounds,
        bursts=bursts,
        transport="sse" if transport is Transport.SSE else "websocket",
        data_bytes=data_bytes,
    )
    _run(
        "fanout",
        lambda cores, place: run(options, cores=cores, folder=place),
        {"fans": fans, "rounds": rounds, "bursts": bursts, "transport": transport.value, "bytes": data_bytes},
        json,
        folder,
    )


@app.command()
def path(
    *,
    rounds: Annotated[int, typer.Option(help="Events, one after the other.", min=1, max=100_000)] = 300,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """From the call to the fan on an idle node, against two fsyncs of the same disk."""
    from scorewire.bench.path import run

    _run(
        "path",
        lambda cores, place: run(rounds, cores=cores, folder=place),
        {"rounds": rounds},
        json,
        folder,
    )


@app.command()
def ingest(
    *,
    games: Annotated[int, typer.Option(help="Games under way.", min=1, max=5000)] = 50,
    connections: Annotated[int, typer.Option(help="Each with one call under way.", min=1, max=1000)] = 32,
    single: Annotated[int, typer.Option(help="Events, one a call.", min=1, max=500_000)] = 10_000,
    batched: Annotated[int, typer.Option(help="Events, 50 a call.", min=1, max=2_000_000)] = 50_000,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Events a second through the whole durable path: one a call, and batches of 50."""
    from scorewire.bench.ingest import Options, run

    raise_descriptors(connections)
    options = Options(games=games, connections=connections, single=single, batched=batched)
    _run(
        "ingest",
        lambda cores, place: run(options, cores=cores, folder=place),
        {"games": games, "connections": connections, "single": single, "batched": batched},
        json,
        folder,
    )


@app.command()
def fold(
    *,
    plays: Annotated[
        int, typer.Option(help="Plays of each sport in a round.", min=100, max=1_000_000)
    ] = 20_000,
    json: JsonFile = None,
    folder: Folder = None,
) -> None:
    """Plays folded a second, sport by sport, against a bare call; claims decided a second."""
    from scorewire.bench.fold import run

    _run("fold", lambda _cores, _place: run(plays), {"plays": plays}, json, folder)


@app.command()
def show(
    files: Annotated[list[Path], typer.Argument(help="Results that were written with --json.")],
) -> None:
    """Kept results as Markdown, for the docs."""
    for file in files:
        try:
            report = read_report(file.read_bytes())
        except OSError as error:
            raise ConfigError(str(file), f"cannot be read: {error.strerror}") from None
        except msgspec.DecodeError as error:
            raise ConfigError(str(file), f"is no result of a benchmark: {error}") from None
        sys.stdout.write(markdown(report) + "\n")


def _run(
    name: str, bench: Bench, settings: dict[str, str | int], json: Path | None, folder: Path | None
) -> None:
    """Measure, show, keep; leaves with 1 if anything was not delivered."""
    console = Console()
    with _leaving_in_order(), shared_cores() as cores, _temporary(folder) as place:
        machine = describe(cores, place)
        console.print(machine_line(machine), style="dim", highlight=False)
        with console.status(f"{name} ..."):
            outcome = bench(cores, place)
    report = Report(
        bench=name,
        commit=commit(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command_line(name, settings),
        machine=machine,
        settings=settings,
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


def command_line(name: str, settings: dict[str, str | int]) -> str:
    """The command that repeats a run; file names are left out."""
    flags = " ".join(f"--{key} {value}" for key, value in settings.items())
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

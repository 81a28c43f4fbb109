"""`scorewire bench`: measures this machine; a figure is a ratio, or stands beside one."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scorewire.bench.machine import raise_descriptors
from scorewire.bench.report import markdown, read_report
from scorewire.bench.running import measure
from scorewire.errors import ConfigError

app = typer.Typer(no_args_is_help=True)

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
    measure(
        "fanout",
        lambda stage: run(options, cores=stage.cores, folder=stage.folder),
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

    measure(
        "path",
        lambda stage: run(rounds, cores=stage.cores, folder=stage.folder),
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
    measure(
        "ingest",
        lambda stage: run(options, cores=stage.cores, folder=stage.folder),
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

    measure("fold", lambda _stage: run(plays), {"plays": plays}, json, folder)


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

"""Commands about results that are kept: `scorewire bench table` and `show`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scorewire.bench.report import markdown, read_report
from scorewire.errors import ConfigError

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="Where the node's data lie meanwhile: its disk is measured. The system's temporary folder.",
        show_default=False,
    ),
]


def table(
    results: Annotated[Path, typer.Argument(help="Folder of the results; they are replaced.")],
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, to see that all works.")] = False,
    only: Annotated[
        str,
        typer.Option(
            metavar="A,B", help="These runs only; `soak`, `site`, `tiers` and `spike` only if named."
        ),
    ] = "",
    render: Annotated[bool, typer.Option("--render", help="Measure nothing, only render.")] = False,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Write the table into this page.", show_default=False),
    ] = None,
    front: Annotated[
        Path | None,
        typer.Option("--front", metavar="FILE", help="The short table into this one.", show_default=False),
    ] = None,
    folder: Folder = None,
) -> None:
    """All benchmarks, one after the other, and one table of their figures, goals and yardsticks.

    Exit code 1 if one of them failed.
    """
    from rich.console import Console

    from scorewire.bench.programme import PROGRAMME, named
    from scorewire.bench.runs import measure_all
    from scorewire.bench.runs import render as rendered

    try:
        runs = named(only)
    except KeyError as error:
        names = ", ".join(run.name for run in PROGRAMME)
        raise ConfigError("--only", f"{error.args[0]!r} is none of {names}") from None
    if quick and (page or front):
        raise ConfigError("--quick", "figures so small mean nothing; leave the page out")
    failed = []
    if not render:
        failed = measure_all(runs, results, quick=quick, folder=folder, console=Console(stderr=True))
    sys.stdout.write(rendered(results, page, front))
    raise typer.Exit(1 if failed else 0)


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

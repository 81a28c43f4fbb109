"""`scorewire bench table`: runs the programme, one benchmark after the other, and renders the table.

Each runs as a process of its own, exactly as by hand, and leaves its result as a file; the table is made of
the files alone, so that it can be rendered again without measuring.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from scorewire.bench.overview import BEGIN, END, SHORT_BEGIN, SHORT_END, overview, replaced, short
from scorewire.bench.programme import PROGRAMME, Run
from scorewire.bench.report import Report, read_report
from scorewire.errors import ConfigError

LIMIT_S = 3600.0
TOLD_BYTES = 1500


def measure_all(
    runs: Sequence[Run], results: Path, *, quick: bool, folder: Path | None, console: Console
) -> list[str]:
    """Run them; returns what failed, in words. A result that was there before is replaced only by a new one.

    Raises:
        ConfigError: there is no such folder.
    """
    if not results.is_dir():
        raise ConfigError("RESULTS", f"{results} is no folder")
    failed: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    total = sum(run.full_s for run in runs)
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=total)
        for run in runs:
            progress.update(bar, description=run.name)
            began_s = time.monotonic()
            told = _measure(run, results, quick=quick, folder=folder)
            progress.advance(bar, run.full_s)
            lasted_s = time.monotonic() - began_s
            progress.console.print(f"{run.name:24} {lasted_s:6.1f} s  {told or 'done'}", highlight=False)
            if told:
                failed.append(f"{run.name}: {told}")
    return failed


def render(results: Path, page: Path | None, front: Path | None = None) -> str:
    """The table of the results in a folder; written between the marks of a page where one is given.

    Args:
        front: a page that has the short table.

    Raises:
        ConfigError: a page has no marks, or a result cannot be read.
    """
    reports = read_results(results)
    table = overview(PROGRAMME, reports, images=_images(results, page))
    if page is not None:
        _write("--page", page, table, (BEGIN, END))
    if front is not None:
        _write("--front", front, short(PROGRAMME, reports), (SHORT_BEGIN, SHORT_END))
    return table


def _write(option: str, page: Path, table: str, marks: tuple[str, str]) -> None:
    try:
        page.write_text(replaced(page.read_text(encoding="utf-8"), table, marks), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(option, f"{page} {error}") from None


def read_results(results: Path) -> dict[str, Report]:
    """Those of the programme that lie in a folder, by name.

    Raises:
        ConfigError: one cannot be read.
    """
    found: dict[str, Report] = {}
    for run in PROGRAMME:
        file = results / f"{run.name}.json"
        if file.is_file():
            try:
                found[run.name] = read_report(file.read_bytes())
            except msgspec.DecodeError as error:
                raise ConfigError(str(file), f"is no result of a benchmark: {error}") from None
    return found


def _images(results: Path, page: Path | None) -> str:
    """From the page to the results."""
    if page is None:
        return ""
    return f"{os.path.relpath(results, page.parent)}/"


def _measure(run: Run, results: Path, *, quick: bool, folder: Path | None) -> str:
    """Run one; what failed, in words."""
    words = [*(run.quick if quick else run.full).split(), "--json", str(results / f"{run.name}.json")]
    if run.plot:
        words += ["--plot", str(results / f"{run.name}.svg")]
    if folder is not None:
        words += ["--folder", str(folder)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "scorewire", "bench", *words],
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {LIMIT_S:g} s"
    if done.returncode == 0:
        return ""
    said = (done.stderr or done.stdout)[-TOLD_BYTES:].decode(errors="replace").strip()
    return f"left with {done.returncode}: {said}"

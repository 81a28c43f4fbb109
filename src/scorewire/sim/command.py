"""`scorewire sim`: as many worlds as wanted; a seed that fails is printed and the exit code is 1."""

import sys
from collections import Counter

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from scorewire.sim.options import Options
from scorewire.sim.world import ALONE, Difference, World


def command(
    seeds: int = typer.Option(100, "--seeds", min=1, help="Worlds to run."),
    first: int = typer.Option(0, "--first", min=0, help="The first seed."),
    rough: bool = typer.Option(False, "--rough", help="Ten times the crashes, cuts and corrections."),
) -> None:
    """Each world has providers that err, links that lose, a node that dies and fans that sleep."""
    options = Options()
    if rough:
        options = Options(crash_p=0.1, drop_p=0.1, late_p=0.1, duplicate_p=0.5, correct_p=0.4, ring_frames=4)
    console = Console()
    failed: list[tuple[int, str]] = []
    crashes = 0
    games, under_check = Counter[str](), Counter[str]()
    columns = ("worlds", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task("worlds", total=seeds)
        for seed in range(first, first + seeds):
            world = World(seed, options)
            try:
                world.run()
            except Difference as difference:
                failed.append((seed, str(difference)))
            except Exception as error:
                # A node that trips over its own game is the finding, and the worlds after it are run too.
                failed.append((seed, f"{type(error).__name__}: {error}"))
            crashes += world.crashes
            under_check += world.under_check
            games += world.games
            progress.advance(task)
    for seed, what in failed:
        console.print(f"seed {seed}: {what}", markup=False)
    for trouble in sorted(games):
        console.print(f"{trouble:>8}: {_share(under_check[trouble], games[trouble])}")
    alone, several = games[ALONE], games.total() - games[ALONE]
    console.print(
        f"{seeds} worlds, {crashes} crashes, {len(failed)} differences between node, fans and auditor\n"
        f"of one provider {_share(under_check[ALONE], alone)}, of two"
        f" {_share(under_check.total() - under_check[ALONE], several)}"
    )
    raise typer.Exit(1 if failed else 0)


def _share(under_check: int, games: int) -> str:
    return f"{under_check} of {games} scores left under check ({under_check / max(games, 1):.1%})"

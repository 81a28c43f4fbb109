"""`scorewire plan`: how large a site has to be for so many fans, and which limit binds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from scorewire.bench.report import Report
from scorewire.errors import ConfigError
from scorewire.planner.checking import Check, checks
from scorewire.planner.inputs import WORDS, Given, Inputs, Measured, Wanted, amount, rows
from scorewire.planner.page import page, pictures
from scorewire.planner.reading import read_measured, read_reports, reference
from scorewire.planner.sizing import Plan, plan
from scorewire.planner.spread import Spread, spreads

SEED: Final = 50
"""Of the goals that are drawn: the same plan gives the same page."""
IMAGES: Final = "images"

_DEFAULTS: Final = Wanted()
_Some = TypeVar("_Some", Wanted, Measured, Given)


def command(
    *,
    fans: float = typer.Option(_DEFAULTS.fans, "--fans", help="Fans at once; 50e6 is fifty million."),
    games: float = typer.Option(_DEFAULTS.games, "--games", help="Games that they follow."),
    hottest: float = typer.Option(_DEFAULTS.hottest, "--hottest", help="Share of them on one game."),
    regions: float = typer.Option(_DEFAULTS.regions, "--regions", help="Regions, the home region too."),
    goal_s: float = typer.Option(_DEFAULTS.goal_s, "--goal-s", help="Seconds until the last is told."),
    changed: list[str] = typer.Option(
        [], "--set", metavar="NAME=N", help="Any other input, as `--set cores=32`; --inputs lists them."
    ),
    figures: Path | None = typer.Option(
        None,
        "--figures",
        metavar="DIR",
        help="Results of `scorewire bench table`; without, those of the project.",
        show_default=False,
    ),
    inputs: bool = typer.Option(False, "--inputs", help="List every input with its source, and leave."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
    write: Path | None = typer.Option(
        None, "--page", metavar="FILE", help="Write it as a page, with pictures in images/ beside it."
    ),
) -> None:
    """Gateways, Redis, Kafka, relays, owners, reads, bandwidth, memory, arrivals and returns, out of what was
    measured on a machine; then one goal through the tiers, as percentiles of the time to a fan."""
    named = {"fans": fans, "games": games, "hottest": hottest, "regions": regions, "goal_s": goal_s}
    settings = named | read_changes(changed)
    reports = read_reports(figures) if figures is not None else {}
    all_inputs = going_in(settings, reports)
    console = Console()
    if inputs:
        console.print(_inputs(all_inputs))
        return
    made, times, held = made_of(all_inputs, reports)
    if as_json:
        typer.echo(msgspec.json.encode(document(made, times)))
    else:
        _show(console, all_inputs.wanted, made, times)
    if write is not None:
        _write(write, page(all_inputs, made, times, held), pictures(made, times, held))


def going_in(settings: Mapping[str, float], reports: Mapping[str, Report]) -> Inputs:
    """All inputs: the defaults with what is set, and what was measured, here or where the project was.

    Raises:
        ConfigError: a report is missing, or a value is outside of what its name allows.
    """
    return Inputs(
        wanted=replaced(_DEFAULTS, settings),
        measured=replaced(read_measured(reports) if reports else reference(), settings),
        given=replaced(Given(), settings),
    )


def made_of(inputs: Inputs, reports: Mapping[str, Report]) -> tuple[Plan, tuple[Spread, ...], list[Check]]:
    """The plan, when fans have a goal, and what of it is held against these reports."""
    made = plan(inputs)
    return made, spreads(made, inputs, rng=Random(SEED)), checks(reports) if reports else []


def read_changes(texts: Sequence[str]) -> dict[str, float]:
    """`["cores=32"]` as inputs by name.

    Raises:
        ConfigError: no input has that name, or its value is no number.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in WORDS:
            raise ConfigError(f"--set {name}", "is no input; `scorewire plan --inputs` lists them")
        try:
            found[name] = float(value)
        except ValueError:
            raise ConfigError(f"--set {name}", f"{value!r} is no number") from None
    return found


def replaced(inputs: _Some, changed: Mapping[str, float]) -> _Some:
    """The inputs with those of their names changed.

    Raises:
        ConfigError: a value is outside of what its name allows.
    """
    own = {name: value for name, value in changed.items() if name in inputs.__struct_fields__}
    values = {name: getattr(inputs, name) for name in inputs.__struct_fields__} | own
    if isinstance(inputs, Measured):
        values["sources"] = inputs.sources | dict.fromkeys(own, "--set")
    try:
        return msgspec.convert(values, type(inputs))
    except msgspec.ValidationError as error:
        raise ConfigError("plan", str(error)) from error


def document(made: Plan, times: Sequence[Spread]) -> dict[str, object]:
    """The plan for machines; times in ms by tier."""
    return {
        "tiers": {
            one.name: {"count": one.count, "limits": {limit.name: limit.needs for limit in one.limits}}
            for one in made.tiers
        },
        "goal_gb": made.goal_gb,
        "goal_gbit_s": made.goal_gbit_s,
        "steady_gbit_s": made.steady_gbit_s,
        "last_fan_s": made.last_fan_s,
        "arriving_s": made.arriving_s,
        "back_s": made.back_s,
        "memory_fan_kb": made.memory_fan_kb,
        "times_ms": {
            one.name: {"p50": one.at(0.5), "p99": one.at(0.99), "p99.9": one.at(0.999)} for one in times
        },
    }


def _show(console: Console, wanted: Wanted, made: Plan, times: Sequence[Spread]) -> None:
    table = Table(title=f"{amount(wanted.fans)} fans, {amount(wanted.games)} games", title_justify="left")
    for name in ("tier", "how many", "which limit binds"):
        table.add_column(name, justify="right" if name == "how many" else "left")
    for tier in made.tiers:
        table.add_row(tier.name, f"{tier.count:,}", f"{tier.binds.name}: {tier.binds.says}")
    console.print(table)
    console.print(
        f"One goal is {made.goal_gb:,.1f} GB, {made.goal_gbit_s:,.0f} Gbit/s while it is written; a gateway's"
        f" last fan has it after {made.last_fan_s:.2f} s.\n{amount(wanted.arrivals)} arrivals take"
        f" {made.arriving_s:,.0f} s; those of a lost region are back after {made.back_s:,.1f} s."
    )
    spread = Table(title="When fans have a goal, ms", title_justify="left")
    for name in ("when it is", "p50", "p99", "p99.9"):
        spread.add_column(name, justify="left" if name == "when it is" else "right")
    for one in times:
        spread.add_row(one.name, *(f"{one.at(share):,.0f}" for share in (0.5, 0.99, 0.999)))
    console.print(spread)


def _inputs(inputs: Inputs) -> Table:
    table = Table(title="What goes in", title_justify="left")
    for name in ("input", "value", "meaning", "source"):
        table.add_column(name)
    for some in (inputs.wanted, inputs.measured, inputs.given):
        for row in rows(some):
            table.add_row(*row)
    return table


def _write(path: Path, text: str, drawn: Mapping[str, str]) -> None:
    path.write_text(text, encoding="utf-8")
    images = path.parent / IMAGES
    images.mkdir(exist_ok=True)
    for name, svg in drawn.items():
        (images / name).write_text(svg, encoding="utf-8")

"""What a benchmark says: JSON for machines, a table for people, Markdown for the docs; pure.

    {"bench": "fanout", "commit": "bc1c7db", "date": "...", "command": "scorewire bench fanout --fans 2000",
     "machine": {...}, "settings": {...}, "notes": [...], "failures": [],
     "figures": [{"name": ..., "value": 1.21, "unit": "", "goal": "≤ 1.3", "met": true}]}

A goal that is missed is a figure like any other; a failure means that something was not delivered, and that
the figures are worth nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from rich.table import Table

from scorewire.bench.figures import rounded

NOTES_FROM_COLUMNS = 120


class Machine(Struct, frozen=True, kw_only=True):
    """On what it ran.

    Attributes:
        server_cores, client_cores: the numbers of the cores; the same ones on a machine that has but one.
        disk: the file system of the node's data folder.
    """

    cpu: str
    cores: int
    server_cores: tuple[int, ...]
    client_cores: tuple[int, ...]
    memory_gib: float
    kernel: str
    python: str
    loop: str
    disk: str


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number. `goal` is in words, `met` says whether the number fulfils it; a goal without it means that
    this run cannot tell, and `note` why."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
    met: bool | None = None
    note: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """One run of one benchmark."""

    bench: str
    commit: str
    date: str
    command: str
    machine: Machine
    settings: dict[str, str | int]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What a benchmark found; `failures` is not empty where the figures are worth nothing."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Report)


def at_most(name: str, value: float, goal: float, *, unit: str = "", note: str = "") -> Figure:
    """A figure that should be low."""
    met = value <= goal
    return Figure(name=name, value=rounded(value), unit=unit, goal=f"≤ {rounded(goal):g}", met=met, note=note)


def at_least(name: str, value: float, goal: float, *, unit: str = "", note: str = "") -> Figure:
    """A figure that should be high."""
    met = value >= goal
    return Figure(name=name, value=rounded(value), unit=unit, goal=f"≥ {rounded(goal):g}", met=met, note=note)


def unclear(figure: Figure, why: str) -> Figure:
    """A figure that cannot be held against its goal in this run."""
    return msgspec.structs.replace(figure, met=None, note=why)


def plain(name: str, value: float, *, unit: str = "", note: str = "") -> Figure:
    """A figure without a goal."""
    return Figure(name=name, value=rounded(value), unit=unit, note=note)


def write_report(report: Report) -> bytes:
    """As JSON, indented, so that results that are kept can be compared line by line."""
    return msgspec.json.format(_ENCODER.encode(report), indent=1) + b"\n"


def read_report(body: bytes) -> Report:
    """What `write_report` wrote.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is something else.
    """
    return _DECODER.decode(body)


def shown(value: float) -> str:
    """A number for people: 12,345, 345.6, 1.234."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{rounded(value):g}"


def verdict(figure: Figure) -> str:
    """`met`, `missed`, `not meaningful`, or nothing where there is no goal."""
    return {True: "met", False: "missed", None: "not meaningful" if figure.goal else ""}[figure.met]


def table(report: Report, *, width: int) -> Table:
    """For a terminal of so many columns; what each figure is goes where there is room for it."""
    wide = width >= NOTES_FROM_COLUMNS
    made = Table(title=f"scorewire bench {report.bench}", title_justify="left", header_style="bold")
    made.add_column("figure")
    made.add_column("value", justify="right")
    made.add_column("unit")
    made.add_column("goal")
    made.add_column("")
    if wide:
        made.add_column("what it is", style="dim")
    for figure in report.figures:
        told = verdict(figure)
        colour = {True: "green", False: "red", None: "yellow"}[figure.met]
        row = [figure.name, shown(figure.value), figure.unit, figure.goal]
        row.append(f"[{colour}]{told}[/]" if told else "")
        made.add_row(*row, *([figure.note] if wide else []))
    return made


def machine_line(machine: Machine) -> str:
    """The machine in one sentence."""
    if machine.server_cores == machine.client_cores:
        place = "server and clients share one core"
    else:
        place = f"server on core {_list(machine.server_cores)}, clients on {_list(machine.client_cores)}"
    return (
        f"{machine.cpu}, {machine.cores} cores ({place}), {machine.memory_gib:g} GiB, Linux {machine.kernel},"
        f" Python {machine.python}, {machine.loop}, {machine.disk}"
    )


def markdown(report: Report) -> str:
    """For a page: what docs and benchmarks/README.md show of a kept result."""
    lines = [
        f"### {report.bench}",
        "",
        f"`{report.command}`, commit {report.commit}, {report.date[:10]}; {machine_line(report.machine)}",
        "",
        "| figure | value | unit | goal | |",
        "| --- | ---: | --- | --- | --- |",
    ]
    lines += [
        f"| {figure.name} | {shown(figure.value)} | {figure.unit} | {figure.goal} | {verdict(figure)} |"
        for figure in report.figures
    ]
    lines.append("")
    lines += [f"- {sentence}" for sentence in (*report.notes, *_failed(report.failures))]
    return "\n".join(lines).rstrip() + "\n"


def _failed(failures: Iterable[str]) -> Iterable[str]:
    return (f"**Failed**: {sentence}" for sentence in failures)


def _list(cores: Iterable[int]) -> str:
    return ", ".join(map(str, cores))

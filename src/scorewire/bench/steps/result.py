"""Figures, plot and table of what was measured of each step; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from scorewire.bench.bars import Panel, shown
from scorewire.bench.figures import spread
from scorewire.bench.report import Figure, Report, machine_line, plain
from scorewire.bench.rounds import BUSY_MAX, Rounds, client_share
from scorewire.bench.steps.slow import Slow


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure.

    Attributes:
        fans: of the big game; a tenth as many follow the one of which a tenth does not read.
        small: of the game that is told right behind the big one.
        rounds: updates one after the other, for each figure.
        updates: the same beside fans who do not read.
    """

    fans: int
    small: int
    rounds: int
    updates: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `every` is explained at `measure_slow`."""

    name: str
    title: str
    every: bool = True


STEPS = (
    Step("naive", "1 naive loop"),
    Step("queues", "2 a task and a queue a fan"),
    Step("encoded-once", "3 encoded once"),
    Step("protocol", "4 protocol"),
    Step("uvloop", "5 uvloop"),
    Step("slices", "6 slices"),
    Step("cursor", "7 cursor", every=False),
    Step("scorewire", "8 Scorewire", every=False),
)

CPU = "server CPU a delivery"
RATIO = "server CPU a delivery ÷ bare C's"
P50, P99, LAST = "told to fan, p50", "told to fan, p99", "told to last fan"
BARE_LAST = "bare C beside it, told to last fan"
BROADCAST = "first to last fan"
MEMORY = "user memory a fan"
COLLECTION, LONGEST = "a full collection", "longest collection that came by itself"
ALONE, BESIDE = "small game alone, told to last fan", "small game behind the big one, told to last fan"
SERVED = "healthy fans served while a tenth does not read"
READING, STALLED = "healthy p99, all reading", "healthy p99, a tenth not reading"
KEPT = "server memory a fan that does not read"
GIVEN = "given to a fan that did not read, once it does"

COLUMNS = (
    (CPU, "", "CPU a delivery, µs"),
    (RATIO, "", "÷ bare C"),
    (P50, "", "p50, ms"),
    (P99, "", "p99, ms"),
    (LAST, BARE_LAST, "last fan (bare C's), ms"),
    (MEMORY, "", "memory a fan, KB"),
    (COLLECTION, "", "a collection, ms"),
)
"""Figures of the page's first table: one, another in brackets, and their head."""

BESIDE_COLUMNS = (
    (BESIDE, ALONE, "small game behind the big one (alone), ms"),
    (SERVED, "", "served while a tenth does not read"),
    (STALLED, READING, "their p99 (all reading), ms"),
    (KEPT, "", "kept for one that does not read, KB"),
    (GIVEN, "", "given to it once it reads, KB"),
)
"""Those of the second: who is held up by others."""

STANDS_STILL = "stands still"

Columns = Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one step came to; times in seconds. `collection_s`, `longest_s`: None for a node."""

    step: Step
    rounds: Rounds
    bare: Rounds
    call_ns: float
    fan_bytes: float
    alone_s: float
    beside_s: float
    collection_s: float | None
    longest_s: float | None
    slow: Slow

    def failures(self) -> list[str]:
        """What was not delivered."""
        missed = self.slow.missed
        return [f"{self.step.title}: {missed} updates were missed beside fans who did not read"] * bool(
            missed
        )


def step_figures(options: Options, one: Measured) -> Iterator[Figure]:
    """All of one step; each name begins with the step's title."""
    for figure in (*_round_figures(options, one), *_other_figures(one)):
        yield Figure(
            name=f"{one.step.title}: {figure.name}", value=figure.value, unit=figure.unit, note=figure.note
        )


def _round_figures(options: Options, one: Measured) -> Iterator[Figure]:
    spent = sum(one.rounds.server_ns) / len(one.rounds.server_ns) - one.call_ns
    yield plain(CPU, spent / options.fans / 1000, unit="µs")
    if one.bare.server_ns:
        bare = sum(one.bare.server_ns) / len(one.bare.server_ns)
        yield plain(RATIO, spent / bare, note="C, send() in a loop, turn by turn with the step")
    times = spread(one.rounds.at_s)
    yield plain(P50, times.p50 * 1000, unit="ms")
    yield plain(P99, times.p99 * 1000, unit="ms")
    yield plain(LAST, median(one.rounds.last_s) * 1000, unit="ms", note="median of rounds")
    if one.bare.last_s:
        yield plain(BARE_LAST, median(one.bare.last_s) * 1000, unit="ms", note="median of rounds")
    lasted = [last - first for first, last in zip(one.rounds.first_s, one.rounds.last_s, strict=True)]
    yield plain(BROADCAST, median(lasted) * 1000, unit="ms", note="median of rounds")
    yield plain(MEMORY, one.fan_bytes / 1000, unit="KB", note="private pages, all fans idle")


def _other_figures(one: Measured) -> Iterator[Figure]:
    if one.collection_s is not None and one.longest_s is not None:
        yield plain(COLLECTION, one.collection_s * 1000, unit="ms", note="of garbage, with all fans there")
        yield plain(LONGEST, one.longest_s * 1000, unit="ms", note="from the first fan to the last round")
    yield plain(ALONE, one.alone_s * 1000, unit="ms", note="median of rounds")
    yield plain(BESIDE, one.beside_s * 1000, unit="ms", note="median of rounds")
    slow = one.slow
    yield plain(SERVED, slow.served, note=f"of {slow.healthy}; {slow.stalled} do not read")
    yield plain(READING, median(slow.reading.sent_p99) * 1000, unit="ms", note="median of updates")
    if slow.beside is not None:
        yield plain(STALLED, median(slow.beside.sent_p99) * 1000, unit="ms", note="median of updates")
    yield plain(KEPT, slow.stalled_bytes / 1000, unit="KB", note="growth beyond that with all reading")
    yield plain(GIVEN, slow.given_bytes / 1000, unit="KB", note="with what the kernel had kept")


def doubts(options: Options, made: Iterable[Measured], client_cores: int) -> list[str]:
    """What a reader of the figures must know before believing them."""
    busy = [one.step.title for one in made if client_share(one.rounds, client_cores) > BUSY_MAX]
    notes = [
        f"Every fan got every update: {options.fans} of the big game in each round, {options.small} of the"
        " small one, and beside fans who did not read each fan every update, or a full state in its place"
        " (steps 7 and 8).",
        "Step 8 is told by a signed call; its times begin there and hold the log, the rules and the journal."
        " What the call costs with nobody there is taken off its CPU time.",
    ]
    if busy:
        notes.append(
            f"The load client was busy nearly all the time in: {', '.join(busy)}. Times to fans say as much"
            " of it there as of the server; CPU time is the server's own."
        )
    return notes


def value_of(figures: Iterable[Figure], step: Step, name: str) -> float | None:
    """One number of one step; None where it was not measured."""
    wanted = f"{step.title}: {name}"
    return next((figure.value for figure in figures if figure.name == wanted), None)


def panels(figures: Iterable[Figure]) -> list[Panel]:
    """The plot: what each step changes."""
    kept = list(figures)

    def panel(title: str, name: str, missing: str = "") -> Panel:
        return Panel(title, {step.title: value_of(kept, step, name) for step in STEPS}, missing)

    return [
        panel("Server CPU a delivery, bare C = 1", RATIO),
        panel("User memory a fan, KB", MEMORY),
        panel("A small game behind the big one, ms (8: from the call)", BESIDE),
        panel("Healthy fans' p99, a tenth not reading, ms (8: same)", STALLED, STANDS_STILL),
        panel("Memory a fan that does not read, KB", KEPT),
        panel("A full garbage collection, ms", COLLECTION, "not amid a broadcast"),
    ]


def table(report: Report) -> str:
    """A kept result as the page shows it: two tables with a row for each step."""
    fans, small = report.settings["fans"], report.settings["small"]
    lines = [
        *_rows(report, COLUMNS),
        "",
        *_rows(report, BESIDE_COLUMNS),
        "",
        f"{fans} fans of the big game, {small} of the small one; `{report.command}`, commit {report.commit},"
        f" {report.date[:10]}; {machine_line(report.machine)}.",
    ]
    return "\n".join([*lines, *(f"\n{note}" for note in report.notes)]) + "\n"


def _rows(report: Report, columns: Columns) -> Iterator[str]:
    yield f"| step | {' | '.join(head for _, _, head in columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    figures = {figure.name: figure for figure in report.figures}
    for step in STEPS:
        cells = [_cell(figures, step, name, other) for name, other, _ in columns]
        yield f"| {step.title} | {' | '.join(cells)} |"


def _cell(figures: Mapping[str, Figure], step: Step, name: str, other: str) -> str:
    figure = figures.get(f"{step.title}: {name}")
    if figure is None:
        told = STANDS_STILL if name == STALLED else ""
    elif name == SERVED:
        told = f"{figure.value:g} {figure.note.partition(';')[0]}"
    else:
        told = shown(figure.value)
    beside = figures.get(f"{step.title}: {other}")
    return f"{told} ({shown(beside.value)})" if beside is not None else told

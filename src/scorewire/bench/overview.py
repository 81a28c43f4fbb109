"""The table of all benchmarks as Markdown, out of their results; pure.

Nothing is typed into the page: it is what lies in the JSON files, and says so where one is not there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from scorewire.bench.programme import BESIDE, Run
from scorewire.bench.report import Figure, Report, machine_line, shown, verdict

BEGIN, END = "<!-- table -->", "<!-- /table -->"
SHORT_BEGIN, SHORT_END = "<!-- figures -->", "<!-- /figures -->"

SHORT = (
    ("server ÷ yardstick", "CPU a delivery ÷ the C program's"),
    ("user memory a fan", "memory a fan"),
    ("call sent to last fan", "from the call to the last fan (the C program; nchan)"),
    ("nchan's p99 ÷ the node's", "nchan's 99th percentile ÷ ours"),
)
"""Figures of the short table, and what they are called there."""
SHORT_RUNS = ("fanout-sse-10000", "fanout-websocket-10000", "fanout-sse-19000", "fanout-sse-100000")

OTHERS = (
    ("path", "call sent to fan, p50", "from the signed call to the fan, idle node, median"),
    ("path", "call sent to fan, p99", "the same, 99th percentile"),
    ("ingest", "one a call: events a second", "through the whole durable path, one event a call"),
    ("ingest", "batches of 50: events a second", "the same, 50 events a call"),
    ("pull", "200: requests a CPU second ÷ nginx's", "scores answered, a CPU second, ÷ nginx's"),
    (
        "slow",
        "p99 of healthy fans, a tenth not reading ÷ all reading",
        "99th percentile of healthy fans, a tenth not reading ÷ all reading",
    ),
    ("restart", "updates missed, twice or out of order", "updates missed in a rolling restart, 10,000 fans"),
    (
        "storm",
        "killed: updates missed, twice or out of order",
        "updates missed when the node is killed, 15,000 fans",
    ),
)
"""Run and figure of the lines below the short table, and what they are called there."""


def overview(runs: Sequence[Run], reports: Mapping[str, Report], *, images: str) -> str:
    """The table, the commands with their commits, the machines and the plots.

    Args:
        reports: by the name of the run.
        images: what goes before the name of a plot.
    """
    return "\n".join(_lines(runs, reports, images)).rstrip() + "\n"


def short(runs: Sequence[Run], reports: Mapping[str, Report]) -> str:
    """A few figures of `fanout`, a column for each size that was measured."""
    there = [run for run in runs if run.name in SHORT_RUNS and run.name in reports]
    titles = [titled(run, reports[run.name]) for run in there]
    lines = [f"| | {' | '.join(titles)} |", "|---|" + "---:|" * len(there)]
    for name, called in SHORT:
        cells = [_short_cell(name, reports[run.name].figures) for run in there]
        if any(cells):
            lines.append(f"| {called} | {' | '.join(cells)} |")
    others = list(_others(reports))
    if others:
        lines += ["", "| | | goal | |", "|---|---:|---|---|", *others]
    return "\n".join(lines) + "\n"


def _others(reports: Mapping[str, Report]) -> Iterator[str]:
    for run, name, called in OTHERS:
        figures = reports[run].figures if run in reports else ()
        for figure in figures:
            if figure.name == name:
                yield f"| {called} | {_value(figure)} | {figure.goal} | {verdict(figure)} |"


def _short_cell(name: str, figures: Sequence[Figure]) -> str:
    found = next((figure for figure in figures if figure.name == name), None)
    bare, other = beside(name, figures)
    also = [_value(one) for one in (bare, other) if one is not None]
    goal = f", goal {found.goal}" if found is not None and found.goal else ""
    return _value(found) + goal + (f" ({'; '.join(also)})" if also and not goal else "")


def replaced(page: str, table: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """A page with the table between its marks.

    Raises:
        ValueError: it has no marks.
    """
    first, last = marks
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"has no {first} and {last}")
    return f"{before}{first}\n{table}{last}{after}"


def _lines(runs: Sequence[Run], reports: Mapping[str, Report], images: str) -> Iterator[str]:
    there = [run for run in runs if run.name in reports]
    figures = [figure for run in there for figure in reports[run.name].figures if figure.met is not None]
    met = sum(bool(figure.met) for figure in figures)
    yield f"{met} of {len(figures)} goals are met."
    yield ""
    yield "| benchmark | figure | Scorewire | goal | | bare C | nchan, nginx |"
    yield "| --- | --- | ---: | --- | --- | ---: | ---: |"
    for run in there:
        yield from _rows(run, reports[run.name])
    yield ""
    yield from _commands(there, reports)
    missing = [run for run in runs if run.name not in reports and not run.asked]
    for run in missing:
        yield f"- {run.name}: not run yet; `scorewire bench {run.full}`"
    for run in there:
        if run.plot:
            yield ""
            yield f"![{titled(run, reports[run.name])}]({images}{run.name}.svg)"


def _rows(run: Run, report: Report) -> Iterator[str]:
    title = f"**{titled(run, report)}**"
    for sentence in report.failures:
        yield f"| {title} | **failed**: {sentence} | | | | | |"
        title = ""
    for figure in chosen(run, report.figures):
        bare, other = beside(figure.name, report.figures)
        cells = [
            title,
            figure.name,
            _value(figure),
            figure.goal,
            verdict(figure),
            _value(bare),
            _value(other),
        ]
        yield f"| {' | '.join(cells)} |"
        title = ""


def titled(run: Run, report: Report) -> str:
    """A run's title with the sizes that were measured."""
    sizes = {
        name: f"{value:,}" if isinstance(value, int) else value for name, value in report.settings.items()
    }
    return run.title.format_map(sizes)


def chosen(run: Run, figures: Sequence[Figure]) -> list[Figure]:
    """Those of a run's figures that the table holds: with goals first, then the others that are asked for."""
    goals = [figure for figure in figures if figure.met is not None]
    others = [
        figure
        for figure in figures
        if figure.met is None and any(re.fullmatch(pattern, figure.name) for pattern in run.shown)
    ]
    return goals + others


def beside(name: str, figures: Sequence[Figure]) -> tuple[Figure | None, Figure | None]:
    """What the C program, and nchan or nginx, did in the same run."""
    by_name = {figure.name: figure for figure in figures}
    for pattern, bare, other in BESIDE:
        found = re.fullmatch(pattern, name)
        if found is not None:
            groups = (found[0], *found.groups())
            names = [one[0].format(*groups) if one else "" for one in (bare, other)]
            return by_name.get(names[0]), by_name.get(names[1])
    return None, None


def _value(figure: Figure | None) -> str:
    return "" if figure is None else f"{shown(figure.value)} {figure.unit}".rstrip()


def _commands(runs: Sequence[Run], reports: Mapping[str, Report]) -> Iterator[str]:
    machines: dict[str, list[Run]] = {}
    for run in runs:
        machines.setdefault(machine_line(reports[run.name].machine), []).append(run)
    for machine, measured in machines.items():
        yield f"Measured on {machine}:"
        yield ""
        for run in measured:
            report = reports[run.name]
            yield f"- {titled(run, report)}: `{report.command}`, commit {report.commit}, {report.date[:10]}"
            for note in report.notes:
                if note.startswith("NO "):
                    yield f"  - {note}"
        yield ""

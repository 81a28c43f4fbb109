"""The table, out of results alone."""

import pytest

from scorewire.bench.overview import BEGIN, END, SHORT_RUNS, beside, chosen, overview, replaced, short
from scorewire.bench.programme import Run
from scorewire.bench.report import Figure, Machine, Report, at_least, at_most, plain

MACHINE = Machine(
    cpu="Processor 9",
    cores=2,
    server_cores=(1,),
    client_cores=(0,),
    memory_gib=4,
    kernel="6.1",
    python="3.11",
    loop="uvloop",
    disk="ext4",
)
FANOUT = Run(
    name="fanout",
    title="{fans} fans",
    full="fanout",
    quick="fanout",
    full_s=1,
    shown=(r"call sent to last fan",),
)
START = Run(name="start", title="{games} games", full="start --games 3", quick="start", full_s=1, plot=True)
SOAK = Run(name="soak", title="long", full="soak", quick="soak", full_s=1, asked=True)
FIGURES = (
    plain("call sent to last fan", 101.25, unit="ms"),
    plain("yardstick, told to send to last fan", 86, unit="ms"),
    plain("nchan, told to send to last fan", 330, unit="ms"),
    at_most("server ÷ yardstick", 1.23, 1.3),
    plain("joins", 9, unit="/s"),
)


def report(*figures: Figure, **settings: int) -> Report:
    return Report(
        bench="b",
        commit="abc",
        date="2026-01-02T03:04:05+00:00",
        command="scorewire bench b",
        machine=MACHINE,
        settings=dict(settings),
        figures=figures,
        notes=("NO NCHAN here", "Something else."),
    )


def test_figures_stand_beside_what_was_measured_in_the_same_run() -> None:
    made = overview([FANOUT], {"fanout": report(*FIGURES, fans=10_000)}, images="")
    assert made.startswith("1 of 1 goals are met.\n")
    rows = [line for line in made.splitlines() if line.startswith("|")][2:]
    assert rows == [
        "| **10,000 fans** | server ÷ yardstick | 1.23 | ≤ 1.3 | met |  |  |",
        "|  | call sent to last fan | 101.2 ms |  |  | 86 ms | 330 ms |",
    ]
    assert "- 10,000 fans: `scorewire bench b`, commit abc, 2026-01-02\n  - NO NCHAN here\n" in made
    assert "Measured on Processor 9" in made
    assert "Something else" not in made


def test_a_goal_that_is_missed_counts_and_is_said() -> None:
    reports = {"fanout": report(*FIGURES, at_least("x", 1, 2), fans=1)}
    made = overview([FANOUT], reports, images="")
    assert "1 of 2 goals are met." in made
    assert "| x | 1 | ≥ 2 | missed |" in made


def test_what_was_not_run_is_said_and_plots_are_shown() -> None:
    made = overview([FANOUT, START, SOAK], {"start": report(games=3000)}, images="results/")
    assert "- fanout: not run yet; `scorewire bench fanout`" in made
    assert "![3,000 games](results/start.svg)" in made
    assert "long" not in made


def test_goals_come_first_and_only_what_is_asked_for() -> None:
    assert [figure.name for figure in chosen(FANOUT, FIGURES)] == [
        "server ÷ yardstick",
        "call sent to last fan",
    ]


def test_nothing_stands_beside_where_nothing_was_measured() -> None:
    assert beside("call sent to last fan", FIGURES[:1]) == (None, None)
    assert beside("joins", FIGURES) == (None, None)


def test_the_short_table_has_a_column_for_each_size() -> None:
    runs = [Run(name=name, title="{fans} fans", full="", quick="", full_s=1) for name in SHORT_RUNS[:3]]
    reports = {runs[0].name: report(*FIGURES, fans=10_000), runs[2].name: report(FIGURES[0], fans=19_000)}
    assert short(runs, reports).splitlines() == [
        "| | 10,000 fans | 19,000 fans |",
        "|---|---:|---:|",
        "| CPU a delivery ÷ the C program's | 1.23, goal ≤ 1.3 |  |",
        "| from the call to the last fan (the C program; nchan) | 101.2 ms (86 ms; 330 ms) | 101.2 ms |",
    ]


def test_figures_of_other_runs_stand_below_the_short_table() -> None:
    rate = at_least("one a call: events a second", 1751.0, 2000, unit="/s")
    lines = short([], {"ingest": report(rate, FIGURES[0])}).splitlines()
    assert lines[-1] == "| through the whole durable path, one event a call | 1,751 /s | ≥ 2000 | missed |"
    assert len([line for line in lines if "durable path" in line]) == 1


def test_a_page_keeps_everything_around_its_table() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert replaced(page, "new\n") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert replaced(replaced(page, "new\n"), "new\n") == replaced(page, "new\n")
    with pytest.raises(ValueError, match="has no"):
        replaced("before", "new\n")

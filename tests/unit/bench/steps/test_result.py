"""Figures, plot and table of the steps."""

from dataclasses import replace

import pytest

from scorewire.bench.report import Machine, Report
from scorewire.bench.rounds import Rounds
from scorewire.bench.spreading import Delays
from scorewire.bench.steps.result import (
    BESIDE_COLUMNS,
    COLUMNS,
    CPU,
    KEPT,
    RATIO,
    SERVED,
    STALLED,
    STANDS_STILL,
    STEPS,
    Measured,
    Options,
    doubts,
    panels,
    step_figures,
    table,
    value_of,
)
from scorewire.bench.steps.slow import Slow

OPTIONS = Options(fans=100, small=5, rounds=2, updates=2)
MACHINE = Machine(
    cpu="A Processor",
    cores=2,
    server_cores=(1,),
    client_cores=(0,),
    memory_gib=4,
    kernel="6.1",
    python="3.11.7 CPython",
    loop="uvloop",
    disk="ext4",
)


def rounds(spent_us: int, client_s: float = 0.0) -> Rounds:
    return Rounds(
        server_ns=[spent_us * 1000] * 2,
        client_s=client_s,
        at_s=[0.010, 0.020],
        first_s=[0.010] * 2,
        last_s=[0.020] * 2,
        bytes=[1, 1],
    )


def measured(number: int, *, beside: bool = True, missed: int = 0, client_s: float = 0.0) -> Measured:
    times = Delays(sent=[0.004], sent_last=[0.004], sent_p99=[0.004])
    return Measured(
        step=STEPS[number],
        rounds=rounds(1200, client_s),
        bare=rounds(500),
        call_ns=200_000,
        fan_bytes=2000,
        alone_s=0.001,
        beside_s=0.002,
        collection_s=0.005,
        longest_s=0.001,
        slow=Slow(
            healthy=9,
            stalled=1,
            reading=times,
            beside=times if beside else None,
            served=9 if beside else 0,
            stalled_bytes=32_000,
            given_bytes=90_000,
            missed=missed,
        ),
    )


def report(*made: Measured) -> Report:
    return Report(
        bench="steps",
        commit="0123456789ab",
        date="2026-01-02T03:04:05+00:00",
        command="scorewire bench steps --fans 100",
        machine=MACHINE,
        settings={"fans": 100, "small": 5},
        figures=tuple(figure for one in made for figure in step_figures(OPTIONS, one)),
        notes=("A note.",),
    )


@pytest.mark.parametrize(("name", "value"), [(CPU, 10), (RATIO, 2), (KEPT, 32), (SERVED, 9), (STALLED, 4)])
def test_what_telling_nobody_costs_is_taken_off(name: str, value: float) -> None:
    assert value_of(report(measured(3)).figures, STEPS[3], name) == value


def test_each_figure_has_a_name_of_its_own() -> None:
    names = [figure.name for figure in report(measured(0), measured(1)).figures]
    assert len(set(names)) == len(names)


def test_a_step_that_stands_still_has_no_time_to_show() -> None:
    kept = report(measured(0, beside=False), measured(4))
    rows = [line for line in table(kept).splitlines() if line.startswith(("| 1", "| 5")) and " of " in line]
    assert [STANDS_STILL in row for row in rows] == [True, False]
    assert "| 0 of 9 |" in rows[0]
    assert "| 9 of 9 |" in rows[1]


def test_a_table_says_on_what_it_was_measured() -> None:
    made = table(report(measured(0)))
    assert "`scorewire bench steps --fans 100`, commit 0123456789ab, 2026-01-02; A Processor" in made
    assert "\nA note.\n" in made
    columns = {line.count("|") for line in made.splitlines() if line.startswith("|")}
    assert columns == {len(COLUMNS) + 2, len(BESIDE_COLUMNS) + 2}
    assert "| 20 (20) |" in made, "bare C's time stands in brackets"


def test_the_plot_has_a_place_for_every_step() -> None:
    made = panels(report(measured(0, beside=False), measured(4)).figures)
    assert all(list(panel.bars) == [step.title for step in STEPS] for panel in made)
    (slow,) = [panel for panel in made if panel.missing == STANDS_STILL]
    assert (slow.bars["1 naive loop"], slow.bars["5 uvloop"]) == (None, 4)


def test_a_missed_update_is_a_failure() -> None:
    assert measured(2).failures() == []
    assert measured(2, missed=3).failures() == [
        "3 encoded once: 3 updates were missed beside fans who did not read"
    ]


def test_a_busy_load_client_is_told() -> None:
    assert not any("busy" in note for note in doubts(OPTIONS, [measured(1)], 1))
    notes = doubts(OPTIONS, [measured(1), measured(5, client_s=0.019)], 1)
    assert "in: 6 slices." in notes[-1]


def test_a_machine_without_a_compiler_has_no_ratio() -> None:
    figures = list(step_figures(OPTIONS, replace(measured(1), bare=Rounds())))
    assert value_of(figures, STEPS[1], RATIO) is None
    assert value_of(figures, STEPS[1], CPU) == 10

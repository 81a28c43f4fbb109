"""What is told of a run: to machines, to people, to the docs."""

import io

import msgspec
import pytest
from rich.console import Console

from scorewire.bench.report import (
    Figure,
    Machine,
    Report,
    at_least,
    at_most,
    machine_line,
    markdown,
    plain,
    read_report,
    shown,
    table,
    unclear,
    write_report,
)

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
REPORT = Report(
    bench="fanout",
    commit="0123456789ab",
    date="2026-01-02T03:04:05+00:00",
    command="scorewire bench fanout --fans 10",
    machine=MACHINE,
    settings={"fans": 10},
    figures=(
        at_most("ratio", 1.2345678, 1.3, note="by round"),
        at_least("rate", 1999, 2000, unit="/s"),
        plain("time", 12.5, unit="ms"),
    ),
    notes=("A note.",),
    failures=("1 of 10 fans never had seq 7",),
)


def test_goals_include_their_limit() -> None:
    assert [at_most("a", value, 1.3).met for value in (1.29, 1.3, 1.31)] == [True, True, False]
    assert [at_least("a", value, 2000).met for value in (1999.9, 2000, 2001)] == [False, True, True]
    assert plain("a", 1).met is None


def test_a_goal_is_judged_before_the_value_is_rounded() -> None:
    figure = at_most("a", 1.30001, 1.3)
    assert (figure.value, figure.met) == (1.3, False)


def test_json_comes_back_as_it_was() -> None:
    body = write_report(REPORT)
    assert read_report(body) == REPORT
    assert body.count(b"\n") > 20, "kept results are compared line by line"
    assert msgspec.json.decode(body)["figures"][0] == {
        "name": "ratio",
        "value": 1.235,
        "goal": "≤ 1.3",
        "met": True,
        "note": "by round",
    }


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(12345.6, "12,346"), (999.94, "999.9"), (1.23456, "1.235"), (0.0, "0"), (200, "200")],
)
def test_numbers_for_people(value: float, wanted: str) -> None:
    assert shown(value) == wanted


def drawn(width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(REPORT, width=width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_table_says_what_was_met_and_missed() -> None:
    lines = drawn(130).splitlines()
    (ratio,) = [line for line in lines if "ratio" in line]
    (rate,) = [line for line in lines if "rate" in line]
    assert "met" in ratio
    assert "≤ 1.3" in ratio
    assert "by round" in ratio
    assert "missed" in rate


def test_what_a_run_cannot_tell_is_neither_met_nor_missed() -> None:
    figure = unclear(at_most("ratio", -1, 1.3), "too few")
    report = msgspec.structs.replace(REPORT, figures=(figure,))
    assert "| ratio | -1 |  | ≤ 1.3 | not meaningful |" in markdown(report)
    assert (figure.met, figure.note) == (None, "too few")
    console = Console(file=io.StringIO(), width=130)
    console.print(table(report, width=130))
    assert isinstance(console.file, io.StringIO)
    assert "not meaningful" in console.file.getvalue()


def test_a_narrow_terminal_is_spared_the_notes() -> None:
    assert "by round" not in drawn(80)
    assert "ratio" in drawn(80)


def test_markdown_holds_command_machine_figures_and_failures() -> None:
    text = markdown(REPORT)
    assert "`scorewire bench fanout --fans 10`, commit 0123456789ab, 2026-01-02; A Processor" in text
    assert "| ratio | 1.235 |  | ≤ 1.3 | met |" in text
    assert "- A note.\n- **Failed**: 1 of 10 fans never had seq 7\n" in text


def test_the_machine_says_who_ran_where() -> None:
    assert "server on core 1, clients on 0" in machine_line(MACHINE)
    alone = msgspec.structs.replace(MACHINE, cores=1, server_cores=(0,), client_cores=(0,))
    assert "share one core" in machine_line(alone)


def test_a_figure_without_goal_says_nothing_of_goals() -> None:
    assert msgspec.json.encode(Figure(name="a", value=1)) == b'{"name":"a","value":1}'

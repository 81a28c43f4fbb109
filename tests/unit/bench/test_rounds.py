"""From rounds to figures."""

from dataclasses import replace

import pytest

from scorewire.bench.crowd import Heard
from scorewire.bench.report import Figure
from scorewire.bench.rounds import (
    Options,
    Rounds,
    burst_figures,
    client_share,
    cpu_figures,
    doubts,
    load_figures,
    memory_figures,
    time_figures,
)

OPTIONS = Options(fans=1000, rounds=2, bursts=1, transport="sse", data_bytes=300)


def rounds(*server_ms: float, client_s: float = 0.004) -> Rounds:
    """Rounds that take so much CPU each; fans have it after 1, 2, 3 and 6 ms."""
    made = Rounds()
    for spent in server_ms:
        heard = Heard([10.001, 10.002, 10.003, 10.006], missed=0, cpu_s=client_s, bytes=355_000)
        made.add(10.0, heard, round(spent * 1e6))
    return made


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_the_call_is_taken_off_before_the_ratio() -> None:
    found = by_name(cpu_figures(OPTIONS, rounds(7, 8), rounds(4, 6), 1_000_000))
    assert found["server CPU a delivery"].value == 6.5
    assert found["yardstick CPU a delivery"].value == 5
    assert (found["server ÷ yardstick"].value, found["server ÷ yardstick"].met) == (1.3, True)
    assert found["server ÷ yardstick"].note == "by round 1.17 to 1.50"
    assert found["server CPU a call, no fans"].value == 1000


@pytest.mark.parametrize(("transport", "met"), [("sse", False), ("websocket", True)])
def test_each_transport_has_its_goal(transport: str, met: bool) -> None:
    options = Options(fans=1000, rounds=1, bursts=0, transport=transport, data_bytes=300)  # type: ignore[arg-type]
    assert by_name(cpu_figures(options, rounds(7), rounds(5), 0))["server ÷ yardstick"].met is met


def test_without_a_yardstick_there_is_no_ratio() -> None:
    assert "server ÷ yardstick" not in by_name(cpu_figures(OPTIONS, rounds(7), Rounds(), 0))


def test_times_run_from_the_call() -> None:
    found = by_name(time_figures("", rounds(1, 1)))
    assert found["call sent to first fan"].value == pytest.approx(1)
    assert found["call sent to fan, p50"].value == pytest.approx(2)
    assert found["call sent to last fan"].value == pytest.approx(6)
    assert found["first to last fan"].value == pytest.approx(5)


def test_memory_is_what_came_with_the_fans() -> None:
    found = by_name(memory_figures(OPTIONS, empty=50_000_000, idle=53_000_000, busy=53_500_000))
    assert (found["user memory a fan"].value, found["user memory a fan"].met) == (3, True)
    assert found["user memory a fan, after the rounds"].value == 3.5


def test_few_fans_are_not_held_against_the_goal() -> None:
    """They may weigh less than nothing, which would be met."""
    few = replace(OPTIONS, fans=999)
    figure = by_name(memory_figures(few, empty=50_000_000, idle=49_000_000, busy=50_000_000))[
        "user memory a fan"
    ]
    assert figure.value < 0
    assert (figure.goal, figure.met) == ("≤ 3", None)
    assert "too few" in figure.note


def test_a_burst_counts_each_of_its_events() -> None:
    found = by_name(burst_figures(OPTIONS, rounds(22), 2_000_000))
    assert found["burst of 10: server CPU a fan and event"].value == 2
    assert found["burst of 10: call sent to last fan"].value == pytest.approx(6)


def test_the_load_client_is_measured_too() -> None:
    found = by_name(load_figures(OPTIONS, rounds(5, 5), 2))
    assert found["load client CPU a delivery"].value == 4
    assert found["load client busy"].value == pytest.approx(40)
    assert found["fans that got every update"].value == 1000


def test_doubts_are_said() -> None:
    sure = rounds(7, 8)
    assert doubts(OPTIONS, sure, 500_000, 1) == []
    (busy,) = doubts(OPTIONS, rounds(7, 8, client_s=0.0049), 500_000, 1)
    assert "load client was busy" in busy
    (few,) = doubts(OPTIONS, sure, 1_500_000, 1)
    assert "20% of a round's cost" in few


def test_no_rounds_keep_nobody_busy() -> None:
    assert client_share(Rounds(), 1) == 0

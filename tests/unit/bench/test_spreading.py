"""From what fans were told to how long it took."""

import pytest

from scorewire.bench.logbook import Told
from scorewire.bench.spreading import delay_figures, delays

WALL_S = 1000.0


def told(seq: int, *at_s: float, ts: int = 1_010_000) -> Told:
    return Told(game="g", seq=seq, ts=ts, count=len(at_s), at_s=list(at_s))


def test_times_run_from_the_call_and_from_the_decision() -> None:
    made = delays([told(4, 10.002, 10.005)], {("g", 4): 9.999}, WALL_S)
    assert made.sent == pytest.approx([0.003, 0.006])
    assert made.sent_last == made.sent_p99 == pytest.approx([0.006])
    assert made.broadcast == pytest.approx([0.003])
    assert made.decided == pytest.approx([0.002, 0.005])
    assert made.decided_last == pytest.approx([0.005])


def test_what_was_not_sent_or_came_before_is_left_out() -> None:
    made = delays([told(3, 10.0), told(4)], {("g", 4): 9.0}, WALL_S)
    assert (made.sent, made.decided) == ([], [])


def test_an_update_without_a_stamp_still_has_its_way_from_the_call() -> None:
    made = delays([told(4, 10.0, ts=0)], {("g", 4): 9.0}, WALL_S)
    assert (made.sent, made.decided) == ([1.0], [])


def test_the_table_has_the_spread_and_the_worst() -> None:
    made = delays([told(4, 10.0, 10.5), told(5, 11.0)], {("g", 4): 9.5, ("g", 5): 10.9}, WALL_S)
    found = {figure.name: figure for figure in delay_figures("alone", made)}
    assert found["alone: call sent to fan, p50"].value == 500
    assert found["alone: call sent to fan, p99"].value == 1000
    assert found["alone: call sent to last fan"].note == "median of 2 updates; the worst 1000.0"

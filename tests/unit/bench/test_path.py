"""The way's length against two fsyncs."""

from scorewire.bench.path import Times, path_figures


def test_the_goal_is_two_fsyncs_and_some() -> None:
    times = Times(answered_s=[0.004] * 100, told_s=[0.0069] * 98 + [0.0091, 0.0092])
    figures = {figure.name: figure for figure in path_figures(times, [0.002] * 50, 900_000)}
    p50, p99 = figures["call sent to fan, p50"], figures["call sent to fan, p99"]
    assert (p50.value, p50.goal, p50.met) == (6.9, "≤ 7", True)
    assert (p99.value, p99.goal, p99.met) == (9.1, "≤ 9", False)
    assert figures["call sent to fan, worst"].value == 9.2
    assert figures["fsync, p50"].value == 2
    assert figures["added to the fsyncs, p50"].value == 2.9
    assert figures["server CPU an event"].value == 900

"""Time to the last fan against the number of fans."""

import pytest

from scorewire.bench.crowd import Heard
from scorewire.bench.options import sizes_in
from scorewire.bench.rounds import Rounds
from scorewire.bench.series import Point, point, series_figures, series_plot
from scorewire.errors import ConfigError


def one(fans: int, broadcast_ms: float, ratio: float = 1.25) -> Point:
    yard_s = broadcast_ms / 2000 if ratio else 0.0
    return Point(fans, broadcast_ms / 1000 + 0.004, yard_s, broadcast_ms / 1000, ratio)


def rounds(server_ns: int, *at_s: float) -> Rounds:
    made = Rounds()
    made.add(10.0, Heard(list(at_s), missed=0, cpu_s=0.1, bytes=700), server_ns)
    return made


@pytest.mark.parametrize(("text", "sizes"), [("", []), ("2000, 50,50", [50, 2000])])
def test_sizes_ascend(text: str, sizes: list[int]) -> None:
    assert sizes_in(text) == sizes


@pytest.mark.parametrize("text", ["10,few", "0", "-3"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="takes numbers of fans"):
        sizes_in(text)


def test_rounds_come_to_a_point() -> None:
    made = point(2, rounds(30_000, 10.01, 10.03), rounds(20_000, 10.01, 10.02), call_ns=5000)
    assert (round(made.last_s, 3), round(made.broadcast_s, 3), round(made.yard_last_s, 3)) == (
        0.03,
        0.02,
        0.02,
    )
    assert made.ratio == 1.25


def test_without_a_yardstick_there_is_no_ratio() -> None:
    made = point(2, rounds(30_000, 10.01, 10.03), Rounds(), call_ns=5000)
    assert (made.yard_last_s, made.ratio) == (0, 0)


def test_a_line_is_straight_where_a_fan_takes_as_long_among_many() -> None:
    bent = series_figures({0: [one(1000, 10), one(2000, 20), one(8000, 120)]}, rounds=3)[0]
    assert bent.name == "time a fan, first to last, 8000 fans ÷ 2000"
    assert (bent.value, bent.met) == (1.5, False)
    assert series_figures({0: [one(1000, 10), one(2000, 20), one(8000, 90)]}, rounds=3)[0].met


def test_idle_games_are_held_against_none() -> None:
    curves = {0: [one(1000, 10), one(2000, 16)], 500: [one(1000, 10), one(2000, 26)]}
    figures = {figure.name: figure for figure in series_figures(curves, rounds=3)}
    flat = figures["call sent to last of 2000 fans, 500 idle games ÷ none"]
    assert (flat.value, flat.met) == (1.5, False)
    assert figures["1000 fans: server ÷ yardstick"].value == 1.25
    assert figures["1000 fans, 500 idle games: call sent to last fan"].value == 14
    assert list(series_plot(curves).curves) == [
        "Scorewire",
        "Scorewire, 500 idle games beside",
        "a C program that only sends",
    ]


def test_without_a_yardstick_none_is_drawn() -> None:
    curves = {0: [one(1000, 10, ratio=0), one(2000, 20, ratio=0)]}
    assert list(series_plot(curves).curves) == ["Scorewire"]
    assert not any("yardstick" in figure.name for figure in series_figures(curves, rounds=3))

"""Waves of fans who come back."""

import pytest

from scorewire.bench.arrivals import Came
from scorewire.bench.storm import Night, Options, Wave, flaws, listen_drops, night_figures, storm_figures

NETSTAT = "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 2 3\nIpExt: InNoRoutes\nIpExt: 9\n"
OPTIONS = Options(fans=1000, window=100, kill=True)


def wave(server_ms: int, drops: int = 0) -> Wave:
    came = Came(at_s=[10.1, 10.5], began_s=10.0, came=1000, cpu_s=0.25, bytes=3_000_000)
    return Wave(came, server_ms * 1_000_000, drops)


def test_listen_drops_are_found_by_name() -> None:
    assert listen_drops(NETSTAT) == 3
    assert listen_drops("") == 0


def test_who_never_came_or_missed_something_ends_the_run() -> None:
    assert flaws(Came(came=5), "came") == []
    assert flaws(Came(behind=2, gaps=3, disordered=4), "came") == [
        "2 fans never came",
        "3 updates were missed by fans who came",
        "4 updates came twice or out of order to fans who came",
    ]


def test_a_wave_is_held_against_the_c_program() -> None:
    figures = storm_figures(OPTIONS, wave(80, 1), wave(100, 2), wave(40), 1)
    found = {figure.name: figure for figure in figures}
    assert found["returning fans a server CPU second ÷ the C program's"].value == 0.4
    assert found["returning fans a core and second"].value == 10_000
    assert found["returning: all back after"].value == 0.5
    assert found["listen drops"].value == 3
    assert found["load client busy, returning"].value == 50


def test_without_a_compiler_there_is_no_ratio() -> None:
    names = [figure.name for figure in storm_figures(OPTIONS, wave(80), wave(100), None, 1)]
    assert not any("C program" in name for name in names)


def test_the_night_is_as_long_as_the_last_fan_says() -> None:
    came = Came(away_s=[1.0, 2.0, 4.5], silent_s=[5.0, 6.0, 6.5], cut=3)
    made = night_figures("killed", OPTIONS, Night(came, 4.5, 5.5, before=7, told=20))
    found = {figure.name: figure.value for figure in made}
    assert found["killed: replaced after"] == 1
    assert found["killed: longest away"] == 4.5
    assert found["killed: longest away, the middle fan"] == 2
    assert found["killed: longest without news"] == 6.5
    assert found["killed: updates told"] == 20


@pytest.mark.parametrize(("fans", "rate"), [(10, 50), (3000, 20), (100_000, 5)])
def test_more_fans_have_fewer_updates_while_somebody_is_killed(fans: int, rate: float) -> None:
    assert Options(fans=fans, window=100, kill=True).burst_rate == rate

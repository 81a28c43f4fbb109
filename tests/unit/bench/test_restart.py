"""All workers replaced: what is told of it."""

from scorewire.bench.arrivals import Came
from scorewire.bench.restart import Options, Rolled, restart_figures

OPTIONS = Options(fans=100, workers=2, rate=50, games=10, drain_s=5, times=1)


def test_what_was_lost_and_who_was_away_longest() -> None:
    came = Came(came=100, cut=104, leapt=7, away_s=[1.0, 2.0, 5.5], silent_s=[1.5, 6.0], refused=3)
    rolled = Rolled(came, [8.0, 9.0], updates=400, late_s=0.1, calls_again=2)
    found = {figure.name: figure.value for figure in restart_figures(OPTIONS, rolled)}
    assert found["updates missed, twice or out of order"] == 0
    assert found["longest away"] == 5.5
    assert found["longest without news"] == 6
    assert found["all processes replaced after"] == 9
    assert found["updates that a full state stood for"] == 7
    assert found["deliveries"] == 4000

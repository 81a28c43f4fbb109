"""Many games at once."""

from scorewire.bench.games import Options, path_figures
from scorewire.bench.spreading import Delays


def test_every_followed_game_has_its_fans() -> None:
    assert Options(games=100, followed=10, each=3, seconds=1).fans == 30


def test_the_way_is_held_against_two_fsyncs() -> None:
    figures = path_figures(Delays(sent=[0.004, 0.0051, 0.009]), [0.001, 0.001])
    found = {figure.name: figure for figure in figures}
    assert (found["call sent to fan, p50"].goal, found["call sent to fan, p50"].met) == ("≤ 5", False)
    assert (found["call sent to fan, p99"].goal, found["call sent to fan, p99"].met) == ("≤ 7", False)

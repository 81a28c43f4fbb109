"""Requests a core, against nginx."""

from scorewire.bench.pull import Turns, odd_ones, pull_figures
from scorewire.bench.pulls import Pulled

SAMPLE = Pulled(status=200, etag="", body="x" * 1500, answers=1, seconds=1, length=1600, odd=0, cpu_s=0.5)


def turns(*rates: float) -> Turns:
    return Turns(cpu_rate=list(rates), rate=list(rates), client_share=[0.5])


def test_the_ratio_is_of_turns_side_by_side() -> None:
    figures = pull_figures({"200": turns(100, 300)}, {"200": turns(100, 200)}, SAMPLE)
    found = {figure.name: figure for figure in figures}
    ratio = found["200: requests a CPU second ÷ nginx's"]
    assert (ratio.value, ratio.met, ratio.note) == (1.25, True, "by turn 1.00 to 1.50")
    assert found["body"].value == 1500


def test_without_nginx_there_is_no_ratio() -> None:
    assert not any("nginx" in figure.name for figure in pull_figures({"200": turns(1)}, {}, SAMPLE))


def test_odd_answers_end_the_run() -> None:
    assert odd_ones("nginx", Turns(odd=2), Turns(odd=1)) == ["3 answers of nginx were not as wanted"]
    assert odd_ones("nginx", Turns()) == []

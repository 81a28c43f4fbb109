"""`bench fold`: every sport is measured, and a machine that is slow misses its goal."""

import time
from typing import Any

import msgspec
import pytest

from scorewire.bench.fold import draw, run, sport_figures
from scorewire.model.provider_event import ProviderEvent
from scorewire.sports import SPORTS
from scorewire.sports.soccer import SOCCER


@pytest.mark.slow
def test_every_sport_is_measured() -> None:
    outcome = run(200)
    names = {figure.name.split(":")[0] for figure in outcome.figures}
    assert names == set(SPORTS)
    assert len(outcome.figures) == 3 * len(SPORTS)
    assert all(figure.value > 0 for figure in outcome.figures)


def test_the_plays_are_within_the_models_limits_and_of_every_type() -> None:
    for sport, machine in SPORTS.items():
        drawn = draw(sport, machine)
        msgspec.convert(msgspec.to_builtins(drawn), list[ProviderEvent])
        assert {play.type for play in drawn} <= set(machine.events)
        assert len({play.type for play in drawn}) > 5 or sport in {"tennis", "volleyball"}


def test_a_slow_machine_misses_the_goal() -> None:
    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(SOCCER, name)

        def evolve(self, state: Any, play: ProviderEvent, at: int) -> Any:
            until = time.process_time() + 0.0001
            while time.process_time() < until:
                pass
            return SOCCER.evolve(state, play, at)

    figures = sport_figures("soccer", Slow(), 100)  # type: ignore[arg-type]
    assert figures[0].met is False
    assert figures[1].value > 100

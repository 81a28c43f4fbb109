"""Who has won a shoot-out, kick by kick. Source: Law 10."""

import pytest

from scorewire.sports import SPORTS
from scorewire.sports.shootout import kicked, winner
from unit.sports.plays import claim, fold, rule


@pytest.mark.parametrize(
    ("goals", "taken", "ahead"),
    [
        ((0, 0), (0, 0), None),
        ((3, 0), (3, 2), None),
        ((3, 0), (3, 3), "home"),
        ((3, 1), (4, 3), None),
        ((4, 2), (4, 4), "home"),
        ((4, 3), (5, 4), None),
        ((4, 3), (5, 5), "home"),
        ((2, 4), (4, 4), "away"),
        ((5, 5), (5, 5), None),
        ((6, 5), (6, 5), None),
        ((6, 5), (6, 6), "home"),
        ((5, 6), (6, 6), "away"),
        ((5, 6), (5, 6), None),
        ((10, 11), (11, 11), "away"),
    ],
)
def test_winner_of_five_and_then_of_sudden_death(
    goals: tuple[int, int], taken: tuple[int, int], ahead: str | None
) -> None:
    assert winner(goals, taken, best_of=5) == ahead


def test_a_final_kick_by_kick() -> None:
    """Lusail, 18 December 2022: France first, 4-2 after Argentina's fourth."""
    detail: dict[str, object] = {"shootout": {"home": 0, "away": 0}}
    kicks = [("away", True), ("home", True), ("away", False), ("home", True), ("away", False), ("home", True)]
    for side, goal in kicks:
        detail = kicked(detail, side, goal=goal, best_of=5)
    assert detail == {"shootout": {"home": 3, "away": 1, "taken": {"away": 3, "home": 3}}}
    detail = kicked(detail, "away", goal=True, best_of=5)
    detail = kicked(detail, "home", goal=True, best_of=5)
    assert detail == {"shootout": {"home": 4, "away": 2, "taken": {"away": 4, "home": 4}, "winner": "home"}}


def test_a_retaken_kick_may_undo_the_winner() -> None:
    detail: dict[str, object] = {
        "shootout": {"home": 1, "away": 0, "taken": {"home": 1, "away": 1}, "winner": "home"}
    }
    assert "winner" not in kicked(detail, "away", goal=True, best_of=1)["shootout"]


@pytest.mark.parametrize("sport", ["soccer", "handball", "ice_hockey"])
def test_a_goal_that_names_no_period_is_none_of_the_game_while_the_shootout_is_on(sport: str) -> None:
    machine = SPORTS[sport]
    number = {"soccer": 5, "handball": 7, "ice_hockey": 5}[sport]
    state = fold(machine, claim("PERIOD_START", period=1), claim("PERIOD_START", period=number))
    assert rule(machine, state, claim("GOAL", "home")) == "goal_in_shootout"
    assert rule(machine, state, claim("SHOOTOUT_GOAL", "home")) is None

"""The shoot-out: kicks that decide who goes on and leave the score alone.

Best of so many kicks a side, ended as soon as the other can no longer catch up; then sudden death, kick
against kick. In a board's detail:

    {"home": 4, "away": 2, "taken": {"home": 4, "away": 4}, "winner": "home"}

Source: IFAB Laws of the Game 2024/25, Law 10, Penalties (penalty shoot-out).
"""

from scorewire.model.provider_event import Side
from scorewire.model.score_state import Tree
from scorewire.sports import tree


def kicked(detail: Tree, side: Side, *, goal: bool, best_of: int) -> Tree:
    """The detail after a kick of `side`. A kick that turns out to be one too many changes no winner.

    Args:
        best_of: kicks a side before sudden death.
    """
    if goal:
        detail = tree.add(detail, 1, "shootout", side)
    detail = tree.add(detail, 1, "shootout", "taken", side)
    shootout = detail["shootout"]
    assert isinstance(shootout, dict)
    taken = shootout["taken"]
    ahead = winner(
        (shootout.get("home", 0), shootout.get("away", 0)),
        (taken.get("home", 0), taken.get("away", 0)),
        best_of=best_of,
    )
    if ahead is None:
        return {**detail, "shootout": tree.drop(shootout, "winner")}
    return tree.put(detail, ahead, "shootout", "winner")


def winner(goals: tuple[int, int], taken: tuple[int, int], *, best_of: int) -> Side | None:
    """Who has won, if that is decided: more goals than the other side can still reach.

    Args:
        goals, taken: goals and kicks so far, home and away.
        best_of: kicks a side before sudden death; after them a round is one kick each.
    """
    rounds = max(best_of, *taken)
    if goals[0] > goals[1] + rounds - taken[1]:
        return "home"
    if goals[1] > goals[0] + rounds - taken[0]:
        return "away"
    return None

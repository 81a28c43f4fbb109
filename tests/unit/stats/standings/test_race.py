"""What criteria can ask about a competition."""

from scorewire.stats.standings.outing import Record
from scorewire.stats.standings.race import Race
from scorewire.stats.standings.rules import Deduction, Entrant, Points, Rules
from scorewire.stats.standings.table import race_of
from unit.stats.standings.made import games, rules, teams


def race(*lines: str, entrants: list[Entrant] | None = None, held: Rules | None = None) -> Race:
    return race_of(held or rules(), games(*lines), entrants or [], [])


def test_points_after_deductions() -> None:
    held = race_of(rules(), games("a 1-0 b"), [], [Deduction(team="a", points=2)])
    assert (held.points("a"), held.points("b")) == (1, 0)


def test_a_slam_needs_a_win_against_every_other() -> None:
    held = rules(points=Points(win=4, draw=2, slam=3))
    assert race("a 1-0 b, a 1-0 c", held=held).points("a") == 11
    assert race("a 1-0 b, b 1-0 c", held=held).points("a") == 4
    assert race("a 1-0 b, a 0-0 c", held=held).points("a") == 6


def test_between_some() -> None:
    found = race("a 1-0 b, a 0-2 c, b 1-1 c").between("a", ("a", "b"))
    assert (found.played, found.points) == (1, 3)
    assert race("a 1-0 b").between("a", ("a",)) == Record()


def test_all_met() -> None:
    held = race("a 1-0 b, b 1-0 a, a 1-0 c")
    assert held.all_met(("a", "b"), 2)
    assert held.all_met(("a", "c"), 1)
    assert not held.all_met(("a", "b", "c"), 1)


def test_same_division_and_leaders() -> None:
    held = race("a 1-0 b", entrants=teams(x_north="a b", x_south="c"))
    assert held.same("a", "b", "division")
    assert not held.same("a", "c", "division")
    assert held.same("a", "c", "conference")
    assert not held.same("a", "nobody", "conference")
    held.views["division"] = [["b", "a"], ["c"]]
    assert [team for team in "abc" if held.leads(team, "division")] == ["b", "c"]

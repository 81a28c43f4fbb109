"""Slices: everyone in order, no more than the budget at once."""

from scorewire.fanout.turns import Each


def test_each_is_done_in_slices() -> None:
    done: list[int] = []
    turn = Each(range(7), done.append)
    sizes = []
    while turn.more():
        sizes.append(turn.run(3))
    assert sizes == [3, 3, 1]
    assert done == list(range(7))


def test_an_empty_turn_still_costs_something_so_that_no_loop_spins() -> None:
    turn = Each([], print)
    assert not turn.more()
    assert turn.run(10) == 1

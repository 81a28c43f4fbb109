"""What a process believes of positions; the fence itself is in the suite of tests/contract."""

from scorewire.journal.positions import Positions
from scorewire.journal.records import Consumed


def test_what_nobody_here_read_is_not_held_against_anybody():
    positions = Positions()
    assert positions.expect(Consumed(partition=1, position=5)) is None
    assert positions.expect(Consumed(partition=1, position=6)) is None


def test_a_move_begins_where_the_one_before_it_ends_though_neither_is_done():
    positions = Positions({1: 4})
    assert positions.expect(Consumed(partition=1, position=5)) == 4
    assert positions.expect(Consumed(partition=1, position=7)) == 5
    assert positions.expect(Consumed(partition=2, position=7)) is None


def test_a_move_that_failed_begins_again_where_it_began():
    positions = Positions({1: 4})
    move = Consumed(partition=1, position=5)
    positions.undo(move, positions.expect(move))
    assert positions.expect(move) == 4
    other = Consumed(partition=2, position=5)
    positions.undo(other, positions.expect(other))
    assert positions.believed == {1: 5}

"""A commit of unknown outcome may have moved the position; the fence itself is in tests/contract."""

from pathlib import Path

import pytest

from scorewire.errors import OwnerFenced, SequenceConflict
from scorewire.journal import positions
from scorewire.journal.database import Database
from scorewire.journal.records import Consumed


async def test_a_move_that_may_have_been_made_is_found_made(path: Path) -> None:
    database = await Database.open(path)

    taken = await database.write(lambda c: positions.take_over(c, 1))
    there = Consumed(partition=1, position=5, held=(4,), term=1)
    for again in (False, True, True):
        await database.write(lambda c, again=again: positions.write(c, there, origin=taken, again=again))
    assert await database.read(lambda c: positions.read(c, 1)) == there
    with pytest.raises(SequenceConflict):
        await database.write(lambda c: positions.write(c, there, origin=taken, again=False))
    # It was made, and then another took over: what was made stands, and is the other's.
    await database.write(lambda c: positions.take_over(c, 1))
    with pytest.raises(OwnerFenced):
        await database.write(lambda c: positions.write(c, there, origin=taken, again=True))
    await database.close()


async def test_whoever_takes_over_at_the_same_time_gets_a_term_of_its_own(path: Path) -> None:
    database = await Database.open(path)
    terms = [(await database.write(lambda c: positions.take_over(c, 2))).term for _ in range(3)]
    assert terms == [1, 2, 3]
    assert (await database.read(lambda c: positions.read(c, 3))).term == 0
    await database.close()

"""Which months there should be; making them is tested on a server, in tests/backends."""

from datetime import date

import pytest

from scorewire.journal import partitions
from scorewire.journal.database import Database
from scorewire.journal.partitions import AHEAD_MONTHS, Upkeep, ahead, next_month, wanting


@pytest.mark.parametrize(
    ("month", "after"),
    [
        (date(2022, 1, 1), date(2022, 2, 1)),
        (date(2022, 11, 1), date(2022, 12, 1)),
        (date(2022, 12, 1), date(2023, 1, 1)),
    ],
)
def test_the_month_after(month, after):
    assert next_month(month) == after


def test_this_month_and_the_next_ones():
    months = ahead(date(2022, 11, 30))
    assert months == [date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1), date(2023, 2, 1)]
    assert len(months) == AHEAD_MONTHS + 1


def test_each_month_once_and_none_of_a_year_that_no_game_is_played_in():
    days = [date(2022, 12, 18), date(9999, 12, 31), date(2022, 12, 1), date(1966, 7, 30), date(1990, 1, 2)]
    assert wanting(days, ()) == [date(1990, 1, 1), date(2022, 12, 1)]
    assert wanting(days, {date(1990, 1, 1)}) == [date(2022, 12, 1)]


async def test_a_file_has_none_and_needs_none(path):
    database = await Database.open(path)
    await database.write(lambda c: partitions.prepare(c, [date(2022, 12, 1)]))
    assert await database.write(lambda c: partitions.upkeep(c, date(2022, 12, 18))) == Upkeep()
    await database.close()

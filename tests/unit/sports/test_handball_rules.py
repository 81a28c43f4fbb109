"""What varies by competition in handball."""

import pytest

from scorewire.sports.handball_rules import PERIODS, SHOOTOUT, read


@pytest.mark.parametrize(
    ("given", "periods"),
    [
        ({}, {1, 2, 3, 4, 5, 6, 7}),
        ({"extra_times": 1}, {1, 2, 3, 4, 7}),
        ({"extra_times": 0, "shootout": False}, {1, 2}),
        ({"extra_times": 9}, {1, 2, 3, 4, 5, 6, 7}),
    ],
)
def test_periods(given: dict, periods: set[int]) -> None:
    assert read(given).periods == periods


def test_a_period_starts_where_the_last_one_ends() -> None:
    held = read({"half_minutes": 25, "extra_time_minutes": 3})
    assert held.starts_s == (0, 0, 1500, 3000, 3180, 3360, 3540, 3720)
    assert held.ends_s == (0, 1500, 3000, 3180, 3360, 3540, 3720, 3720)


def test_every_period_has_a_label() -> None:
    assert set(PERIODS) == {0, *read({}).periods}
    assert max(PERIODS) == SHOOTOUT

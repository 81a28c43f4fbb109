"""Fans spread over client processes."""

import pytest

from scorewire.bench.crowd import shares


@pytest.mark.parametrize(
    ("fans", "wanted"),
    [(1, [1]), (10, [10]), (11, [5, 6]), (20, [10, 10]), (21, [7, 7, 7])],
)
def test_as_few_processes_as_will_do(fans: int, wanted: list[int]) -> None:
    assert shares(fans, 10) == wanted

"""A result in its page."""

import pytest

from scorewire.bench.steps.page import BEGIN, END, filled


def test_the_table_takes_the_place_of_the_one_before() -> None:
    page = f"# A\n\n{BEGIN}\nold\n\n{END}\nmore\n"
    once = filled(page, "| new |\n")
    assert once == f"# A\n\n{BEGIN}\n| new |\n\n{END}\nmore\n"
    assert filled(once, "| new |\n") == once


@pytest.mark.parametrize("page", ["", BEGIN, END])
def test_a_page_without_a_place_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="no lines"):
        filled(page, "| new |\n")

"""Every number that goes in has a unit, a meaning and a source."""

import msgspec
import pytest

from scorewire.planner.inputs import WORDS, Given, Wanted, amount, rows
from scorewire.planner.reading import reference


def test_every_input_has_words_and_no_words_are_left_over() -> None:
    names = [
        name
        for kind in (Wanted(), reference(), Given())
        for name in kind.__struct_fields__
        if name != "sources"
    ]
    assert sorted(names) == sorted(WORDS)


def test_rows_say_where_a_number_comes_from() -> None:
    assert ("fans", "50,000,000", "fans at once", "wanted") in rows(Wanted())
    measured = {name: source for name, _, _, source in rows(reference())}
    assert measured["fan_kb"].startswith("`scorewire bench memory")
    assert "sources" not in measured


@pytest.mark.parametrize(
    ("value", "text"), [(50e6, "50,000,000"), (10.18, "10.2"), (1234.5, "1,230"), (0.5, "0.5")]
)
def test_numbers_are_told_with_three_digits(value: float, text: str) -> None:
    assert amount(value) == text


def test_a_share_is_at_most_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"hottest": 1.5}, Wanted)

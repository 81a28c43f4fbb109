import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.model.folding import folded


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Luka Modrić", "luka modric"),
        ("1. FC Köln", "1. fc koln"),
        ("Martin Ødegaard", "martin odegaard"),
        ("Kevin Großkreutz", "kevin grosskreutz"),
        ("Łukasz Piszczek", "lukasz piszczek"),
        ("Beşiktaş İstanbul", "besiktas istanbul"),
        ("Кубань", "кубань"),
        ("O’Neal", "o'neal"),
    ],
)
def test_names_are_found_as_they_are_typed(name: str, typed: str) -> None:
    assert folded(name) == typed


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)

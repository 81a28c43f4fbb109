"""A competition's rules are read from a declaration, and never make it unreadable."""

import re

import pytest

from scorewire.model.provider_event import Scalar
from scorewire.sports import SPORTS, rules

TABLE: rules.RuleTable = {"minutes": ("Minutes.", 45), "extra_time": ("Whether.", True)}


@pytest.mark.parametrize(
    ("given", "minutes"), [({}, 45), ({"minutes": 40}, 40), ({"minutes": 0}, 0), ({"minutes": -1}, 45)]
)
def test_whole(given: dict[str, int], minutes: int) -> None:
    assert rules.whole(TABLE, given, "minutes") == minutes


@pytest.mark.parametrize("value", ["40", 40.0, True])
def test_a_value_of_another_kind_is_as_if_absent(value: str | float) -> None:
    assert rules.whole(TABLE, {"minutes": value}, "minutes") == 45


@pytest.mark.parametrize(
    ("given", "answer"), [({}, True), ({"extra_time": False}, False), ({"extra_time": 0}, True)]
)
def test_flag(given: dict[str, bool], answer: bool) -> None:
    assert rules.flag(TABLE, given, "extra_time") is answer


def others(meaning: str, default: object) -> list[Scalar]:
    """Other values than the default; those of a rule in words stand in its meaning."""
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, str):
        return [word for word in re.findall(r"`(\w+)`", meaning) if word != default]
    return [int(str(default)) + 1, max(0, int(str(default)) - 1)]


@pytest.mark.parametrize("sport", SPORTS)
def test_every_rule_of_a_sport_changes_its_beginning(sport: str) -> None:
    """Alone, or, where a rule in words decides whether another one matters, beside one of its words."""
    machine = SPORTS[sport]
    worded = [
        {name: word}
        for name, (meaning, default) in machine.rules.items()
        if isinstance(default, str)
        for word in others(meaning, default)
    ]
    for name, (meaning, default) in machine.rules.items():
        values = others(meaning, default)
        assert values, f"the meaning of {name} must name its words"
        assert any(
            machine.begin({**beside, name: value}) != machine.begin(beside)
            for beside in ({}, *worded)
            for value in values
        ), f"{name} is documented and not read"
        assert machine.begin({name: default}) == machine.begin({})

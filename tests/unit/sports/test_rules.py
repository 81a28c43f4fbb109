"""A competition's rules are read from a declaration, and never make it unreadable."""

import pytest

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


@pytest.mark.parametrize("sport", SPORTS)
def test_every_rule_of_a_sport_changes_its_beginning(sport: str) -> None:
    machine = SPORTS[sport]
    for name, (_, default) in machine.rules.items():
        other = not default if isinstance(default, bool) else int(default) + 1
        assert machine.begin({name: other}) != machine.begin({}), f"{name} is documented and not read"
        assert machine.begin({name: default}) == machine.begin({})

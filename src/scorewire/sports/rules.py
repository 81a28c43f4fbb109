"""What varies by competition, read from a declaration against a sport's table.

Intake refuses unknown names and wrong kinds; this reader still never fails: a value of another kind than the
default's is as if it were not there, so that a game once declared can always be folded.
"""

from collections.abc import Mapping

from scorewire.model.provider_event import Detail

RuleTable = Mapping[str, tuple[str, str | int | float | bool]]


def whole(table: RuleTable, given: Detail, name: str) -> int:
    """The rule `name` as a whole number, at least 0."""
    value = given.get(name)
    if type(value) is not int or value < 0:
        value = table[name][1]
    assert type(value) is int, f"the default of {name} is not a whole number"
    return value


def flag(table: RuleTable, given: Detail, name: str) -> bool:
    """The rule `name` as yes or no."""
    value = given.get(name)
    if not isinstance(value, bool):
        value = table[name][1]
    assert isinstance(value, bool), f"the default of {name} is not a yes or no"
    return value

"""Rules of one's own are read from plain data, and what is wrong with them is said."""

import tomllib

import msgspec
import pytest

from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS
from scorewire.stats.standings.own_rules import check, read_rules
from scorewire.stats.standings.rules import Rules, View, Zone
from unit.stats.standings.made import games, places, rules

TOML = """
id = "sunday"
name = "Sunday League"
sport = "soccer"
points = { win = 2, draw = 1 }

[[views]]
order = ["difference", "scored"]
last_resort = "lots"
zones = [{ name = "Promotion", first = 1, last = 2 }]
"""


def test_read_from_toml() -> None:
    held = read_rules(tomllib.loads(TOML))
    assert held == Rules(
        id="sunday",
        name="Sunday League",
        sport="soccer",
        points=msgspec.structs.replace(held.points, win=2),
        views=(
            View(
                order=("difference", "scored"),
                last_resort="lots",
                zones=(Zone(name="Promotion", first=1, last=2),),
            ),
        ),
    )
    assert places(held, games("a 1-0 b, b 2-2 c, c 0-0 a")) == "a c b"


@pytest.mark.parametrize("held", [*COMPETITIONS.values(), *DEFAULTS.values()], ids=lambda held: held.id)
def test_our_own_are_sound(held: Rules) -> None:
    check(held)


def changed(**view: object) -> Rules:
    return msgspec.structs.replace(rules(), views=(View(**view),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (changed(order=("charm",)), "view 'table': there is no criterion 'charm'"),
        (changed(by="town"), "teams have no 'town'"),
        (changed(leaders="division"), "no view 'division' comes before it"),
        (changed(place=3), "`place` and `without` are about a view before it"),
        (changed(zones=(Zone(name="Up", first=3, last=2),)), "zone 'Up' is from 3 to 2"),
        (msgspec.structs.replace(rules(), views=(View(), View())), "two views are named 'table'"),
        (msgspec.structs.replace(rules(), views=()), "there must be a view"),
        (
            msgspec.structs.replace(
                rules(), points=msgspec.structs.replace(rules().points, bonuses=("charm",))
            ),
            "no bonus 'charm'; there are four_tries, ",
        ),
    ],
)
def test_what_is_wrong_is_said(held: Rules, words: str) -> None:
    with pytest.raises(ValueError, match="rules 'made': ") as caught:
        check(held)
    assert words in str(caught.value)


def test_a_key_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="unknown field `tiebreaks`"):
        read_rules({"id": "x", "name": "X", "sport": "soccer", "tiebreaks": []})

"""Every row that a sport makes has words, and they agree with the sport's own table."""

import re
from importlib.resources import files

import pytest

from scorewire.sports import SPORTS as MACHINES
from scorewire.sports.machine import EventSpec
from scorewire.web.words import (
    EVENTS,
    KEY_WEIGHTS,
    LIFECYCLE,
    SPORTS,
    event_words,
    humanise,
    sport_icon,
    sport_name,
)

SPECS = [(name, dict(machine.events)) for name, machine in MACHINES.items() if name in SPORTS]


@pytest.mark.parametrize(("sport", "specs"), SPECS)
def test_every_row_that_a_sport_makes_has_words(sport: str, specs: dict[str, EventSpec]) -> None:
    known = {**LIFECYCLE, **EVENTS[sport]}
    missing = [name for name, spec in specs.items() if spec.level != "touch" and name not in known]
    assert not missing


@pytest.mark.parametrize(("sport", "specs"), SPECS)
def test_points_and_corrections_agree_with_the_sports_own_table(
    sport: str, specs: dict[str, EventSpec]
) -> None:
    for name, spec in specs.items():
        if spec.level == "touch":
            continue
        words = event_words(sport, name)
        assert words.get("points", 0) == spec.points, name
        if spec.negates:
            assert words["weight"] == "correction", name


def test_every_sport_has_words_and_a_symbol() -> None:
    assert MACHINES.keys() <= SPORTS.keys()
    icons = files("scorewire.web").joinpath("templates/icons.html").read_text()
    used = {sport_icon(sport) for sport in SPORTS}
    used |= {str(words["icon"]) for table in EVENTS.values() for words in table.values()}
    drawn = set(re.findall(r'id="i-([a-z_-]+)"', icons)) | {"one", "two", "three"}
    assert used <= drawn


def test_an_unknown_type_reads_as_its_name() -> None:
    assert event_words("soccer", "DROP_BALL")["text"] == "Drop ball"
    assert event_words("curling", "STONE_CANCELLED")["weight"] == "correction"
    assert event_words("curling", "PERIOD_START")["weight"] in KEY_WEIGHTS


def test_names_of_sports() -> None:
    assert sport_name("soccer") == "Soccer"
    assert sport_name("ice_hockey") == "Ice hockey"
    assert sport_name("beach_soccer") == "Beach soccer"
    assert humanise("") == ""

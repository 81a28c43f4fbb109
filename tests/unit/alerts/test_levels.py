"""Levels as bits, and tables that name events that there are."""

from scorewire.alerts.levels import BITS, QUIET, SCORES, bits, hearing, hears
from scorewire.sports import SPORTS


def test_levels_are_stored_as_bits_that_never_change() -> None:
    assert BITS == {"start": 1, "goal": 2, "end": 4, "key": 8}
    assert bits(["goal", "end"]) == 6
    assert bits(["goal", "goal"]) == 2


def test_who_asked_for_key_events_hears_all_but_the_start() -> None:
    assert hears(bits(["key"]), "goal")
    assert hears(bits(["key"]), "end")
    assert not hears(bits(["key"]), "start")
    assert not hears(bits(["goal"]), "end")


def test_the_index_finds_who_hears() -> None:
    for level in BITS:
        for levels in range(16):
            assert bool(levels & hearing(level)) == hears(levels, level)


def test_tables_name_key_events_of_their_sports() -> None:
    for table in (SCORES, QUIET):
        for sport, types in table.items():
            for one in types:
                assert SPORTS[sport].events[one].level == "key", (sport, one)

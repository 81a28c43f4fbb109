"""The shape of StatsBomb's files: lenient where files differ, strict where nothing could be read."""

import msgspec
import pytest

from scorewire.providers.statsbomb_file import Entry, Lineup, Match

LEAST = {
    "id": "e",
    "index": 1,
    "period": 1,
    "minute": 0,
    "second": 0,
    "type": {"id": 30, "name": "Pass"},
    "team": {"id": 1, "name": "Turkey"},
}


def test_an_entry_needs_little_and_ignores_what_it_does_not_know() -> None:
    entry = msgspec.convert(LEAST | {"hologram": [1], "pass": {"outcome": {"id": 9, "name": "Out"}}}, Entry)
    assert entry.pass_.outcome.name == "Out"
    assert entry.player is None


@pytest.mark.parametrize("field", LEAST)
def test_an_entry_without_its_place_or_team_is_none(field: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({name: value for name, value in LEAST.items() if name != field}, Entry)


def test_nicknames_may_be_null() -> None:
    lineup = msgspec.convert({"team_id": 1, "lineup": [{"player_id": 2, "player_nickname": None}]}, Lineup)
    assert lineup.lineup[0].player_nickname is None


def test_a_match_may_have_no_kick_off() -> None:
    assert (
        msgspec.convert({"match_id": 1, "match_date": "2021-06-11", "kick_off": None}, Match).season is None
    )

"""The shape of the MLB Stats API's live feed."""

import msgspec
import pytest

from scorewire.providers.mlb_statsapi_file import FEED, PLAY, Person, number


def test_nobody_a_number_and_a_person() -> None:
    assert [number(None), number(7), number(Person(id=9, full_name="Nine"))] == [0, 7, 9]


def test_a_runner_is_a_number_or_a_person() -> None:
    body = b"""{"about": {"atBatIndex": 0, "inning": 1, "isTopInning": true},
        "matchup": {"batter": {"id": 1}, "pitcher": {"id": 2}},
        "runners": [{"details": {"runner": 3}}, {"details": {"runner": {"id": 4, "fullName": "Four"}}}]}"""
    assert [number(row.details.runner) for row in PLAY.decode(body).runners] == [3, 4]


def test_plays_are_needed() -> None:
    with pytest.raises(msgspec.ValidationError):
        FEED.decode(
            b'{"gamePk": 1, "gameData": {"teams": {"home": {"id": 1}, "away": {"id": 2}}}, "liveData": {}}'
        )

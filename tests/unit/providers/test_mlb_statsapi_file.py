"""The shape of the MLB Stats API's live feed."""

from typing import Any

import msgspec
import pytest

from scorewire.providers.mlb_statsapi_file import FEED, PLAY, Person, Play, number


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


def test_a_ball_in_play_comes_down_where_the_last_pitch_says() -> None:
    def play(*hits: dict[str, Any]) -> Play:
        events = [{"index": place, "hitData": hit} for place, hit in enumerate(hits)]
        about = {"atBatIndex": 0, "inning": 1, "isTopInning": True}
        matchup = {"batter": {"id": 1}, "pitcher": {"id": 2}}
        return msgspec.convert({"about": about, "matchup": matchup, "playEvents": events}, Play)

    foul, hit = ({"coordinates": {"coordX": x, "coordY": y}} for x, y in ((1.0, 1.0), (125.0, 260.5)))
    assert play(foul, hit).came_down == (0.5, 1.0)
    assert play(hit, {}).came_down == (0.5, 1.0)
    assert play({"coordinates": {"coordX": 1.0}}).came_down is None
    assert play().came_down is None

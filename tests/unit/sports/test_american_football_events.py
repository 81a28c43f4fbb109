"""The tables: every score can be taken back, and no word is about an event that there is not."""

from scorewire.sports.american_football_events import (
    ANSWERS,
    CLOCK_AFTER,
    EVENTS,
    OPEN_PLAY,
    SCRIMMAGE,
    SETTLES,
    TRIES,
    WANTED,
)


def test_points() -> None:
    assert {name: spec.points for name, spec in EVENTS.items() if spec.points} == {
        "TOUCHDOWN": 6,
        "EXTRA_POINT": 1,
        "TWO_POINT": 2,
        "FIELD_GOAL": 3,
        "SAFETY": 2,
        "DEFENSIVE_TWO_POINT": 2,
        "ONE_POINT_SAFETY": 1,
    }


def test_every_score_is_taken_back_by_an_event_that_changes_the_headline_too() -> None:
    for name, spec in EVENTS.items():
        if spec.points:
            assert name in EVENTS[spec.correction].negates
            assert EVENTS[spec.correction].level == spec.level == "key"
            assert spec.team


def test_a_penalty_can_take_back_whatever_was_played() -> None:
    assert set(EVENTS["PLAY_NULLIFIED"].negates) == set(OPEN_PLAY)


def test_every_word_is_about_an_event() -> None:
    for words in (ANSWERS, CLOCK_AFTER, OPEN_PLAY, SETTLES, SCRIMMAGE, TRIES, WANTED):
        assert set(words) <= set(EVENTS)

"""The groups that the types form hold together."""

from scorewire.sports.rugby_union_events import (
    AFTER_A_TRY,
    ANSWERS,
    CARDS,
    COUNTED_KICKS,
    EVENTS,
    OPEN_PLAY,
    SHOOTOUT_KICKS,
    STATS,
    TRIES,
    WANTED,
)


def test_every_name_is_a_type() -> None:
    named = {
        *AFTER_A_TRY,
        *ANSWERS,
        *CARDS,
        *COUNTED_KICKS,
        *OPEN_PLAY,
        *SHOOTOUT_KICKS,
        *STATS,
        *TRIES,
        *WANTED,
    }
    assert named <= set(EVENTS)


def test_whatever_scores_is_taken_back_by_a_type_that_negates_it() -> None:
    scoring = {kind for kind, spec in EVENTS.items() if spec.points}
    assert scoring == TRIES | set(COUNTED_KICKS)
    for kind in scoring | set(CARDS):
        assert kind in EVENTS[EVENTS[kind].correction].negates
        assert EVENTS[kind].level == "key"


def test_reviews_are_answered_by_negating_events_only() -> None:
    assert all(EVENTS[kind].negates for kind in ANSWERS)
    assert not any(EVENTS[kind].points for kind in SHOOTOUT_KICKS)

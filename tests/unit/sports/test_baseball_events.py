"""The tables of baseball agree with each other."""

from scorewire.sports.baseball_events import BATTING, ENDS_AT_BAT, EVENTS, HITS, OUTS, WANTED


def test_what_bats_names_its_team() -> None:
    assert all(EVENTS[kind].team for kind in BATTING)


def test_tables_speak_of_types_that_are() -> None:
    assert EVENTS.keys() >= set(OUTS) | set(WANTED) | HITS | ENDS_AT_BAT
    assert ENDS_AT_BAT >= HITS


def test_what_changes_the_score_is_key_and_nothing_else_of_the_batting_side() -> None:
    assert {kind for kind in BATTING if EVENTS[kind].level == "key"} == {"HOME_RUN", "RUNS"}
    assert {kind for kind in BATTING if EVENTS[kind].points} == {"HOME_RUN", "RUNS"}

"""The common life cycle: every cell of the table, and what no table shows."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.model.score_state import OVER
from scorewire.sports.lifecycle import (
    AS_IT_STOOD,
    BEFORE_THE_START,
    LIFECYCLE,
    STATUS_EVENTS,
    TRANSITIONS,
    Course,
    begins,
    decide_play,
    decide_status,
    follow,
    implied,
    label_of,
)
from scorewire.sports.soccer import PERIODS
from unit.sports.plays import claim

STATUSES = list(TRANSITIONS)
RULINGS = {"GAME_AWARDED", "GAME_FORFEITED", "GAME_VOID"}

# Written out once more, by event and without the groups of the file: what a reader of the rules would say.
EXPECTED: dict[str, dict[str, str]] = {
    "PRE_GAME": dict.fromkeys(["scheduled", "pre", "delayed", "postponed"], "pre"),
    "PERIOD_START": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended", "postponed", "ended"],
        "live",
    ),
    "PERIOD_END": {
        **dict.fromkeys(
            ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended"], "break"
        ),
        "ended": "ended",
    },
    "GAME_END": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended", "ended"], "ended"
    ),
    "GAME_FINAL": {
        **dict.fromkeys(
            ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended", "ended", "final"],
            "final",
        ),
        "corrected": "corrected",
    },
    "GAME_DELAYED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended", "postponed"], "delayed"
    ),
    "GAME_INTERRUPTED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended"], "interrupted"
    ),
    "GAME_SUSPENDED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended"], "suspended"
    ),
    "GAME_ABANDONED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended", "ended"], "abandoned"
    ),
    "GAME_RETIRED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "interrupted", "suspended"], "retired"
    ),
    "GAME_RESUMED": {
        "scheduled": "pre",
        "pre": "pre",
        "live": "live",
        "break": "live",
        "ended": "live",
        "postponed": "scheduled",
        "delayed": AS_IT_STOOD,
        "interrupted": AS_IT_STOOD,
        "suspended": AS_IT_STOOD,
    },
    "GAME_POSTPONED": dict.fromkeys(["scheduled", "pre", "delayed", "postponed"], "postponed"),
    "GAME_CANCELLED": dict.fromkeys(
        ["scheduled", "pre", "live", "break", "delayed", "postponed", "interrupted", "suspended"], "cancelled"
    ),
    "GAME_WALKOVER": dict.fromkeys(["scheduled", "pre", "delayed", "postponed"], "walkover"),
    "GAME_AWARDED": dict.fromkeys([status for status in STATUSES if status != "void"], "awarded"),
    "GAME_FORFEITED": dict.fromkeys([status for status in STATUSES if status != "void"], "forfeited"),
    "GAME_VOID": dict.fromkeys([status for status in STATUSES if status != "void"], "void"),
}


BESIDE = {
    "CLOCK_START",
    "CLOCK_STOP",
    "CLOCK_SET",
    "SCORE_SET",
    "PLAY_CANCELLED",
    "CONFLICT_SETTLED",
    "FEED_LOST",
    "FEED_BACK",
    "LINEUP",
}


def test_the_expectation_names_every_event_and_status() -> None:
    assert set(EXPECTED) == STATUS_EVENTS
    assert set(LIFECYCLE) == STATUS_EVENTS | BESIDE


@pytest.mark.parametrize(("status", "event"), list(product(STATUSES, sorted(EXPECTED))))
def test_every_transition(status: str, event: str) -> None:
    period = 0 if event in BEFORE_THE_START else 2
    course = Course(status, period, announced=period)
    one = claim(event, "home", period=3 if event == "PERIOD_START" else None)
    refusal, after = decide_status(course, one), follow(course, one)
    if status not in EXPECTED[event]:
        assert refusal is not None
        assert refusal.rule == "illegal_transition"
        assert after is course
        return
    assert refusal is None
    expected = EXPECTED[event][status]
    assert after.status == ("live" if expected == AS_IT_STOOD else expected)


@pytest.mark.parametrize("event", sorted(BEFORE_THE_START))
@pytest.mark.parametrize("status", ["pre", "delayed"])
def test_what_has_begun_is_not_called_off(event: str, status: str) -> None:
    course = Course(status, 1)
    refusal = decide_status(course, claim(event, "home"))
    assert refusal is not None
    assert refusal.rule == "illegal_transition"
    assert follow(course, claim(event, "home")) is course


@pytest.mark.parametrize("pause", ["GAME_DELAYED", "GAME_INTERRUPTED", "GAME_SUSPENDED"])
@pytest.mark.parametrize(
    "course", [Course("pre"), Course("live", 2, announced=2), Course("break", 1, closed=True, announced=1)]
)
def test_resumption_leads_back_to_where_the_game_stood(pause: str, course: Course) -> None:
    paused = follow(course, claim(pause))
    assert follow(paused, claim("GAME_RESUMED")) == course
    twice = follow(paused, claim("GAME_SUSPENDED"))
    assert follow(twice, claim("GAME_RESUMED")) == course


@pytest.mark.parametrize("status", ["break", "ended"])
def test_a_whistle_can_be_undone(status: str) -> None:
    assert follow(Course(status, 2, closed=True, announced=2), claim("GAME_RESUMED")) == Course(
        "live", 2, announced=2
    )


@pytest.mark.parametrize(
    ("course", "event", "period", "rule"),
    [
        (Course("live", 1, announced=1), "PERIOD_START", 1, "period_already_started"),
        (Course("break", 1, closed=True, announced=1), "PERIOD_START", 1, "period_already_started"),
        (Course("live", 2), "PERIOD_START", 2, None),
        (Course("live", 2, announced=2), "PERIOD_START", 1, "period_out_of_order"),
        (Course("live", 1, announced=1), "PERIOD_START", 3, None),
        (Course("ended", 2, closed=True, announced=2), "PERIOD_START", 3, None),
        (Course("break", 1, closed=True, announced=1), "PERIOD_END", 1, "period_already_ended"),
        (Course("break", 1, closed=True, announced=1), "PERIOD_END", 2, None),
        (Course("break", 1, closed=True, announced=1), "PERIOD_END", None, None),
        (Course("live", 2, announced=2), "PERIOD_END", 1, "period_out_of_order"),
        (Course("ended", 2, closed=True, announced=2), "PERIOD_END", 2, None),
        (Course(), "PERIOD_END", 1, None),
    ],
)
def test_periods_in_order(course: Course, event: str, period: int | None, rule: str | None) -> None:
    refusal = decide_status(course, claim(event, period=period))
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("course", "period", "open_play", "scores", "rule"),
    [
        (Course(), None, True, True, "game_not_started"),
        (Course(), None, False, False, None),
        (Course(), 1, True, True, None),
        (Course("postponed"), 1, True, False, "game_not_started"),
        (Course("live", 1), None, True, True, None),
        (Course("break", 1, closed=True), None, True, True, None),
        (Course("interrupted", 1), 1, True, True, None),
        (Course("ended", 2, closed=True), 2, True, True, "game_ended"),
        (Course("ended", 2, closed=True), None, True, True, "game_ended"),
        (Course("ended", 2, closed=True), 2, True, False, None),
        (Course("ended", 2, closed=True), 3, True, True, None),
        (Course("final", 2, closed=True), 2, False, False, "game_over"),
        (Course("abandoned", 1), 1, True, True, "game_over"),
        (Course("awarded"), 1, True, True, "game_over"),
    ],
)
def test_plays(course: Course, period: int | None, open_play: bool, scores: bool, rule: str | None) -> None:
    refusal = decide_play(course, claim("GOAL", "home", period=period), open_play=open_play, scores=scores)
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("course", "period", "after"),
    [
        (Course("break", 1, closed=True, announced=1), 2, Course("live", 2, announced=1)),
        (Course("live", 1, announced=1), 2, Course("live", 2, announced=1)),
        (Course("scheduled"), 1, Course("live", 1)),
        (Course("suspended", 1, announced=1), 2, Course("live", 2, announced=1)),
        (Course("break", 2, closed=True, announced=2), 2, None),
        (Course("break", 2, closed=True, announced=2), 1, None),
        (Course("break", 2, closed=True, announced=2), None, None),
        (Course("final", 2, closed=True, announced=2), 3, None),
        (Course("postponed"), 1, None),
    ],
)
def test_a_play_of_a_later_period_implies_its_start(
    course: Course, period: int | None, after: Course | None
) -> None:
    if after is None:
        assert implied(course, period) is course
    else:
        assert implied(course, period) == after


def test_a_period_begins_once() -> None:
    pause, second = Course("break", 1, closed=True, announced=1), Course("live", 2, announced=1)
    assert begins(pause, second)
    assert not begins(second, Course("live", 2, announced=2))
    assert not begins(second, Course("break", 2, closed=True, announced=2))


def test_statuses_repeated_change_nothing() -> None:
    course = Course("interrupted", 1, announced=1)
    assert follow(course, claim("GAME_INTERRUPTED")) is course


courses = st.builds(
    lambda status, period, closed, implied_only: Course(
        status, period, closed, period - (implied_only and period > 0)
    ),
    st.sampled_from(STATUSES),
    st.integers(0, 6),
    st.booleans(),
    st.booleans(),
)
events = st.builds(
    lambda kind, period: claim(kind, "home", period=period),
    st.sampled_from(sorted(STATUS_EVENTS)),
    st.one_of(st.none(), st.integers(1, 7)),
)


@given(courses, st.lists(events, max_size=12))
def test_nothing_leaves_over(course: Course, claims: list[object]) -> None:
    over = False
    for one in claims:
        course = follow(course, one)
        assert not over or course.status in OVER
        over = course.status in OVER


@given(courses, events)
def test_over_changes_by_a_ruling_only(course: Course, one: object) -> None:
    confirmed_again = one.type == "GAME_FINAL" and course.status in {"final", "corrected"}
    if confirmed_again:
        assert follow(course, one).status == course.status
    elif course.status in OVER and one.type not in RULINGS:
        assert follow(course, one) is course
        refusal = decide_status(course, one)
        assert refusal is not None
        assert refusal.rule == "illegal_transition"


@given(courses, st.lists(events, max_size=8))
def test_the_period_never_falls(course: Course, claims: list[object]) -> None:
    for one in claims:
        after = follow(course, one)
        assert after.period >= course.period
        assert after.announced >= course.announced
        course = after


@pytest.mark.parametrize(
    ("course", "label"),
    [
        (Course(), ""),
        (Course("live", 1), "1H"),
        (Course("break", 1, True), "HT"),
        (Course("ended", 1, True), "FT"),
        (Course("abandoned", 1, True), "HT"),
        (Course("break", 2, True), "FT"),
        (Course("final", 3, True), "AET"),
        (Course("break", 3, True), "ETHT"),
        (Course("ended", 5, True), "PEN"),
        (Course("live", 9), "PEN"),
    ],
)
def test_a_golden_goal_leaves_no_half_time(course: Course, label: str) -> None:
    assert label_of(PERIODS, course, halves=4) == label

"""Sportradar soccer: a timeline that grows, a review, a goal that vanishes, and statuses of two levels."""

import json
from typing import Any

import pytest

from scorewire.errors import FeedError
from scorewire.intake.snapshot import GameSnapshot, Limits, compare
from scorewire.providers import recognise
from scorewire.providers.format import Decoded
from scorewire.providers.sportradar_soccer import SPORTRADAR_SOCCER

from .folded import fold_one

MATCH = "sr:sport_event:7"


def entry(number: int, type_: str, minute: int = 1, **given: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": type_,
        "time": f"2026-11-21T15:{minute % 60:02}:00+00:00",
        "match_time": minute,
        "match_clock": f"{minute - 1}:30",
        "period": 1 if minute <= 45 else 2,
        "period_type": "regular_period",
        "competitor": "home",
        **given,
    }


def payload(*timeline: dict[str, Any], status: str = "live", score: tuple[int, int] | None = None) -> bytes:
    how = {"status": status, "match_status": "1st_half"}
    scores = {} if score is None else {"home_score": score[0], "away_score": score[1]}
    return json.dumps(
        {
            "sport_event": {
                "id": MATCH,
                "start_time": "2026-11-21T15:00:00+00:00",
                "sport_event_context": {
                    "competition": {"id": "sr:competition:17", "name": "Cup"},
                    "season": {"id": "s", "name": "26/27"},
                },
                "competitors": [
                    {"id": "sr:competitor:1", "name": "Red", "abbreviation": "RED", "qualifier": "home"},
                    {"id": "sr:competitor:2", "name": "Blue", "abbreviation": "BLU", "qualifier": "away"},
                ],
            },
            "sport_event_status": how | scores,
            "timeline": list(timeline),
        }
    ).encode()


def decoded(*timeline: dict[str, Any], **given: Any) -> Decoded:
    return SPORTRADAR_SOCCER.decode(payload(*timeline, **given))


GOAL = entry(
    3, "score_change", 20, home_score=1, away_score=0,
    players=[
        {"id": "sr:player:1", "name": "One", "type": "scorer"},
        {"id": "sr:player:2", "name": "Two", "type": "assist"},
    ],
)  # fmt: skip
OWN = entry(6, "score_change", 50, home_score=1, away_score=1, method="own_goal", competitor="home")
WHOLE = (
    entry(1, "match_started"),
    entry(2, "period_start"),
    entry(9, "possible_goal", 20),
    GOAL,
    entry(4, "break_start", 45, stoppage_time=2),
    entry(5, "period_start", 46),
    OWN,
    entry(7, "video_assistant_referee", 60, description="penalty"),
    entry(8, "video_assistant_referee_over", 61, description="no_penalty", decision="pending"),
    entry(10, "match_ended", 90),
)


def test_a_whole_match_comes_to_its_score() -> None:
    told = decoded(*WHOLE, status="closed", score=(1, 1))
    folded = fold_one(told)
    assert folded.refused == []
    assert folded.score == (1, 1)
    assert folded.lines == {"1": (1, 0), "2": (0, 1)}
    assert folded.state.status == "final"
    assert not folded.state.under_check
    assert told.skipped == {"match_started": 1, "possible_goal": 1}
    assert recognise(payload(*WHOLE)) is SPORTRADAR_SOCCER


def test_a_goal_is_the_sides_whose_score_rose() -> None:
    claims = {one.event: one for one in decoded(*WHOLE).events}
    assert (claims["6"].team, claims["6"].detail) == ("away", {"own_goal": True})
    assert claims["3"].detail == {"assist": "Two", "assist_id": "sr:player:2"}


def test_a_review_is_decided_by_what_its_closing_event_describes() -> None:
    claims = {one.event: one for one in decoded(*WHOLE).events}
    assert claims["7"].detail == {"subject": "penalty"}
    assert claims["8"].detail == {"decision": "no_penalty"}


def test_a_goal_that_is_not_there_any_more_is_taken_back() -> None:
    limits = Limits(polls_to_retract=1)
    first = compare(GameSnapshot(), decoded(*WHOLE[:5]).events, now_ms=1, limits=limits, renumber=True)
    without = [one for one in WHOLE[:5] if one is not GOAL]
    second = compare(first.after, decoded(*without).events, now_ms=2, limits=limits, renumber=True)
    assert [(one.event, one.action) for one in second.claims] == [("3", "retract")]


@pytest.mark.parametrize(
    ("status", "types"),
    [
        ("not_started", []),
        ("postponed", ["GAME_POSTPONED"]),
        ("abandoned", ["GAME_ABANDONED"]),
        ("ended", ["GAME_END"]),
        ("closed", ["GAME_END", "GAME_FINAL"]),
        ("kicking_off", []),
    ],
)
def test_the_life_cycle_is_read_and_unknown_words_say_nothing(status: str, types: list[str]) -> None:
    told = decoded(status=status)
    assert [one.type for one in told.events] == types
    assert bool(told.skipped) == (status == "kicking_off")


def test_overtime_and_shoot_out() -> None:
    told = decoded(
        entry(1, "period_start", 91, period=1, period_type="overtime"),
        entry(2, "period_start", 106, period=4, period_type="overtime"),
        entry(3, "penalty_shootout", 120, period_type="penalties", status="scored"),
        entry(4, "penalty_shootout", 120, period_type="penalties", status="missed", competitor="away"),
    )
    assert [(one.type, one.period) for one in told.events] == [
        ("PERIOD_START", 3), ("PERIOD_START", 4), ("SHOOTOUT_GOAL", 5), ("SHOOTOUT_MISS", 5),
    ]  # fmt: skip


def test_clocks() -> None:
    clocks = [
        decoded(entry(1, "offside", 45, **given)).events[0].clock
        for given in ({}, {"stoppage_time": 2}, {"match_clock": "soon"}, {"match_clock": "1:99"})
    ]
    assert clocks == ["44:30", "45+1:00", None, None]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"sport_event":{"id":"a b"}}'])
def test_what_is_no_timeline_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        SPORTRADAR_SOCCER.decode(body)


def test_entries_that_are_none_are_counted() -> None:
    assert decoded({"x": 1}, entry(1, "somersault")).skipped == {"unreadable_event": 1, "other_type": 1}


def test_words_of_a_review_that_nobody_listed_are_left_out() -> None:
    started = entry(7, "video_assistant_referee", 60, description="Possible handball")
    over = entry(8, "video_assistant_referee_over", 61, description="red_card_given")
    told = decoded(entry(1, "period_start"), started, over)
    assert [one.detail for one in told.events[1:]] == [{}, {}]
    assert fold_one(told).refused == []

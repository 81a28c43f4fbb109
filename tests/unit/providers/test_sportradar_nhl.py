"""What one play of Sportradar's NHL feed says."""

import json
from typing import Any

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.providers import recognise
from scorewire.providers.format import Decoded
from scorewire.providers.sportradar_us import SPORTRADAR_NHL
from scorewire.sports import SPORTS

from .folded import fold_one
from .sportradar_messages import AWAY, GAME, HOME, game, made, message
from .sportradar_messages import play as any_play

DEFENDS = {HOME: "right", AWAY: "left"}


def play(event: str, kind: str, *, team: str = HOME, **given: Any) -> dict[str, Any]:
    period = {"id": "p", "number": 1, "sequence": 1, "type": "period"}
    told: dict[str, Any] = {
        "clock_decimal": "12:30",
        "attribution": {"id": team, "team_goal": DEFENDS[team]},
        "period": period,
        **given,
    }
    return {name: value for name, value in any_play(event, kind, **told).items() if name != "number"}


def told(event: dict[str, Any], **given: Any) -> dict[str, ProviderEvent]:
    decoded = SPORTRADAR_NHL.decode(message(event, league="NHL", **given))
    return {one.event: one for one in decoded.events if one.action == "assert"}


def only(kind: str, **given: Any) -> ProviderEvent:
    (claim,) = told(play("e1", kind, **given)).values()
    assert SPORTS["ice_hockey"].check({}, claim) is None
    return claim


@pytest.mark.parametrize(
    ("kind", "given", "type_", "detail"),
    [
        ("goal", {"strength": "powerplay"}, "GOAL", {"strength": "pp"}),
        ("goal", {"strength": "shorthanded"}, "GOAL", {"strength": "sh"}),
        ("goal", {}, "GOAL", {}),
        ("emptynetgoal", {"strength": "even"}, "GOAL", {"strength": "en"}),
        ("awardedemptynetgoal", {}, "GOAL", {"strength": "en"}),
        ("penaltygoal", {}, "GOAL", {"strength": "ps"}),
        ("shotsaved", {}, "SHOT", {}),
        ("shotmissed", {"details": {"reason": "wide left"}}, "SHOT_MISSED", {"reason": "wide left"}),
        ("penaltyshotfailed", {}, "PENALTY_SHOT_MISSED", {}),
        ("stoppage", {"description": "Icing"}, "STOPPAGE", {"reason": "Icing"}),
        ("teamtimeout", {}, "TIMEOUT", {}),
        ("tvtimeout", {}, "TIMEOUT", {"kind": "tv"}),
        ("endperiod", {}, "PERIOD_END", {}),
        ("penalty", {}, "PENALTY", {}),
        ("minorpenalty", {}, "PENALTY", {"kind": "minor"}),
        ("gamemisconductpenalty", {}, "PENALTY", {"kind": "game_misconduct"}),
        (
            "penalty",
            {"details": {"severity": "Double Minor", "minutes": 4, "reason": "High-sticking"}},
            "PENALTY",
            {"kind": "double_minor", "minutes": 4, "offence": "High-sticking"},
        ),
    ],
)
def test_types(kind: str, given: dict[str, Any], type_: str, detail: dict[str, object]) -> None:
    claim = only(kind, **given)
    assert (claim.type, claim.team, claim.detail, claim.clock) == (type_, "home", detail, "12:30")


def test_a_goal_names_its_scorer_and_its_assists_in_their_order() -> None:
    statistics = [
        {**made("assist", "p3"), "assist_type": "secondary"},
        {**made("assist", "p2"), "assist_type": "primary"},
        {**made("shotagainst", "p9"), "goal": True},
        {**made("shot", "p1"), "goal": True},
    ]
    goal = only("goal", strength="even", statistics=statistics, home_points=1, away_points=0)
    assert (goal.player and goal.player.id) == "sr-p1"
    assert goal.detail == {
        "strength": "even", "assist": "P2", "assist_id": "sr-p2", "assist2": "P3", "assist2_id": "sr-p3",
    }  # fmt: skip
    assert goal.score is not None
    assert (goal.score.home, goal.score.away) == (1, 0)


def test_a_face_off_is_won_by_somebody() -> None:
    statistics = [{**made("faceoff", "p1"), "win": False}, {**made("faceoff", "p2"), "win": True}]
    won = only("faceoff", statistics=statistics)
    assert (won.player and won.player.id) == "sr-p2"


@pytest.mark.parametrize(("team", "x"), [(HOME, 0.9), (AWAY, 0.1)])
def test_places_are_turned_to_the_attack(team: str, x: float) -> None:
    shot = only("shotsaved", team=team, location={"coord_x": 240, "coord_y": 510})
    assert (shot.x, shot.y) == (x, 0.5)
    assert only("hit", location={"coord_x": 240, "coord_y": 510}).x is None


def test_overtime_has_the_number_of_its_sequence() -> None:
    for period in ({"number": 1, "sequence": 4, "type": "overtime"}, {"number": 1, "type": "overtime"}):
        assert only("hit", period=period, clock_decimal="4:30").period == 4


def test_a_shot_of_the_shoot_out_states_no_score_and_no_clock() -> None:
    period = {"number": 1, "sequence": 5, "type": "shootout"}
    goal = only("shootoutgoal", period=period, clock_decimal="00:00", home_points=2, away_points=2)
    assert (goal.type, goal.period, goal.clock, goal.score) == ("SHOOTOUT_GOAL", 5, None, None)
    for kind in ("shootoutshotsaved", "shootoutshotmissed", "shootoutshotfailed"):
        assert only(kind, period=period, clock_decimal="00:00").type == "SHOOTOUT_MISS"


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [
        ({"outcome": "call_overturned", "decision": "no_goal"}, "overturned"),
        ({"outcome_description": "The call stands"}, "stands"),
    ],
)
def test_a_challenge_is_open_until_its_outcome_is_told(outcome: dict[str, str], decision: str) -> None:
    begun = {"reason_description": "Interference on goalie", "initiated_by": {"id": AWAY}}
    opened = told(play("c", "challenge", challenge_info=begun))
    assert {name: one.type for name, one in opened.items()} == {"c": "CHALLENGE"}
    assert (opened["c"].team, opened["c"].detail) == ("away", {"subject": "Interference on goalie"})
    closed = told(play("c", "challenge", challenge_info={**begun, **outcome}))
    assert closed["c-ruling"].type == "REVIEW_ENDED"
    assert closed["c-ruling"].detail == {"decision": decision}


def test_line_changes_are_skipped_and_unknown_types_take_back_what_their_id_said() -> None:
    silent = SPORTRADAR_NHL.decode(message(play("e1", "substitution"), league="NHL"))
    assert (silent.events, silent.skipped) == ((), {"substitution": 1})
    unknown = SPORTRADAR_NHL.decode(message(play("e1", "somersault"), league="NHL"))
    assert unknown.skipped == {"unknown_type": 1}
    assert [(one.event, one.action) for one in unknown.events] == [
        ("e1", "retract"), ("e1-ruling", "retract"),
    ]  # fmt: skip


def test_a_goal_is_taken_back_after_a_challenge_and_stays_so_when_its_old_message_comes_again() -> None:
    goal = message(play("g", "goal", second=10, updated=11, home_points=1, away_points=0), league="NHL")
    kept = message(play("k", "goal", second=5, home_points=1, away_points=0), league="NHL")
    gone = message({"id": "g", "deleted": "2025-01-01T03:01:30Z"}, league="NHL", operation="delete")
    missed = message(play("g", "shotmissed", second=10, updated=80), league="NHL")
    for bodies in ((kept, goal, gone), (kept, goal, gone, goal, gone), (kept, goal, missed, goal)):
        read = [SPORTRADAR_NHL.decode(body) for body in bodies]
        events = tuple(claim for one in read for claim in one.events)
        folded = fold_one(Decoded(GAME, read[0].declarations, events, {}), "sparse")
        assert (folded.score, folded.refused) == ((1, 0), [])


def whole(*periods: list[dict[str, Any]], **given: Any) -> bytes:
    parts = [
        {
            "number": number if number <= 3 else 1,
            "sequence": number,
            "type": "period" if number <= 3 else "overtime" if number == 4 else "shootout",
            "events": [{name: value for name, value in one.items() if name != "period"} for one in events],
        }
        for number, events in enumerate(periods, 1)
    ]
    return json.dumps({**game(**given), "periods": parts}).encode()


SHOOTOUT = (
    [play("g1", "goal", second=10, home_points=1, away_points=0), play("e1", "endperiod", second=1200)],
    [play("e2", "endperiod", second=3000, clock_decimal="0:00")],
    [
        play("g2", "goal", second=4000, team=AWAY, home_points=1, away_points=1),
        play("e3", "endperiod", second=5000, clock_decimal="0:00"),
    ],
    [play("e4", "endperiod", second=6000, clock_decimal="0:00")],
    [
        play(f"s{number}", kind, second=6100 + number, team=team, clock_decimal="00:00")
        for number, (kind, team) in enumerate(
            [
                ("shootoutgoal", AWAY), ("shootoutshotsaved", HOME),
                ("shootoutshotmissed", AWAY), ("shootoutshotsaved", HOME),
                ("shootoutgoal", AWAY),
            ]
        )
    ],
)  # fmt: skip


def test_a_whole_game_that_the_shoot_out_decides() -> None:
    body = whole(*SHOOTOUT, status="closed")
    assert recognise(body) is SPORTRADAR_NHL
    folded = fold_one(SPORTRADAR_NHL.decode(body), "sparse")
    assert folded.refused == []
    assert folded.score == (1, 2)
    assert folded.lines["5"] == (0, 1)
    assert (folded.state.status, folded.state.under_check) == ("final", False)


def test_overtimes_of_play_offs_are_full() -> None:
    plain = SPORTRADAR_NHL.decode(whole([], season={"type": "REG"})).declaration
    finals = SPORTRADAR_NHL.decode(whole([], season={"type": "PST"})).declaration
    assert plain is not None
    assert finals is not None
    assert (plain.rules, finals.rules) == ({}, {"overtime": "full"})


def test_a_message_is_recognised() -> None:
    assert recognise(message(play("e1", "hit"), league="NHL")) is SPORTRADAR_NHL

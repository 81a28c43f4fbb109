"""What each play but the ball changes."""

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.sports.cricket import CRICKET
from unit.sports.plays import board, claim, fold

START = claim("PERIOD_START", period=1, team="home")
RUN = claim("BALL", "home", period=1, detail={"runs": 1})
CHASE = [START, *[RUN] * 12, claim("PERIOD_START", period=2, team="away")]
"""12 runs off two overs."""


def line(*claims: ProviderEvent, rules: dict | None = None) -> dict:
    """The innings shown last."""
    shown = board(CRICKET, *claims, rules=rules)
    return shown.detail["innings"][max(shown.detail["innings"])]


def test_the_toss_is_shown() -> None:
    assert board(CRICKET, claim("TOSS", "away", detail={"decision": "bat"})).detail == {
        "toss": {"winner": "away", "decision": "bat"}
    }
    assert board(CRICKET, claim("TOSS", "away")).detail == {"toss": {"winner": "away"}}


def test_a_wicket_falls_on_a_ball_and_counts_none() -> None:
    assert line(START, RUN, claim("WICKET", "home", player="p"))["overs"] == "0.1"
    assert line(START, RUN, claim("WICKET", "home", player="p"))["wickets"] == 1


@pytest.mark.parametrize(
    ("balls", "overs"), [(0, "0"), (5, "1"), (6, "1"), (7, "2")], ids=["none", "short", "whole", "next"]
)
def test_an_over_is_called(balls: int, overs: str) -> None:
    assert line(START, *[RUN] * balls, claim("OVER_END", "home", period=1))["overs"] == overs


def test_penalty_runs_go_to_the_innings_of_who_gets_them() -> None:
    batting = board(CRICKET, *CHASE, claim("PENALTY_RUNS", "away"))
    assert batting.linescore["2"] == {"home": 0, "away": 5}
    assert batting.detail["innings"]["2"]["extras"] == 5
    fielding = board(CRICKET, *CHASE, claim("PENALTY_RUNS", "home", detail={"runs": 5}))
    assert fielding.linescore["1"]["home"] == 17
    assert (fielding.detail["target"], fielding.detail["innings"]["1"]["runs"]) == (18, 17)


def test_penalty_runs_wait_for_who_has_not_batted() -> None:
    shown = board(CRICKET, START, claim("PENALTY_RUNS", "away", period=1))
    assert (shown.home, shown.away, shown.period) == (0, 5, "INN1")
    assert list(shown.detail["innings"]) == ["1"]
    later = board(CRICKET, START, claim("PENALTY_RUNS", "away"), claim("PERIOD_START", period=2))
    assert later.detail["innings"]["2"]["runs"] == 5
    odd = claim("PENALTY_RUNS", "away", detail={"runs": 0})
    assert fold(CRICKET, START, odd) == fold(CRICKET, START)


def test_a_target_with_its_overs_and_method() -> None:
    told = claim("TARGET_SET", detail={"target": 6, "overs": 1, "method": "D/L"})
    before = board(CRICKET, START, told)
    assert (before.detail["target"], list(before.detail["innings"])) == (6, ["1"])
    chase = [claim("BALL", "away", period=2, detail={"runs": runs}) for runs in (1, 1, 1, 1, 1, 0)]
    shown = board(CRICKET, *CHASE, told, *chase)
    assert (shown.detail["innings"]["2"]["quota"], shown.detail["innings"]["2"]["closed"]) == (1, "overs")
    assert shown.detail["result"] == {"outcome": "tie", "method": "D/L"}
    assert line(*CHASE, claim("OVERS_SET", detail={"overs": 20})).get("quota") is None


def test_a_review_is_open_until_it_is_answered() -> None:
    started = claim("REVIEW_STARTED", "away")
    assert board(CRICKET, START, started).detail["review"] == "away"
    assert board(CRICKET, START, claim("REVIEW_STARTED")).detail["review"] == "umpire"
    for closing in (claim("REVIEW_ENDED"), RUN, claim("GAME_END"), claim("PERIOD_END", period=1)):
        assert "review" not in board(CRICKET, START, started, closing).detail


@pytest.mark.parametrize(
    ("detail", "left"),
    [
        ({"decision": "struck_down"}, {"away": 1}),
        ({"decision": "struck_down", "umpires_call": True}, None),
        ({"decision": "upheld"}, None),
    ],
)
def test_only_a_lost_review_costs_one(detail: dict, left: dict | None) -> None:
    ended = claim("REVIEW_ENDED", "away", detail=detail)
    assert board(CRICKET, START, ended).detail.get("reviews") == left
    assert "reviews" not in board(CRICKET, START, ended, rules={"reviews": 0}).detail


def test_reviews_run_out_at_nought() -> None:
    lost = claim("REVIEW_ENDED", "away", detail={"decision": "struck_down"})
    assert board(CRICKET, START, lost, lost, lost).detail["reviews"] == {"away": 0}


def test_an_interval_ends_with_the_next_ball() -> None:
    tea = claim("INTERVAL", detail={"kind": "tea"})
    shown = board(CRICKET, START, RUN, tea)
    assert (shown.status, shown.detail["interval"], shown.period) == ("break", "tea", "INN1")
    assert board(CRICKET, START, RUN, tea, RUN).status == "live"
    for closing in (claim("GAME_RESUMED"), claim("GAME_END"), claim("PERIOD_START", period=2)):
        assert "interval" not in board(CRICKET, START, RUN, tea, closing).detail


def test_rain_leaves_everything_else_where_it_was() -> None:
    shown = board(CRICKET, *CHASE, claim("GAME_INTERRUPTED"))
    assert (shown.status, shown.period) == ("interrupted", "INN2")
    assert board(CRICKET, *CHASE, claim("GAME_INTERRUPTED"), claim("GAME_RESUMED")).status == "live"


def test_a_result_that_is_said_takes_the_place_of_the_derived_one() -> None:
    par = claim("RESULT", "away", detail={"outcome": "won", "by": "runs", "margin": 3, "method": "D/L"})
    shown = board(CRICKET, *CHASE, par)
    assert (shown.status, shown.detail["result"]["winner"]) == ("ended", "away")
    void = board(CRICKET, *CHASE, par, claim("GAME_VOID"))
    assert "result" not in void.detail


def test_a_stated_score_sets_runs_wickets_and_overs() -> None:
    told = claim("SCORE_SET", detail={"home": 12, "away": 30, "wickets": 4, "overs": "5.3"})
    shown = board(CRICKET, *CHASE, told)
    assert (shown.home, shown.away, shown.status) == (12, 30, "ended")
    assert shown.detail["innings"]["2"] == {
        "runs": 30,
        "wickets": 4,
        "overs": "5.3",
        "team": "away",
        "closed": "target",
    }
    assert shown.detail["result"]["margin"] == 6
    corrected = board(CRICKET, *CHASE, told, claim("SCORE_SET", detail={"home": 40, "away": 30}))
    assert (corrected.detail["target"], corrected.status) == (41, "live")
    assert corrected.linescore == {"1": {"home": 40, "away": 0}, "2": {"home": 0, "away": 30}}
    lined = board(CRICKET, *CHASE, claim("SCORE_SET", detail={"home": 9, "away": 1, "lines": "9-0 0-1"}))
    assert (lined.detail["innings"]["1"]["runs"], lined.detail["target"]) == (9, 10)


def test_a_stated_score_alone_is_a_board() -> None:
    shown = board(CRICKET, claim("SCORE_SET", detail={"home": 12, "away": 0}))
    assert (shown.home, shown.linescore) == (12, {"1": {"home": 12, "away": 0}})


def test_a_follow_on_told_late_still_turns_the_innings_round() -> None:
    rules = {"innings": 2, "overs": 0}
    begun = [*CHASE, claim("PERIOD_START", period=3)]
    assert board(CRICKET, *begun, rules=rules).detail["batting"] == "home"
    shown = board(CRICKET, *begun, claim("FOLLOW_ON", "away"), rules=rules)
    assert shown.detail["innings"]["3"]["team"] == "away"
    said = board(
        CRICKET, *CHASE, claim("PERIOD_START", period=3, team="home"), claim("FOLLOW_ON", "away"), rules=rules
    )
    assert said.detail["innings"]["3"]["team"] == "home"


def test_who_retired_hurt_and_is_out_later_is_one_wicket_and_not_two() -> None:
    hurt = claim("BATTER_RETIRED", "home", player="p1", detail={"kind": "hurt"})
    fallen = [claim("WICKET", "home", period=1, player=f"q{number}") for number in range(8)]
    out = claim("WICKET", "home", period=1, player="p1", detail={"kind": "retired_out"})
    shown = line(START, RUN, hurt, *fallen, out)
    assert (shown["wickets"], shown.get("closed")) == (9, None)


def test_who_faces_a_ball_is_back_even_if_nobody_said_so() -> None:
    hurt = claim("BATTER_RETIRED", "home", player="p1", detail={"kind": "hurt"})
    fallen = [claim("WICKET", "home", period=1, player=f"q{number}") for number in range(9)]
    assert line(START, RUN, hurt, *fallen)["closed"] == "all_out"
    back = claim("BALL", "home", period=1, player="p1", detail={"runs": 1})
    assert "closed" not in line(START, RUN, hurt, back, *fallen)


def test_penalty_runs_of_a_super_over_are_no_runs_of_the_match() -> None:
    over = [claim("PERIOD_START", period=3, team="away"), claim("BALL", "away", period=3, detail={"runs": 1})]
    shown = board(CRICKET, *CHASE, *over, claim("PENALTY_RUNS", "away", period=3))
    assert (shown.home, shown.away) == (12, 0)
    assert shown.detail["super_overs"]["1"]["away"]["runs"] == 6

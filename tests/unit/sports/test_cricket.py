"""Cricket, law by law: innings and their ends, what a board shows, what is refused, any order of arrival."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.model.provider_event import ProviderEvent
from scorewire.sports.cricket import CRICKET, EVENTS
from scorewire.sports.cricket_innings import total
from scorewire.sports.cricket_plays import OPEN_PLAY, TOLD
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

TEST = {"innings": 2, "overs": 0, "super_over": False}


def ball(team: str = "home", period: int | None = 1, **detail: object) -> ProviderEvent:
    fields = {name: detail.pop(name) for name in ("player", "confirmation") if name in detail}
    return claim("BALL", team, period=period, detail=detail, **fields)


def overs(team: str, period: int, count: int, runs: int = 0) -> list[ProviderEvent]:
    """So many overs, `runs` off every ball."""
    return [ball(team, period, runs=runs) for _ in range(count * 6)]


def wickets(team: str, period: int, count: int) -> list[ProviderEvent]:
    return [claim("WICKET", team, period=period, player=f"{team}{n}") for n in range(count)]


START = claim("PERIOD_START", period=1, team="home")
SHORT = {"overs": 1}
"""One over a side."""
SIX = [START, *overs("home", 1, 1, 1)]
"""An innings of one over, 6 runs."""


def test_an_innings_begins_and_counts() -> None:
    shown = board(
        CRICKET, START, ball(runs=4, over="0.1"), ball(wides=1), ball(runs=1), *wickets("home", 1, 1)
    )
    assert (shown.status, shown.period, shown.clock) == ("live", "INN1", None)
    assert (shown.home, shown.away) == (6, 0)
    assert shown.linescore == {"1": {"home": 6, "away": 0}}
    assert shown.detail == {
        "batting": "home",
        "innings": {"1": {"team": "home", "runs": 6, "wickets": 1, "overs": "0.2", "extras": 1}},
    }


@pytest.mark.parametrize(
    ("rules", "labels"),
    [
        ({}, ["INN1", "INN1 END", "INN2", "INN2 END", "SO1", "SO1 BREAK", "SO1", "SO1 END", "SO2"]),
        (TEST, ["INN1", "INN1 END", "INN2", "INN2 END", "INN3", "INN3 END", "INN4", "INN4 END"]),
    ],
)
def test_labels(rules: dict, labels: list[str]) -> None:
    told = [claim(kind, period=number) for number in range(1, 6) for kind in ("PERIOD_START", "PERIOD_END")]
    shown = [board(CRICKET, *told[: i + 1], rules=rules) for i in range(len(labels))]
    assert [one.period for one in shown] == labels
    assert board(CRICKET).period == ""


@pytest.mark.parametrize(
    ("claims", "rules", "closed"),
    [
        (overs("home", 1, 1), SHORT, "overs"),
        (overs("home", 1, 1)[:5], SHORT, None),
        ([ball(noballs=1), *overs("home", 1, 1)[:5]], SHORT, None),
        (overs("home", 1, 1)[:5], {"overs": 1, "balls_per_over": 5}, "overs"),
        (overs("home", 1, 1), TEST, None),
        (wickets("home", 1, 10), {}, "all_out"),
        (wickets("home", 1, 9), {}, None),
        (wickets("home", 1, 9), {"players": 10}, "all_out"),
        ([*wickets("home", 1, 9), claim("BATTER_ABSENT", "home")], {}, "all_out"),
        ([*wickets("home", 1, 9), claim("BATTER_RETIRED", "home", player="p")], {}, "all_out"),
        ([claim("BATTER_RETIRED", "home", player="p"), *wickets("home", 1, 8)], {}, None),
        (
            [
                claim("BATTER_RETIRED", "home", player="p"),
                *wickets("home", 1, 9),
                claim("BATTER_RETURNED", "home", player="p"),
            ],
            {},
            None,
        ),
        ([claim("DECLARED", "home")], TEST, "declared"),
        ([claim("OVERS_SET", detail={"overs": 2}), *overs("home", 1, 2)], {}, "overs"),
    ],
)
def test_what_ends_an_innings(claims: list, rules: dict, closed: str | None) -> None:
    shown = board(CRICKET, START, *claims, rules=rules)
    assert shown.detail["innings"]["1"].get("closed") == closed
    assert (shown.status, shown.period) == (("break", "INN1 END") if closed else ("live", "INN1"))


def test_a_said_end_doubles_nothing() -> None:
    derived = board(CRICKET, *SIX, rules=SHORT)
    said = board(CRICKET, *SIX, claim("PERIOD_END", period=1), rules=SHORT)
    assert derived == said
    for kind in ("GAME_END", "GAME_FINAL"):
        over = board(CRICKET, *SIX, *overs("away", 2, 1), claim(kind), rules=SHORT)
        assert over.detail["result"]["margin"] == 6


def test_an_end_that_was_derived_refuses_no_ball() -> None:
    """It may have been derived too early: a later no-ball can be amended into an earlier ball."""
    state = fold(CRICKET, *SIX, *overs("away", 2, 1, 6), rules=SHORT)
    assert CRICKET.board(state).status == "ended"
    more = ball("away", 2, runs=1)
    assert plays.rule(CRICKET, state, more) is None
    assert CRICKET.board(CRICKET.evolve(state, more, 1)).away == 37


@pytest.mark.parametrize(
    ("chase", "status", "result"),
    [
        ([6], "live", None),
        ([6, 1], "ended", {"outcome": "won", "winner": "away", "by": "wickets", "margin": 10}),
        ([1, 1, 1, 1, 1, 0], "ended", {"outcome": "won", "winner": "home", "by": "runs", "margin": 1}),
        ([1] * 6, "break", {"outcome": "tie"}),
    ],
)
def test_a_chase(chase: list[int], status: str, result: dict | None) -> None:
    shown = board(CRICKET, *SIX, *(ball("away", 2, runs=runs) for runs in chase), rules=SHORT)
    assert (shown.status, shown.detail.get("result"), shown.detail["target"]) == (status, result, 7)


def test_wickets_in_hand_are_the_margin() -> None:
    shown = board(CRICKET, *SIX, *wickets("away", 2, 3), *overs("away", 2, 1, 2), rules=SHORT)
    assert shown.detail["result"]["margin"] == 7


def test_a_tie_stands_where_no_super_over_breaks_it() -> None:
    tied = [*SIX, *overs("away", 2, 1, 1)]
    shown = board(CRICKET, *tied, rules={**SHORT, "super_over": False})
    assert (shown.status, shown.detail["result"]) == ("ended", {"outcome": "tie"})


def test_super_overs_until_one_decides() -> None:
    level = [*overs("away", 3, 1, 1), *overs("home", 4, 1, 1)]
    claims = [*SIX, *overs("away", 2, 1, 1), *level, *wickets("home", 5, 2), ball("away", 6, runs=1)]
    between = board(CRICKET, *claims[:-3], rules=SHORT)
    assert (between.status, between.period, between.detail["result"]) == (
        "break",
        "SO1 END",
        {"outcome": "tie"},
    )
    shown = board(CRICKET, *claims, rules=SHORT)
    assert (shown.home, shown.away, shown.status, shown.period) == (6, 6, "ended", "SO2 END")
    assert list(shown.linescore) == ["1", "2"]
    assert shown.detail["super_overs"] == {
        "1": {
            "away": {"runs": 6, "wickets": 0, "overs": "1", "closed": "overs"},
            "home": {"runs": 6, "wickets": 0, "overs": "1", "closed": "overs"},
        },
        "2": {
            "home": {"runs": 0, "wickets": 2, "overs": "0", "closed": "all_out"},
            "away": {"runs": 1, "wickets": 0, "overs": "0.1", "closed": "target"},
        },
    }
    assert shown.detail["result"] == {"outcome": "tie", "winner": "away", "by": "super_over"}


def test_a_match_of_four_innings() -> None:
    claims = [
        *overs("home", 1, 5, 2),
        claim("DECLARED", "home", period=1),
        *overs("away", 2, 2, 2),
        *wickets("away", 2, 10),
        *overs("home", 3, 1, 1),
        claim("DECLARED", "home", period=3),
    ]
    shown = board(CRICKET, *claims, rules={**TEST, "follow_on": 30})
    assert (shown.home, shown.away, shown.status) == (66, 24, "break")
    assert "result" not in shown.detail
    chase = [*overs("away", 4, 3, 2), *wickets("away", 4, 10)]
    lost = board(CRICKET, *claims, *chase, rules=TEST)
    assert (lost.detail["target"], lost.status) == (43, "ended")
    assert lost.detail["result"] == {"outcome": "won", "winner": "home", "by": "runs", "margin": 6}
    won = board(CRICKET, *claims, *overs("away", 4, 2, 4), rules=TEST)
    assert won.detail["result"] == {"outcome": "won", "winner": "away", "by": "wickets", "margin": 10}


FOLLOWED = [
    *overs("home", 1, 5, 2),
    claim("DECLARED", "home", period=1),
    *overs("away", 2, 2, 1),
    *wickets("away", 2, 10),
]
"""60 and 12: the away side may be made to follow on."""


def test_a_follow_on() -> None:
    rules = {**TEST, "follow_on": 48}
    assert board(CRICKET, *FOLLOWED, rules=rules).detail["follow_on"] == "possible"
    assert "follow_on" not in board(CRICKET, *FOLLOWED, rules={**TEST, "follow_on": 49}).detail
    again = [*FOLLOWED, claim("FOLLOW_ON", "away"), claim("PERIOD_START", period=3)]
    shown = board(CRICKET, *again, rules=rules)
    assert (shown.detail["follow_on"], shown.detail["batting"]) == ("enforced", "away")
    assert "follow_on" not in board(CRICKET, *FOLLOWED, claim("PERIOD_START", period=3), rules=rules).detail
    beaten = board(CRICKET, *again, *wickets("away", 3, 10), rules=rules)
    assert beaten.detail["result"] == {"outcome": "won", "winner": "home", "by": "innings", "margin": 48}
    assert (beaten.status, beaten.period) == ("ended", "INN3 END")


def test_time_runs_out_and_the_match_is_drawn() -> None:
    claims = [*FOLLOWED, *overs("away", 3, 1, 1), claim("PERIOD_END", period=3)]
    assert board(CRICKET, *claims, rules=TEST).status == "break"
    shown = board(CRICKET, *claims, claim("GAME_END"), rules=TEST)
    assert (shown.status, shown.detail["result"]) == ("ended", {"outcome": "draw"})


def test_a_reason_tells_what_the_plays_cannot() -> None:
    ended = claim("PERIOD_END", period=3, detail={"reason": "all_out"})
    shown = board(CRICKET, *FOLLOWED, *overs("away", 3, 1, 1), ended, rules=TEST)
    assert shown.detail["result"]["by"] == "innings"
    odd = claim("PERIOD_END", period=1, detail={"reason": "bees"})
    assert board(CRICKET, START, odd, ball()).detail["innings"]["1"]["closed"] == "ended"


def test_a_forfeited_innings_has_been_played() -> None:
    claims = [*SIX, claim("DECLARED", "home"), claim("INNINGS_FORFEITED", "away", period=2)]
    shown = board(CRICKET, *claims, rules=TEST)
    assert (shown.period, shown.detail["innings"]["2"]["closed"]) == ("INN2 END", "forfeited")
    shown = board(CRICKET, *claims, claim("INNINGS_FORFEITED", "home"), ball("away", 4), rules=TEST)
    assert (shown.period, shown.detail["target"], shown.status) == ("INN4", 7, "live")


@pytest.mark.parametrize(
    ("claims", "status", "result"),
    [
        ([claim("GAME_ABANDONED")], "abandoned", {"outcome": "no_result"}),
        ([START, claim("GAME_ABANDONED")], "abandoned", {"outcome": "no_result"}),
        (
            [*SIX, ball("away", 2), claim("PERIOD_END", period=2), claim("GAME_ABANDONED")],
            "abandoned",
            {"outcome": "no_result"},
        ),
        (
            [*SIX, *overs("away", 2, 1), claim("PERIOD_END", period=2), claim("GAME_ABANDONED")],
            "abandoned",
            {"outcome": "won", "winner": "home", "by": "runs", "margin": 6},
        ),
        (
            [START, claim("GAME_RETIRED", "home")],
            "retired",
            {"outcome": "won", "winner": "away", "by": "concession"},
        ),
        (
            [START, claim("GAME_FORFEITED", "home")],
            "forfeited",
            {"outcome": "won", "winner": "away", "by": "forfeit"},
        ),
        (
            [claim("GAME_WALKOVER", "home")],
            "walkover",
            {"outcome": "won", "winner": "home", "by": "walkover"},
        ),
        (
            [START, claim("GAME_AWARDED", "away", detail={"home": 0, "away": 1})],
            "awarded",
            {"outcome": "won", "winner": "away", "by": "award"},
        ),
        ([*SIX, *overs("away", 2, 1), claim("GAME_VOID")], "void", None),
    ],
)
def test_sides_exits(claims: list, status: str, result: dict | None) -> None:
    shown = board(CRICKET, *claims, rules=SHORT)
    assert (shown.status, shown.detail.get("result")) == (status, result)


def test_a_test_match_abandoned_on_its_way_is_drawn() -> None:
    assert board(CRICKET, START, claim("GAME_ABANDONED"), rules=TEST).detail["result"] == {"outcome": "draw"}
    decided = [*SIX, *overs("away", 2, 1), claim("GAME_ABANDONED")]
    assert board(CRICKET, *decided, rules=SHORT).detail["result"]["winner"] == "home"


def test_a_forfeit_keeps_the_runs_and_an_award_imposes_its_own() -> None:
    forfeited = board(CRICKET, *SIX, claim("GAME_FORFEITED", "home"))
    assert (forfeited.home, forfeited.away) == (6, 0)
    awarded = board(CRICKET, *SIX, claim("GAME_AWARDED", "away", detail={"home": 0, "away": 1}))
    assert (awarded.home, awarded.away, awarded.linescore["1"]["home"]) == (0, 1, 6)


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    state = fold(CRICKET, *SIX, claim(kind, "away", period=2), rules=SHORT)
    shown = CRICKET.board(state)
    assert (shown.status, shown.period, shown.detail["batting"]) == ("live", "INN2", "away")
    late = claim("PERIOD_START", period=2)
    assert plays.rule(CRICKET, state, late) is None
    assert CRICKET.board(CRICKET.evolve(state, late, 9)) == shown


def test_an_undone_end_opens_the_innings_again() -> None:
    claims = [START, ball(runs=1), claim("PERIOD_END", period=1)]
    assert board(CRICKET, *claims).detail["innings"]["1"]["closed"] == "ended"
    shown = board(CRICKET, *claims, claim("GAME_RESUMED"))
    assert (shown.status, shown.period) == ("live", "INN1")
    assert "closed" not in shown.detail["innings"]["1"]


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (ball(runs=4, over="17.3"), {}, None),
        (ball(runs=-1), {}, "wrong_detail"),
        (ball(over=17.3), {}, "wrong_detail"),
        (ball(over="17/3"), {}, "wrong_detail"),
        (claim("BALL", period=1), {}, "team_missing"),
        (ball(period=22), {}, None),
        (ball(period=23), {}, "period_out_of_range"),
        (ball(period=3), {"super_over": False}, "period_out_of_range"),
        (ball(period=4), TEST, None),
        (claim("TOSS", "home", detail={"decision": "bowl"}), {}, "wrong_detail"),
        (claim("TARGET_SET"), {}, "wrong_detail"),
        (claim("TARGET_SET", detail={"target": 168, "overs": 36}), {}, None),
        (claim("OVERS_SET", detail={"overs": 0}), {}, "wrong_detail"),
        (claim("RESULT"), {}, "wrong_detail"),
        (claim("RESULT", detail={"outcome": "won"}), {}, "team_missing"),
        (claim("RESULT", detail={"outcome": "lost"}), {}, "wrong_detail"),
        (claim("RESULT", detail={"outcome": "draw"}), {}, None),
        (claim("SCORE_SET", detail={"home": 1, "away": 0, "overs": 3}), {}, "wrong_detail"),
        (claim("SCORE_SET", detail={"home": 1, "away": 0, "overs": "3", "wickets": 1}), {}, None),
        (claim("WICKET_CANCELLED"), {}, "target_missing"),
        (claim("BALL", period=99, action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: ProviderEvent, rules: dict, rule: str | None) -> None:
    assert misshapen(CRICKET, one, rules) == rule


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), ball(period=None), "game_not_started"),
        ((), ball(), None),
        ((), claim("TOSS", "home"), None),
        ((START,), ball("away"), "wrong_batting_side"),
        ((START,), ball("away", 2), None),
        ((claim("PERIOD_START", period=1),), ball("away"), None),
        ((START,), claim("DECLARED", "away"), "wrong_batting_side"),
        ((START,), claim("PENALTY_RUNS", "away"), None),
        ((*SIX, claim("PERIOD_START", period=2)), ball("home", 2), None),
        (
            (START, claim("WICKET", "home", player="p")),
            claim("WICKET", "home", player="p"),
            "player_already_out",
        ),
        ((START, claim("WICKET", "home", player="p")), claim("WICKET", "home", period=2, player="p"), None),
        ((START, claim("WICKET", "home", player="p")), claim("WICKET", "home", player="q"), None),
        ((START, claim("GAME_END")), ball(), "game_ended"),
        ((START, claim("GAME_END")), claim("WICKET", "home"), None),
        ((START, claim("GAME_FINAL")), claim("REVIEW_ENDED"), "game_over"),
        ((START, claim("GAME_FINAL")), claim("SCORE_SET", detail={"home": 1, "away": 0}), None),
        ((START, claim("GAME_FINAL")), claim("WICKET_CANCELLED", "home"), None),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)
def test_refused_by_the_state(claims: tuple, one: ProviderEvent, rule: str | None) -> None:
    assert plays.rule(CRICKET, fold(CRICKET, *claims), one) == rule


def test_what_does_not_concern_the_board_is_not_lost() -> None:
    state = fold(CRICKET, START)
    for one in (
        claim("NO_SUCH_TYPE"),
        claim("LINEUP", "home"),
        claim("SUBSTITUTION", "home"),
        claim("GAME_POSTPONED"),
        claim("REVIEW_ENDED"),
        ball(confirmation="cancelled"),
    ):
        assert CRICKET.evolve(state, one, 1) is state


def test_every_play_that_is_handled_is_in_the_table() -> None:
    assert set(TOLD) <= set(EVENTS)
    assert set(OPEN_PLAY) <= set(EVENTS)


def test_tentative_runs_count_and_say_so() -> None:
    shown = board(CRICKET, START, ball(runs=4), ball(runs=6, confirmation="tentative"))
    assert (shown.home, shown.detail["tentative"]) == (10, {"home": 6})


def test_a_balls_patch_is_small() -> None:
    """The parts that a ball leaves alone are the same objects."""
    before = fold(
        CRICKET, claim("TOSS", "home", detail={"decision": "bat"}), *SIX, ball("away", 2), rules=SHORT
    )
    after = CRICKET.evolve(before, ball("away", 2, runs=1), 1)
    assert after.detail["toss"] is before.detail["toss"]
    assert after.detail["innings"]["1"] is before.detail["innings"]["1"]
    assert after.tally.linescore["1"] is before.tally.linescore["1"]


WHOLE = [
    claim("TOSS", "away", detail={"decision": "field"}),
    claim("PERIOD_START", period=1),
    *(ball("home", 1, runs=1, over=f"0.{number}") for number in range(1, 7)),
    claim("WICKET", "home", period=1, player="p1"),
    claim("REVIEW_STARTED", "home", period=1),
    claim("REVIEW_ENDED", "home", period=1, detail={"decision": "upheld"}),
    claim("WICKET_CANCELLED", "home", period=1),
    claim("BATTER_RETIRED", "home", period=1, player="p2"),
    claim("DECLARED", "home", period=1),
    claim("PERIOD_END", period=1),
    claim("GAME_INTERRUPTED"),
    claim("GAME_RESUMED"),
    claim("TARGET_SET", period=2, detail={"target": 4, "overs": 1}),
    claim("PERIOD_START", period=2, team="away"),
    claim("PENALTY_RUNS", "home", period=2),
    ball("away", 2, runs=6),
    claim("WICKET", "away", period=2, player="p1"),
    claim("PERIOD_END", period=2),
    ball("away", 3, runs=6),
    ball("home", 4, runs=6),
    claim("RESULT", "away", detail={"outcome": "won", "by": "wickets", "margin": 9}),
    claim("GAME_END"),
    claim("GAME_FINAL"),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(CRICKET, WHOLE, heard)


DETAILS = st.dictionaries(
    st.sampled_from(
        ["runs", "wides", "noballs", "over", "target", "overs", "outcome", "decision", "home", "away"]
    ),
    st.one_of(st.integers(-2, 40), st.sampled_from(["0.3", "19.6", "bat", "tie", "won", "x"]), st.booleans()),
    max_size=3,
)
RULES = st.sampled_from([{}, SHORT, TEST, {"players": 2}, {"super_over": False}])


@given(RULES, st.lists(st.tuples(any_claim(CRICKET), DETAILS), max_size=30))
def test_evolve_is_total_and_the_board_can_be_patched(rules: dict, claims: list) -> None:
    state = CRICKET.begin(rules)
    for one, detail in claims:
        state = CRICKET.evolve(state, plays_with(one, detail), 7)
        shown = CRICKET.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


def plays_with(one: ProviderEvent, detail: dict) -> ProviderEvent:
    return claim(
        one.type,
        one.team,
        period=one.period,
        player=one.player,
        detail={**one.detail, **detail},
        action=one.action,
        confirmation=one.confirmation,
    )


@given(RULES, st.lists(st.tuples(any_claim(CRICKET), DETAILS), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_sum_of_the_runs_of_what_was_accepted(rules: dict, claims: list) -> None:
    state, runs = CRICKET.begin(rules), {"home": 0, "away": 0}
    for given_, detail in claims:
        one = plays_with(given_, detail)
        if CRICKET.check(rules, one) or CRICKET.decide(state, one):
            continue
        period = one.period or state.course.period or 1
        state = CRICKET.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled" or one.type not in EVENTS:
            continue
        if one.type == "SCORE_SET":
            runs = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type == "PENALTY_RUNS" and period <= state.rules.last:
            runs[one.team or "home"] += int(one.detail.get("runs", 5))
        elif one.type == "BALL" and period <= state.rules.last:
            runs[one.team or "home"] += total(one)[0]
    assert (state.tally.home, state.tally.away) == (runs["home"], runs["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in state.tally.linescore.values()) == runs[side]

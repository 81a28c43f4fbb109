"""Soccer, rule by rule: periods and clock, goals, cards, reviews, shoot-outs, what is refused."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.providers import statsbomb
from scorewire.sports.soccer import EVENTS, OPEN_PLAY, SOCCER
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

START = claim("PERIOD_START", period=1)
FIRST_HALF = (START, claim("PERIOD_END", period=1, clock="45+2:10"))
SECOND = claim("PERIOD_START", period=2)
FULL_TIME = (*FIRST_HALF, SECOND, claim("PERIOD_END", period=2, clock="90+4:30"))
EXTRA_TIME = (
    *FULL_TIME,
    claim("PERIOD_START", period=3),
    claim("PERIOD_END", period=3),
    claim("PERIOD_START", period=4),
    claim("PERIOD_END", period=4),
)
SHOOTOUT = (*EXTRA_TIME, claim("PERIOD_START", period=5))


@pytest.mark.parametrize(
    ("claims", "status", "label", "display", "running"),
    [
        ((), "scheduled", "", None, None),
        ((claim("PRE_GAME"),), "pre", "", None, None),
        ((START,), "live", "1H", "0:00", True),
        (FIRST_HALF, "break", "HT", "45+2:10", False),
        ((*FIRST_HALF, SECOND), "live", "2H", "45:00", True),
        (FULL_TIME, "break", "FT", "90+4:30", False),
        ((*FULL_TIME, claim("GAME_END")), "ended", "FT", "90+4:30", False),
        ((*FULL_TIME, claim("GAME_END"), claim("GAME_FINAL")), "final", "FT", "90+4:30", False),
        ((*FULL_TIME, claim("GAME_END"), claim("PERIOD_START", period=3)), "live", "ET1", "90:00", True),
        (EXTRA_TIME[:-2], "break", "ETHT", "105:00", False),
        (EXTRA_TIME[:-1], "live", "ET2", "105:00", True),
        (EXTRA_TIME, "break", "AET", "120:00", False),
        ((*EXTRA_TIME, claim("GAME_END")), "ended", "AET", "120:00", False),
        (SHOOTOUT, "live", "PEN", "120:00", False),
        ((*SHOOTOUT, claim("GAME_END")), "ended", "PEN", "120:00", False),
        ((START, claim("GAME_INTERRUPTED", clock="22:41")), "interrupted", "1H", "22:41", False),
        ((START, claim("GAME_SUSPENDED"), claim("GAME_RESUMED")), "live", "1H", "0:00", True),
        ((*FIRST_HALF, claim("GAME_DELAYED"), claim("GAME_RESUMED")), "break", "HT", "45+2:10", False),
        ((START, claim("GAME_ABANDONED")), "abandoned", "1H", "0:00", False),
        ((*FIRST_HALF, claim("GAME_RESUMED")), "live", "1H", "45+2:10", True),
        ((START, claim("GAME_END")), "ended", "FT", "0:00", False),
        ((START, claim("CLOCK_SET", clock="46:30"), claim("PERIOD_END")), "break", "HT", "45+1:30", False),
        ((*FIRST_HALF, claim("PERIOD_END", period=2)), "break", "FT", "90:00", False),
        ((*SHOOTOUT, claim("GAME_SUSPENDED"), claim("GAME_RESUMED")), "live", "PEN", "120:00", False),
    ],
)
def test_phases(claims: tuple, status: str, label: str, display: str | None, running: bool | None) -> None:
    shown = board(SOCCER, *claims)
    assert (shown.status, shown.period) == (status, label)
    assert (shown.clock.display if shown.clock else None) == display
    assert (shown.clock.running if shown.clock else None) == running


def test_a_half_without_goals_shows_nil_nil() -> None:
    assert board(SOCCER, *FIRST_HALF, SECOND).linescore == {
        "1": {"home": 0, "away": 0},
        "2": {"home": 0, "away": 0},
    }


def test_the_shoot_out_has_no_line() -> None:
    assert set(board(SOCCER, *SHOOTOUT).linescore) == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("one", "display", "seconds", "running"),
    [
        (claim("GOAL", "home", period=1, clock="22:41"), "22:41", 1361, True),
        (claim("GOAL", "home", period=1, clock="45+2:10"), "45+2:10", 2830, True),
        (claim("GOAL", "home", period=1, clock="47:10"), "45+2:10", 2830, True),
        (claim("GOAL", "home", period=1, clock="23"), "0:00", 0, True),
        (claim("GOAL", "home", period=1), "0:00", 0, True),
        (claim("CORNER", "home", period=1, clock="22:41"), "0:00", 0, True),
        (claim("CLOCK_SET", clock="22:41"), "22:41", 1361, True),
        (claim("CLOCK_SET", clock="22", detail={"running": False}), "22:00", 1320, False),
        (claim("CLOCK_STOP", clock="22:41"), "22:41", 1361, False),
        (claim("CLOCK_STOP"), "0:00", 0, False),
        (claim("CLOCK_START", clock="0:03"), "0:03", 3, True),
    ],
)
def test_what_sets_the_clock(one: object, display: str, seconds: int, running: bool) -> None:
    clock = board(SOCCER, START, one).clock
    assert (clock.display, clock.seconds, clock.running) == (display, seconds, running)


def test_a_standing_clock_takes_a_bare_minute() -> None:
    clock = board(SOCCER, START, claim("CLOCK_STOP"), claim("RED_CARD", "home", clock="23")).clock
    assert (clock.display, clock.running) == ("23:00", False)


def test_a_card_of_the_first_half_shown_in_the_second_leaves_the_clock() -> None:
    assert (
        board(SOCCER, *FIRST_HALF, SECOND, claim("RED_CARD", "home", period=1, clock="44:10")).clock.display
        == "45:00"
    )


def test_a_card_in_the_break_leaves_the_clock() -> None:
    assert (
        board(SOCCER, *FIRST_HALF, claim("RED_CARD", "home", period=1, clock="46:00")).clock.display
        == "45+2:10"
    )


def test_a_clock_can_be_started_before_any_period() -> None:
    assert board(SOCCER, claim("CLOCK_START")).clock.display == "0:00"
    assert board(SOCCER, claim("CLOCK_STOP")).clock is None
    assert board(SOCCER, claim("CLOCK_SET", clock="22:41")).clock.display == "22:41"
    assert (
        board(SOCCER, *FIRST_HALF, SECOND, claim("CLOCK_STOP"), claim("CLOCK_START")).clock.display == "45:00"
    )


def test_a_kick_off_told_late_starts_where_it_says() -> None:
    assert board(SOCCER, claim("PERIOD_START", period=1, clock="1:30")).clock.display == "1:30"


def test_a_game_of_youths_is_shorter() -> None:
    rules = {"half_minutes": 40, "extra_time_minutes": 10}
    shown = board(SOCCER, *FIRST_HALF[:1], claim("PERIOD_END", period=1), SECOND, rules=rules)
    assert shown.clock.display == "40:00"
    assert misshapen(SOCCER, claim("GOAL", "home", period=1, clock="40+2"), rules) is None
    assert misshapen(SOCCER, claim("GOAL", "home", period=1, clock="45+2"), rules) == "clock_outside_period"


@pytest.mark.parametrize(
    ("period", "clock", "rule"),
    [
        (1, "0:00", None),
        (1, "45+30:00", None),
        (1, "75:01", "clock_outside_period"),
        (1, "45+31", "clock_outside_period"),
        (1, "90+2", "clock_outside_period"),
        (2, "45:00", None),
        (2, "44:59", "clock_outside_period"),
        (2, "90+12", None),
        (2, "45+2", "clock_outside_period"),
        (2, "120:01", "clock_outside_period"),
        (3, "89:59", "clock_outside_period"),
        (3, "105+1", None),
        (4, "104:59", "clock_outside_period"),
        (4, "120+5:00", None),
        (5, "0:00", None),
        (5, "121:00", None),
        (None, "45+2", None),
        (None, "120+2", None),
        (None, "50+2", "clock_outside_period"),
        (None, "150:01", "clock_outside_period"),
    ],
)
def test_clock_within_its_period(period: int | None, clock: str, rule: str | None) -> None:
    assert misshapen(SOCCER, claim("FOUL", "home", period=period, clock=clock)) == rule


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("FOUL", "home", period=6), {}, "period_out_of_range"),
        (claim("FOUL", "home", period=5), {"shootout": False}, "period_out_of_range"),
        (claim("FOUL", "home", period=3), {"extra_time": False}, "period_out_of_range"),
        (claim("FOUL", "home", period=5), {"extra_time": False}, None),
        (claim("FOUL", "home", clock="100:00"), {"extra_time": False}, None),
        (claim("FOUL", "home", clock="121:00"), {"extra_time": False}, "clock_outside_period"),
        (claim("GOAL", "home", period=5), {}, "goal_in_shootout"),
        (claim("SHOOTOUT_GOAL", "home", period=4), {}, "shootout_outside_period"),
        (claim("SHOOTOUT_MISS", "home", period=5), {}, None),
        (claim("ADDED_TIME"), {}, "wrong_detail"),
        (claim("ADDED_TIME", detail={"minutes": 4}), {}, None),
        (claim("ADDED_TIME", detail={"minutes": "4"}), {}, "wrong_detail"),
        (claim("VAR_STARTED", detail={"subject": "goal"}), {}, None),
        (claim("VAR_STARTED", detail={"subject": "throw_in"}), {}, "wrong_detail"),
        (claim("VAR_ENDED", detail={"decision": "no_goal"}), {}, None),
        (claim("VAR_ENDED", detail={"decision": "upheld"}), {}, "wrong_detail"),
        (claim("GOAL", "home", detail={"own_goal": "yes"}), {}, "wrong_detail"),
        (claim("SHOT", "home", detail={"outcome": "in"}), {}, "wrong_detail"),
        (claim("FOUL", "home", period=9, action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: object, rules: dict, rule: str | None) -> None:
    assert misshapen(SOCCER, one, rules) == rule


def test_goals_by_side_and_half() -> None:
    shown = board(
        SOCCER,
        START,
        claim("GOAL", "home", period=1, clock="22:41", detail={"penalty": True}),
        claim("GOAL", "away", detail={"own_goal": True}),
        SECOND,
        claim("GOAL", "home"),
        claim("GOAL", "home", confirmation="cancelled"),
        claim("GOAL", "home", action="retract"),
    )
    assert (shown.home, shown.away) == (2, 1)
    assert shown.linescore == {"1": {"home": 1, "away": 1}, "2": {"home": 1, "away": 0}}
    assert shown.detail == {"stats": {"home": {"shots": 2}}}


def test_a_tentative_goal_counts_and_is_flagged() -> None:
    shown = board(SOCCER, START, claim("GOAL", "away", confirmation="tentative"))
    assert shown.away == 1
    assert shown.detail["tentative"] == {"away": 1}
    assert "tentative" not in board(SOCCER, START, claim("RED_CARD", "away", confirmation="tentative")).detail


def test_cards() -> None:
    shown = board(
        SOCCER,
        START,
        claim("YELLOW_CARD", "home", player="p1"),
        claim("SECOND_YELLOW_CARD", "home", player="p1"),
        claim("RED_CARD", "away"),
    )
    assert shown.detail == {"cards": {"home": {"yellow": 1, "red": 1}, "away": {"red": 1}}}


@pytest.mark.parametrize("first", ["RED_CARD", "SECOND_YELLOW_CARD"])
@pytest.mark.parametrize("second", ["RED_CARD", "SECOND_YELLOW_CARD"])
def test_nobody_is_sent_off_twice(first: str, second: str) -> None:
    state = fold(SOCCER, START, claim(first, "home", player="p1"))
    assert plays.rule(SOCCER, state, claim(second, "home", player="p1")) == "player_already_sent_off"
    assert plays.rule(SOCCER, state, claim(second, "home", player="p2")) is None
    assert plays.rule(SOCCER, state, claim(second, "home")) is None
    assert plays.rule(SOCCER, state, claim("YELLOW_CARD", "home", player="p1")) is None


def test_statistics_by_side() -> None:
    kinds = ["SHOT", "CORNER", "CORNER", "OFFSIDE", "FOUL", "PENALTY_MISSED", "SAVE", "SUBSTITUTION"]
    shown = board(SOCCER, START, *(claim(kind, "away") for kind in kinds))
    assert shown.detail == {"stats": {"away": {"shots": 2, "corners": 2, "offsides": 1, "fouls": 1}}}


@pytest.mark.parametrize(
    ("subject", "closing", "open_still"),
    [
        ("goal", claim("VAR_ENDED", detail={"decision": "goal"}), False),
        ("goal", claim("GOAL_CANCELLED", "home"), False),
        ("goal", claim("CARD_CANCELLED", "home"), True),
        ("penalty", claim("PENALTY_CANCELLED", "home"), False),
        ("penalty", claim("PENALTY_AWARDED", "home"), True),
        ("red_card", claim("CARD_CANCELLED", "home"), False),
        ("mistaken_identity", claim("CARD_CANCELLED", "home"), False),
        ("mistaken_identity", claim("GOAL_CANCELLED", "home"), True),
        ("goal", claim("PERIOD_END", period=1), True),
        ("goal", SECOND, False),
        ("goal", claim("SHOT", "home", period=2), False),
        ("goal", claim("GAME_END"), False),
        ("goal", claim("GAME_ABANDONED"), False),
    ],
)
def test_a_review_is_open_until_it_is_answered(subject: str, closing: object, open_still: bool) -> None:
    started = claim("VAR_STARTED", detail={"subject": subject})
    assert board(SOCCER, START, started).detail == {"review": subject}
    assert ("review" in board(SOCCER, START, started, closing).detail) is open_still


def test_a_review_of_nothing_in_particular() -> None:
    assert board(SOCCER, START, claim("VAR_STARTED")).detail == {"review": "incident"}


def test_a_cancelled_goal_is_not_folded_and_its_cancellation_changes_nothing_else() -> None:
    state = fold(SOCCER, START)
    assert SOCCER.evolve(state, claim("GOAL_CANCELLED", "home"), 5) is state


def test_a_shoot_out_is_stated_with_the_score() -> None:
    for home, away, winner in ((4, 2, {"winner": "home"}), (3, 5, {"winner": "away"}), (1, 1, {})):
        said = {"home": 1, "away": 1, "shootout_home": home, "shootout_away": away}
        shown = board(SOCCER, claim("SCORE_SET", detail=said))
        assert (shown.home, shown.detail) == (1, {"shootout": {"home": home, "away": away, **winner}})
        wrong = {**said, "shootout_home": "4"}
        assert misshapen(SOCCER, claim("SCORE_SET", detail=wrong)) == "wrong_detail"


def test_added_time_lasts_until_the_whistle() -> None:
    added = claim("ADDED_TIME", detail={"minutes": 4})
    assert board(SOCCER, START, added).detail == {"added_time": 4}
    assert board(SOCCER, START, added, claim("PERIOD_END", period=1)).detail == {}


def test_a_shoot_out_stands_apart_from_the_score() -> None:
    kicks = [
        claim("SHOOTOUT_GOAL", "home"),
        claim("SHOOTOUT_MISS", "away"),
        claim("SHOOTOUT_GOAL", "home", period=5),
    ]
    shown = board(SOCCER, *SHOOTOUT, *kicks)
    assert (shown.home, shown.away) == (0, 0)
    assert shown.detail == {"shootout": {"home": 2, "away": 0, "taken": {"home": 2, "away": 1}}}


def test_a_kick_after_the_decision_is_not_refused() -> None:
    decided = fold(
        SOCCER,
        *SHOOTOUT,
        claim("SHOOTOUT_GOAL", "home"),
        claim("SHOOTOUT_MISS", "away"),
        rules={"shootout_kicks": 1},
    )
    assert decided.detail["shootout"]["winner"] == "home"
    assert plays.rule(SOCCER, decided, claim("SHOOTOUT_GOAL", "away", period=5)) is None


def test_a_kick_implies_the_shoot_out_and_needs_its_period() -> None:
    state = fold(SOCCER, *EXTRA_TIME)
    kick = claim("SHOOTOUT_GOAL", "away")
    assert plays.rule(SOCCER, state, kick) == "shootout_outside_period"
    assert plays.rule(SOCCER, state, claim("SHOOTOUT_GOAL", "away", period=5)) is None
    shown = board(SOCCER, *EXTRA_TIME, claim("SHOOTOUT_GOAL", "away", period=5))
    assert (shown.status, shown.period) == ("live", "PEN")
    assert shown.detail["shootout"] == {"home": 0, "away": 1, "taken": {"away": 1}}


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    shown = board(SOCCER, *FIRST_HALF, claim(kind, "home", period=2), claim("PERIOD_START", period=2))
    assert (shown.status, shown.period, shown.clock.display, shown.clock.running) == (
        "live",
        "2H",
        "45:00",
        True,
    )


def test_an_announcement_after_the_play_that_implied_it_leaves_the_clock() -> None:
    goal = claim("GOAL", "home", period=2, clock="46:10")
    late = claim("PERIOD_START", period=2, clock="45:00")
    state = fold(SOCCER, *FIRST_HALF, goal)
    assert plays.rule(SOCCER, state, late) is None
    assert SOCCER.board(SOCCER.evolve(state, late, 9)).clock.display == "46:10"


@pytest.mark.parametrize("kind", ["YELLOW_CARD", "RED_CARD", "SUBSTITUTION", "LINEUP", "VAR_ENDED", "INJURY"])
def test_what_comes_in_the_break_does_not_end_it(kind: str) -> None:
    state = fold(SOCCER, *FIRST_HALF)
    one = claim(kind, "home", period=2)
    assert plays.rule(SOCCER, state, one) is None
    assert SOCCER.board(SOCCER.evolve(state, one, 9)).status == "break"


def test_touches_change_nothing_and_are_never_refused() -> None:
    final = fold(SOCCER, *FULL_TIME, claim("GAME_FINAL"))
    for kind, spec in EVENTS.items():
        if spec.level == "touch":
            one = claim(kind, "home", period=3)
            assert plays.rule(SOCCER, final, one) is None
            assert SOCCER.evolve(final, one, 9) is final


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("GOAL", "home"), "game_not_started"),
        ((), claim("GOAL", "home", period=1, clock="22:41"), None),
        ((), claim("RED_CARD", "home"), None),
        ((claim("GAME_POSTPONED"),), claim("SHOOTOUT_GOAL", "home", period=5), "game_not_started"),
        ((claim("GAME_POSTPONED"),), claim("GOAL", "home", period=1), "game_not_started"),
        (FULL_TIME, claim("GOAL", "home", period=2), None),
        ((*FULL_TIME, claim("GAME_END")), claim("GOAL", "home", period=2), "game_ended"),
        ((*FULL_TIME, claim("GAME_END")), claim("RED_CARD", "home", period=2), None),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("RED_CARD", "home", period=2), "game_over"),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("GOAL_CANCELLED", "home"), None),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("PERIOD_START", period=3), "illegal_transition"),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("GAME_RESUMED"), "illegal_transition"),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("GAME_AWARDED"), None),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("GOAL", "home", action="retract"), None),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)
def test_refused_by_the_state(claims: tuple, one: object, rule: str | None) -> None:
    assert plays.rule(SOCCER, fold(SOCCER, *claims), one) == rule


def test_rulings_impose_a_score_and_replace_one_another() -> None:
    played = (*FIRST_HALF, claim("GOAL", "home", period=1), SECOND, claim("GAME_FINAL"))
    award = claim("GAME_AWARDED", detail={"home": 0, "away": 3})
    shown = board(SOCCER, *played, award)
    assert (shown.status, shown.home, shown.away) == ("awarded", 0, 3)
    assert shown.linescore["1"] == {"home": 1, "away": 0}
    shown = board(SOCCER, *played, award, claim("GAME_AWARDED", detail={"home": 2, "away": 0}))
    assert (shown.status, shown.home, shown.away) == ("awarded", 2, 0)
    shown = board(SOCCER, *played, award, claim("GAME_VOID"))
    assert (shown.status, shown.home, shown.away) == ("void", 1, 0)
    shown = board(SOCCER, claim("GAME_WALKOVER", "away"))
    assert (shown.status, shown.home, shown.away) == ("walkover", 0, 3)


def test_a_result_that_is_worse_for_the_side_at_fault_stands() -> None:
    goals = [claim("GOAL", "home") for _ in range(5)]
    shown = board(SOCCER, START, *goals, claim("GAME_FORFEITED", "away"))
    assert (shown.status, shown.home, shown.away) == ("forfeited", 5, 0)


def test_a_ruling_that_is_not_allowed_imposes_nothing() -> None:
    shown = board(SOCCER, START, claim("GAME_VOID"), claim("GAME_AWARDED", detail={"home": 3, "away": 0}))
    assert (shown.status, shown.home, shown.away) == ("void", 0, 0)


@pytest.mark.data
@pytest.mark.parametrize(("game", "score"), [("3788741", (0, 3)), ("15986", (2, 2))])
def test_a_real_game_is_accepted_whole_and_gives_its_result(
    shared_data, game: str, score: tuple[int, int]
) -> None:
    folder = shared_data / "soccer" / "statsbomb"
    body = gzip.decompress((folder / f"{game}_events.json.gz").read_bytes())
    lineups = (folder / f"{game}_lineups.json").read_bytes()
    state = SOCCER.begin({})
    for one in statsbomb.decode(body, game, {"lineups": lineups}).events:
        assert misshapen(SOCCER, one) is None
        assert plays.rule(SOCCER, state, one) is None
        state = SOCCER.evolve(state, one, 1)
    shown = SOCCER.board(state)
    assert (shown.home, shown.away, shown.period) == (*score, "FT")
    assert shown.status in {"ended", "final"}


WHOLE = [
    claim("LINEUP", "home"),
    claim("PRE_GAME"),
    START,
    claim("GOAL", "home", period=1, clock="22:41"),
    claim("VAR_STARTED", detail={"subject": "goal"}),
    claim("GOAL_CANCELLED", "home"),
    claim("GAME_INTERRUPTED"),
    claim("GAME_RESUMED"),
    claim("PERIOD_END", period=1),
    claim("SUBSTITUTION", "away", period=2),
    SECOND,
    claim("YELLOW_CARD", "home", period=2, player="p1"),
    claim("SECOND_YELLOW_CARD", "home", period=2, player="p1"),
    claim("CLOCK_STOP"),
    claim("CLOCK_START"),
    claim("PERIOD_END", period=2),
    claim("GAME_END"),
    claim("PERIOD_START", period=3),
    claim("GOAL", "home", period=3),
    claim("PERIOD_END", period=3),
    claim("PERIOD_START", period=4),
    claim("GOAL", "away", period=4),
    claim("PERIOD_END", period=4),
    claim("PERIOD_START", period=5),
    claim("SHOOTOUT_GOAL", "home", period=5),
    claim("SHOOTOUT_MISS", "away", period=5),
    claim("PERIOD_END", period=5),
    claim("GAME_END"),
    claim("GAME_FINAL"),
    claim("GAME_AWARDED", detail={"home": 3, "away": 0}),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(SOCCER, WHOLE, heard)


@given(st.lists(any_claim(SOCCER), max_size=30))
def test_evolve_is_total_and_the_board_can_be_patched(claims: list) -> None:
    state = SOCCER.begin({})
    for one in claims:
        state = SOCCER.evolve(state, one, 7)
        shown = SOCCER.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


@given(st.lists(any_claim(SOCCER), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_sum_of_the_points_of_what_was_accepted(claims: list) -> None:
    state, points = SOCCER.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if SOCCER.check({}, one) or SOCCER.decide(state, one):
            continue
        before, state = state, SOCCER.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled":
            continue
        if one.type == "SCORE_SET":
            points = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type in EVENTS:
            points[one.team or "home"] += EVENTS[one.type].points
            if EVENTS[one.type].level == "touch":
                assert state is before
    tally = state.tally
    assert (tally.home, tally.away) == (points["home"], points["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in tally.linescore.values()) == points[side]
    if tally.imposed is None:
        shown = SOCCER.board(state)
        assert (shown.home, shown.away) == (points["home"], points["away"])

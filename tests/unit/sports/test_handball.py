"""Handball, law by law: periods, the clock that stands, goals, the 7-metre shoot-out, what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports.handball import ENDS_ATTACK, EVENTS, HANDBALL, OPEN_PLAY, STANDS
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

START = claim("PERIOD_START", period=1)
LABELS = [
    ("1H", "HT"),
    ("2H", "FT"),
    ("ET1 1H", "ET1 HT"),
    ("ET1 2H", "AET1"),
    ("ET2 1H", "ET2 HT"),
    ("ET2 2H", "AET2"),
    ("7M", "7M"),
]


def periods(last: int) -> list:
    """Periods 1 to `last`, each begun and ended."""
    return [
        claim(kind, period=number) for number in range(1, last + 1) for kind in ("PERIOD_START", "PERIOD_END")
    ]


def test_labels() -> None:
    claims = periods(7)
    shown = [board(HANDBALL, *claims[: i + 1]) for i in range(14)]
    assert [one.period for one in shown] == [label for pair in LABELS for label in pair]
    assert [one.status for one in shown] == ["live", "break"] * 7
    assert board(HANDBALL).period == ""


@pytest.mark.parametrize(
    ("rules", "period", "display"),
    [
        ({}, 1, "0:00"),
        ({}, 2, "30:00"),
        ({}, 3, "60:00"),
        ({}, 6, "75:00"),
        ({"half_minutes": 25}, 2, "25:00"),
    ],
)
def test_a_period_starts_where_the_last_one_ended(rules: dict, period: int, display: str) -> None:
    clock = board(HANDBALL, claim("PERIOD_START", period=period), rules=rules).clock
    assert (clock.display, clock.running, clock.at) == (display, True, 1_000)


@pytest.mark.parametrize(("period", "display"), [(1, "30:00"), (2, "60:00"), (4, "70:00"), (6, "80:00")])
def test_a_period_ends_at_its_end(period: int, display: str) -> None:
    clock = board(HANDBALL, claim("PERIOD_START", period=period), claim("PERIOD_END", period=period)).clock
    assert (clock.display, clock.running) == (display, False)


AT = {"period": 1, "clock": "11:38"}


@pytest.mark.parametrize(
    ("claims", "display", "running"),
    [
        ((claim("GOAL", "home", **AT),), "11:38", True),
        ((claim("TIMEOUT", "home", **AT),), "11:38", False),
        ((claim("SUSPENSION", "home", **AT),), "11:38", False),
        ((claim("RED_CARD", "home", **AT),), "11:38", False),
        ((claim("TIMEOUT", "home", **AT), claim("SHOT", "away", **AT)), "11:38", False),
        ((claim("TIMEOUT", "home", **AT), claim("SHOT", "away", period=1, clock="11:50")), "11:50", True),
        ((claim("GOAL", "home", period=1, clock="23"),), "0:00", True),
        ((claim("TIMEOUT", "home", period=1, clock="23"),), "23:00", False),
        ((claim("CLOCK_STOP", clock="11:38"), claim("CLOCK_START")), "11:38", True),
        ((claim("CLOCK_SET", clock="12:00", detail={"running": False}),), "12:00", False),
        ((claim("GOAL", "home", period=1, clock="30:00"),), "30:00", False),
        ((claim("GAME_INTERRUPTED", clock="8:00"),), "8:00", False),
        ((claim("GAME_INTERRUPTED", clock="8:00"), claim("GAME_RESUMED")), "8:00", True),
        ((claim("GOAL", "home", period=2, clock="31:02"),), "31:02", True),
        ((claim("YELLOW_CARD", "home", period=2, clock="30:00"),), "0:00", True),
    ],
)
def test_what_sets_and_runs_the_clock(claims: tuple, display: str, running: bool) -> None:
    clock = board(HANDBALL, START, *claims).clock
    assert (clock.display, clock.running) == (display, running)


def test_a_restated_clock_is_the_same_object() -> None:
    shot = fold(HANDBALL, START, claim("SHOT", "home", **AT))
    assert HANDBALL.evolve(shot, claim("SAVE", "away", **AT), 9_000).clock is shot.clock


def test_goals_by_side_and_period() -> None:
    shown = board(
        HANDBALL,
        START,
        claim("GOAL", "home", period=1, clock="1:10"),
        claim("GOAL", "away", period=1, detail={"seven_metre": True}),
        claim("GOAL", "home", period=3),
        claim("SEVEN_METRE_MISSED", "away", period=3),
        claim("GOAL", "home", confirmation="cancelled"),
    )
    assert (shown.home, shown.away) == (2, 1)
    assert shown.linescore == {"1": {"home": 1, "away": 1}, "3": {"home": 1, "away": 0}}
    assert shown.detail["shots"] == {"home": 2, "away": 2}


def test_extra_time_is_played_to_its_end() -> None:
    assert board(HANDBALL, *periods(2), claim("GOAL", "home", period=3)).status == "live"


def test_tentative_goals_are_flagged() -> None:
    detail = board(HANDBALL, START, claim("GOAL", "away", confirmation="tentative")).detail
    assert detail["tentative"] == {"away": 1}


class TestShootout:
    LEVEL = (*periods(6), claim("PERIOD_START", period=7))

    def throws(self, text: str) -> list:
        """`H+ A-`: home scores, away does not."""
        return [
            claim(
                "SHOOTOUT_GOAL" if one[1] == "+" else "SHOOTOUT_MISS",
                "home" if one[0] == "H" else "away",
                period=7,
            )
            for one in text.split()
        ]

    def test_leaves_the_score_alone(self) -> None:
        shown = board(HANDBALL, *self.LEVEL, *self.throws("H+ A- H+ A- H+ A-"))
        assert (shown.home, shown.away, shown.status) == (0, 0, "ended")
        assert shown.detail["shootout"] == {
            "home": 3,
            "away": 0,
            "taken": {"home": 3, "away": 3},
            "winner": "home",
        }
        assert "7" not in shown.linescore

    @pytest.mark.parametrize(
        ("rules", "text", "status"),
        [
            ({}, "H+ A-", "live"),
            ({"shootout_throws": 1}, "H+ A-", "ended"),
            ({"shootout_throws": 1}, "H+ A+ H+ A+", "live"),
            ({"shootout_throws": 1}, "H+ A+ H- A+", "ended"),
        ],
    )
    def test_ends_the_game_when_it_is_decided(self, rules: dict, text: str, status: str) -> None:
        assert board(HANDBALL, *self.LEVEL, *self.throws(text), rules=rules).status == status

    def test_what_a_feed_says_of_the_end_changes_nothing(self) -> None:
        state = fold(HANDBALL, *self.LEVEL, *self.throws("H+ A- H+ A- H+ A-"))
        derived = HANDBALL.board(state)
        for one in (claim("PERIOD_END", period=7), claim("GAME_END")):
            assert plays.rule(HANDBALL, state, one) is None
            state = HANDBALL.evolve(state, one, 9)
        assert HANDBALL.board(state) == derived

    def test_its_start_is_implied(self) -> None:
        shown = board(HANDBALL, *periods(2), *self.throws("A+"))
        assert (shown.period, shown.detail["shootout"]["away"]) == ("7M", 1)


@pytest.mark.parametrize("closing", sorted(ENDS_ATTACK))
def test_forewarning_of_passive_play_ends_with_the_attack(closing: str) -> None:
    warned = claim("PASSIVE_PLAY", "home")
    assert board(HANDBALL, START, warned).detail == {"passive": "home"}
    assert "passive" not in board(HANDBALL, START, warned, claim(closing, "home")).detail


@pytest.mark.parametrize(
    ("rules", "claims", "left"),
    [
        ({}, [claim("TIMEOUT", "home")], {"home": 2, "away": 3}),
        ({}, [claim("TIMEOUT", "home", detail={"left": 0})], {"home": 0, "away": 3}),
        ({"timeouts": 1}, [claim("TIMEOUT", "away")] * 2, {"home": 1, "away": 0}),
        ({"timeouts": 0}, [claim("TIMEOUT", "away")], None),
        ({}, [claim("TIMEOUT")], None),
    ],
)
def test_three_time_outs_a_game(rules: dict, claims: list, left: dict | None) -> None:
    assert board(HANDBALL, START, *claims, rules=rules).detail.get("timeouts") == left


@pytest.mark.parametrize("closing", ["REVIEW_ENDED", "GOAL_CANCELLED", "CARD_CANCELLED", "GAME_END"])
def test_a_replay_is_open_until_it_is_answered(closing: str) -> None:
    replay = claim("REVIEW_STARTED", detail={"subject": "goal"})
    assert board(HANDBALL, START, replay).detail == {"review": "goal"}
    assert board(HANDBALL, START, replay, claim(closing, "home")).detail == {}


def test_an_empty_goal() -> None:
    pulled = claim("GOALIE_PULLED", "home")
    assert board(HANDBALL, START, pulled).detail == {"empty_net": {"home": True}}
    assert board(HANDBALL, START, pulled, claim("GOALIE_RETURNED", "home")).detail == {}
    both = (pulled, claim("GOALIE_PULLED", "away"), claim("GOALIE_RETURNED", "home"))
    assert board(HANDBALL, START, *both).detail == {"empty_net": {"away": True}}
    assert board(HANDBALL, START, claim("GOALIE_RETURNED", "home")).detail == {}


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    state = fold(HANDBALL, *periods(1), claim(kind, "home", period=2, clock="31:38"))
    assert (HANDBALL.board(state).status, HANDBALL.board(state).period) == ("live", "2H")
    assert plays.rule(HANDBALL, state, claim("PERIOD_START", period=2)) is None


def test_every_word_on_the_clock_is_about_an_event() -> None:
    assert set(EVENTS) >= STANDS


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("GOAL", "home", period=1, clock="30:00"), {}, None),
        (claim("GOAL", "home", period=1, clock="30:01"), {}, "clock_outside_period"),
        (claim("GOAL", "home", period=2, clock="29:59"), {}, "clock_outside_period"),
        (claim("GOAL", "home", clock="80:00"), {}, None),
        (claim("GOAL", "home", clock="80:00"), {"extra_times": 1}, "clock_outside_period"),
        (claim("GOAL", "home", clock="30+1"), {}, "unreadable_clock"),
        (claim("GOAL", "home", period=3), {"extra_times": 0}, "period_out_of_range"),
        (claim("GOAL", "home", period=5), {"extra_times": 1}, "period_out_of_range"),
        (claim("GOAL", "home", period=7), {}, "goal_in_shootout"),
        (claim("SHOOTOUT_GOAL", "home", period=7, clock="0:00"), {}, None),
        (claim("SHOOTOUT_GOAL", "home", period=6), {}, "shootout_outside_period"),
        (claim("SHOOTOUT_GOAL", "home", period=7), {"shootout": False}, "period_out_of_range"),
        (claim("GOAL", "home", detail={"seven_metre": 1}), {}, "wrong_detail"),
        (claim("SHOT", "home", detail={"outcome": "lost"}), {}, "wrong_detail"),
        (claim("GOAL"), {}, "team_missing"),
        (claim("GOAL", period=50, action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: object, rules: dict, rule: str | None) -> None:
    assert misshapen(HANDBALL, one, rules) == rule


END = (*periods(2), claim("GAME_END"))
RED = claim("RED_CARD", "home", player="p1")


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("GOAL", "home"), "game_not_started"),
        ((), claim("GOAL", "home", period=1), None),
        (END, claim("GOAL", "home", period=2), "game_ended"),
        (END, claim("GOAL", "home", period=3), None),
        (END, claim("RED_CARD", "home", period=2), None),
        ((*END, claim("GAME_FINAL")), claim("RED_CARD", "home", period=2), "game_over"),
        ((*END, claim("GAME_FINAL")), claim("GOAL_CANCELLED", "home"), None),
        ((START,), claim("SHOOTOUT_GOAL", "home"), "shootout_outside_period"),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START, RED), RED, "player_already_sent_off"),
        ((START, claim("BLUE_CARD", "home", player="p1")), RED, None),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)  # fmt: skip
def test_refused_by_the_state(claims: tuple, one: object, rule: str | None) -> None:
    assert plays.rule(HANDBALL, fold(HANDBALL, *claims), one) == rule


@pytest.mark.parametrize(
    ("claims", "score"),
    [
        ([claim("GAME_FORFEITED", "home")], (0, 10)),
        ([claim("GAME_WALKOVER", "home")], (10, 0)),
        ([START, claim("GOAL", "home"), claim("GAME_FORFEITED", "home")], (0, 10)),
        ([claim("GAME_AWARDED", detail={"home": 0, "away": 0})], (0, 0)),
    ],
)
def test_a_forfeit_is_ten_nil(claims: list, score: tuple[int, int]) -> None:
    shown = board(HANDBALL, *claims)
    assert (shown.home, shown.away) == score


def test_a_stated_score_stands() -> None:
    said = claim("SCORE_SET", detail={"home": 12, "away": 10, "lines": "12-10"})
    shown = board(HANDBALL, START, claim("GOAL", "away"), said, claim("GOAL", "home", period=2))
    assert (shown.home, shown.away) == (13, 10)
    assert shown.linescore == {"1": {"home": 12, "away": 10}, "2": {"home": 1, "away": 0}}


def test_what_does_not_concern_the_board_is_not_lost() -> None:
    state = fold(HANDBALL, START)
    assert HANDBALL.evolve(state, claim("NO_SUCH_TYPE"), 1) is state
    assert HANDBALL.evolve(state, claim("GAME_RESUMED"), 1).course is state.course


WHOLE = [
    START,
    claim("GOAL", "away", period=1, clock="0:44"),
    claim("SUSPENSION", "away", period=1, clock="9:35", player="p1"),
    claim("GOAL", "home", period=1, clock="10:00", detail={"seven_metre": True}),
    claim("PERIOD_END", period=1),
    *periods(6)[2:],
    claim("PERIOD_START", period=7),
    *[claim(kind, side, period=7) for _ in range(3) for kind, side in
      (("SHOOTOUT_GOAL", "home"), ("SHOOTOUT_MISS", "away"))],
    claim("PERIOD_END", period=7),
    claim("GAME_END"),
    claim("GOAL_CANCELLED", "home"),
    claim("GAME_FINAL"),
]  # fmt: skip


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(HANDBALL, WHOLE, heard)


@given(
    st.lists(any_claim(HANDBALL), max_size=30), st.sampled_from([{}, {"extra_times": 0, "half_minutes": 0}])
)
def test_evolve_is_total_and_the_board_can_be_patched(claims: list, rules: dict) -> None:
    state = HANDBALL.begin(rules)
    for one in claims:
        state = HANDBALL.evolve(state, one, 7)
        shown = HANDBALL.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


@given(st.lists(any_claim(HANDBALL), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_goals_of_what_was_accepted(claims: list) -> None:
    state, goals = HANDBALL.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if HANDBALL.check({}, one) or HANDBALL.decide(state, one):
            continue
        state = HANDBALL.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled":
            continue
        if one.type == "SCORE_SET":
            goals = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type in EVENTS and EVENTS[one.type].points:
            goals[one.team] += 1
    tally = state.tally
    assert (tally.home, tally.away) == (goals["home"], goals["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in tally.linescore.values()) == goals[side]

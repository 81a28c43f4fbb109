"""Ice hockey, rule by rule: periods, sudden death, the shoot-out, who is short, what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports.ice_hockey import EVENTS, ICE_HOCKEY, OPEN_PLAY
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

START = claim("PERIOD_START", period=1)
FULL = {"overtime": "full"}


def periods(last: int) -> list:
    """Periods 1 to `last`, each begun and ended."""
    return [
        claim(kind, period=number) for number in range(1, last + 1) for kind in ("PERIOD_START", "PERIOD_END")
    ]


@pytest.mark.parametrize(
    ("rules", "labels"),
    [
        ({}, ["P1", "P1 END", "P2", "P2 END", "P3", "P3 END", "OT", "OT END", "SO", "SO"]),
        (FULL, ["P1", "P1 END", "P2", "P2 END", "P3", "P3 END", "OT", "OT END", "2OT", "2OT END", "3OT"]),
        ({"overtime": "none"}, ["P1", "P1 END", "P2", "P2 END", "P3", "P3 END", "SO", "SO"]),
        ({"periods": 2, "overtime": "none", "shootout": False}, ["P1", "P1 END", "P2", "P2 END"]),
    ],
)
def test_labels(rules: dict, labels: list[str]) -> None:
    claims = periods(6)
    shown = [board(ICE_HOCKEY, *claims[: i + 1], rules=rules) for i in range(len(labels))]
    assert [one.period for one in shown] == labels
    assert [one.status for one in shown] == (["live", "break"] * 6)[: len(labels)]
    assert board(ICE_HOCKEY).period == ""


@pytest.mark.parametrize(
    ("rules", "period", "display"),
    [
        ({}, 1, "20:00"),
        ({}, 4, "5:00"),
        (FULL, 4, "20:00"),
        ({"overtime_minutes": 10}, 4, "10:00"),
        ({"clock_up": True}, 2, "0:00"),
    ],
)
def test_a_period_starts_with_a_full_clock(rules: dict, period: int, display: str) -> None:
    clock = board(ICE_HOCKEY, claim("PERIOD_START", period=period), rules=rules).clock
    assert (clock.display, clock.running, clock.at) == (display, True, 1_000)


@pytest.mark.parametrize(("rules", "display"), [({}, "0:00"), ({"clock_up": True}, "20:00")])
def test_a_period_ends_with_an_empty_clock(rules: dict, display: str) -> None:
    clock = board(ICE_HOCKEY, START, claim("PERIOD_END", period=1), rules=rules).clock
    assert (clock.display, clock.running) == (display, False)


def test_the_shootout_has_no_clock() -> None:
    shown = board(ICE_HOCKEY, *periods(5)[:-1], claim("SHOOTOUT_MISS", "home", period=5, clock="0:00"))
    assert (shown.clock.display, shown.clock.running) == ("0:00", False)
    assert "skaters" not in shown.detail


def test_goals_by_side_and_period() -> None:
    shown = board(
        ICE_HOCKEY,
        START,
        claim("GOAL", "home", period=1, clock="16:16"),
        claim("GOAL", "away", period=2),
        claim("GOAL", "away", period=2),
        claim("GOAL", "home", confirmation="cancelled"),
    )
    assert (shown.home, shown.away) == (1, 2)
    assert shown.linescore == {"1": {"home": 1, "away": 0}, "2": {"home": 0, "away": 2}}


def test_a_goal_is_a_shot_on_goal() -> None:
    shown = board(
        ICE_HOCKEY, START, claim("GOAL", "home"), claim("SHOT", "home"), claim("SHOT_MISSED", "away")
    )
    assert shown.detail == {"shots": {"home": 2}}


def test_tentative_goals_are_flagged() -> None:
    detail = board(ICE_HOCKEY, START, claim("GOAL", "away", confirmation="tentative")).detail
    assert detail == {"tentative": {"away": 1}, "shots": {"away": 1}}


class TestSuddenDeath:
    LEVEL = (*periods(3), claim("PERIOD_START", period=4))

    def test_the_first_goal_of_overtime_ends_the_game(self) -> None:
        shown = board(ICE_HOCKEY, *self.LEVEL, claim("GOAL", "home", period=4, clock="3:12"))
        assert (shown.status, shown.period, shown.home, shown.away) == ("ended", "OT END", 1, 0)
        assert (shown.clock.display, shown.clock.running) == ("3:12", False)
        assert "skaters" not in shown.detail

    def test_what_a_feed_says_of_the_end_changes_nothing(self) -> None:
        state = fold(ICE_HOCKEY, *self.LEVEL, claim("GOAL", "home", period=4, clock="3:12"))
        derived = ICE_HOCKEY.board(state)
        for one in (claim("PERIOD_END", period=4, clock="3:12"), claim("GAME_END")):
            assert plays.rule(ICE_HOCKEY, state, one) is None
            state = ICE_HOCKEY.evolve(state, one, 9)
        assert ICE_HOCKEY.board(state) == derived

    @pytest.mark.parametrize("period", [4, None])
    def test_a_second_goal_counts_only_once_the_first_is_taken_away(self, period: int | None) -> None:
        first, second = claim("GOAL", "home", period=4), claim("GOAL", "away", period=period)
        state = fold(ICE_HOCKEY, *self.LEVEL, first)
        assert plays.rule(ICE_HOCKEY, state, second) is None, "the first may have been cancelled meanwhile"
        assert ICE_HOCKEY.evolve(state, second, 9) is state
        shown = board(ICE_HOCKEY, *self.LEVEL, second)
        assert (shown.status, shown.home, shown.away) == ("ended", 0, 1)

    def test_without_the_goal_it_goes_on(self) -> None:
        assert board(ICE_HOCKEY, *self.LEVEL).status == "live"

    def test_a_goal_that_only_levels_what_we_know_ends_nothing(self) -> None:
        claims = (START, claim("GOAL", "away", period=1), *self.LEVEL[1:], claim("GOAL", "home", period=4))
        assert board(ICE_HOCKEY, *claims).status == "live"

    @pytest.mark.parametrize("period", [1, 3])
    def test_a_goal_of_regulation_ends_nothing(self, period: int) -> None:
        assert board(ICE_HOCKEY, START, claim("GOAL", "home", period=period)).status == "live"

    def test_full_overtimes_go_on_until_one_falls(self) -> None:
        claims = [*periods(5), claim("PERIOD_START", period=6), claim("GOAL", "away", period=6)]
        shown = board(ICE_HOCKEY, *claims, rules=FULL)
        assert (shown.status, shown.period, shown.away) == ("ended", "3OT END", 1)


class TestShootout:
    LEVEL = (*periods(4), claim("PERIOD_START", period=5))

    def shots(self, text: str) -> list:
        """`H+ A-`: home scores, away does not."""
        return [
            claim(
                "SHOOTOUT_GOAL" if one[1] == "+" else "SHOOTOUT_MISS",
                "home" if one[0] == "H" else "away",
                period=5,
            )
            for one in text.split()
        ]

    def test_goals_are_counted_apart(self) -> None:
        shown = board(ICE_HOCKEY, *self.LEVEL, *self.shots("H+ A-"))
        assert (shown.home, shown.away, shown.status) == (0, 0, "live")
        assert shown.detail["shootout"] == {"home": 1, "taken": {"home": 1, "away": 1}}

    @pytest.mark.parametrize(
        ("rules", "text", "score", "status"),
        [
            ({}, "H+ A- H+ A-", (1, 0), "ended"),
            ({}, "H- A+ H- A+", (0, 1), "ended"),
            ({}, "H- A+ H+ A- H- A-", (0, 0), "live"),
            ({}, "H- A+ H+ A- H- A- H+ A-", (1, 0), "ended"),
            ({"shootout_rounds": 5}, "H+ A- H+ A-", (0, 0), "live"),
            ({"shootout_rounds": 5}, "H+ A- H+ A- H+ A-", (1, 0), "ended"),
        ],
    )
    def test_the_winner_has_one_goal_more(
        self, rules: dict, text: str, score: tuple[int, int], status: str
    ) -> None:
        shown = board(ICE_HOCKEY, *self.LEVEL, *self.shots(text), rules=rules)
        assert ((shown.home, shown.away), shown.status) == (score, status)
        assert shown.linescore.get("5", {"home": 0, "away": 0}) == {"home": score[0], "away": score[1]}

    def test_a_shot_too_many_changes_no_winner(self) -> None:
        shown = board(ICE_HOCKEY, *self.LEVEL, *self.shots("H+ A- H+ A- H+"))
        assert (shown.home, shown.away) == (1, 0)

    def test_a_shot_given_back_takes_the_goal_with_it(self) -> None:
        before = board(ICE_HOCKEY, *self.LEVEL, *self.shots("H+ A- H+ A-"))
        after = board(ICE_HOCKEY, *self.LEVEL, *self.shots("H+ A- A-"))
        assert (before.home, after.home, after.status) == (1, 0, "live")

    def test_its_start_is_implied(self) -> None:
        assert board(ICE_HOCKEY, *periods(4), *self.shots("H+")).period == "SO"

    def test_after_full_overtimes_there_is_none(self) -> None:
        assert misshapen(ICE_HOCKEY, self.shots("H+")[0], FULL) == "shootout_outside_period"


AT = {"period": 1, "clock": "11:38"}


@pytest.mark.parametrize(
    ("claims", "display", "running"),
    [
        ((claim("GOAL", "home", **AT),), "11:38", False),
        ((claim("STOPPAGE", **AT),), "11:38", False),
        ((claim("STOPPAGE", **AT), claim("FACEOFF", "home", **AT)), "11:38", True),
        ((claim("STOPPAGE", **AT), claim("SHOT_BLOCKED", "home", **AT)), "11:38", False),
        ((claim("STOPPAGE", **AT), claim("SHOT", "home", period=1, clock="11:20")), "11:20", True),
        ((claim("PENALTY", "home", **AT), claim("HIT", "away", period=2, clock="19:00")), "19:00", True),
        ((claim("CLOCK_STOP", clock="11:38"), claim("CLOCK_START")), "11:38", True),
        ((claim("CLOCK_SET", clock="11:40", detail={"running": False}),), "11:40", False),
        ((claim("SHOT", "home", period=1, clock="0:00"),), "0:00", False),
        ((claim("SHOT", "home", period=1, clock="0:12.4"),), "12.4", True),
        ((claim("GAME_INTERRUPTED", clock="8:00"),), "8:00", False),
        ((claim("PENALTY", "home", period=2, clock="20:00"),), "20:00", True),
    ],
)
def test_what_sets_and_runs_the_clock(claims: tuple, display: str, running: bool) -> None:
    clock = board(ICE_HOCKEY, START, *claims).clock
    assert (clock.display, clock.running) == (display, running)


def test_a_restated_clock_is_the_same_object() -> None:
    shot = fold(ICE_HOCKEY, START, claim("SHOT", "home", **AT))
    assert ICE_HOCKEY.evolve(shot, claim("HIT", "home", **AT), 9_000).clock is shot.clock


class TestReview:
    CHALLENGE = claim("CHALLENGE", "home", detail={"subject": "goal_interference"})

    @pytest.mark.parametrize(
        "closing",
        [claim("REVIEW_ENDED"), claim("GOAL_CANCELLED", "away"), claim("FACEOFF"), claim("GAME_END")],
    )
    def test_is_open_until_it_is_answered(self, closing: object) -> None:
        assert board(ICE_HOCKEY, START, self.CHALLENGE).detail == {"review": "goal_interference"}
        assert "review" not in board(ICE_HOCKEY, START, self.CHALLENGE, closing).detail

    def test_may_have_no_subject(self) -> None:
        assert board(ICE_HOCKEY, START, claim("REVIEW_STARTED")).detail == {"review": "play"}


@pytest.mark.parametrize(
    ("rules", "claims", "left"),
    [
        ({}, [claim("TIMEOUT", "home")], {"home": 0, "away": 1}),
        ({}, [claim("TIMEOUT", "home")] * 2, {"home": 0, "away": 1}),
        ({}, [claim("TIMEOUT")], None),
        ({"timeouts": 0}, [claim("TIMEOUT", "home")], None),
    ],
)
def test_timeouts_left(rules: dict, claims: list, left: dict | None) -> None:
    assert board(ICE_HOCKEY, START, *claims, rules=rules).detail.get("timeouts") == left


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("SHOT", "home", period=1, clock="20:00"), {}, None),
        (claim("SHOT", "home", period=1, clock="20:01"), {}, "clock_outside_period"),
        (claim("SHOT", "home", period=4, clock="5:01"), {}, "clock_outside_period"),
        (claim("SHOT", "home", period=4, clock="19:00"), FULL, None),
        (claim("SHOT", "home", clock="19:00"), {}, None),
        (claim("SHOT", "home", clock="21:00"), {}, "clock_outside_period"),
        (claim("SHOT", "home", clock="19+1"), {}, "unreadable_clock"),
        (claim("SHOT", "home", period=6), {}, "period_out_of_range"),
        (claim("SHOT", "home", period=9), FULL, None),
        (claim("PERIOD_START", period=5), {"shootout": False}, "period_out_of_range"),
        (claim("GOAL", "home", period=5), {}, "goal_in_shootout"),
        (claim("SHOOTOUT_GOAL", "home", period=4), {}, "shootout_outside_period"),
        (claim("SHOOTOUT_GOAL", "home", period=5, clock="20:00"), {}, None),
        (claim("SHOOTOUT_GOAL", "home"), {"shootout": False}, "shootout_outside_period"),
        (claim("SHOOTOUT_GOAL", "home", period=4), {"overtime": "none"}, None),
        (claim("GOAL", "home", detail={"strength": "weak"}), {}, "wrong_detail"),
        (claim("PENALTY", "home", detail={"kind": "yellow"}), {}, "wrong_detail"),
        (claim("GOAL"), {}, "team_missing"),
        (claim("GOAL", period=50, action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: object, rules: dict, rule: str | None) -> None:
    assert misshapen(ICE_HOCKEY, one, rules) == rule


END = (*periods(3), claim("GAME_END"))


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("GOAL", "home"), "game_not_started"),
        ((), claim("GOAL", "home", period=1), None),
        ((), claim("SHOT", "home"), "game_not_started"),
        (END, claim("GOAL", "home", period=3), "game_ended"),
        (END, claim("GOAL", "home", period=4), None),
        (END, claim("PENALTY", "home", period=3), None),
        (END, claim("SHOOTOUT_GOAL", "home"), None),
        ((*END, claim("GAME_FINAL")), claim("PENALTY", "home", period=3), "game_over"),
        ((*END, claim("GAME_FINAL")), claim("GOAL_CANCELLED", "home"), None),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((START,), claim("NO_SUCH_TYPE"), None),
    ],
)
def test_refused_by_the_state(claims: tuple, one: object, rule: str | None) -> None:
    assert plays.rule(ICE_HOCKEY, fold(ICE_HOCKEY, *claims), one) == rule


@pytest.mark.parametrize(
    ("claims", "score"),
    [
        ([claim("GAME_FORFEITED", "home")], (0, 1)),
        ([claim("GAME_WALKOVER", "home")], (1, 0)),
        ([START, claim("GOAL", "home"), claim("GAME_FORFEITED", "home")], (0, 1)),
        (
            [START, *[claim("GOAL", "away")] * 3, claim("GOAL", "home"), claim("GAME_FORFEITED", "home")],
            (0, 3),
        ),
        ([claim("GAME_FORFEITED", "away", detail={"home": 5, "away": 0})], (5, 0)),
        ([START, claim("GOAL", "home"), claim("GAME_AWARDED", detail={"home": 0, "away": 5})], (0, 5)),
    ],
)
def test_a_forfeit_leaves_the_side_at_fault_without_goals(claims: list, score: tuple[int, int]) -> None:
    shown = board(ICE_HOCKEY, *claims)
    assert (shown.home, shown.away) == score


def test_a_stated_score_stands() -> None:
    said = claim("SCORE_SET", detail={"home": 2, "away": 1, "lines": "2-0 0-1"})
    shown = board(ICE_HOCKEY, START, claim("GOAL", "away"), said, claim("GOAL", "home", period=3))
    assert (shown.home, shown.away) == (3, 1)
    assert shown.linescore["3"] == {"home": 1, "away": 0}


def test_what_does_not_concern_the_board_is_not_lost() -> None:
    state = fold(ICE_HOCKEY, START)
    assert ICE_HOCKEY.evolve(state, claim("NO_SUCH_TYPE"), 1) is state
    assert ICE_HOCKEY.evolve(state, claim("GAME_RESUMED"), 1) is state


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    state = fold(ICE_HOCKEY, *periods(1), claim(kind, "home", period=2, clock="11:38"))
    assert (ICE_HOCKEY.board(state).status, ICE_HOCKEY.board(state).period) == ("live", "P2")
    assert plays.rule(ICE_HOCKEY, state, claim("PERIOD_START", period=2)) is None


WHOLE = [
    START,
    claim("GOAL", "away", period=1, clock="16:16"),
    claim("PENALTY", "away", period=1, clock="9:35", detail={"kind": "minor"}),
    claim("GOAL", "home", period=1, clock="9:00"),
    claim("PERIOD_END", period=1),
    *periods(4)[2:],
    claim("PERIOD_START", period=5),
    claim("SHOOTOUT_GOAL", "home", period=5),
    claim("SHOOTOUT_MISS", "away", period=5),
    claim("SHOOTOUT_GOAL", "home", period=5),
    claim("SHOOTOUT_MISS", "away", period=5),
    claim("PERIOD_END", period=5),
    claim("GAME_END"),
    claim("GOAL_CANCELLED", "home"),
    claim("GAME_FINAL"),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(ICE_HOCKEY, WHOLE, heard)


@given(st.lists(any_claim(ICE_HOCKEY), max_size=30), st.sampled_from([{}, FULL, {"clock_up": True}]))
def test_evolve_is_total_and_the_board_can_be_patched(claims: list, rules: dict) -> None:
    state = ICE_HOCKEY.begin(rules)
    for one in claims:
        state = ICE_HOCKEY.evolve(state, one, 7)
        shown = ICE_HOCKEY.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)


@given(st.lists(any_claim(ICE_HOCKEY), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_goals_of_what_was_accepted_and_one_for_a_shootout(claims: list) -> None:
    state, goals = ICE_HOCKEY.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if ICE_HOCKEY.check({}, one) or ICE_HOCKEY.decide(state, one):
            continue
        won = (state.detail.get("shootout") or {}).get("winner")
        state = ICE_HOCKEY.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled":
            continue
        now = (state.detail.get("shootout") or {}).get("winner")
        if one.type == "SCORE_SET":
            goals = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type in EVENTS and EVENTS[one.type].points:
            goals[one.team] += 1
        if now != won:
            for side, change in ((won, -1), (now, 1)):
                if side is not None:
                    goals[side] += change
    tally = state.tally
    assert (tally.home, tally.away) == (goals["home"], goals["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in tally.linescore.values()) == goals[side]

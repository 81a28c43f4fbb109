"""Rugby union, rule by rule: periods and clock, scores of every era, cards, reviews, deciders."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.games.book import Book
from scorewire.games.engine import decide
from scorewire.games.writing import Desk
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.sports.rugby_union import RUGBY_UNION
from scorewire.sports.rugby_union_events import EVENTS, OPEN_PLAY
from unit.sports import plays
from unit.sports.plays import any_claim, board, claim, flaws, fold, misshapen

START = claim("PERIOD_START", period=1)
FIRST_HALF = (START, claim("PERIOD_END", period=1, clock="41:30"))
SECOND = claim("PERIOD_START", period=2)
FULL_TIME = (*FIRST_HALF, SECOND, claim("PERIOD_END", period=2, clock="82:10"))
EXTRA_TIME = (
    *FULL_TIME,
    claim("PERIOD_START", period=3),
    claim("PERIOD_END", period=3),
    claim("PERIOD_START", period=4),
    claim("PERIOD_END", period=4),
)
SUDDEN_DEATH = (*EXTRA_TIME, claim("PERIOD_START", period=5))
KICKING = (*SUDDEN_DEATH, claim("PERIOD_END", period=5), claim("PERIOD_START", period=6))


@pytest.mark.parametrize(
    ("claims", "status", "label", "display", "running"),
    [
        ((), "scheduled", "", None, None),
        ((START,), "live", "1H", "0:00", True),
        (FIRST_HALF, "break", "HT", "40+1:30", False),
        ((*FIRST_HALF, SECOND), "live", "2H", "40:00", True),
        (FULL_TIME, "break", "FT", "80+2:10", False),
        ((*FULL_TIME, claim("GAME_END"), claim("GAME_FINAL")), "final", "FT", "80+2:10", False),
        (EXTRA_TIME[:-3], "live", "ET1", "80:00", True),
        (EXTRA_TIME[:-2], "break", "ETHT", "90:00", False),
        (EXTRA_TIME, "break", "AET", "100:00", False),
        (SUDDEN_DEATH, "live", "SD", "100:00", True),
        (KICKING[:-1], "break", "SD END", "110:00", False),
        (KICKING, "live", "KICKS", "110:00", False),
        ((START, claim("GAME_INTERRUPTED", clock="22:41")), "interrupted", "1H", "22:41", False),
        ((START, claim("CLOCK_STOP", clock="22:41")), "live", "1H", "22:41", False),
        ((START, claim("CLOCK_STOP", clock="22:41"), claim("CLOCK_START")), "live", "1H", "22:41", True),
        ((START, claim("GAME_SUSPENDED"), claim("GAME_RESUMED")), "live", "1H", "0:00", True),
        (
            (START, claim("TRY", "home", clock="40+1:00"), claim("PERIOD_END")),
            "break",
            "HT",
            "40+1:00",
            False,
        ),
    ],
)
def test_phases(claims: tuple, status: str, label: str, display: str | None, running: bool | None) -> None:
    shown = board(RUGBY_UNION, *claims)
    assert (shown.status, shown.period) == (status, label)
    assert (shown.clock.display if shown.clock else None) == display
    assert (shown.clock.running if shown.clock else None) == running


def test_what_each_score_is_worth() -> None:
    shown = board(
        RUGBY_UNION,
        START,
        claim("TRY", "home", clock="5:10"),
        claim("CONVERSION", "home"),
        claim("PENALTY_GOAL", "away"),
        claim("DROP_GOAL", "away"),
        SECOND,
        claim("PENALTY_TRY", "home"),
        claim("TRY", "away"),
        claim("CONVERSION_MISSED", "away"),
    )
    assert (shown.home, shown.away) == (14, 11)
    assert shown.linescore == {"1": {"home": 7, "away": 6}, "2": {"home": 7, "away": 5}}
    assert shown.detail == {
        "tries": {"home": 2, "away": 1},
        "kicks": {"home": {"conversions": 1}, "away": {"penalty_goals": 1, "drop_goals": 1}},
    }


@pytest.mark.parametrize(
    ("rules", "home"),
    [
        ({}, 5 + 2 + 7 + 3),
        ({"try_points": 4, "penalty_try_points": 4}, 4 + 2 + 4 + 3),
        ({"try_points": 5, "penalty_try_points": 5}, 5 + 2 + 5 + 3),
        ({"try_points": 3, "penalty_try_points": 3, "drop_goal_points": 4}, 3 + 2 + 3 + 4),
    ],
)
def test_older_values(rules: dict, home: int) -> None:
    kinds = ("TRY", "CONVERSION", "PENALTY_TRY", "DROP_GOAL")
    assert board(RUGBY_UNION, START, *(claim(kind, "home") for kind in kinds), rules=rules).home == home


def test_a_final_of_that_era_is_told_with_its_values() -> None:
    """New Zealand 29-9 France, 1987: three tries of four, one conversion, four penalties, one drop goal."""
    home = ["TRY"] * 3 + ["CONVERSION"] + ["PENALTY_GOAL"] * 4 + ["DROP_GOAL"]
    away = ["TRY", "CONVERSION", "PENALTY_GOAL"]
    shown = board(
        RUGBY_UNION,
        START,
        *(claim(kind, "home") for kind in home),
        *(claim(kind, "away") for kind in away),
        rules={"try_points": 4, "penalty_try_points": 4},
    )
    assert (shown.home, shown.away) == (29, 9)


@pytest.mark.parametrize(
    ("then", "to_come"),
    [
        ((), True),
        ((claim("REVIEW_STARTED", detail={"subject": "try"}),), True),
        ((claim("YELLOW_CARD", "away"),), True),
        ((claim("CONVERSION", "home"),), False),
        ((claim("CONVERSION_MISSED", "home"),), False),
        ((claim("SCRUM", "home"),), False),
        ((claim("TRY_CANCELLED", "home"),), False),
        ((claim("PERIOD_END", period=1),), False),
        ((claim("GAME_ABANDONED"),), False),
    ],
)
def test_a_conversion_is_to_come_until_it_is_struck_or_play_goes_on(then: tuple, to_come: bool) -> None:
    assert ("conversion" in board(RUGBY_UNION, START, claim("TRY", "home"), *then).detail) is to_come


def test_a_penalty_try_is_converted_only_where_it_was() -> None:
    given = (START, claim("PENALTY_TRY", "home"))
    assert "conversion" not in board(RUGBY_UNION, *given).detail
    assert board(RUGBY_UNION, *given, rules={"penalty_try_points": 5}).detail["conversion"] == "home"


@pytest.mark.parametrize(
    ("subject", "closing", "open_still"),
    [
        ("try", claim("REVIEW_ENDED", detail={"decision": "no_try"}), False),
        ("try", claim("TRY_CANCELLED", "home"), False),
        ("try", claim("KICK_CANCELLED", "home"), True),
        ("kick", claim("KICK_CANCELLED", "home"), False),
        ("foul_play", claim("CARD_CANCELLED", "home"), False),
        ("foul_play", claim("YELLOW_CARD", "home"), True),
        ("try", claim("SCRUM", "home", period=2), False),
        ("try", claim("GAME_END"), False),
    ],
)
def test_a_review_is_open_until_it_is_answered(subject: str, closing: object, open_still: bool) -> None:
    opened = claim("REVIEW_STARTED", detail={"subject": subject})
    assert board(RUGBY_UNION, START, opened).detail == {"review": subject}
    assert ("review" in board(RUGBY_UNION, START, opened, closing).detail) is open_still


def test_replacements_for_a_while() -> None:
    off = claim("TEMPORARY_REPLACEMENT", "home", player="p9", detail={"kind": "head", "in": "Sub"})
    other = claim("TEMPORARY_REPLACEMENT", "home", player="p2", detail={"kind": "blood"})
    assert board(RUGBY_UNION, START, off, other).detail == {
        "replaced": {"home": {"p9": "head", "p2": "blood"}}
    }
    back = claim("TEMPORARY_REPLACEMENT_OVER", "home", player="p9", detail={"returned": False})
    assert board(RUGBY_UNION, START, off, other, back).detail == {"replaced": {"home": {"p2": "blood"}}}
    assert board(RUGBY_UNION, START, off, back).detail == {}
    state = fold(RUGBY_UNION, START)
    assert RUGBY_UNION.evolve(state, back, 9) is state


def test_statistics() -> None:
    kinds = ("PENALTY", "PENALTY", "FREE_KICK", "SCRUM", "LINEOUT", "TURNOVER", "KNOCK_ON", "SUBSTITUTION")
    assert board(RUGBY_UNION, START, *(claim(kind, "home") for kind in kinds)).detail == {
        "stats": {
            "home": {
                "penalties": 2,
                "free_kicks": 1,
                "scrums": 1,
                "lineouts": 1,
                "turnovers": 1,
                "knock_ons": 1,
            }
        }
    }


class TestAFinal:
    """New Zealand 11-12 South Africa, 28 October 2023, as it was reported; red cards were for good then."""

    def told(self) -> list[ProviderEvent]:
        def play(kind: str, team: str, clock: str, player: str | None = None, **detail: Any) -> ProviderEvent:
            period = 1 if int(clock.partition(":")[0]) < 40 else 2
            return claim(kind, team, period=period, clock=clock, player=player, detail=detail)

        disallowed = play("TRY", "home", "54:00", "smith")
        return [
            START,
            play("YELLOW_CARD", "home", "2:30", "frizell"),
            play("PENALTY_GOAL", "away", "3:00"),
            play("PENALTY_GOAL", "away", "13:00"),
            play("PENALTY_GOAL", "home", "17:00"),
            play("PENALTY_GOAL", "away", "19:00"),
            play("YELLOW_CARD", "home", "28:00", "cane", bunker=True),
            play("RED_CARD", "home", "34:00", "cane", upgraded=True),
            play("PENALTY_GOAL", "away", "34:30"),
            play("PENALTY_GOAL", "home", "38:00"),
            claim("PERIOD_END", period=1),
            SECOND,
            play("YELLOW_CARD", "away", "45:30", "kolisi"),
            disallowed,
            claim("REVIEW_STARTED", period=2, detail={"subject": "try"}),
            claim("TRY_CANCELLED", "home", detail={"event": disallowed.event}),
            play("TRY", "home", "58:00", "barrett"),
            play("CONVERSION_MISSED", "home", "59:00"),
            play("YELLOW_CARD", "away", "73:00", "kolbe"),
            claim("PERIOD_END", period=2),
            claim("GAME_END"),
        ]

    def test_comes_to_its_score_and_its_cards(self) -> None:
        desk = Desk(Book(game_id="g1", machines={"rugby_union": RUGBY_UNION}), "epoch")
        frame = {"provider": "acme", "game_id": "g1", "event": "d", "revision": 1, "sport": "rugby_union"}
        declared = GameDeclared(
            **frame,
            league=League(id="rwc"),
            start="2023-10-28T19:00:00Z",
            home=Team(id="nzl"),
            away=Team(id="rsa"),
            rules={"red_card_minutes": 0},
        )
        seen = {}
        for number, one in enumerate([declared, *self.told()], 1):
            verdict = decide(desk, one, now_ms=number, log_offset=number, kind="none")
            assert verdict.refusal is None, verdict.refusal
            assert desk.shown is not None
            seen[number] = (desk.shown.home.score, desk.shown.away.score)
        state = desk.shown
        assert state is not None
        assert state.linescore == {"1": {"home": 6, "away": 12}, "2": {"home": 5, "away": 0}}
        assert (seen[15], seen[17], seen[18]) == ((11, 12), (6, 12), (11, 12)), "a try, cancelled, another"
        assert (state.status, state.home.score, state.away.score, state.home.red) == ("ended", 11, 12, 1)
        assert state.detail == {
            "cards": {"home": {"yellow": 1, "red": 1}, "away": {"yellow": 2}},
            "kicks": {"home": {"penalty_goals": 2}, "away": {"penalty_goals": 4}},
            "tries": {"home": 1},
            "bins": {"away": {"kolbe": "83:00"}},
            "players": {"home": 14, "away": 14},
        }


class TestDeciding:
    def test_the_first_score_of_sudden_death_ends_the_game(self) -> None:
        state = fold(RUGBY_UNION, *SUDDEN_DEATH, claim("DROP_GOAL", "away", period=5, clock="103:20"))
        shown = RUGBY_UNION.board(state)
        assert (shown.status, shown.away, shown.period) == ("ended", 3, "SD END")
        assert (shown.clock.display, shown.clock.running) == ("103:20", False)
        for one in (claim("PERIOD_END", period=5), claim("GAME_END"), claim("GAME_FINAL")):
            assert plays.rule(RUGBY_UNION, state, one) is None
        again = RUGBY_UNION.evolve(state, claim("GAME_END"), 9)
        assert RUGBY_UNION.board(again).status == "ended"

    def test_after_it_a_score_is_accepted_and_counts_once_the_first_is_cancelled(self) -> None:
        state = fold(RUGBY_UNION, *SUDDEN_DEATH, claim("TRY", "away", period=5))
        late = claim("PENALTY_GOAL", "home", period=5)
        assert "conversion" not in state.detail
        assert plays.rule(RUGBY_UNION, state, late) is None
        assert RUGBY_UNION.evolve(state, late, 9) is state
        assert board(RUGBY_UNION, *SUDDEN_DEATH, late).home == 3
        done = fold(RUGBY_UNION, *FULL_TIME, claim("GAME_END"))
        assert plays.rule(RUGBY_UNION, done, claim("TRY", "home", period=2)) == "game_ended"

    def test_a_score_of_extra_time_that_is_heard_late_does_not_end_sudden_death(self) -> None:
        shown = board(RUGBY_UNION, *SUDDEN_DEATH, claim("CONVERSION", "away", period=4))
        assert (shown.status, shown.away) == ("live", 2)

    def test_kicks_stand_apart_from_the_score(self) -> None:
        kicks = [claim("SHOOTOUT_GOAL", "home"), claim("SHOOTOUT_MISS", "away", period=6)] * 3
        shown = board(RUGBY_UNION, *KICKING, *kicks)
        assert (shown.home, shown.away) == (0, 0)
        assert shown.detail == {
            "shootout": {"home": 3, "away": 0, "taken": {"home": 3, "away": 3}, "winner": "home"}
        }

    def test_a_kick_implies_the_competition(self) -> None:
        shown = board(RUGBY_UNION, *EXTRA_TIME, claim("SHOOTOUT_MISS", "away", period=6))
        assert (shown.status, shown.period) == ("live", "KICKS")
        assert shown.detail["shootout"] == {"home": 0, "away": 0, "taken": {"away": 1}}

    @pytest.mark.parametrize(
        ("ruling", "score"),
        [
            (claim("GAME_FORFEITED", "home"), (0, 28)),
            (claim("GAME_WALKOVER", "home"), (28, 0)),
            (claim("GAME_AWARDED", detail={"home": 28, "away": 0}), (28, 0)),
            (claim("GAME_FORFEITED", "away", detail={"home": 30, "away": 0}), (30, 0)),
        ],
    )
    def test_rulings(self, ruling: object, score: tuple[int, int]) -> None:
        shown = board(RUGBY_UNION, ruling)
        assert (shown.home, shown.away) == score

    def test_a_score_is_stated_with_its_tries(self) -> None:
        said = claim(
            "SCORE_SET",
            detail={"home": 24, "away": 10, "lines": "14-3 10-7", "home_tries": 4, "away_tries": 1},
        )
        shown = board(RUGBY_UNION, said)
        assert (shown.home, shown.away) == (24, 10)
        assert shown.linescore["2"] == {"home": 10, "away": 7}
        assert shown.detail == {"tries": {"home": 4, "away": 1}}
        later = board(RUGBY_UNION, START, said, claim("TRY", "home"))
        assert (later.home, later.detail["tries"]["home"]) == (29, 5)


@pytest.mark.parametrize(
    ("one", "rules", "rule"),
    [
        (claim("SCRUM", "home", period=7), {}, "period_out_of_range"),
        (claim("SCRUM", "home", period=3), {"extra_time": False}, "period_out_of_range"),
        (claim("SHOOTOUT_MISS", "home", period=6), {"kicking_competition": False}, "period_out_of_range"),
        (claim("SHOOTOUT_MISS", "home", period=5), {}, "shootout_outside_period"),
        (claim("TRY", "home", period=6), {}, "points_in_kicking_competition"),
        (claim("SHOOTOUT_GOAL", "home", period=6, clock="3:00"), {}, None),
        (claim("TRY", period=1), {}, "team_missing"),
        (claim("TRY", "home", period=1, clock="60:00"), {}, None),
        (claim("TRY", "home", period=1, clock="60:01"), {}, "clock_outside_period"),
        (claim("TRY", "home", period=2, clock="39:59"), {}, "clock_outside_period"),
        (claim("TRY", "home", period=2, clock="80+2"), {}, None),
        (claim("TRY", "home", period=2, clock="90+2"), {}, "clock_outside_period"),
        (claim("TRY", "home", clock="100+5"), {}, None),
        (claim("TRY", "home", clock="131:00"), {}, "clock_outside_period"),
        (claim("RED_CARD", "home", detail={"permanent": "yes"}), {}, "wrong_detail"),
        (claim("REVIEW_STARTED", detail={"subject": "goal"}), {}, "wrong_detail"),
        (claim("TEMPORARY_REPLACEMENT", "home", detail={"kind": "hair"}), {}, "wrong_detail"),
        (claim("SCORE_SET", detail={"home": 1, "away": 1, "home_tries": -1}), {}, "wrong_detail"),
        (claim("TRY_CANCELLED"), {}, "target_missing"),
        (claim("TRY", "home", period=9, action="retract"), {}, None),
    ],
)
def test_refused_at_the_door(one: object, rules: dict, rule: str | None) -> None:
    assert misshapen(RUGBY_UNION, one, rules) == rule


@pytest.mark.parametrize(
    ("claims", "one", "rule"),
    [
        ((), claim("TRY", "home"), "game_not_started"),
        ((), claim("TRY", "home", period=1), None),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("TRY", "home", period=2), "game_over"),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("TRY_CANCELLED", "home"), None),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("SCORE_SET", detail={"home": 1, "away": 0}), None),
        (FULL_TIME, claim("SHOOTOUT_GOAL", "home"), "shootout_outside_period"),
        (KICKING, claim("SHOOTOUT_GOAL", "home"), None),
        (KICKING, claim("TRY", "home"), "points_in_kicking_competition"),
        ((START,), claim("PERIOD_START", period=1), "period_already_started"),
        ((*FULL_TIME, claim("GAME_FINAL")), claim("PASS", "home"), None),
    ],
)
def test_refused_by_the_state(claims: tuple, one: object, rule: str | None) -> None:
    assert plays.rule(RUGBY_UNION, fold(RUGBY_UNION, *claims), one) == rule


def test_a_tentative_try_counts_and_is_flagged() -> None:
    shown = board(RUGBY_UNION, START, claim("TRY", "away", confirmation="tentative"))
    assert (shown.away, shown.detail["tentative"]) == (5, {"away": 5})


@pytest.mark.parametrize("kind", sorted(OPEN_PLAY))
def test_a_missing_start_is_implied(kind: str) -> None:
    shown = board(RUGBY_UNION, *FIRST_HALF, claim(kind, "home", period=2), SECOND)
    assert (shown.status, shown.period, shown.clock.display, shown.clock.running) == (
        "live",
        "2H",
        "40:00",
        True,
    )


def test_touches_and_negating_events_change_nothing_of_their_own() -> None:
    state = fold(RUGBY_UNION, START, claim("SCRUM", "home"))
    for kind, spec in EVENTS.items():
        if spec.level == "touch" or spec.negates:
            assert RUGBY_UNION.evolve(state, claim(kind, "home", period=1), 9) is state


WHOLE = [
    claim("LINEUP", "home"),
    claim("PRE_GAME"),
    START,
    claim("TRY", "home", period=1, clock="5:00"),
    claim("REVIEW_STARTED", detail={"subject": "try"}),
    claim("TRY_CANCELLED", "home"),
    claim("PENALTY_TRY", "home", period=1),
    claim("YELLOW_CARD", "away", period=1, player="p1", clock="12:00"),
    claim("RED_CARD", "away", period=1, player="p1", detail={"upgraded": True}),
    claim("PERIOD_END", period=1),
    SECOND,
    claim("BIN_OVER", "away", player="p1"),
    claim("TEMPORARY_REPLACEMENT", "home", period=2, player="p4", detail={"kind": "head"}),
    claim("PENALTY_GOAL", "away", period=2),
    claim("PERIOD_END", period=2),
    claim("GAME_END"),
    claim("PERIOD_START", period=3),
    claim("DROP_GOAL", "away", period=3),
    claim("PERIOD_END", period=3),
    claim("PERIOD_START", period=4),
    claim("PERIOD_END", period=4),
    claim("PERIOD_START", period=5),
    claim("TRY", "home", period=5),
    claim("TRY_CANCELLED", "home"),
    claim("PERIOD_END", period=5),
    claim("PERIOD_START", period=6),
    claim("SHOOTOUT_GOAL", "home", period=6),
    claim("SHOOTOUT_MISS", "away", period=6),
    claim("GAME_END"),
    claim("GAME_FINAL"),
    claim("GAME_AWARDED", detail={"home": 28, "away": 0}),
]


@given(st.lists(st.booleans(), min_size=len(WHOLE), max_size=len(WHOLE)))
def test_nothing_is_refused_for_what_was_not_heard_yet(heard: list[bool]) -> None:
    plays.check_any_part_is_accepted(RUGBY_UNION, WHOLE, heard)


FLAGS = st.fixed_dictionaries(
    {},
    optional={
        "permanent": st.booleans(),
        "upgraded": st.booleans() | st.integers(),
        "kind": st.sampled_from(["head", "blood", 7]),
        "home_tries": st.integers(-1, 9) | st.text(max_size=2),
        "away_tries": st.integers(-1, 9),
        "home": st.integers(0, 9),
        "away": st.integers(0, 9),
    },
)
CARDED = st.builds(
    claim,
    st.sampled_from(
        ["YELLOW_CARD", "RED_CARD", "SECOND_YELLOW_CARD", "BIN_OVER", "SCORE_SET", "PERIOD_START"]
    )
    | st.sampled_from(["TEMPORARY_REPLACEMENT", "TEMPORARY_REPLACEMENT_OVER", "CLOCK_SET", "PERIOD_END"]),
    st.sampled_from(["home", "away"]),
    period=st.none() | st.integers(1, 7),
    clock=st.sampled_from([None, "9:00", "30:00", "41:00", "79:00", "95"]),
    player=st.sampled_from([None, "a", "b"]),
    detail=FLAGS,
)


@given(st.lists(any_claim(RUGBY_UNION) | CARDED, max_size=30))
def test_evolve_is_total_and_the_board_can_be_patched(claims: list) -> None:
    state = RUGBY_UNION.begin({})
    for one in claims:
        state = RUGBY_UNION.evolve(state, one, 7)
        shown = RUGBY_UNION.board(state)
        assert not flaws(shown.detail)
        assert not flaws(shown.linescore)
        assert set(shown.detail) <= set(RUGBY_UNION.detail)


@given(st.lists(any_claim(RUGBY_UNION), max_size=40))
@settings(max_examples=200)
def test_the_score_is_the_sum_of_the_points_of_what_was_accepted(claims: list) -> None:
    state, points = RUGBY_UNION.begin({}), {"home": 0, "away": 0}
    for one in claims:
        if RUGBY_UNION.check({}, one) or RUGBY_UNION.decide(state, one):
            continue
        state = RUGBY_UNION.evolve(state, one, 7)
        if one.action != "assert" or one.confirmation == "cancelled":
            continue
        if one.type == "SCORE_SET":
            points = {side: int(one.detail[side]) for side in ("home", "away")}
        elif one.type in EVENTS:
            points[one.team or "home"] += EVENTS[one.type].points
    tally = state.tally
    assert (tally.home, tally.away) == (points["home"], points["away"])
    for side in ("home", "away"):
        assert sum(line[side] for line in tally.linescore.values()) == points[side]

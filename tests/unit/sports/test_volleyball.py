"""Volleyball, rule by rule: rallies, sets, service, time-outs, cards, defaults, what corrects a point."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports.volleyball import VOLLEYBALL
from unit.sports.plays import (
    any_claim,
    board,
    check_any_part_is_accepted,
    claim,
    flaws,
    fold,
    misshapen,
    rule,
)

START = claim("PERIOD_START", period=1)
HOME_SET, AWAY_SET = "H" * 25, "A" * 25


def points(text: str, period: int | None = None, **fields: object) -> list:
    """`H` a point of home, `A` one of away; anything else is for the reader."""
    return [
        claim("POINT", "home" if one == "H" else "away", period=period, **fields)
        for one in text
        if one in "HA"
    ]


def shown(text: str, **rules: object) -> tuple:
    one = board(VOLLEYBALL, START, *points(text), rules=rules)
    return one.status, one.period, (one.home, one.away), one.linescore


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HHA", ("live", "S1", (0, 0), {"1": {"home": 2, "away": 1}})),
        (HOME_SET, ("break", "S1 END", (1, 0), {"1": {"home": 25, "away": 0}})),
        ("HA" * 24 + "H", ("live", "S1", (0, 0), {"1": {"home": 25, "away": 24}})),
        ("HA" * 30 + "HH", ("break", "S1 END", (1, 0), {"1": {"home": 32, "away": 30}})),
        (
            HOME_SET + "A",
            ("live", "S2", (1, 0), {"1": {"home": 25, "away": 0}, "2": {"home": 0, "away": 1}}),
        ),
    ],
)
def test_sets(text: str, expected: tuple) -> None:
    assert shown(text) == expected


def test_three_sets_win_and_the_fifth_goes_to_fifteen() -> None:
    assert shown(HOME_SET * 3)[:3] == ("ended", "S3 END", (3, 0))
    level = (HOME_SET + AWAY_SET) * 2
    assert shown(level + "H" * 14)[:3] == ("live", "S5", (2, 2))
    status, period, score, lines = shown(level + "H" * 15)
    assert (status, period, score, lines["5"]) == ("ended", "S5 END", (3, 2), {"home": 15, "away": 0})
    assert shown(level + "H" * 15 + "AAA") == (status, period, score, lines)


def test_the_beach() -> None:
    beach = {"best_of": 3, "set_points": 21, "last_set_points": 15}
    assert shown("H" * 21, **beach)[2] == (1, 0)
    assert shown("H" * 21 + "A" * 21 + "H" * 15, **beach)[:3] == ("ended", "S3 END", (2, 1))


def test_whoever_wins_the_rally_serves_and_sets_begin_by_turns() -> None:
    def server(text: str) -> str | None:
        first = points("H", detail={"server": "home"})
        return board(VOLLEYBALL, START, *first, *points(text)).detail.get("server")

    assert [server(text) for text in ("", "A", "AH")] == ["home", "away", "home"]
    assert server("H" * 24) == "away"  # home began the first set
    assert server("H" * 24 + AWAY_SET) == "home"
    assert server("H" * 24 + AWAY_SET + HOME_SET + AWAY_SET) is None  # a toss decides for the fifth
    said = board(VOLLEYBALL, START, claim("SERVE", "away"), *points(HOME_SET))
    assert said.detail["server"] == "home"


def test_what_the_next_point_would_win() -> None:
    assert board(VOLLEYBALL, START, *points("H" * 24)).detail["chance"] == {"home": "set"}
    assert board(VOLLEYBALL, START, *points(HOME_SET * 2 + "H" * 24)).detail["chance"] == {"home": "match"}
    assert "chance" not in board(VOLLEYBALL, START, *points("HA" * 24)).detail


def test_time_outs_are_two_a_set() -> None:
    one = board(VOLLEYBALL, START, *points("H"), claim("TIMEOUT", "away"), claim("TIMEOUT"))
    assert one.detail["timeouts"] == {"home": 2, "away": 1}
    assert (
        "timeouts" not in board(VOLLEYBALL, START, claim("TIMEOUT", "away"), *points(HOME_SET + "H")).detail
    )
    said = board(VOLLEYBALL, START, claim("TIMEOUT", "home", detail={"left": 0}))
    assert said.detail["timeouts"]["home"] == 0


def test_cards_challenges_reviews_and_statistics() -> None:
    detail = board(
        VOLLEYBALL,
        START,
        claim("YELLOW_CARD", "home"),
        claim("RED_CARD", "home"),
        *points("A", detail={"kind": "penalty"}),
        *points("H", detail={"kind": "ace"}),
        *points("H", detail={"kind": "block"}),
        claim("CHALLENGE", "away", detail={"left": 1, "decision": "stands"}),
        claim("REVIEW_STARTED", detail={"subject": "touch"}),
    ).detail
    assert detail["cards"] == {"home": {"yellow": 1, "red": 1}}
    assert detail["stats"] == {"home": {"aces": 1, "blocks": 1}}
    assert (detail["challenges"], detail["review"]) == ({"away": 1}, "touch")
    assert detail["points"] == {"home": 2, "away": 1}


@pytest.mark.parametrize(
    ("claims", "score", "line"),
    [
        ((claim("GAME_WALKOVER", "home"),), (3, 0), "25-0 25-0 25-0"),
        ((claim("GAME_FORFEITED", "home"),), (0, 3), "0-25 0-25 0-25"),
        ((START, *points(HOME_SET), claim("GAME_FORFEITED", "home")), (1, 3), "25-0 0-25 0-25 0-25"),
        ((START, *points("HHHA"), claim("GAME_FORFEITED", "home")), (0, 3), "3-25 0-25 0-25"),
        ((START, *points("HHHA"), claim("GAME_FORFEITED", "away")), (3, 0), "25-1 25-0 25-0"),
        (
            (START, *points(HOME_SET), *points(HOME_SET), claim("GAME_FORFEITED", "away")),
            (3, 0),
            "25-0 25-0 25-0",
        ),
        (
            (
                START,
                *points("HHHA"),
                claim("GAME_FORFEITED", "home", detail={"home": 0, "away": 3, "lines": "0-25 0-25 0-25"}),
            ),
            (0, 3),
            "0-25 0-25 0-25",
        ),
    ],
)
def test_a_default_gives_what_is_left_to_the_opponent(claims: tuple, score: tuple, line: str) -> None:
    shown = board(VOLLEYBALL, *claims)
    assert ((shown.home, shown.away), shown.detail["winner"]) == (score, "home" if score[0] == 3 else "away")
    assert " ".join(f"{one['home']}-{one['away']}" for one in shown.linescore.values()) == line


def test_a_default_on_the_beach_and_a_void_match() -> None:
    rules = {"best_of": 3, "set_points": 21}
    shown = board(VOLLEYBALL, claim("GAME_WALKOVER", "away"), rules=rules)
    assert (shown.home, shown.away, shown.linescore["2"]) == (0, 2, {"home": 0, "away": 21})
    assert board(VOLLEYBALL, START, *points(HOME_SET), claim("GAME_VOID")).home == 1
    endless = board(VOLLEYBALL, claim("GAME_WALKOVER", "home"), rules={"best_of": 10**9})
    assert (endless.home, len(endless.linescore)) == (20, 20)


def test_a_stated_score() -> None:
    said = claim(
        "SCORE_SET", detail={"home": 1, "away": 0, "lines": "25-20", "line": "24-23", "server": "home"}
    )
    one = board(VOLLEYBALL, START, said)
    assert (one.status, one.period, one.home, one.linescore["2"]) == (
        "live",
        "S2",
        1,
        {"home": 24, "away": 23},
    )
    assert (one.detail["server"], one.detail["chance"]) == ("home", {"home": "set"})
    won = board(VOLLEYBALL, START, said, *points("H"))
    assert (won.home, won.linescore["2"]) == (2, {"home": 25, "away": 23})


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (claim("POINT"), "team_missing"),
        (claim("POINT", "home", period=6), "period_out_of_range"),
        (claim("POINT", "home", detail={"kind": "luck"}), "wrong_detail"),
        (claim("SCORE_SET", detail={"home": 0, "away": 0, "line": "24"}), "wrong_detail"),
        (claim("SCORE_SET", detail={"home": 0, "away": 0, "server": "x"}), "wrong_detail"),
        (claim("CHALLENGE", "home", detail={"left": -1}), "wrong_detail"),
    ],
)
def test_what_cannot_be_is_refused_at_the_door(one, name: str) -> None:
    assert misshapen(VOLLEYBALL, one) == name


def test_a_derived_end_refuses_nothing_and_a_said_one_does() -> None:
    derived = fold(VOLLEYBALL, START, *points(HOME_SET * 3))
    assert rule(VOLLEYBALL, derived, claim("POINT", "away", period=3)) is None
    said = fold(VOLLEYBALL, START, *points(HOME_SET * 3), claim("GAME_END"))
    assert rule(VOLLEYBALL, said, claim("POINT", "away", period=3)) == "game_ended"


GAME = [
    START,
    *points("HA" * 24 + "HH", period=1),
    claim("PERIOD_END", period=1),
    claim("PERIOD_START", period=2),
    *points(HOME_SET, period=2),
    *points(HOME_SET, period=3),
    claim("GAME_END"),
    claim("GAME_FINAL"),
]


def test_ends_that_are_said_double_nothing() -> None:
    one = board(VOLLEYBALL, *GAME)
    assert (one.status, one.home, one.away, one.linescore["1"]) == ("final", 3, 0, {"home": 26, "away": 24})


@given(st.lists(st.booleans(), min_size=len(GAME), max_size=len(GAME)))
@settings(max_examples=50)
def test_any_part_of_a_match_is_accepted_whatever_was_heard(heard: list[bool]) -> None:
    check_any_part_is_accepted(VOLLEYBALL, GAME, heard)


@given(st.lists(any_claim(VOLLEYBALL), max_size=40))
def test_any_claims_fold(claims: list) -> None:
    assert flaws(board(VOLLEYBALL, *claims).detail) == []


def test_points_stated_as_sets_are_refused() -> None:
    assert misshapen(VOLLEYBALL, claim("SCORE_SET", detail={"home": 25, "away": 21})) == "wrong_detail"
    assert misshapen(VOLLEYBALL, claim("SCORE_SET", detail={"home": 3, "away": 3})) == "wrong_detail"
    assert misshapen(VOLLEYBALL, claim("SCORE_SET", detail={"home": 3, "away": 2})) is None


def test_a_match_that_is_forfeited_by_its_winner_is_lost_to_nil() -> None:
    won = [START, *points(HOME_SET * 2 + AWAY_SET + HOME_SET)]
    shown = board(VOLLEYBALL, *won, claim("GAME_FORFEITED", "home"))
    assert (shown.home, shown.away) == (0, 3)
    assert shown.linescore == {str(number): {"home": 0, "away": 25} for number in (1, 2, 3)}
    lost = board(VOLLEYBALL, *won, claim("GAME_FORFEITED", "away"))
    assert (lost.home, lost.away) == (3, 1)


def test_a_golden_set_is_a_match_of_one_set() -> None:
    golden = {"best_of": 1}
    assert shown("H" * 14 + "A" * 14 + "H", **golden)[0] == "live"
    assert shown("H" * 14 + "A" * 14 + "HH", **golden)[:3] == ("ended", "S1 END", (1, 0))
    assert misshapen(VOLLEYBALL, claim("POINT", "home", period=2), golden) == "period_out_of_range"

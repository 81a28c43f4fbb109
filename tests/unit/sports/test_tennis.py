"""Tennis, rule by rule: points, games, tie-breaks, sets, service, what ends a match and what corrects it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewire.sports.tennis import TENNIS
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


def points(text: str, period: int | None = None, **fields: object) -> list:
    """`H` a point of home, `A` one of away; anything else is for the reader."""
    return [
        claim("POINT", "home" if one == "H" else "away", period=period, **fields)
        for one in text
        if one in "HA"
    ]


HOME_GAME, AWAY_GAME = "HHHH ", "AAAA "
LEVEL = (HOME_GAME + AWAY_GAME) * 6


def shown(text: str, **rules: object) -> tuple:
    one = board(TENNIS, START, *points(text), rules=rules)
    return one.status, one.period, (one.home, one.away), one.linescore


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("", ("0", "0")),
        ("H", ("15", "0")),
        ("HHAH", ("40", "15")),
        ("HHHAAA", ("40", "40")),
        ("HHHAAAH", ("AD", "40")),
        ("HHHAAAHA", ("40", "40")),
        ("HHHAAAHAA", ("40", "AD")),
        ("HHHH", ("0", "0")),
        (LEVEL + "HHA", ("2", "1")),
    ],
)
def test_points_as_the_umpire_calls_them(text: str, called: tuple[str, str]) -> None:
    detail = board(TENNIS, START, *points(text)).detail
    assert (detail["points"]["home"], detail["points"]["away"]) == called


def test_a_list_shows_the_points_of_the_game_and_of_no_other() -> None:
    notes = [board(TENNIS, START, *points(text)).note for text in ("HHA", "HHHAAAH", LEVEL + "HHA")]
    assert notes == ["30-15", "AD-40", "2-1"]
    assert board(TENNIS, START, *points(HOME_GAME * 6)).note == ""


def test_a_game_needs_two_points_more_and_with_no_ad_one() -> None:
    assert shown("HHHAAAH")[3] == {"1": {"home": 0, "away": 0}}
    assert shown("HHHAAAHH")[3] == {"1": {"home": 1, "away": 0}}
    assert shown("HHHAAAH", no_ad=True)[3] == {"1": {"home": 1, "away": 0}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOME_GAME * 6, ("break", "S1 END", (1, 0), {"1": {"home": 6, "away": 0}})),
        (HOME_GAME * 5 + AWAY_GAME * 5 + HOME_GAME, ("live", "S1", (0, 0), {"1": {"home": 6, "away": 5}})),
        (
            HOME_GAME * 5 + AWAY_GAME * 5 + HOME_GAME * 2,
            ("break", "S1 END", (1, 0), {"1": {"home": 7, "away": 5}}),
        ),
        (LEVEL + "H" * 7, ("break", "S1 END", (1, 0), {"1": {"home": 7, "away": 6}})),
        (LEVEL + "HA" * 6 + "H", ("live", "S1", (0, 0), {"1": {"home": 6, "away": 6}})),
        (LEVEL + "HA" * 6 + "HH", ("break", "S1 END", (1, 0), {"1": {"home": 7, "away": 6}})),
        (
            AWAY_GAME * 12,
            ("ended", "S2 END", (0, 2), {"1": {"home": 0, "away": 6}, "2": {"home": 0, "away": 6}}),
        ),
    ],
)
def test_sets(text: str, expected: tuple) -> None:
    assert shown(text) == expected


def test_the_points_of_a_tie_break_are_kept() -> None:
    detail = board(TENNIS, START, *points(LEVEL + "HA" * 6 + "HH")).detail
    assert detail["tiebreaks"] == {"1": {"home": 8, "away": 6}}
    assert "tiebreak" not in detail
    assert board(TENNIS, START, *points(LEVEL)).detail["tiebreak"] == 7


ONE_EACH = HOME_GAME * 6 + AWAY_GAME * 6


@pytest.mark.parametrize(
    ("rules", "text", "line"),
    [
        ({"final_tiebreak_points": 10}, ONE_EACH + LEVEL + "H" * 9, {"home": 6, "away": 6}),
        ({"final_tiebreak_points": 10}, ONE_EACH + LEVEL + "H" * 10, {"home": 7, "away": 6}),
        ({"final_tiebreak_points": 0}, ONE_EACH + LEVEL + HOME_GAME, {"home": 7, "away": 6}),
        ({"final_tiebreak_points": 0}, ONE_EACH + LEVEL + HOME_GAME * 2, {"home": 8, "away": 6}),
        ({"final_tiebreak_at": 12}, ONE_EACH + LEVEL * 2 + "H" * 7, {"home": 13, "away": 12}),
        ({"match_tiebreak_points": 10}, ONE_EACH + "H" * 10, {"home": 1, "away": 0}),
    ],
)
def test_final_sets(rules: dict, text: str, line: dict) -> None:
    assert shown(text, **rules)[3]["3"] == line


def test_service_goes_round_with_the_games_and_within_a_tie_break() -> None:
    def server(text: str) -> str:
        return board(TENNIS, START, claim("SERVER_SET", "home"), *points(text)).detail["server"]

    assert [server(HOME_GAME * count) for count in range(4)] == ["home", "away", "home", "away"]
    assert [server(LEVEL + "H" * count) for count in range(6)] == [
        "home",
        "away",
        "away",
        "home",
        "home",
        "away",
    ]
    after = board(TENNIS, START, claim("SERVER_SET", "home"), *points(LEVEL + "HHHHHHH" + "H")).detail
    assert after["server"] == "away"  # who received first in the tie-break serves first in the next set


def test_breaks_aces_and_chances() -> None:
    served = [claim("SERVER_SET", "away"), *points("HHH")]
    assert board(TENNIS, START, *served).detail["chance"] == {"home": "break"}
    won = board(TENNIS, START, *served, *points("H", detail={"kind": "winner"})).detail
    assert won["stats"]["home"] == {"breaks": 1}
    assert "chance" not in won
    assert board(TENNIS, START, *points(HOME_GAME * 5 + "HHH")).detail["chance"] == {"home": "set"}
    assert board(TENNIS, START, *points(HOME_GAME * 11 + "HHH")).detail["chance"] == {"home": "match"}
    fault = points("H", detail={"kind": "double_fault"}) + points("A", detail={"kind": "ace"})
    assert board(TENNIS, START, *fault).detail["stats"]["away"] == {"double_faults": 1, "aces": 1}


def test_points_after_the_match_count_for_nothing() -> None:
    over = HOME_GAME * 12
    assert shown(over) == shown(over + "AAAA")
    assert shown(over)[0] == "ended"


def test_a_penalty_may_cost_a_game() -> None:
    one = board(TENNIS, START, *points("HH"), claim("GAME_PENALTY", "away"))
    assert one.linescore == {"1": {"home": 0, "away": 1}}
    assert one.detail["points"] == {"home": "0", "away": "0"}


def test_a_retirement_keeps_the_score_and_names_the_winner() -> None:
    one = board(TENNIS, START, *points(HOME_GAME * 6 + "AA"), claim("GAME_RETIRED", "home"))
    assert (one.status, one.home, one.detail["winner"]) == ("retired", 1, "away")
    assert board(TENNIS, claim("GAME_WALKOVER", "home")).detail["winner"] == "home"
    assert board(TENNIS, START, claim("GAME_FORFEITED", "home")).detail["winner"] == "away"


def test_suspended_and_resumed_on_another_day() -> None:
    stopped = [START, *points(HOME_GAME * 6 + "HH"), claim("GAME_SUSPENDED")]
    assert board(TENNIS, *stopped).status == "suspended"
    again = board(TENNIS, *stopped, claim("GAME_RESUMED"), *points("HH", period=2))
    assert (again.status, again.linescore["2"]) == ("live", {"home": 1, "away": 0})


def test_the_umpires_corrected_score() -> None:
    said = {"home": 1, "away": 0, "lines": "6-3 0-0", "line": "2-1", "points": "30-40", "server": "away"}
    one = board(TENNIS, START, *points("HHH"), claim("SCORE_SET", period=2, detail=said))
    assert (one.home, one.away, one.linescore["2"]) == (1, 0, {"home": 2, "away": 1})
    assert (one.detail["points"], one.detail["server"]) == ({"home": "30", "away": "40"}, "away")
    played_on = board(
        TENNIS, START, *points("HHH"), claim("SCORE_SET", period=2, detail=said), *points("A", period=2)
    )
    assert played_on.linescore["2"] == {"home": 2, "away": 2}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"period": 4}, "period_out_of_range"),
        ({"detail": {"kind": "lucky"}}, "wrong_detail"),
        ({"detail": {"server": "x"}}, "wrong_detail"),
        ({"team": None}, "team_missing"),
    ],
)
def test_what_cannot_be_is_refused_at_the_door(fields: dict, name: str) -> None:
    assert misshapen(TENNIS, claim("POINT", **{"team": "home", **fields})) == name
    assert misshapen(TENNIS, claim("POINT", "home", period=5), rules={"best_of": 5}) is None


@pytest.mark.parametrize("detail", [{"line": "4"}, {"points": "love-15"}, {"tiebreaks": "7"}, {"server": 1}])
def test_a_stated_score_must_be_readable(detail: dict) -> None:
    assert misshapen(TENNIS, claim("SCORE_SET", detail={"home": 0, "away": 0, **detail})) == "wrong_detail"


def test_a_derived_end_refuses_nothing_and_a_said_one_does() -> None:
    derived = fold(TENNIS, START, *points(HOME_GAME * 12))
    assert rule(TENNIS, derived, claim("POINT", "away", period=2)) is None
    assert rule(TENNIS, derived, claim("GAME_END")) is None
    said = fold(TENNIS, START, *points(HOME_GAME * 12), claim("GAME_END"))
    assert rule(TENNIS, said, claim("POINT", "away", period=2)) == "game_ended"
    final = fold(TENNIS, START, *points(HOME_GAME * 12), claim("GAME_END"), claim("GAME_FINAL"))
    assert rule(TENNIS, final, claim("POINT", "away", period=2)) == "game_over"


GAME = [
    START,
    *points(HOME_GAME * 6, period=1),
    claim("PERIOD_END", period=1),
    claim("PERIOD_START", period=2),
    *points(LEVEL + "H" * 7, period=2),
    claim("PERIOD_END", period=2),
    claim("GAME_END"),
    claim("GAME_FINAL"),
]


def test_ends_that_are_said_double_nothing() -> None:
    one = board(TENNIS, *GAME)
    assert (one.status, one.home, one.away) == ("final", 2, 0)
    assert one.linescore == {"1": {"home": 6, "away": 0}, "2": {"home": 7, "away": 6}}


@given(st.lists(st.booleans(), min_size=len(GAME), max_size=len(GAME)))
@settings(max_examples=50)
def test_any_part_of_a_match_is_accepted_whatever_was_heard(heard: list[bool]) -> None:
    check_any_part_is_accepted(TENNIS, GAME, heard)


@given(st.lists(any_claim(TENNIS), max_size=40))
def test_any_claims_fold(claims: list) -> None:
    assert flaws(board(TENNIS, *claims).detail) == []


@given(st.text("HA", max_size=400))
@settings(max_examples=100)
def test_lines_never_run_past_what_wins_a_set(text: str) -> None:
    _, _, score, lines = shown(text)
    assert max(score) <= 2
    for line in lines.values():
        most, least = max(line.values()), min(line.values())
        assert most <= 7
        assert most < 7 or least in {5, 6}
    assert sum(score) <= len(lines)


@pytest.mark.parametrize(
    ("rules", "text", "expected"),
    [
        # A pro set: eight games by two, a tie-break at eight all.
        ({"best_of": 1, "set_games": 8}, LEVEL + "H" * 7, ("live", {"home": 7, "away": 6})),
        ({"best_of": 1, "set_games": 8}, LEVEL + HOME_GAME * 2, ("ended", {"home": 8, "away": 6})),
        (
            {"best_of": 1, "set_games": 8},
            LEVEL + (HOME_GAME + AWAY_GAME) * 2 + "H" * 7,
            ("ended", {"home": 9, "away": 8}),
        ),
        # Short sets, the deciding one like the others.
        (
            {"best_of": 1, "set_games": 4},
            (HOME_GAME + AWAY_GAME) * 4 + "H" * 7,
            ("ended", {"home": 5, "away": 4}),
        ),
        (
            {"best_of": 1, "set_games": 4, "tiebreak_at": 3, "tiebreak_points": 5, "tiebreak_margin": 1},
            (HOME_GAME + AWAY_GAME) * 3 + "HAHAHAHAH",
            ("ended", {"home": 4, "away": 3}),
        ),
        # No tie-breaks at all.
        ({"best_of": 1, "tiebreak_points": 0}, LEVEL + "H" * 7, ("live", {"home": 7, "away": 6})),
    ],
)
def test_the_deciding_set_is_like_the_others_where_nothing_else_is_said(
    rules: dict, text: str, expected: tuple
) -> None:
    status, _, _, lines = shown(text, **rules)
    assert (status, lines["1"]) == expected


def test_a_retirement_in_a_tie_break_keeps_its_points() -> None:
    one = board(TENNIS, START, *points(LEVEL + "HHA"), claim("GAME_RETIRED", "home"))
    assert one.linescore == {"1": {"home": 6, "away": 6}}
    assert one.detail["tiebreaks"] == {"1": {"home": 2, "away": 1}}
    assert "tiebreaks" not in board(TENNIS, START, *points(LEVEL), claim("GAME_RETIRED", "home")).detail


@pytest.mark.parametrize("score", [(6, 4), (3, 0), (2, 2)])
def test_games_stated_as_sets_are_refused(score: tuple[int, int]) -> None:
    said = dict(zip(("home", "away"), score, strict=True))
    assert misshapen(TENNIS, claim("SCORE_SET", detail=said)) == "wrong_detail"
    assert misshapen(TENNIS, claim("SCORE_SET", detail={"home": 2, "away": 1})) is None

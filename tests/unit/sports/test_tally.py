"""Points by side and period, and what rulings set in their place."""

import pytest

from scorewire.sports.tally import Tally, check_imposed, check_stated, opened, ruled, scored, stated
from unit.sports.plays import claim


def test_points_go_to_side_and_period() -> None:
    tally = scored(scored(scored(Tally(), "home", 3, 1), "away", 2, 1), "away", 1, 5)
    assert (tally.home, tally.away) == (3, 3)
    assert tally.linescore == {"1": {"home": 3, "away": 2}, "5": {"home": 0, "away": 1}}


def test_other_periods_stay_the_same_objects() -> None:
    before = scored(scored(Tally(), "home", 1, 1), "home", 1, 2)
    after = scored(before, "away", 1, 2)
    assert after.linescore["1"] is before.linescore["1"]
    assert before.linescore["2"] == {"home": 1, "away": 0}


def test_a_period_opens_once() -> None:
    tally = opened(Tally(), 1)
    assert tally.linescore == {"1": {"home": 0, "away": 0}}
    assert opened(tally, 1) is tally


PLAYED = Tally(1, 5, {"1": {"home": 1, "away": 5}})


@pytest.mark.parametrize(
    ("ruling", "better_stands", "shown"),
    [
        (claim("GAME_AWARDED", detail={"home": 0, "away": 2}), True, (0, 2)),
        (claim("GAME_FORFEITED", "away"), True, (3, 0)),
        (claim("GAME_FORFEITED", "home"), True, (1, 5)),
        (claim("GAME_FORFEITED", "home"), False, (0, 3)),
        (claim("GAME_FORFEITED", "home", detail={"home": 0, "away": 20}), True, (0, 20)),
        (claim("GAME_WALKOVER", "home"), False, (3, 0)),
        (claim("GAME_WALKOVER", "away"), False, (0, 3)),
        (claim("GAME_VOID"), True, (1, 5)),
        (claim("GAME_FORFEITED"), True, (1, 5)),
    ],
)
def test_rulings(ruling: object, better_stands: bool, shown: tuple[int, int]) -> None:
    after = ruled(PLAYED, ruling, forfeit_points=3, better_stands=better_stands)
    assert after.shown() == shown
    assert (after.home, after.away) == (1, 5)
    assert after.linescore is PLAYED.linescore


def test_a_result_that_is_just_as_bad_is_replaced() -> None:
    after = ruled(Tally(4, 1), claim("GAME_FORFEITED", "away"), forfeit_points=3, better_stands=True)
    assert after.shown() == (3, 0)


def test_a_void_game_shows_what_was_played_again() -> None:
    awarded = ruled(
        PLAYED, claim("GAME_AWARDED", detail={"home": 3, "away": 0}), forfeit_points=3, better_stands=True
    )
    assert ruled(awarded, claim("GAME_VOID"), forfeit_points=3, better_stands=True).shown() == (1, 5)


def test_points_after_a_ruling_do_not_show() -> None:
    awarded = ruled(
        PLAYED, claim("GAME_AWARDED", detail={"home": 3, "away": 0}), forfeit_points=3, better_stands=True
    )
    later = opened(scored(awarded, "home", 1, 1), 2)
    assert later.shown() == (3, 0)
    assert later.home == 2


@pytest.mark.parametrize(
    ("kind", "detail", "rule"),
    [
        ("GAME_AWARDED", {"home": 3, "away": 0}, None),
        ("GAME_AWARDED", {}, "wrong_detail"),
        ("GAME_AWARDED", {"home": 3}, "wrong_detail"),
        ("GAME_AWARDED", {"home": 3, "away": "0"}, "wrong_detail"),
        ("GAME_AWARDED", {"home": 3, "away": False}, "wrong_detail"),
        ("GAME_AWARDED", {"home": 3.0, "away": 0}, "wrong_detail"),
        ("GAME_AWARDED", {"home": 3, "away": -1}, "negative_score"),
        ("GAME_FORFEITED", {}, None),
        ("GAME_FORFEITED", {"away": 3}, "wrong_detail"),
        ("GAME_WALKOVER", {"home": -3, "away": 0}, "negative_score"),
    ],
)
def test_imposed_scores_are_two_whole_numbers(kind: str, detail: dict[str, int], rule: str | None) -> None:
    refusal = check_imposed(claim(kind, "home", detail=detail))
    assert (refusal.rule if refusal else None) == rule


def test_a_stated_score_holds_and_what_is_played_later_adds_to_it() -> None:
    held = stated(scored(Tally(), "home", 1, 1), claim("SCORE_SET", detail={"home": 2, "away": 3}), 2)
    assert held.shown() == (2, 3)
    assert held.linescore == {"1": {"home": 1, "away": 0}, "2": {"home": 1, "away": 3}}
    assert scored(held, "home", 1, 2).shown() == (3, 3)


def test_a_stated_score_that_is_lower_takes_from_the_newest_periods_first() -> None:
    tally = scored(scored(scored(Tally(), "home", 2, 1), "home", 1, 2), "away", 1, 3)
    held = stated(tally, claim("SCORE_SET", detail={"home": 1, "away": 1}), 3)
    assert held.linescore == {
        "1": {"home": 1, "away": 0},
        "2": {"home": 0, "away": 0},
        "3": {"home": 0, "away": 1},
    }


def test_stated_lines_that_do_not_add_up_are_left_out() -> None:
    said = claim("SCORE_SET", detail={"home": 2, "away": 2, "lines": "1-0 0-2"})
    held = stated(scored(Tally(), "home", 1, 1), said, 2)
    assert held.linescore == {"1": {"home": 1, "away": 0}, "2": {"home": 1, "away": 2}}


def test_stated_lines_are_taken_as_they_are() -> None:
    held = stated(Tally(), claim("SCORE_SET", detail={"home": 1, "away": 2, "lines": "1-0 0-2"}), 1)
    assert held.linescore == {"1": {"home": 1, "away": 0}, "2": {"home": 0, "away": 2}}
    assert stated(held, claim("SCORE_SET", detail={"home": 1, "away": 2, "lines": "1-0 0-2"}), 1) is held


@pytest.mark.parametrize(
    ("detail", "rule"),
    [
        ({"home": 1}, "wrong_detail"),
        ({"home": 1, "away": "2"}, "wrong_detail"),
        ({"home": 1, "away": True}, "wrong_detail"),
        ({"home": 1, "away": -1}, "negative_score"),
        ({"home": 1, "away": 2, "lines": "1:0"}, "wrong_detail"),
    ],
)
def test_a_stated_score_that_is_none_is_refused(detail: dict[str, object], rule: str) -> None:
    refusal = check_stated(claim("SCORE_SET", detail=detail))
    assert refusal is not None
    assert refusal.rule == rule

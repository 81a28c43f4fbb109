"""What tennis and volleyball share: which set a point is of, derived ends, stated scores."""

import pytest

from scorewire.model.provider_event import ProviderEvent
from scorewire.sports.lifecycle import Course
from scorewire.sports.sets import (
    Sets,
    counts,
    decide,
    entered,
    followed,
    label,
    leader,
    line,
    lined,
    read_pair,
    set_of,
    stated,
    won,
)
from scorewire.sports.tally import Tally
from unit.games.conftest import Referee
from unit.sports.plays import claim

BEST_OF_THREE = 2


def played(*sides: str) -> Sets:
    """A match in which these sides have won a set each."""
    match = Sets()
    for number, side in enumerate(sides, 1):
        match = won(lined(entered(match, number), number, 6, 6), side, number, BEST_OF_THREE)  # type: ignore[arg-type]
    return match


def test_the_match_ends_with_the_set_that_is_enough() -> None:
    one, two, three = played("home"), played("home", "away"), played("home", "away", "away")
    assert [one.course.status, two.course.status, three.course.status] == ["break", "break", "ended"]
    assert (three.tally.home, three.tally.away, three.winner) == (1, 2, "away")
    assert [label(one.course), label(entered(one, 2).course), label(Course())] == ["S1 END", "S2", ""]


def test_a_point_belongs_to_the_set_that_it_names_or_to_the_one_that_is_played() -> None:
    point = claim("POINT", "home")
    assert [set_of(match, point) for match in (Sets(), played("home"), entered(played("home"), 2))] == [
        1,
        2,
        2,
    ]
    assert set_of(Sets(), claim("POINT", "home", period=3)) == 3
    assert not counts(played("home"), claim("POINT", "home", period=1), 1)
    assert not counts(played("home", "home"), point, 3)


@pytest.mark.parametrize(
    ("said", "winner"),
    [
        (claim("GAME_RETIRED", "home"), "away"),
        (claim("GAME_FORFEITED", "away"), "home"),
        (claim("GAME_WALKOVER", "home"), "home"),
        (claim("GAME_END", "away"), "away"),
        (claim("GAME_END"), "home"),
        (claim("GAME_ABANDONED"), None),
    ],
)
def test_who_has_won(said: ProviderEvent, winner: str | None) -> None:
    match = Sets() if said.type == "GAME_WALKOVER" else entered(played("home"), 2)
    assert followed(match, said, BEST_OF_THREE).winner == winner


def test_a_set_is_given_by_whose_end_is_said_with_a_winner() -> None:
    after = followed(entered(Sets(), 1), claim("PERIOD_END", "away", period=1), BEST_OF_THREE)
    assert (after.tally.away, after.decided) == (1, 1)
    again = followed(played("home"), claim("PERIOD_END", "home", period=1), BEST_OF_THREE)
    assert again.tally.home == 1


def test_a_derived_end_contradicts_nothing_and_a_said_one_does() -> None:
    over = played("home", "home")
    assert decide(over, claim("POINT", "away", period=2), point=True) is None
    told = followed(over, claim("GAME_END"), BEST_OF_THREE)
    refusal = decide(told, claim("POINT", "away", period=2), point=True)
    assert refusal is not None
    assert refusal.rule == "game_ended"


@pytest.mark.parametrize(
    ("detail", "status", "lines"),
    [
        ({"home": 0, "away": 0}, "scheduled", {}),
        ({"home": 1, "away": 0, "lines": "6-4"}, "break", {"1": {"home": 6, "away": 4}}),
        (
            {"home": 1, "away": 0, "lines": "6-4", "line": "3-2"},
            "live",
            {"1": {"home": 6, "away": 4}, "2": {"home": 3, "away": 2}},
        ),
        (
            {"home": 1, "away": 0, "lines": "6-4 3-2"},
            "live",
            {"1": {"home": 6, "away": 4}, "2": {"home": 3, "away": 2}},
        ),
        ({"home": 2, "away": 0}, "ended", {}),
    ],
)
def test_a_stated_score_opens_and_closes_sets(detail: dict, status: str, lines: dict) -> None:
    match = stated(Sets(), claim("SCORE_SET", detail=detail), BEST_OF_THREE)
    assert (match.course.status, match.tally.linescore) == (status, lines)


def test_what_is_no_score_states_nothing() -> None:
    match = played("home")
    assert stated(match, claim("SCORE_SET", detail={"home": "1", "away": 0}), BEST_OF_THREE) is match


def test_small_parts() -> None:
    assert (leader(2, 1), leader(1, 1), leader(0, 1)) == ("home", None, "away")
    assert line(Sets(tally=Tally(linescore={"2": {"home": 3, "away": 4}})), 2) == (3, 4)
    assert line(Sets(), 1) == (0, 0)
    assert [read_pair(text) for text in ("4-3", "4", "a-b", 4, "4-3-2")] == [(4, 3), None, None, None, None]


def test_a_point_before_the_start_is_of_the_first_set() -> None:
    assert decide(Sets(), claim("POINT", "home"), point=True) is None
    postponed = Sets(course=Course("postponed"))
    for point in (claim("POINT", "home"), claim("POINT", "home", period=1)):
        refusal = decide(postponed, point, point=True)
        assert refusal is not None
        assert refusal.rule == "game_not_started"


@pytest.mark.parametrize(("sport", "points", "line"), [("tennis", 24, 5), ("volleyball", 25, 24)])
def test_the_point_that_won_a_set_is_played_again(sport: str, points: int, line: int) -> None:
    match = Referee(sport=sport)
    for number in range(points):
        match.claim("POINT", team="home", period=1, event=f"p{number}", sequence=number)
    assert match.score == (1, 0)
    match.claim("POINT_CANCELLED", detail={"event": f"p{points - 1}"}, period=1, sequence=points)
    assert match.desk.shown is not None
    assert match.score == (0, 0)
    assert match.desk.shown.linescore == {"1": {"home": line, "away": 0}}
    assert match.desk.shown.status == "live"
    match.claim("POINT", team="home", period=1, sequence=points + 1)
    assert match.score == (1, 0)

"""The state that fans see is a function of the rows alone; when a game ended is read off the plays."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from scorewire.games.book import Book
from scorewire.games.frame import score_state
from scorewire.sports import SPORTS

from .conftest import Referee

END_MS = 1_700_000_000_000
END = "2023-11-14T22:13:20Z"


def folded(referee: Referee) -> object:
    """The state as a reader of the journal has it, who never saw an earlier one."""
    book = Book(game_id="g1", machines=SPORTS)
    for row in referee.rows:
        book.apply(row)
    return score_state(book, "epoch", None)


def ended(referee: Referee) -> Referee:
    referee.claim("GAME_END", period=2, sequence=50, time_ms=END_MS)
    return referee


def test_what_is_told_after_the_end_leaves_the_end_where_it_was(referee: Referee) -> None:
    ended(referee).claim("YELLOW_CARD", team="home", period=2, sequence=51, time_ms=END_MS + 1_000)
    assert referee.desk.shown.end == END
    assert folded(referee) == referee.desk.shown
    referee.claim("GAME_FINAL", period=2, sequence=52, time_ms=END_MS + 600_000)
    assert referee.desk.shown.end == END


def test_extra_time_moves_the_end(referee: Referee) -> None:
    ended(referee).claim("PERIOD_START", period=3, sequence=60)
    assert referee.desk.shown.end is UNSET
    referee.claim("GAME_END", period=4, sequence=90, time_ms=END_MS + 1_000)
    assert referee.desk.shown.end == "2023-11-14T22:13:21Z"
    assert folded(referee) == referee.desk.shown


def test_a_game_that_the_laws_end_has_an_end() -> None:
    referee = Referee(sport="ice_hockey")
    referee.claim("PERIOD_START", period=4, sequence=50, time_ms=END_MS - 1_000)
    referee.claim("GOAL", team="home", period=4, sequence=51, time_ms=END_MS)
    assert (referee.desk.shown.status, referee.desk.shown.end) == ("ended", END)
    referee.claim("GAME_END", sequence=52, time_ms=END_MS + 5_000)
    referee.claim("GAME_FINAL", sequence=53, time_ms=END_MS + 6_000)
    assert (referee.desk.shown.status, referee.desk.shown.end) == ("final", END)
    assert folded(referee) == referee.desk.shown


def test_a_time_that_no_date_can_name_is_not_believed(referee: Referee) -> None:
    referee.claim("GAME_END", period=2, sequence=50, time_ms=10**30)
    assert referee.desk.shown.status == "ended"
    assert referee.desk.shown.end.startswith("1970-01-01")  # ours, in the tests' own time


BALL: dict[str, Any] = {"type_": "BALL", "team": "home", "period": 1}


@pytest.mark.parametrize(
    ("sport", "said", "expected", "bytes_max"),
    [
        ("tennis", {"type_": "POINT", "team": "home"}, {"note": "15-0"}, 17),
        ("cricket", BALL | {"detail": {"runs": 4}}, {"home": {"score": 4, "note": "4/0 (0.1)"}}, 21),
    ],
)
def test_what_lists_show_of_a_score_is_patched_and_short(
    sport: str, said: dict[str, Any], expected: dict[str, Any], bytes_max: int
) -> None:
    referee = Referee(sport=sport)
    referee.claim("PERIOD_START", period=1, team="home")
    referee.claim(**said)
    patch = referee.updates[-1].patch
    assert expected.items() <= patch.items()
    assert folded(referee) == referee.desk.shown
    told = msgspec.json.encode(patch)
    bare = {name: part for name, part in patch.items() if name != "note"}
    if "home" in bare:
        bare["home"] = {"score": 4}
    assert len(told) - len(msgspec.json.encode(bare)) <= bytes_max


def test_a_note_that_is_over_goes_with_a_patch() -> None:
    referee = Referee(sport="tennis")
    for _ in range(24):
        referee.claim("POINT", team="home", period=1)
    assert referee.updates[-1].patch["note"] is None
    assert referee.desk.shown.note is UNSET

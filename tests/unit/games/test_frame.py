"""The state that fans see is a function of the rows alone; when a game ended is read off the plays."""

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

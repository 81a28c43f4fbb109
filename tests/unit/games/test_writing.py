"""Writing: rows of our own, and what marks a row as a correction."""

from scorewire.games.writing import Writer

from .conftest import Referee


def test_a_note_is_a_row_of_our_own_that_changes_no_play(referee: Referee) -> None:
    before, plays = referee.desk.shown, len(referee.desk.book.plays)
    writer = Writer(referee.desk, 77, 5)
    writer.note("SCORE_CHECK_STARTED", {"under_check": True})
    (row,), (update,) = writer.rows, writer.updates
    assert (row.cause.provider, row.log_offset, row.change, row.seq) == (
        "scorewire",
        -1,
        "note",
        before.seq + 1,
    )
    assert (update.state.under_check, update.correction, len(referee.desk.book.plays)) == (True, False, plays)


def test_a_dispute_puts_the_score_under_check_and_its_end_ends_that(referee: Referee) -> None:
    referee.desk.disputed = True
    referee.claim("FOUL", team="home", period=1, sequence=2)
    assert referee.desk.shown.under_check
    referee.desk.disputed = False
    referee.claim("FOUL", team="home", period=1, sequence=3)
    assert not referee.desk.shown.under_check


def test_what_is_only_followed_is_not_checked(referee: Referee) -> None:
    referee.desk.checks, referee.desk.disputed = False, True
    assert [row.type for row in referee.claim("FOUL", team="home", period=1, sequence=2).rows] == ["FOUL"]

"""The book of lines of one game: recomputed whenever the plays change, and never otherwise."""

import msgspec
import pytest

from scorewire.sports import SPORTS
from scorewire.stats.lines import LINES
from scorewire.stats.lines.book import LineBook
from scorewire.stats.lines.box import GameLines
from unit.stats.lines.plays import game


def book() -> LineBook:
    return LineBook(machines=SPORTS, sports=LINES)


def test_before_the_game_is_declared_there_are_no_lines() -> None:
    held = book()
    assert (held.seq, held.lines()) == (0, None)


def test_a_sport_without_lines_has_none() -> None:
    held = LineBook(machines=SPORTS, sports={})
    held.apply(game("soccer").rows[0])
    assert held.lines() is None


def test_each_row_may_change_them_and_the_same_row_twice_does_not() -> None:
    played = game("basketball")
    held = book()
    held.apply(played.rows[0])
    empty = held.lines()
    assert empty is not None
    assert empty.home.totals["box"]["PTS"] == 0
    played.say("FG3", "home", "p1", period=1)
    held.apply(played.rows[1])
    held.apply(played.rows[1])
    lines = held.lines()
    assert lines is not None
    assert (lines.seq, lines.home.totals["box"]["PTS"]) == (2, 3)
    assert held.lines() is lines


def test_a_row_that_does_not_follow_is_refused() -> None:
    played = game("basketball")
    played.say("FG3", "home", "p1", period=1)
    with pytest.raises(ValueError, match="does not follow"):
        book().apply(played.rows[1])


def test_lines_survive_json() -> None:
    played = game("basketball")
    played.line_up("home", "p1", "p2")
    played.say("FG3", "home", "p1", period=1, detail={"assist": "P3", "assist_id": "p3"})
    encoded = msgspec.json.encode(played.lines)
    assert msgspec.json.decode(encoded, type=GameLines) == played.lines
    assert b"null" not in encoded

"""The book of lines of one game: recomputed whenever the plays change, and never otherwise."""

import random

import msgspec
import pytest

from scorewire.model.provider_event import Player
from scorewire.sports import SPORTS
from scorewire.stats.leaders import leaders, season
from scorewire.stats.lines import LINES
from scorewire.stats.lines.book import LineBook
from scorewire.stats.lines.box import GameLines
from scorewire.stats.lines.sheet import lines_of
from unit.stats.lines.plays import Game, game, same


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


def test_a_row_that_changes_no_play_moves_the_seq_alone() -> None:
    played = game("basketball")
    played.say("FG3", "home", "p1", period=1)
    held = book()
    for row in played.rows:
        held.apply(row)
    before = held.lines()
    assert before is not None
    note = msgspec.structs.replace(played.rows[-1], seq=held.seq + 1, change="note", claim=None, place=None)
    held.apply(note)
    after = held.lines()
    assert after is not None
    assert (after.seq, after.home) == (before.seq + 1, before.home)
    assert after.home is before.home


def corrected(played: Game, dice: random.Random) -> None:
    """One correction of some basket: another scorer, taken back, cancelled, or a cancellation taken back."""
    order = played.desk.book.order
    play = dice.choice(order)
    claim = play.claim
    match dice.randrange(3):
        case 0 if claim.type != "BASKET_CANCELLED":
            claim = msgspec.structs.replace(claim, player=Player(id=f"p{dice.randrange(9)}"))
        case 1 if len(order) > 10:
            claim = msgspec.structs.replace(claim, action="retract")
        case _ if claim.type != "BASKET_CANCELLED":
            named = {"event": claim.event}
            claim = msgspec.structs.replace(
                claim, type="BASKET_CANCELLED", event=f"no-{dice.random()}", detail=named, player=None
            )
    played.offer(msgspec.structs.replace(claim, revision=played.revision()))


def test_a_thousand_corrections_leave_what_a_game_that_was_right_from_the_start_has() -> None:
    """Issue: tables, leaders and lines equal a rebuild from nothing, after every one of them."""
    dice = random.Random(6)
    lines = LINES["basketball"]
    games: list[tuple[Game, LineBook]] = []
    for _ in range(10):
        played = game("basketball")
        for number in range(40):
            detail = {"assist_id": f"p{dice.randrange(9)}"} if number % 3 else {}
            kind = dice.choice(["FG2", "FG3", "FT"])
            played.say(kind, "home", f"p{dice.randrange(9)}", period=1, event=f"e{number}", detail=detail)
        games.append((played, book()))
    for number in range(1000):
        played, held = games[number % 10]
        corrected(played, dice)
        for row in played.rows[held.seq :]:
            held.apply(row)
        kept = held.lines()
        declared = played.desk.book.declared
        assert kept is not None
        assert declared is not None
        assert played.desk.shown is not None
        standing = [play.claim for play in played.desk.book.order if played.desk.book.stands(play)]
        assert same(kept, lines_of(lines, declared, 1, standing))
        assert kept.home.totals["box"]["PTS"] == played.desk.shown.home.score
    live = [held.lines() for _, held in games]
    rebuilt = []
    for played, _ in games:
        fresh = book()
        for row in played.rows:
            fresh.apply(row)
        rebuilt.append(fresh.lines())
    boards = [
        leaders(lines, season(lines, [one for one in some if one]), league="nba", table="box", column="PTS")
        for some in (live, rebuilt)
    ]
    assert boards[0] == boards[1]
    assert len(boards[0]) == 9


def test_lines_survive_json() -> None:
    played = game("basketball")
    played.line_up("home", "p1", "p2")
    played.say("FG3", "home", "p1", period=1, detail={"assist": "P3", "assist_id": "p3"})
    encoded = msgspec.json.encode(played.lines)
    assert msgspec.json.decode(encoded, type=GameLines) == played.lines
    assert b"null" not in encoded

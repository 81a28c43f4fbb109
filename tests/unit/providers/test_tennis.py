"""What the point-by-point files share: rows, names, a match that is told."""

import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import League
from scorewire.providers.tennis import Match, opened, read_rows, slug, whole


def test_rows_need_their_columns() -> None:
    assert read_rows(b"a,b\n1,2\n3\n", frozenset({"a"}), "a list") == [{"a": "1", "b": "2"}, {"a": "3"}]
    for body in (b"", b"a,b\n", b"b\n1\n", b"\xff\xfe\x00"):
        with pytest.raises(FeedError) as refused:
            read_rows(body, frozenset({"a"}), "a list")
        assert refused.value.rule == "unreadable_payload"


def test_numbers_and_names() -> None:
    assert [whole(text) for text in ("12", "", None, "-1", "1.5", "9" * 10, "²")] == [12] + [None] * 6
    assert (slug("Juan Martin Del Potro"), slug("!")) == ("juan-martin-del-potro", "player")


def told() -> Match:
    match = opened("p", "7")
    assert match is not None
    for number, (side, period) in enumerate((("home", 1), ("home", 1), ("away", 2)), 1):
        match.point(f"p{number}", side, period, {}, clock="0:40", at_ms=number)  # type: ignore[arg-type]
    return match


def test_a_set_is_announced_with_its_first_point() -> None:
    assert [one.type for one in told().transcript.events] == [
        "PERIOD_START",
        "POINT",
        "POINT",
        "PERIOD_START",
        "POINT",
    ]


def test_a_match_that_nobody_has_won_is_left_open() -> None:
    match = told()
    match.set_won("home")
    match.end(to_win=2)
    assert match.transcript.events[-1].type == "POINT"
    match.set_won("home")
    match.end(to_win=2)
    end, final = match.transcript.events[-2:]
    assert (end.type, final.type) == ("GAME_END", "GAME_FINAL")
    assert end.score is not None
    assert (end.score.home, end.score.away, end.clock) == (2, 0, "0:40")


def test_a_name_that_is_no_id_opens_nothing() -> None:
    assert opened("p", "a b") is None
    declared = told().declare(("Roger Federer", "X"), league=League(id="l"), season="", rules={})
    assert (declared.home.id, declared.home.abbr, declared.away.abbr) == ("roger-federer", "FED", "X")

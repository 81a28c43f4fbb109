"""Rounds and days of a season: which there are, in which order, and where a reader begins."""

from datetime import UTC, date, datetime

import pytest

from e2e.matchday import state
from scorewire.web.rounds import (
    STAGE_MAX,
    Listed,
    current,
    day_of,
    find,
    grouping,
    is_knock_out,
    knock_out,
    listed,
    match_days,
    span,
    stages,
    start_ms,
)


def at(day: str, hour: int = 15) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00").timestamp() * 1000)


def game(name: str, day: str, round_: str = "", group: str = "over", hour: int = 15) -> Listed:
    return Listed(name, at(day, hour), round_, group)


SEASON = [
    game("b", "2026-08-22", "1"),
    game("a", "2026-08-21", "1"),
    game("c", "2026-08-28", "2"),
    game("d", "2026-12-30", "2"),
    game("e", "2026-08-29", "2"),
    game("f", "2026-09-04", "3", "next"),
]


def test_rounds_are_in_the_order_in_which_most_of_them_was_played() -> None:
    found = stages(SEASON, "UTC")
    assert [(one.by, one.label, one.games) for one in found] == [
        ("round", "Round 1", ("a", "b")),
        ("round", "Round 2", ("c", "e", "d")),
        ("round", "Round 3", ("f",)),
    ]
    assert [one.when for one in found] == ["21–22 Aug", "28 Aug – 30 Dec", "4 Sep"]


def test_a_reader_begins_at_what_is_played_and_else_at_what_is_nearest() -> None:
    found = stages(SEASON, "UTC")
    for day, label in (("2026-01-01", "Round 1"), ("2026-08-31", "Round 2"), ("2027-06-01", "Round 3")):
        assert found[current(found, at(day))].label == label
    live = stages([*SEASON, game("g", "2026-08-21", "1", "live")], "UTC")
    assert live[current(live, at("2027-06-01"))].label == "Round 1"
    assert live[0].live == 1
    assert current((), 0) == -1
    assert (find(found, "2"), find(found, "9")) == (1, None)


@pytest.mark.parametrize(
    ("rounds", "by"),
    [
        (["1", "1", "2", "2"], "round"),
        (["", "", "", ""], "day"),
        (["1", "2", "3", "4", ""], "round"),
        (["1", "2", "3", ""], "day"),
        (["Regular season"] * (STAGE_MAX + 1) + ["Final"], "day"),
        (["Regular season"] * STAGE_MAX + ["Final"], "round"),
    ],
)
def test_days_where_rounds_say_little(rounds: list[str], by: str) -> None:
    assert grouping([game(f"g{n}", "2026-08-21", name) for n, name in enumerate(rounds)]) == by


def test_days_are_those_of_the_readers_zone() -> None:
    late = [game("a", "2026-08-21", hour=23), game("b", "2026-08-22", hour=2), game("c", "2026-08-23")]
    there = stages(late, "America/New_York")
    assert [(one.key, one.games) for one in there] == [("2026-08-21", ("a", "b")), ("2026-08-23", ("c",))]
    assert there[0].label == "Friday 21 August 2026"
    assert [one.key for one in stages(late, "UTC")] == ["2026-08-21", "2026-08-22", "2026-08-23"]


def test_games_without_a_round_stand_together_among_rounds() -> None:
    games = [*SEASON, game("x", "2026-08-23")]
    assert [one.label for one in stages(games, "UTC")] == ["Round 1", "Other games", "Round 2", "Round 3"]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Final", True),
        ("Semi-finals", True),
        ("Round of 16", True),
        ("NFC Wild Card", True),
        ("Play-offs: Eliminator", True),
        ("World Series", True),
        ("Matchday 12", False),
        ("12", False),
        ("Group A", False),
        ("", False),
    ],
)
def test_rounds_outside_the_table_are_known_by_their_names(name: str, is_one: bool) -> None:
    assert is_knock_out(name) is is_one


def test_knock_out_games_stand_by_round_the_last_one_first() -> None:
    games = [
        game("q1", "2026-05-01", "Quarter-finals"),
        game("f", "2026-05-30", "Final"),
        game("s2", "2026-05-12", "Semi-finals"),
        game("s1", "2026-05-11", "Semi-finals"),
        *SEASON,
    ]
    assert list(knock_out(games).items()) == [
        ("Final", ("f",)),
        ("Semi-finals", ("s1", "s2")),
        ("Quarter-finals", ("q1",)),
    ]


def test_a_table_can_be_of_days_on_which_something_was_played_until_now() -> None:
    days = match_days(SEASON, at("2026-09-01"))
    assert days == (date(2026, 8, 21), date(2026, 8, 22), date(2026, 8, 28), date(2026, 8, 29))


def test_a_start_without_a_time_or_that_cannot_be_read_is_listed_too() -> None:
    (one, other) = listed([state("a", start="2026-11-21"), state("b", start="TBD", round="1")])
    assert (one.start_ms, one.round, one.group) == (at("2026-11-21", 0), "", "live")
    assert other.start_ms == 0
    assert start_ms("2026-11-21T01:00:00+01:00") == at("2026-11-21", 0)
    assert day_of(0, "UTC") == datetime(1970, 1, 1, tzinfo=UTC).date()


def test_spans_say_as_little_as_they_can() -> None:
    assert span(date(2026, 5, 1), date(2026, 5, 1)) == "1 May"
    assert span(date(2026, 12, 30), date(2027, 1, 2)) == "30 Dec – 2 Jan"

"""What single rows and figures say; whole lists are in test_hockeytech.py."""

import pytest

from scorewire.model.provider_event import SideScore
from scorewire.providers.hockeytech_file import Facts, Goals, Meta, Summary, Team
from scorewire.providers.hockeytech_rows import lines, place, season, seconds, yes


@pytest.mark.parametrize(
    ("value", "said"),
    [("1", True), (1, True), (True, True), ("0", False), (None, False), ("", False), (False, False)],
)
def test_a_yes(value: str | int | None, said: bool) -> None:
    assert yes(value) is said


@pytest.mark.parametrize(("time", "played"), [("3:51", 231), ("20:00", 1200), ("", None), ("late", None)])
def test_seconds_played(time: str, played: int | None) -> None:
    assert seconds(Facts(time=time)) == played


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-03-02T16:00", "2023-24"),
        ("2024-11-30", "2024-25"),
        ("1999-10-01", "1999-00"),
        ("", ""),
        ("soon", ""),
    ],
)
def test_seasons_begin_in_autumn(date: str, expected: str) -> None:
    assert season(date) == expected


def test_a_place_outside_the_picture_is_at_its_edge() -> None:
    assert place(Facts(x_location=-5, y_location=400), "away") == (0.0, 1.0)
    assert (
        place(Facts(x_location=5), "away") == place(Facts(x_location=1, y_location=1), None) == (None, None)
    )


@pytest.mark.parametrize(
    ("home", "visitor", "expected"),
    [
        ({"1": 1, "2": "1"}, {"1": 0, "2": 1}, "1-0 1-1"),
        ({"1": 1, "2": 0}, {"1": 0, "2": 1}, ""),
        ({"1": 2}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_lines_add_up_or_are_not_given(home: dict, visitor: dict, expected: str) -> None:
    summary = Summary(
        meta=Meta(), home=Team(), visitor=Team(), goals_by_period=Goals(home=home, visitor=visitor)
    )
    assert lines(summary, SideScore(home=2, away=1)) == expected

"""Values that a type alone does not forbid."""

import pytest

from scorewire.api.parameters import known_date, known_level, known_sport, known_status, known_zone
from scorewire.api.problems import BadParameter
from scorewire.sports import SPORTS


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_zones_of_the_world(name: str) -> None:
    assert known_zone(name) == name


@pytest.mark.parametrize("name", ["", "Mars", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_zones_of_nowhere(name: str) -> None:
    with pytest.raises(BadParameter) as caught:
        known_zone(name)
    assert (caught.value.status, caught.value.parameter) == (400, "tz")


def test_days_of_the_calendar() -> None:
    assert known_date("2024-02-29") == "2024-02-29"
    for text in ("2023-02-29", "2026-00-10", "0000-01-01", "20240229", "2024-W09-4", "today", ""):
        with pytest.raises(BadParameter) as caught:
            known_date(text)
        assert caught.value.code == "bad_date"


def test_what_is_one_of_a_few_words_is_refused_with_all_of_them() -> None:
    assert (known_sport("soccer", SPORTS), known_status("underway"), known_level("key")) == (
        "soccer",
        "underway",
        "key",
    )
    for known, status, code in (
        (lambda name: known_sport(name, SPORTS), 404, "unknown_sport"),
        (known_status, 400, "bad_parameter"),
        (known_level, 400, "bad_parameter"),
    ):
        with pytest.raises(BadParameter, match="'x' is none of ") as caught:
            known("x")
        assert (caught.value.status, caught.value.code) == (status, code)

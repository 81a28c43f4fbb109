"""Values that a type alone does not forbid."""

import pytest

from scorewire.api.parameters import known_date, known_zone
from scorewire.api.problems import BadParameter


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
    for text in ("2023-02-29", "2026-00-10", "0000-01-01"):
        with pytest.raises(BadParameter):
            known_date(text)

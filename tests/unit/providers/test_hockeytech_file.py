"""The shape of HockeyTech's payloads: numbers however they are written."""

import pytest

from scorewire.providers.hockeytech_file import ROW, whole


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (2, 2),
        ("2", 2),
        ("2.00", 2),
        (2.0, 2),
        ("", None),
        (None, None),
        ("inf", None),
        ("nan", None),
        ("two", None),
    ],
)
def test_numbers(value: str | float | None, number: int | None) -> None:
    assert whole(value) == number


def test_a_hit_names_its_team_in_another_way() -> None:
    hit = ROW.decode(b'{"event":"hit","details":{"teamId":"1","player":{"id":7}}}')
    change = ROW.decode(b'{"event":"goalie_change","details":{"team_id":"3"}}')
    assert (hit.details.hitting_team, hit.details.team_id) == ("1", None)
    assert (change.details.hitting_team, change.details.team_id) == (None, "3")

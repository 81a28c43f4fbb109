"""The MLB Stats API's words are words of baseball's table."""

import pytest

from scorewire.providers.mlb_statsapi_codes import BASES, RESULTS, STATES, on_bases
from scorewire.sports.baseball_events import ENDS_AT_BAT, EVENTS


def test_every_type_is_one_of_the_table() -> None:
    assert {type_ for type_, _ in RESULTS.values()} == set(ENDS_AT_BAT)
    assert {type_ for type_, _ in (*BASES.values(), *((kind, "") for _, kind in STATES.values()))} <= set(
        EVENTS
    )


@pytest.mark.parametrize(
    ("event_type", "type_"),
    [
        ("stolen_base_2b", "STOLEN_BASE"),
        ("stolen_base_home", "STOLEN_BASE"),
        ("pickoff_1b", "PICKOFF"),
        ("pickoff_error_3b", "ADVANCE"),
        ("pickoff_caught_stealing_2b", "CAUGHT_STEALING"),
        ("wild_pitch", "WILD_PITCH"),
        ("cs_double_play", "CAUGHT_STEALING"),
    ],
)
def test_what_runners_do(event_type: str, type_: str) -> None:
    found = on_bases(event_type)
    assert found is not None
    assert found[0] == type_


@pytest.mark.parametrize("event_type", ["", "single", "stolen_base_4b", "2b"])
def test_what_runners_do_not_do(event_type: str) -> None:
    assert on_bases(event_type) is None

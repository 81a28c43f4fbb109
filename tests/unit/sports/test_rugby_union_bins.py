"""Who is off the pitch: two or three at once, and what each half takes from their time."""

from hypothesis import given
from hypothesis import strategies as st

from scorewire.sports.rugby_union_bins import (
    NOBODY,
    Bin,
    Suspensions,
    carded,
    carried_over,
    returned,
    served,
    shown,
)
from unit.sports.plays import claim


def test_a_card_of_nobody_named_is_kept_under_its_event() -> None:
    held = carded(NOBODY, claim("YELLOW_CARD", "home", event="c1"), "home", 60, 10)
    assert held.bins == (Bin("home", "c1", 60, 660),)


def test_players_of_both_sides_may_have_the_same_id() -> None:
    held = carded(NOBODY, claim("YELLOW_CARD", player="7"), "home", 0, 10)
    held = carded(held, claim("YELLOW_CARD", player="7"), "away", 60, 10)
    assert shown({}, held, 15) == {
        "bins": {"home": {"7": "10:00"}, "away": {"7": "11:00"}},
        "players": {"home": 14, "away": 14},
    }
    assert returned(held, claim("BIN_OVER", player="7"), "home").bins == (Bin("away", "7", 60, 660),)


def test_nothing_is_shown_of_complete_sides() -> None:
    assert shown({"bins": {"home": {"7": "10:00"}}, "players": {"home": 14}}, NOBODY, 15) == {}


def test_for_good() -> None:
    held = carded(NOBODY, claim("RED_CARD", player="7"), "away", 60, 0)
    assert held == Suspensions((), 0, 1)
    assert served(held, 99_999) is held
    assert shown({}, held, 15) == {"players": {"away": 14}}


def test_more_cards_than_players() -> None:
    assert shown({}, Suspensions((), 9, 0), 7) == {"players": {"home": 0}}


@given(st.integers(0, 2400), st.integers(2400, 3000), st.integers(0, 1200))
def test_a_bin_lasts_its_minutes_of_play_whatever_the_half_lasted(card: int, end: int, later: int) -> None:
    held = carded(NOBODY, claim("YELLOW_CARD", player="7"), "home", card, 10)
    held = carried_over(served(held, end), end, 2400)
    played = (end - card) + later
    assert bool(served(held, 2400 + later).bins) is (played < 600)

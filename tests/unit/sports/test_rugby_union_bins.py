"""Who is off the pitch, in the bin or for good, and what each half takes from their time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.sports.rugby_union import RUGBY_UNION
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
from unit.sports import plays
from unit.sports.plays import board, claim, fold

START = claim("PERIOD_START", period=1)
FIRST_HALF = (START, claim("PERIOD_END", period=1, clock="41:30"))
SECOND = claim("PERIOD_START", period=2)


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


class TestCards:
    def test_a_bin_is_ten_minutes_of_play_and_ends_by_the_clock(self) -> None:
        card = claim("YELLOW_CARD", "home", player="p6", clock="10:30", period=1)
        held = {"cards": {"home": {"yellow": 1}}, "bins": {"home": {"p6": "20:30"}}, "players": {"home": 14}}
        assert board(RUGBY_UNION, START, card).detail == held
        before, over = (claim("SCRUM", "away", clock=clock, period=1) for clock in ("20:29", "20:30"))
        assert board(RUGBY_UNION, START, card, before).detail["bins"] == {"home": {"p6": "20:30"}}
        assert board(RUGBY_UNION, START, card, over).detail == {
            "cards": {"home": {"yellow": 1}},
            "stats": {"away": {"scrums": 1}},
        }

    def test_it_goes_on_after_the_break(self) -> None:
        card = claim("YELLOW_CARD", "home", player="p6", clock="35:00", period=1)
        shown = board(RUGBY_UNION, START, card, FIRST_HALF[1], SECOND)
        assert shown.detail["bins"] == {"home": {"p6": "43:30"}}, "6 min 30 s were served"
        shown = board(RUGBY_UNION, START, card, claim("SCRUM", "home", period=2))
        assert shown.detail["bins"] == {"home": {"p6": "45:00"}}, "nothing says that the half was longer"

    def test_it_may_be_served_by_the_end_of_the_half(self) -> None:
        card = claim("YELLOW_CARD", "home", player="p6", clock="30:30", period=1)
        assert "bins" not in board(RUGBY_UNION, START, card, claim("PERIOD_END", clock="40:30")).detail
        assert "bins" in board(RUGBY_UNION, START, card, claim("PERIOD_END")).detail
        assert "bins" in board(RUGBY_UNION, START, card, claim("PERIOD_END", clock="40:29")).detail

    def test_a_card_in_the_break_is_served_in_the_next_half(self) -> None:
        card = claim("YELLOW_CARD", "away", player="p1")
        assert board(RUGBY_UNION, *FIRST_HALF, card, SECOND).detail["bins"] == {"away": {"p1": "50:00"}}

    def test_it_is_over_when_the_provider_says_so(self) -> None:
        cards = (
            claim("YELLOW_CARD", "home", player="p6", clock="10:30"),
            claim("YELLOW_CARD", "home", player="p7", clock="8:00"),
            claim("YELLOW_CARD", "away", clock="9:00"),
        )
        assert board(RUGBY_UNION, START, *cards).detail["players"] == {"home": 13, "away": 14}
        named = claim("BIN_OVER", "home", player="p6")
        assert board(RUGBY_UNION, START, *cards, named).detail["bins"]["home"] == {"p7": "18:00"}
        unnamed = claim("BIN_OVER", "home")
        assert board(RUGBY_UNION, START, *cards, unnamed).detail["bins"]["home"] == {"p6": "20:30"}
        other = claim("BIN_OVER", "home", player="p9")
        assert len(board(RUGBY_UNION, START, *cards, other).detail["bins"]["home"]) == 2

    @pytest.mark.parametrize(
        ("card", "rules", "bins", "players"),
        [
            (claim("RED_CARD", "home", player="p6"), {}, "20:00", 14),
            (claim("RED_CARD", "home", player="p6", detail={"permanent": True}), {}, None, 14),
            (claim("RED_CARD", "home", player="p6"), {"red_card_minutes": 0}, None, 14),
            (claim("SECOND_YELLOW_CARD", "home", player="p6"), {}, "20:00", 14),
            (claim("YELLOW_CARD", "home", player="p6"), {"yellow_card_minutes": 2, "players": 7}, "2:00", 6),
        ],
    )
    def test_red_cards_of_twenty_minutes_and_for_good(
        self, card: object, rules: dict, bins: str | None, players: int
    ) -> None:
        detail = board(RUGBY_UNION, START, card, rules=rules).detail
        assert detail.get("bins", {}).get("home", {}).get("p6") == bins
        assert detail["players"] == {"home": players}

    def test_twenty_minutes_later_the_side_is_complete_again_and_the_card_still_counts(self) -> None:
        red = claim("RED_CARD", "home", player="p6", clock="10:00", period=1)
        shown = board(RUGBY_UNION, START, red, claim("PENALTY", "away", clock="30:00", period=1))
        assert "players" not in shown.detail
        assert shown.detail["cards"] == {"home": {"red": 1}}
        for_good = claim("RED_CARD", "home", clock="10:00", period=1, detail={"permanent": True})
        shown = board(RUGBY_UNION, START, for_good, claim("PENALTY", "away", clock="39:00", period=1))
        assert shown.detail["players"] == {"home": 14}

    def test_a_card_upgraded_in_the_bunker_counts_from_the_first(self) -> None:
        yellow = claim("YELLOW_CARD", "home", player="p6", clock="10:00", detail={"bunker": True})
        red = claim("RED_CARD", "home", player="p6", clock="17:00", detail={"upgraded": True})
        detail = board(RUGBY_UNION, START, yellow, red).detail
        assert detail["cards"] == {"home": {"yellow": 0, "red": 1}}
        assert detail["bins"] == {"home": {"p6": "30:00"}}
        assert board(RUGBY_UNION, START, red).detail["bins"] == {"home": {"p6": "37:00"}}
        permanent = claim("RED_CARD", "home", player="p6", detail={"upgraded": True, "permanent": True})
        detail = board(RUGBY_UNION, START, yellow, permanent).detail
        assert (detail.get("bins"), detail["players"]) == (None, {"home": 14})

    @pytest.mark.parametrize("second", ["RED_CARD", "SECOND_YELLOW_CARD"])
    def test_nobody_is_sent_off_twice(self, second: str) -> None:
        state = fold(RUGBY_UNION, START, claim("RED_CARD", "home", player="p1"))
        one = claim(second, "home", player="p1")
        assert plays.rule(RUGBY_UNION, state, one) == "player_already_sent_off"
        assert plays.rule(RUGBY_UNION, state, claim(second, "home", player="p2")) is None
        assert plays.rule(RUGBY_UNION, state, claim(second, "home")) is None

    def test_when_the_game_is_over_nobody_is_off(self) -> None:
        cards = (claim("YELLOW_CARD", "home", player="p6"), claim("RED_CARD", "away", player="p1"))
        detail = board(RUGBY_UNION, START, *cards, claim("GAME_END")).detail
        assert set(detail) == {"cards", "bins", "players"}
        assert set(board(RUGBY_UNION, START, *cards, claim("GAME_FINAL")).detail) == {"cards"}
